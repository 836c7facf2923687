"""The same patients under two knowledges: whose answers differ, and in what.

Nothing of a record is held but its patient's reference: rules and mitigations are named by id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from operator import attrgetter

from msgspec import Struct, structs

from knowledge.model import Level
from plugin.errors import CrampcheckError, InputUnreadable
from plugin.model import Assessment, Finding
from plugin.pipeline import Pipeline
from plugin.screening.assessing import Patient
from plugin.screening.local.passing import Passing
from plugin.screening.outcome import Failed, Quarantined
from plugin.screening.run.progress import Progress
from plugin.screening.source.listing import find

_PATIENT = attrgetter("patient")


class Moved(Struct, frozen=True):
    """A finding of one rule that is in both answers, at another level."""

    rule: str
    was: str
    now: str


class PatientChange(Struct, frozen=True):
    """What differs in one patient's answer. Tuples hold ids, sorted."""

    patient: str
    level_was: str
    level_now: str
    findings_added: tuple[str, ...] = ()
    findings_removed: tuple[str, ...] = ()
    findings_moved: tuple[Moved, ...] = ()
    findings_reworded: tuple[str, ...] = ()  # other drugs, evidence, sentence or sources
    mitigations_added: tuple[str, ...] = ()
    mitigations_removed: tuple[str, ...] = ()
    mitigations_reworded: tuple[str, ...] = ()
    withheld_added: tuple[str, ...] = ()
    withheld_removed: tuple[str, ...] = ()
    not_assessed_was: str = ""  # the reason, where the patient as a whole was not assessed
    not_assessed_now: str = ""
    medications_read_otherwise: int = 0
    unread_was: int = 0
    unread_now: int = 0

    @property
    def nothing(self) -> bool:
        """True where both answers are the same."""
        same = PatientChange(
            patient=self.patient,
            level_was=self.level_now,
            level_now=self.level_now,
            not_assessed_was=self.not_assessed_now,
            not_assessed_now=self.not_assessed_now,
            unread_was=self.unread_now,
            unread_now=self.unread_now,
        )
        return self == same

    @property
    def rise(self) -> int:
        """By how many levels the answer goes up; below 0 where it goes down."""
        return Level(self.level_now).rank - Level(self.level_was).rank


class Compared(Struct, frozen=True):
    """How many patients there are, whose answers differ, and who could not be compared.

    `left_out` counts lines, entries and files; the first of them are in `quarantined`.
    """

    patients: int
    changed: tuple[PatientChange, ...]
    failed: tuple[Failed, ...]
    quarantined: tuple[Quarantined, ...]
    left_out: int


def compare_patients(
    source: str,
    old: Pipeline,
    new: Pipeline,
    as_of: date,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Compared:
    """Assess every patient of a source twice. Raises InputUnreadable if there is nothing to read.

    A patient who fails under either knowledge is in `failed`, with the reason.
    """
    passing = Passing(find(source))
    changed: list[PatientChange] = []
    failed: list[Failed] = []
    patients = 0
    for patients, (reference, found) in enumerate(passing.patients(), start=1):
        if isinstance(found, Failed):
            outcome: PatientChange | Failed | None = found
        else:
            outcome = compare_patient((reference, found), old, new, as_of)
        if isinstance(outcome, Failed):
            failed.append(outcome)
        elif outcome is not None:
            changed.append(outcome)
        on_progress(Progress("comparing", patients, 0, "patients"))
    if not patients and not passing.quarantined:
        raise InputUnreadable(f"{source}: holds no patient; name the NDJSON of an export.")
    return Compared(
        patients,
        tuple(sorted(changed, key=_PATIENT)),
        tuple(sorted(failed, key=_PATIENT)),
        tuple(passing.quarantined),
        passing.left_out,
    )


def compare_patient(
    patient: Patient, old: Pipeline, new: Pipeline, as_of: date
) -> PatientChange | Failed | None:
    """What differs for one patient; None where nothing does."""
    reference, entries = patient
    try:
        before, after = (one.assess_entries(entries, as_of, reference) for one in (old, new))
    except CrampcheckError as error:
        return Failed(reference, error.message)
    except Exception as error:  # its message may hold patient data, its type does not
        return Failed(reference, f"internal error ({type(error).__name__}); please report it.")
    change = _change(reference, before, after)
    return None if change.nothing else change


def _change(patient: str, old: Assessment, new: Assessment) -> PatientChange:
    was, now = _by_rule(old.findings), _by_rule(new.findings)
    both = sorted(was.keys() & now.keys())
    moved = {rule for rule in both if _levels(was[rule]) != _levels(now[rule])}
    offers_was = {one.id: one.text for one in old.mitigations}
    offers_now = {one.id: one.text for one in new.mitigations}
    held_was = {one.mitigation for one in old.withheld}
    held_now = {one.mitigation for one in new.withheld}
    return PatientChange(
        patient=patient,
        level_was=old.level.value,
        level_now=new.level.value,
        findings_added=_only(now, was),
        findings_removed=_only(was, now),
        findings_moved=tuple(
            Moved(rule, _levels(was[rule]), _levels(now[rule])) for rule in sorted(moved)
        ),
        findings_reworded=tuple(
            rule for rule in both if rule not in moved and was[rule] != now[rule]
        ),
        mitigations_added=_only(offers_now, offers_was),
        mitigations_removed=_only(offers_was, offers_now),
        mitigations_reworded=tuple(
            id_ for id_, text in sorted(offers_was.items()) if offers_now.get(id_, text) != text
        ),
        withheld_added=_only(held_now, held_was),
        withheld_removed=_only(held_was, held_now),
        not_assessed_was=old.not_assessed.value if old.not_assessed else "",
        not_assessed_now=new.not_assessed.value if new.not_assessed else "",
        medications_read_otherwise=len(
            {one.reference for one in set(old.medications) ^ set(new.medications)}
        ),
        unread_was=len(old.unread),
        unread_now=len(new.unread),
    )


def _by_rule(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        # Its options are compared apart, for the answer as a whole.
        said = structs.replace(finding, mitigations=())
        by_rule.setdefault(finding.rule, []).append(said)
    return by_rule


def _levels(findings: Iterable[Finding]) -> str:
    """The levels of one rule's findings: more than one where some of its drugs are raised."""
    return ", ".join(sorted({finding.level.value for finding in findings}))


def _only(here: Iterable[str], there: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(here) - set(there)))
