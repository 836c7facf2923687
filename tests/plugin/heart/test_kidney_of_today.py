"""A good eGFR of last month proves nothing once the kidney was measured again: FHIR in, answer out.

A thiazide with a low potassium and magnesium: with a good kidney, replacement is offered.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugin.model import Assessment, EntryKind, Unread, UnreadReason
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from tests.plugin.reading.build import AS_OF, Json, bundle, lab, order, person, without

CREATININE, EGFR = "2160-0", "98979-8"
GOOD = lab(EGFR, 55, "mL/min/{1.73_m2}", id="e", effectiveDateTime="2026-09-20")
REPLACEMENTS = {
    "potassium-repletion-review", "potassium-sparing-or-raas-combination-review",
    "magnesium-repletion-review",
}  # fmt: skip
MALE = person(gender="male")


def _said(*kidney: Json, patient: Json = MALE, missing: tuple[Unread, ...] = ()) -> Assessment:
    chart = (
        patient,
        order("hydrochlorothiazide 25 MG Oral Tablet"),
        lab("2823-3", 3.2, id="k"),
        lab("19123-9", 1.4, "mg/dL", id="mg"),
        *kidney,
    )
    data = bundle(*({"resource": resource} for resource in chart))
    return default_pipeline().assess_entries(split(data), AS_OF, extra=missing)


def _offered(said: Assessment) -> set[str]:
    return {option.id for option in said.mitigations} & REPLACEMENTS


def _creatinine(value: float = 4.8, unit: str = "mg/dL", **more: Any) -> Json:
    return lab(CREATININE, value, unit, id="cr") | more


def _above(value: float) -> dict[str, Any]:
    return {"valueQuantity": {"value": value, "comparator": ">", "unit": "mg/dL"}}


def test_with_a_good_kidney_replacement_is_offered() -> None:
    """The chart of this file, so that what follows is withheld for the kidney alone."""
    assert REPLACEMENTS == _offered(_said(GOOD))
    older = _creatinine(effectiveDateTime="2026-09-19")
    assert REPLACEMENTS == _offered(_said(GOOD, older))


@pytest.mark.parametrize(
    ("patient", "creatinine"),
    [
        (MALE, _creatinine(**_above(12))),
        (MALE, _creatinine(unit="arbitrary")),
        (MALE, without(_creatinine(), "valueQuantity")),
        (MALE, _creatinine(effectiveDateTime="soon")),
        (person(gender="unknown"), _creatinine()),
        (person(gender="other"), _creatinine()),
        (without(person(), "gender"), _creatinine()),
        (without(person(), "birthDate"), _creatinine()),
    ],
)
def test_a_creatinine_of_which_no_egfr_can_be_computed_outdates_the_egfr(
    patient: Json, creatinine: Json
) -> None:
    """Nobody knows that the kidney is still good, so nothing that needs one is offered."""
    said = _said(GOOD, creatinine, patient=patient)
    assert set() == _offered(said)
    for withheld in said.withheld:
        assert ("egfr:unread", "Observation/cr") in [
            (item.fact, item.reference) for item in withheld.because
        ]
    assert {one.mitigation for one in said.withheld} >= REPLACEMENTS


def test_a_creatinine_of_the_evening_outdates_the_egfr_of_the_morning() -> None:
    """By the time of day, where both have one; of one sample, the reported eGFR counts."""
    morning = GOOD | {"effectiveDateTime": "2026-10-25T06:00:00Z"}
    evening = _creatinine(effectiveDateTime="2026-10-25T20:00:00Z")
    said = _said(morning, evening)
    assert set() == _offered(said)
    assert "egfr<30" in json.dumps([item.fact for one in said.withheld for item in one.because])
    same = _creatinine(effectiveDateTime="2026-10-25T06:00:00Z")
    assert REPLACEMENTS == _offered(_said(morning, same))
    assert REPLACEMENTS == _offered(_said(morning, same, patient=person(gender="unknown")))


@pytest.mark.parametrize(
    ("reason", "offered"),
    [(UnreadReason.NOT_SENT, REPLACEMENTS), (UnreadReason.INCOMPLETE, set())],
)
def test_creatinines_that_were_not_sent_outdate_nothing(
    reason: UnreadReason, offered: set[str]
) -> None:
    """Nobody says that there are any; of a page that was cut off the rest may be newer."""
    missing = Unread("prefetch creatinine", "", reason, EntryKind.LABS, analyte="creatinine")
    assert offered == _offered(_said(GOOD, missing=(missing,)))


def test_without_any_egfr_a_kidney_is_unknown_as_before() -> None:
    """A creatinine that tells none makes no result of what was never there."""
    said = _said(_creatinine(), patient=person(gender="unknown"))
    facts = {item.fact for one in said.withheld for item in one.because}
    assert set() == _offered(said)
    assert "egfr:unknown" in facts
    assert "egfr:unread" not in facts
