"""What the readers of one record share: the world they are given, and what they have found."""

from __future__ import annotations

import re
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from msgspec import Struct

from knowledge.model import Knowledge
from plugin.model import (
    Allergy,
    Dispense,
    LabResult,
    Medication,
    Problem,
    Reaction,
    Unread,
    UnreadReason,
)
from plugin.reading.index import Analyte, Index, index_of
from plugin.reading.naming import Resolve, clip, namer
from plugin.reading.references import Directory
from plugin.reading.repair import KINDS
from plugin.reading.shapes import Resource

if TYPE_CHECKING:
    from plugin.reading.labs import Measured
    from plugin.reading.medications import Undated

_ID_LENGTH = 64  # FHIR's longest id
is_id = re.compile(rf"[A-Za-z0-9.-]{{1,{_ID_LENGTH}}}").fullmatch


class Entry(Struct, frozen=True, gc=False):
    """One entry after decoding. `reference` is how it is shown, `urls` its addresses."""

    raw: bytes
    type: str
    reference: str
    resource: Resource | None
    broken: str = ""
    urls: tuple[str, ...] = ()
    known: Any = None  # of a plain one: what its elements but id, date and value come to


class Reading:
    """The state of one reading: arguments, and lists that the readers add to.

    `ordered`: the entries are orders about to be signed, not a chart.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        resolve: Resolve,
        as_of: date,
        directory: Directory,
        *,
        ordered: bool = False,
    ) -> None:
        self.knowledge = knowledge
        self.index: Index = index_of(knowledge)
        self.resolve = resolve
        self.name = namer(resolve)
        self.as_of = as_of
        self.directory = directory
        self.ordered = ordered
        self.today = as_of.isoformat()
        self.medications: list[Medication | Undated] = []
        self.dispenses: list[Dispense] = []
        self.labs: list[LabResult] = []
        self.results: list[tuple[Entry, Analyte, Measured, str]] = []  # put off (`labs.py`)
        self.problems: list[Problem] = []
        self.reactions: list[Reaction] = []
        self.allergies: list[Allergy] = []
        self.unread: list[Unread] = []

    def not_read(
        self,
        entry: Entry,
        reason: UnreadReason,
        text: str = "",
        detail: str = "",
        *,
        analyte: str = "",
        systemic: bool = True,
        current: bool = True,
        day: date | None = None,
    ) -> None:
        """Note that an entry, or a part of it, could not be read."""
        kind = entry.resource.KIND if entry.resource else KINDS.get(entry.type, Resource.KIND)
        self.unread.append(
            Unread(
                reference=entry.reference,
                text=clip(text),
                reason=reason,
                kind=kind,
                detail=detail,
                analyte=analyte,
                systemic=systemic,
                current=current,
                day=day,
            )
        )


def shown_reference(type_name: str, id_: str, raw: bytes) -> str:
    """How an entry is named: `Type/id`, or `Type/~` and a hash of its content without an id.

    An id that FHIR would not allow is percent-encoded, and cut where it is too long.
    """
    if type_name and is_id(id_):
        return f"{type_name}/{id_}"
    prefix = f"{type_name}/" if type_name else ""
    if not id_:
        return f"{prefix}~{_hash(raw)}"
    safe = quote(id_, safe="", errors="replace")
    if len(safe) > _ID_LENGTH:
        safe = f"{safe[:48]}~{_hash(id_.encode(errors='replace'))}"
    return prefix + safe


def _hash(data: bytes) -> str:
    return blake2b(data, digest_size=4).hexdigest()
