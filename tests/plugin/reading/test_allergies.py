"""Allergies: a muscle reaction to a drug is a symptom that comes with the drug's name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plugin.model import EntryKind, Reaction, UnreadReason
from tests.plugin.reading.build import ICD, Json, allergy, person, read


def _reactions(**elements: Any) -> tuple[Reaction, ...]:
    record = read(person(), allergy(**elements))
    assert () == record.unread
    return record.reactions


def test_a_muscle_reaction_is_read_with_its_drug_and_date() -> None:
    """The date on which it was recorded, if no onset is known."""
    expected = Reaction(("myalgia",), ("simvastatin",), "AllergyIntolerance/a1", date(2026, 3, 2))
    assert (expected,) == _reactions()


@pytest.mark.parametrize(
    "manifestation",
    [
        [{"coding": [{"system": ICD, "code": "M62.82"}]}],
        [{"concept": {"coding": [{"system": ICD, "code": "M62.82"}]}}],
        [{"text": "Rash"}, {"text": "rhabdomyolysis"}],
        {"text": "Rhabdomyolysis"},
    ],
)
def test_a_manifestation_is_read_in_the_shapes_of_r4_and_r5(manifestation: Any) -> None:
    """A CodeableConcept, a CodeableReference, one where a list belongs."""
    (found,) = _reactions(reaction=[{"manifestation": manifestation}])
    assert ("rhabdomyolysis",) == found.conditions


def test_each_reaction_may_name_its_own_substance_and_onset() -> None:
    """It comes before the allergy's own."""
    reaction = [
        {
            "substance": {"text": "atorvastatin"},
            "manifestation": [{"text": "muscle cramps"}],
            "onset": "2025-05-05",
        },
        {"substance": {}, "manifestation": [{"text": "myalgia"}]},
    ]
    found = _reactions(reaction=reaction)
    assert [("atorvastatin",), ("simvastatin",)] == [r.ingredients for r in found]
    assert [date(2025, 5, 5), date(2026, 3, 2)] == [r.day for r in found]


def test_a_reaction_without_any_date_has_none() -> None:
    """The symptom still counts."""
    assert [None] == [found.day for found in _reactions(recordedDate=None)]


@pytest.mark.parametrize(
    "elements",
    [
        {"clinicalStatus": {"coding": [{"code": "resolved"}]}},
        {"clinicalStatus": {"coding": [{"code": "inactive"}]}},
        {"verificationStatus": {"coding": [{"code": "refuted"}]}},
        {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}},
        {"reaction": [{"manifestation": [{"text": "Hives"}]}], "code": {"text": "penicillin"}},
        {"reaction": [{"manifestation": [{"text": "Asthma"}]}], "code": {"text": "penicillin"}},
        {"reaction": [], "code": {"text": "penicillin"}},
        {"reaction": None, "code": {"text": "bee venom"}},
    ],
)
def test_other_allergies_are_set_aside(elements: Json) -> None:
    """Over, refuted, or of no muscle: asthma is a condition of ours, and no muscle reaction."""
    record = read(person(), allergy(**elements))
    assert ((), (), 1) == (record.reactions, record.unread, record.tally.set_aside)


@pytest.mark.parametrize(
    "text",
    [
        "statins", "Statins-HMG-CoA Reductase Inhibitors", "HMG-CoA reductase inhibitors",
        "Statin intolerance", "Allergy to statins (disorder)", "Allergy to simvastatin",
    ],
)  # fmt: skip
def test_a_muscle_reaction_to_a_class_is_one_to_its_drugs(text: str) -> None:
    """As the allergy lists of EHRs most often have it."""
    (found,) = _reactions(code={"text": text})
    assert "simvastatin" in found.ingredients
    assert not {"warfarin", "lisinopril"} & set(found.ingredients)


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"code": {"text": "grandmother's tea"}}, UnreadReason.NO_DRUG_NAMED),
        ({"code": None}, UnreadReason.EMPTY),
        ({"modifierExtension": [{"url": "u"}]}, UnreadReason.MODIFIER),
        ({"reaction": "muscles"}, UnreadReason.MALFORMED),
    ],
)
def test_a_muscle_reaction_that_cannot_be_read_is_said(
    elements: Json, reason: UnreadReason
) -> None:
    """Something hurt a muscle, and nobody knows what."""
    record = read(person(), allergy(**elements))
    assert () == record.reactions
    assert [(reason, EntryKind.ALLERGIES)] == [(u.reason, u.kind) for u in record.unread]
