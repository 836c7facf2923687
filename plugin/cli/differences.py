"""Differences of two knowledges, as lines for a person and as JSON values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from knowledge.compare import Difference, FieldChange, How, parted
from knowledge.model import Knowledge
from plugin.screening.comparing import Compared, PatientChange
from plugin.screening.counted import counted
from plugin.screening.visible import visible

_SIGN = {How.ADDED: "+", How.REMOVED: "-", How.CHANGED: "~"}
_NOT_COMPARED = (
    "The program reads these from its own copy, so they are not part of what is compared:"
)


def as_json(
    known: tuple[Knowledge, Knowledge],
    differences: Sequence[Difference],
    not_compared: Sequence[str],
    compared: Compared | None,
) -> dict[str, Any]:
    """Plain values. Without patients there is no key `patients`."""
    said: dict[str, Any] = {
        "old": known[0].version,
        "new": known[1].version,
        "changes": msgspec.to_builtins(differences),
        "not_compared": list(not_compared),
    }
    if compared is not None:
        said["patients"] = {
            "compared": compared.patients - len(compared.failed),
            **_counts(compared),
            "changes": msgspec.to_builtins(compared.changed),
            "failed": msgspec.to_builtins(compared.failed),
            "left_out": compared.left_out,
            "quarantined": msgspec.to_builtins(compared.quarantined),
        }
    return said


def _counts(compared: Compared) -> dict[str, int]:
    rises = [change.rise for change in compared.changed]
    return {
        "changed": len(rises),
        "level_up": sum(rise > 0 for rise in rises),
        "level_down": sum(rise < 0 for rise in rises),
    }


def as_lines(
    known: tuple[Knowledge, Knowledge],
    differences: Sequence[Difference],
    not_compared: Sequence[str],
    compared: Compared | None,
) -> Iterator[str]:
    """The same for a person: `+` added, `-` removed, `~` changed."""
    yield (
        f"Knowledge {known[0].version} > {known[1].version}: "
        f"{counted(len(differences), 'difference')}"
    )
    for one in differences:
        yield f"{_SIGN[one.how]} {one.kind} {one.id}"
        for field in one.fields:
            yield from _field(field)
    if not_compared:
        yield _NOT_COMPARED
        yield from (f"  {name}" for name in not_compared)
    if compared is not None:
        yield from _patients(compared)


def _field(change: FieldChange) -> Iterator[str]:
    was, now = change.was, change.now
    if isinstance(was, list) and isinstance(now, list):
        gone, come = parted(was, now)
        yield f"    {change.field}:{'' if gone or come else ' in another order'}"
        yield from (f"      - {_text(one)}" for one in gone)
        yield from (f"      + {_text(one)}" for one in come)
    else:
        yield f"    {change.field}: {_text(was)} > {_text(now)}"


def _text(value: Any) -> str:
    if value in (None, "", []):
        return "(none)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _patients(compared: Compared) -> Iterator[str]:
    counts = _counts(compared)
    yield (
        f"Patients {compared.patients} = compared {compared.patients - len(compared.failed)} + "
        f"failed {len(compared.failed)}; answers that change: {counts['changed']} "
        f"({counts['level_up']} to a higher level, {counts['level_down']} to a lower one)"
    )
    for change in compared.changed:
        yield f"~ {visible(change.patient) or 'a patient who is not named'}"
        yield from (f"    {line}" for line in _patient(change))
    for failed in compared.failed:
        yield f"! {visible(failed.patient)}: {failed.reason}"
    for row in compared.quarantined:
        yield f"! {visible(row.file)}, line {row.line}: {row.reason}"
    if more := compared.left_out - len(compared.quarantined):
        yield f"! and {more} more; `crampcheck screen` of the same source names them all"


def _patient(change: PatientChange) -> Iterator[str]:
    if change.rise:
        yield f"level: {change.level_was} > {change.level_now}"
    if change.not_assessed_was != change.not_assessed_now:
        was, now = change.not_assessed_was, change.not_assessed_now
        yield f"not assessed: {was or 'assessed'} > {now or 'assessed'}"
    yield from (f"finding {one.rule}: {one.was} > {one.now}" for one in change.findings_moved)
    for words, ids in (
        ("+ finding", change.findings_added),
        ("- finding", change.findings_removed),
        ("finding says something else:", change.findings_reworded),
        ("+ option", change.mitigations_added),
        ("- option", change.mitigations_removed),
        ("option says something else:", change.mitigations_reworded),
        ("+ withheld", change.withheld_added),
        ("- withheld", change.withheld_removed),
    ):
        yield from (f"{words} {id_}" for id_ in ids)
    if change.medications_read_otherwise:
        yield f"medications read otherwise: {change.medications_read_otherwise}"
    if change.unread_was != change.unread_now:
        yield f"entries that could not be read: {change.unread_was} > {change.unread_now}"
