"""One patient's entries become one outcome: what every engine calls."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from msgspec import structs

from plugin.answer import to_bytes
from plugin.errors import CrampcheckError
from plugin.model import Assessment, Finding
from plugin.pipeline import Pipeline
from plugin.reading.source import RawEntry
from plugin.resources import issue_lines
from plugin.screening.outcome import Failed, Outcome, Screened, Wanted
from plugin.screening.report.labs import lab_states

Patient: TypeAlias = tuple[str, tuple[RawEntry, ...]]


NOTHING_MORE = Wanted()


def screen_patient(
    pipeline: Pipeline, patient: Patient, as_of: date, wanted: Wanted = NOTHING_MORE
) -> Outcome:
    """Assess one patient. Whatever goes wrong is this patient's failure, never the run's."""
    reference, entries = patient
    try:
        seen = pipeline.glance_at(entries, as_of, reference)
        assessment = pipeline.assess_seen(seen, as_of)
        screened = _screened(assessment)
        if wanted.issues:
            screened = structs.replace(screened, issues=issue_lines(assessment, pipeline.knowledge))
        if wanted.labs and screened.rules:
            book = pipeline.assessor.book(seen.whole, as_of)
            return structs.replace(screened, labs=lab_states(book))
        return screened
    except CrampcheckError as error:
        return Failed(reference, error.message)
    except Exception as error:  # its message may hold patient data, its type does not
        return Failed(reference, f"internal error ({type(error).__name__}); please report it.")


def _screened(assessment: Assessment) -> Screened:
    findings = assessment.findings
    return Screened(
        patient=assessment.patient,
        line=to_bytes(assessment),
        level=assessment.level.value,
        rules=tuple(dict.fromkeys([finding.rule for finding in findings])) if findings else (),
        ingredients=_ingredients(findings) if findings else (),
        mitigations=tuple([offered.id for offered in assessment.mitigations]),
        unread=len(assessment.unread),
        not_assessed=assessment.not_assessed.value if assessment.not_assessed else "",
    )


def _ingredients(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(sorted({name for finding in findings for name in finding.ingredients}))
