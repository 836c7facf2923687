"""What becomes of one document, a resource or a Bundle: which entry is whose.

Every entry ends in one of four places: with its patient, among those that patients share, set
aside (a type that the reading does not use), or in quarantine with a reason: of what is about a
Group nobody can say whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct

from plugin.errors import InputUnreadable
from plugin.reading.source import RawEntry, split
from plugin.screening.placing import reasons
from plugin.screening.placing.heads import counted_as
from plugin.screening.placing.ownership import ENVELOPES, PATIENT, SHARED, Owned, ownership

_OWNERS = (f"{PATIENT}/", "urn:")  # how the keys of patients begin
_Opened: TypeAlias = tuple[RawEntry, Owned]


class Row(Struct, frozen=True):
    """One entry of one patient. `near`: a shared resource that the same document holds."""

    key: str
    raw: bytes
    full_url: str = ""
    near: bool = False


class Placed:
    """What one document holds.

    `aliases`: other addresses of a Patient, with its key. `shared`: what patients of other
    documents may point to. `kept` and `set_aside` are types, one for each entry.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.shared: list[RawEntry] = []
        self.aliases: list[tuple[str, str]] = []
        self.kept: list[str] = []
        self.set_aside: list[str] = []
        self.quarantined: list[str] = []


def place(raw: bytes) -> Placed:
    """Place all that a document holds. A fault is a reason in quarantine. Never raises."""
    placed = Placed()
    try:
        entries = split(raw)
    except InputUnreadable as error:
        placed.quarantined.append(error.message)
        return placed
    opened = [(entry, ownership(entry)) for entry in entries]
    claims = _addresses(opened)
    also = {key: next(iter(own)) for key, own in claims.items() if len(own) == 1}
    patients = {owned.keys[0] for _, owned in opened if owned.type == PATIENT and owned.keys}
    only = next(iter(patients)) if len(patients) == 1 else ""
    for entry, owned in opened:
        if reason := _place(entry, owned, only, also, placed):
            placed.quarantined.append(reason)
    placed.aliases += [
        (key, patient)
        for key, own in sorted(claims.items())
        if key.startswith(_OWNERS)
        for patient in sorted(own)
        if not implied(key, patient)
    ]
    if len(opened) > 1 and placed.shared:
        placed.rows += _near(opened, placed.rows)
    return placed


def implied(key: str, patient: str) -> bool:
    """True where a key is the patient's own, or made of the patient's id alone."""
    return key in (patient, f"urn:uuid:{patient.partition('/')[2]}".lower())


def _addresses(opened: Iterable[_Opened]) -> dict[str, set[str]]:
    """Who claims each address of the Patients of a document.

    The id of a Patient is nobody else's, whatever the address of another entry says.
    """
    patients = [owned.keys for _, owned in opened if owned.type == PATIENT and owned.keys]
    also: dict[str, set[str]] = {}
    for own, *others in patients:
        for key in others:
            also.setdefault(key, set()).add(own)
    for own, *_ in patients:
        also[own] = {own} if own.startswith(_OWNERS[0]) else also.get(own, set()) | {own}
    return also


def _place(entry: RawEntry, owned: Owned, only: str, also: dict[str, str], placed: Placed) -> str:
    """Put one entry where it belongs. Returns the reason if there is no such place."""
    if not owned.type or owned.type in ENVELOPES:
        return _place_by_bundle(entry, owned, only, placed)
    if not owned.used:
        return _place_other(entry, owned, only, placed)
    if owned.type in SHARED:
        placed.shared.append(entry)
        placed.kept.append(owned.type)
        return ""
    named = next(iter(owned.keys), "") if owned.type == PATIENT else owned.owner or only
    key = also.get(named, named)
    if not key.startswith(_OWNERS):
        return reasons.about_nobody(owned.type, key)
    _give(key, entry, owned.type, placed)
    return ""


def _place_by_bundle(entry: RawEntry, owned: Owned, only: str, placed: Placed) -> str:
    """What names no patient is of the only patient of its Bundle: the reading judges it."""
    if only:
        _give(only, entry, owned.type or "no resource", placed)
        return ""
    if owned.type == "Bundle":
        return reasons.MORE_PAGES
    if owned.type and owned.fault:
        return reasons.EXPORT_FAILED
    if owned.type:
        placed.set_aside.append(owned.type)
        return ""
    return reasons.NO_RESOURCE


def _place_other(entry: RawEntry, owned: Owned, only: str, placed: Placed) -> str:
    """A type that the reading does not use, or one that it does and that cannot be decoded."""
    if not owned.fault:
        placed.set_aside.append(counted_as(owned.type))
        return ""
    if only:
        _give(only, entry, owned.type, placed)
        return ""
    return reasons.not_decoded(owned.type, owned.fault)


def _give(key: str, entry: RawEntry, kind: str, placed: Placed) -> None:
    placed.rows.append(Row(key, entry.raw, entry.full_url))
    placed.kept.append(kind)


def _near(opened: Sequence[_Opened], rows: Sequence[Row]) -> Iterator[Row]:
    """The shared resources of a document, for each patient who needs them.

    All of them where the document is of one patient, as `assess` has it.
    """
    shared: dict[str, list[_Opened]] = {}
    for one in opened:
        if one[1].type in SHARED:
            for key in one[1].keys:
                shared.setdefault(key, []).append(one)
    patients = {row.key for row in rows}
    if len(patients) == 1:
        held = [one for one in opened if one[1].type in SHARED]
        yield from _given(patients.pop(), held)
        return
    needs: dict[str, set[str]] = {}
    for row in rows:
        needs.setdefault(row.key, set()).update(ownership(RawEntry(row.raw)).needs)
    for key, wanted in sorted(needs.items()):
        yield from _given(key, _closure(wanted, shared))


def _given(key: str, held: Iterable[_Opened]) -> Iterator[Row]:
    return (Row(key, entry.raw, entry.full_url, near=True) for entry, _ in held)


def _closure(wanted: Iterable[str], shared: dict[str, list[_Opened]]) -> list[_Opened]:
    """What is wanted and held by the document, and what that needs in turn."""
    waiting, seen = sorted(wanted), set[str]()
    found: dict[tuple[bytes, str], _Opened] = {}
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        for entry, owned in shared.get(key, ()):
            found[entry.raw, entry.full_url] = (entry, owned)
            waiting.extend(owned.needs)
    return list(found.values())
