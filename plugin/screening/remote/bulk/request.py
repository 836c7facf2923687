"""What is exported: of whom, which resource types, since when."""

from __future__ import annotations

import re
from enum import StrEnum
from hashlib import blake2b
from urllib.parse import urlencode

from msgspec import Struct

from plugin.addresses.fhir import Base, is_id
from plugin.addresses.link import Link
from plugin.reading.shapes import CLASSES

NDJSON = "application/fhir+ndjson"
_ENVELOPES = frozenset({"Bundle", "OperationOutcome"})
READ = tuple(sorted({cls.__name__ for cls in CLASSES} - _ENVELOPES))
# One resource under the name of one FHIR release and of the next.
_OF_R5, _BEFORE_R5 = "MedicationUsage", "MedicationStatement"
_FIRST_R5 = 5
_TYPE = re.compile(r"\A[A-Z][A-Za-z]{1,63}\Z")
_INSTANT = re.compile(
    r"\A\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)\Z"
)
_FORMAT = re.compile(r"\A[A-Za-z0-9.+/-]{1,100}\Z")


class Level(StrEnum):
    """Of whom an export is."""

    SYSTEM = "system"
    PATIENT = "patient"
    GROUP = "group"


class ExportRequest(Struct, frozen=True):
    """An export as the user wants it. No `types` means those that are read."""

    level: Level
    group: str = ""
    types: tuple[str, ...] = ()
    since: str = ""
    output_format: str = NDJSON

    def about(self, base: Base) -> str:
        """The same for the same export of the same server, and without its address."""
        said = "\0".join(
            (base.url, self.level, self.group, ",".join(self.types), self.since, self.output_format)
        )
        return blake2b(said.encode(), digest_size=16).hexdigest()

    def link(self, base: Base, types: tuple[str, ...]) -> Link:
        """Where it is begun."""
        place = {
            Level.SYSTEM: "",
            Level.PATIENT: "/Patient",
            Level.GROUP: f"/Group/{self.group}",
        }[self.level]
        query = {"_outputFormat": self.output_format, "_type": ",".join(types)}
        if self.since:
            query["_since"] = self.since
        return Link(base, f"{base.path}{place}/$export?{urlencode(query, safe=',')}")


def read_request(level: str, types: str, since: str, output_format: str) -> ExportRequest:
    """An export in the words of a command line. Raises ValueError, its message a sentence."""
    kind, slash, group = level.partition("/")
    try:
        found = Level(kind.lower())
    except ValueError:
        raise ValueError(f"{level!r} is none of system, patient and group/ID.") from None
    if found is Level.GROUP and not is_id(group):
        raise ValueError("a group needs its id: group/ID, of letters, digits, - and dots.")
    if found is not Level.GROUP and slash:
        raise ValueError(f"{found} takes no id; group/ID exports the patients of a group.")
    named = tuple(dict.fromkeys(word for part in types.split(",") if (word := part.strip())))
    for one in named:
        if not _TYPE.match(one):
            raise ValueError(f"{one!r} is no resource type, such as MedicationRequest.")
    if since and not is_instant(since):
        raise ValueError(
            f"{since!r} is no instant; write 2026-11-01T00:00:00Z, with the zone at its end."
        )
    if not _FORMAT.match(output_format):
        raise ValueError(f"{output_format!r} is no media type, such as {NDJSON}.")
    return ExportRequest(found, group, named, since, output_format)


def is_instant(text: str) -> bool:
    """Whether a text is a FHIR instant."""
    return _INSTANT.match(text) is not None


def is_type(text: str) -> bool:
    """Whether a text may be the name of a resource type."""
    return _TYPE.match(text) is not None


def wanted_types(version: str, offered: frozenset[str]) -> tuple[str, ...]:
    """Exactly what is read, by a server's FHIR version and the types it offers, if it says.

    A type that a server does not know makes it refuse the whole export.
    """
    release = version.partition(".")[0]
    other = _BEFORE_R5 if release.isdigit() and int(release) >= _FIRST_R5 else _OF_R5
    said = offered if "Patient" in offered else frozenset(READ)
    return tuple(one for one in READ if one != other and one in said)
