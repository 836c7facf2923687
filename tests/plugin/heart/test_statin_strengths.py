"""The strength that a Medication states in structure, from FHIR to what is said of a dose cap.

Simvastatin beside amlodipine: 20 mg a day is allowed. `OVER`, `KEPT` and `UNREAD` are the answers.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugin.heart.statin_charts import answer, drug, flagged, interactions

DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
OVER, UNREAD = ["statin-over-dose-cap"], ["statin-dose-not-read"]
KEPT: list[str] = []
ORDERABLE = "http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm"
TABLET = {"value": 1, "unit": "tablet", "system": ORDERABLE, "code": "TAB"}


def _mg(value: Any, unit: str = "mg") -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def _per(mg: dict[str, Any], denominator: Any = TABLET) -> dict[str, Any]:
    return {"numerator": mg} | ({} if denominator is None else {"denominator": denominator})


def _part(strength: Any, text: str = "simvastatin", **names: str) -> dict[str, Any]:
    """An ingredient as R4 has it, or under R5's name of its strength."""
    name = names.get("name", "strength")
    if name == "strength":
        return {"itemCodeableConcept": {"text": text}, "strength": strength}
    return {"item": {"concept": {"text": text}}, name: strength}


def _medication(*parts: dict[str, Any], text: str = "simvastatin") -> dict[str, Any]:
    code = {"code": {"text": text}} if text else {}
    return {"resourceType": "Medication", "id": "med", **code, "ingredient": list(parts)}


def _tablets(value: float = 1, unit: str = "tablet") -> dict[str, Any]:
    return {"timing": DAILY, "doseAndRate": [{"doseQuantity": {"value": value, "unit": unit}}]}


def _said(
    medication: dict[str, Any], dosage: dict[str, Any] | None = None, *, contained: bool = False
) -> list[str]:
    order = drug("statin", dosageInstruction=[_tablets() if dosage is None else dosage])
    del order["medicationCodeableConcept"]
    entries = [] if contained else [medication]
    order["medicationReference"] = {"reference": "#med" if contained else "Medication/med"}
    order |= {"contained": [medication]} if contained else {}
    said = answer(order, *entries, drug("amlodipine 5 mg tablet", 5))
    assert "simvastatin" in flagged(said)  # whatever its strength, the drug is read
    return [finding.rule for finding in interactions(said)]


@pytest.mark.parametrize("contained", [True, False])
@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (_part(_per(_mg(40))), OVER),
        (_part(_per(_mg(20))), KEPT),
        (_part(_per(_mg(0.04, "g"))), OVER),
        (_part(_per(_mg(40000, "ug"))), OVER),
        (_part(_per(_mg(40000, "\u00b5g"))), OVER),
        (_part(_per(_mg(80), TABLET | {"value": 2})), OVER),
        (_part(_per(_mg(40), TABLET | {"value": 2})), KEPT),
        (_part(_per(_mg(40), {"value": 1})), OVER),
        (_part(_per(_mg(40), {"value": 1, "code": "1"})), OVER),
        (_part(_per(_mg(40), None)), OVER),
        (_part(_per({"value": 40, "unit": "mg", "code": "258684004"})), OVER),
        (_part(_per(_mg(40)), name="strengthRatio"), OVER),
        (_part(_per(_mg(20)), name="strengthRatio"), KEPT),
        (_part(_mg(40), name="strengthQuantity"), OVER),
        (_part(_mg(20), name="strengthQuantity"), KEPT),
    ],
)
def test_tablets_take_the_strength_of_the_medication_where_the_name_has_none(
    part: dict[str, Any], expected: list[str], contained: bool
) -> None:
    """R4's and R5's names of it, in a Medication that was sent beside the order or within it."""
    assert expected == _said(_medication(part), contained=contained)


@pytest.mark.parametrize(
    "part",
    [
        _part({}),
        _part("40 mg"),
        _part({"numerator": "40 mg"}),
        _part({"denominator": TABLET}),
        _part(_per({"value": 40})),
        _part(_per({"unit": "mg"})),
        _part(_per(_mg(40) | {"comparator": "<"})),
        _part(_per(_mg(0))),
        _part(_per(_mg(-40))),
        _part(_per(_mg(1e9))),
        _part(_per({"value": 40, "unit": "mg", "code": "g"})),
        _part(_per(_mg(40, "[iU]"))),
        _part(_per(_mg(40, "mg/kg"))),
        _part(_per(_mg(40, "mg/mL"))),
        _part(_per(_mg(40), {"unit": "tablet"})),
        _part(_per(_mg(40), TABLET | {"value": 0})),
        _part(_per(_mg(40), {"value": 100, "unit": "mg"})),
        _part(_per(_mg(40), {"value": 1, "unit": "carton"})),
        _part(_per(_mg(40), {"value": 1, "unit": "mL/h"})),
        _part(_per(_mg(40)), text="what the pharmacy has"),
        _part("40 mg", name="strengthQuantity"),
        _part({"text": "40 mg"}, name="strengthCodeableConcept"),
    ],
)
def test_a_strength_that_is_not_certain_is_not_guessed(part: dict[str, Any]) -> None:
    """The drug is read all the same, and its dose is said to be unread."""
    assert UNREAD == _said(_medication(part))


@pytest.mark.parametrize(
    ("name", "stated", "expected"),
    [
        ("simvastatin 20 mg tablet", 20, KEPT),
        ("simvastatin 40 mg tablet", 40, OVER),
        ("simvastatin 20 mg tablet", 40, UNREAD),
        ("simvastatin 40 mg tablet", 20, UNREAD),
        ("Simvastatin 0.02 g", 20, KEPT),
    ],
)
def test_a_name_and_a_strength_that_differ_leave_the_dose_unread(
    name: str, stated: int, expected: list[str]
) -> None:
    """Which of the two is meant, nobody says."""
    assert expected == _said(_medication(_part(_per(_mg(stated))), text=name))


def test_words_that_take_one_side_of_a_conflict_do_not_settle_it() -> None:
    """Two against one is still no certainty."""
    medication = _medication(_part(_per(_mg(40))), text="simvastatin 20 mg tablet")
    assert UNREAD == _said(medication, {"text": "1 tablet (20 mg) daily"})


def test_a_dose_in_milligrams_needs_no_strength() -> None:
    """What is in a tablet does not matter to 40 mg."""
    medication = _medication(_part(_per(_mg(20))))
    forty = {"timing": DAILY, "doseAndRate": [{"doseQuantity": _mg(40)}]}
    assert OVER == _said(medication, forty)


@pytest.mark.parametrize(
    ("ml", "expected"),
    [(2.5, KEPT), (5, OVER)],
)
@pytest.mark.parametrize(
    "strength",
    [
        _part(_per(_mg(40), {"value": 5, "unit": "mL"})),
        _part(_mg(8, "mg/mL"), name="strengthQuantity"),
        _part(_per(_mg(8, "mg/mL"), None)),
    ],
)
def test_a_liquid_takes_its_strength_per_millilitre(
    strength: dict[str, Any], ml: float, expected: list[str]
) -> None:
    """40 mg in 5 mL; a tablet of it there is not."""
    assert expected == _said(_medication(strength), _tablets(ml, "mL"))
    assert UNREAD == _said(_medication(strength))


def test_of_a_combination_each_ingredient_has_its_own_strength() -> None:
    """Told by the ingredients alone, by name or by structure."""
    parts = _part(_per(_mg(10)), text="ezetimibe"), _part(_per(_mg(40)))
    assert OVER == _said(_medication(*parts, text=""))
    assert OVER == _said(_medication(*parts, text="ezetimibe / simvastatin"))
    half = _part(_per(_mg(10)), text="ezetimibe"), _part(_per(_mg(20)))
    assert KEPT == _said(_medication(*half, text=""))
    named = {"itemCodeableConcept": {"text": "simvastatin 40 mg"}}
    assert OVER == _said(_medication(named, text=""))


def test_two_parts_of_one_ingredient_are_not_added_up() -> None:
    """They may be two layers of a tablet, or the same thing said twice."""
    part = _part(_per(_mg(20)))
    assert UNREAD == _said(_medication(part, part))


@pytest.mark.parametrize("dosage", [{"text": "take 1 tablet at bedtime"}, _tablets()])
def test_words_and_counts_take_the_strength_alike(dosage: dict[str, Any]) -> None:
    """A tablet in words is a tablet."""
    assert OVER == _said(_medication(_part(_per(_mg(40)))), dosage)
