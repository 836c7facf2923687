"""What a run changes about one patient's items. Pure.

An item that is found again keeps what a person made of it. One that is done or dismissed comes back
as new where its evidence changed or it was gone meanwhile (a result that is missing has no evidence
that could change), and any comes back where its level rose. One that is not found is
gone, whatever its status. A run of an earlier day changes nothing that a later one brought.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from knowledge.model import Level
from plugin.store.worklist.model import ListedFinding, ListedPatient, ListedRun, Status

EVIDENCE_CHANGED = "the evidence has changed"
LEVEL_ROSE = "the level has risen"
FOUND_AGAIN = "it was gone, and is found again"


class Known(Struct, frozen=True):
    """What decides, of an item that is there."""

    number: int
    issue: str
    level: str
    evidence: bytes
    status: str
    as_of: str
    gone: bool


class Changes(Struct, frozen=True):
    """Rows to insert and to update, and marks to add, as the tables have them."""

    added: list[dict[str, Any]]
    kept: list[dict[str, Any]]  # with `item`: the number of the row
    gone: list[dict[str, Any]]
    marks: list[dict[str, Any]]


def merge(
    run: ListedRun,
    patients: Iterable[ListedPatient],
    known: Mapping[str, list[Known]],
    now_ms: int,
) -> Changes:
    """What to write. `known` holds the items of these patients, by patient."""
    merging = _Merging(run, now_ms)
    for patient in patients:
        merging.add(patient, known.get(patient.patient, ()))
    return merging.changes


class _Merging:
    def __init__(self, run: ListedRun, now_ms: int) -> None:
        self.changes = Changes([], [], [], [])
        self._run = run
        self._now_ms = now_ms

    def add(self, patient: ListedPatient, known: Iterable[Known]) -> None:
        left = {one.issue: one for one in known}
        last = {"last_run": self._run.run, "as_of": self._run.as_of, "unread": patient.unread}
        for finding in patient.findings:
            before = left.pop(finding.issue, None)
            if before is None:
                self._new(patient.patient, finding, last)
            elif before.as_of <= self._run.as_of:
                self._again(before, finding, last)
        self.changes.gone.extend(
            {"item": one.number, **last, "gone": True}
            for one in left.values()
            if not one.gone and one.as_of <= self._run.as_of
        )

    def _new(self, patient: str, finding: ListedFinding, last: dict[str, Any]) -> None:
        row = {
            "issue": finding.issue,
            "patient": patient,
            "rule": finding.rule,
            "drugs": list(finding.drugs),
            "partners": list(finding.partners),
            "first_run": self._run.run,
        }
        self.changes.added.append({**row, **_said(finding), **last, **self._opened("")})

    def _again(self, before: Known, finding: ListedFinding, last: dict[str, Any]) -> None:
        row = {"item": before.number, **_said(finding), **last}
        if why := _comes_back(before, finding):
            mark = self._opened(why)
            self.changes.marks.append({"item": before.number, **mark})
            row |= mark
        self.changes.kept.append(row)

    def _opened(self, why: str) -> dict[str, Any]:
        return {
            "status": Status.NEW.value,
            "reason": why,
            "marked_by": f"run {self._run.run}",
            "marked_ms": self._now_ms,
        }


def _comes_back(before: Known, finding: ListedFinding) -> str:
    """Why an item is new again; empty where it keeps its status."""
    if before.status != Status.NEW and Level(finding.level).rank > Level(before.level).rank:
        return LEVEL_ROSE
    if not Status(before.status).open and finding.evidence != before.evidence:
        return EVIDENCE_CHANGED
    if not Status(before.status).open and before.gone:
        return FOUND_AGAIN
    return ""


def _said(finding: ListedFinding) -> dict[str, Any]:
    return {
        "level": finding.level,
        "summary": finding.summary,
        "options": list(finding.options),
        "evidence": finding.evidence,
        "gone": False,
    }
