"""Proves by `fhir.resources` that what a knowledge makes of its rules is FHIR, before a run.

A call then fills in what no template can hold: ids, references, dates and words of a record, each
made fit for FHIR where it is filled in. A result is not validated again: that takes longer than to
assess a patient.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from knowledge.model import Knowledge, Rule
from knowledge.terminology.concept import Match
from plugin.errors import KnowledgeInvalid
from plugin.model import Assessment, Evidence, Finding, ListedMedication, Offered
from plugin.resources.guidance import guidance_of
from plugin.resources.issues import issues_of

_PATIENT, _DRUG, _RESULT = "Patient/1", "MedicationRequest/1", "Observation/1"
_DAY = date(2000, 1, 1)


def check_issues(knowledge: Knowledge) -> None:
    """Raise KnowledgeInvalid for a rule whose findings would make no FHIR.

    The models are imported here: they take half a second.
    """
    from fhir.resources.R4B.detectedissue import DetectedIssue  # noqa: PLC0415 - slow to import
    from fhir.resources.R4B.guidanceresponse import GuidanceResponse  # noqa: PLC0415
    from pydantic import ValidationError  # noqa: PLC0415

    for rule, assessment in _samples(knowledge):
        try:
            for issue in issues_of(assessment, knowledge):
                DetectedIssue.model_validate(issue)
            GuidanceResponse.model_validate(guidance_of(assessment))
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(str(part) for part in fault["loc"])
            raise KnowledgeInvalid(
                f"{rule.file}, rule {rule.id}: makes no FHIR DetectedIssue ({where}: "
                f"{fault['msg']}); mend its words, its sources or what it suggests."
            ) from None


def _samples(knowledge: Knowledge) -> Iterator[tuple[Rule, Assessment]]:
    """A finding of each rule with all that it suggests."""
    for rule in knowledge.rules:
        offered = tuple(
            Offered(one.id, one.kind, one.text)
            for one in (knowledge.mitigations[name] for name in rule.suggest)
        )
        finding = Finding(
            rule=rule.id,
            level=rule.level,
            ingredients=("sample",),
            partners=(),
            summary=rule.summary,
            because=(Evidence(f"takes:{rule.drug}", _DRUG), Evidence("sample<1", _RESULT, 0.5)),
            mitigations=rule.suggest,
            sources=tuple(citation.source for citation in rule.sources),
            notes=tuple(note.text for note in rule.notes),
        )
        listed = ListedMedication(_DRUG, "sample", True, ("sample",), Match.CODE)
        yield (
            rule,
            Assessment(
                patient=_PATIENT,
                as_of=_DAY,
                knowledge_version=knowledge.version,
                level=rule.level,
                medications=(listed,),
                findings=(finding,),
                mitigations=offered,
                withheld=(),
                unread=(),
            ),
        )
