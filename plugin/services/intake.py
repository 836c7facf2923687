"""A call's prefetch -> entries to read, and what of the record is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from cds_hooks.errors import PrefetchMissing
from cds_hooks.model import ABSENT, HookRequest, Need, PrefetchValue, Sent, State
from plugin.model import EntryKind, Unread, UnreadReason
from plugin.services.pages import hides_nothing_newer
from plugin.services.parts import Part
from plugin.services.sorting import Sorted, name_of, sort_out

_ANSWERED = (State.PRESENT, State.NULL)
_FOREIGN = "no result under its key has a code of it that is known"
_REMEDY = (
    "Send each in prefetch, or fhirServer with fhirAuthorization, from which it can be fetched."
)


class Intake(Struct, frozen=True):
    """What a call brought: resources, and what it left out or could not get."""

    entries: tuple[Sent, ...]
    missing: tuple[Unread, ...]


def take_in(request: HookRequest, parts: Sequence[Part]) -> Intake:
    """Sort out a call's prefetch. Raises PrefetchMissing (412) if a required part is not there."""
    entries: list[Sent] = list(request.referred)
    missing: list[Unread] = []
    faults: list[str] = []
    sent = request.prefetch
    for part in parts:
        value = sent.get(part.key.name, ABSENT)
        found = sort_out(part, value)
        entries += found.entries
        if part.key.need is Need.REQUIRED:
            fault = _fault(part, value, found, request.context["patient_id"])
            if fault:
                faults.append(f"{part.key.name} ({part.key.query}): {fault}")
        lacks = value.state not in _ANSWERED or value.incomplete or bool(value.problem)
        if lacks or found.malformed or not found.usable or _is_foreign(part, found):
            missing += _missing(part, value, found)
    if faults:
        raise PrefetchMissing(
            f"No answer without these prefetch keys: {'; '.join(faults)}. {_REMEDY}"
        )
    return Intake(tuple(entries), tuple(missing))


def is_whole(part: Part, value: PrefetchValue) -> bool:
    """Whether further pages of a value could add nothing: a newest result that counts is on it."""
    if not part.analyte:
        return False
    found = sort_out(part, value)
    return (
        not found.malformed and not _is_foreign(part, found) and hides_nothing_newer(found.entries)
    )


def _is_foreign(part: Part, found: Sorted) -> bool:
    """Whether results came for an analyte, and none of them has a code of it: whoever sent them
    calls it by another, or did not look for it. Either way it is not known that there is none.
    """
    codes = part.codes
    if not codes:
        return False
    for one in found.entries:  # nearly always the first one has a code
        for code in codes:
            if code in one.raw:
                return False
    return bool(found.entries)


def _fault(part: Part, value: PrefetchValue, found: Sorted, patient_id: str) -> str:
    """Why a required value will not do; empty if it will."""
    if value.state is State.ABSENT:
        return f"was not sent, and {value.problem}" if value.problem else "was not sent"
    if value.state is State.FAILED:
        return value.problem
    if part.kind is EntryKind.PATIENT:
        return _no_patient(value, patient_id)
    if value.incomplete and not value.sent:
        return "nothing was sent of what there is"
    return "" if found.usable else _unusable(part, value)


def _unusable(part: Part, value: PrefetchValue) -> str:
    """What is wrong with a value of which nothing can be used."""
    return value.problem or f"holds no {part.types[0]}"


def _no_patient(value: PrefetchValue, patient_id: str) -> str:
    if value.state is State.NULL:
        return "was sent as null"
    names = [name_of(one) for one in value.sent]
    ids = [name.id for name in names if name.resource_type == "Patient"]
    if not ids:
        return "is not a Patient"
    return "" if patient_id in ids or "" in ids else "is not the patient of the context"


def _missing(part: Part, value: PrefetchValue, found: Sorted) -> Iterator[Unread]:
    """What of a part was not sent, or cannot be used."""
    if value.state not in _ANSWERED:
        yield _unread(part, UnreadReason.NOT_SENT, value.problem)
    elif not found.usable:
        yield _unread(part, UnreadReason.NOT_SENT, _unusable(part, value))
    elif _is_foreign(part, found) and not (value.incomplete or value.problem or found.malformed):
        yield _unread(part, UnreadReason.NOT_SENT, _FOREIGN)
    else:
        yield from _incomplete(part, value, found)


def _incomplete(part: Part, value: PrefetchValue, found: Sorted) -> Iterator[Unread]:
    """What is missing beside that which can be used."""
    if value.problem:
        yield _unread(part, UnreadReason.INCOMPLETE, value.problem)
    if value.incomplete and not (
        part.analyte and not found.malformed and hides_nothing_newer(found.entries)
    ):
        yield _unread(part, UnreadReason.INCOMPLETE, "")
    if part.of_medications:
        yield from (_broken_medication(part, place) for place in found.malformed)
    elif found.malformed:
        count, first = len(found.malformed), found.malformed[0]
        detail = f"{count} of the entries cannot be read; the first is entry {first}"
        yield _unread(part, UnreadReason.INCOMPLETE, detail)


def _broken_medication(part: Part, place: int) -> Unread:
    return Unread(
        reference=f"prefetch {part.key.name}, entry {place}",
        text="",
        reason=UnreadReason.MALFORMED,
        kind=EntryKind.MEDICATIONS,
        detail="its resourceType is missing or misspelt",
    )


def _unread(part: Part, reason: UnreadReason, detail: str) -> Unread:
    return Unread(
        reference=f"prefetch {part.key.name}",
        text=part.text,
        reason=reason,
        kind=part.kind,
        detail=detail,
        analyte=part.analyte,
    )
