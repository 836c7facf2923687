"""The knowledge that is shipped: it loads, and holds what the policy promises."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from knowledge.load import DATA, load
from knowledge.model import Knowledge, Status
from knowledge.review import AWAITING


@pytest.fixture(scope="module")
def shipped() -> Knowledge:
    return load()


def test_every_file_loads_and_is_reviewed_or_awaits_it(shipped: Knowledge) -> None:
    """Every TOML file has its review block, and no reviewer is invented."""
    files = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*.toml")}
    assert files == {entry.file for entry in shipped.reviews}
    assert {AWAITING} == {entry.review.status for entry in shipped.reviews}
    assert {""} == {entry.review.reviewed_by for entry in shipped.reviews}


def test_the_shipped_knowledge_survives_being_stored(shipped: Knowledge) -> None:
    """It can be written as msgpack and read back the same."""
    assert shipped == msgspec.msgpack.decode(msgspec.msgpack.encode(shipped), type=Knowledge)


@pytest.mark.parametrize(
    ("lab", "spelling", "value", "expected"),
    [
        ("magnesium", "mmol/L", "0.82", "1.9926"),
        ("magnesium", "mg/dL", "0.82", "0.82"),
        ("magnesium", "meq/L", "1.5", "1.8225"),
        ("magnesium", "mmol/L", "0.7", "1.701"),
        ("potassium", "mEq/L", "3.3", "3.3"),
        ("calcium", "mmol/L", "1.9", "7.6152"),
        ("albumin", "g/L", "40", "4"),
        ("ck", "U/L", "2400", "2400"),
        ("tsh", "uIU/mL", "12", "12"),
    ],
)
def test_units_convert_to_the_unit_of_the_cuts(
    shipped: Knowledge, lab: str, spelling: str, value: str, expected: str
) -> None:
    """The factor of a spelling turns a result into what rules compare."""
    (unit,) = [unit for unit in shipped.labs[lab].units if spelling in unit.spellings]
    assert Decimal(expected) == Decimal(value) * unit.factor


@pytest.mark.parametrize(
    ("micromoles", "milligrams"), [("88.42", "1"), ("44.21", "0.5"), ("265.26", "3")]
)
def test_creatinine_converts_closely(shipped: Knowledge, micromoles: str, milligrams: str) -> None:
    """A rounded reciprocal is right to a ten-thousandth."""
    (unit,) = [unit for unit in shipped.labs["creatinine"].units if "umol/L" in unit.spellings]
    assert abs(Decimal(micromoles) * unit.factor - Decimal(milligrams)) < Decimal("0.0001")


def test_whole_blood_potassium_is_trusted_only_within_its_range(shipped: Knowledge) -> None:
    """Haemolysis cannot be seen in whole blood."""
    limits = {code.loinc: code.trusted for code in shipped.labs["potassium"].codes}
    assert {"2823-3": None, "6298-4": (Decimal("3.5"), Decimal(5))} == limits


def test_only_corrected_calcium_is_marked_as_corrected(shipped: Knowledge) -> None:
    """A corrected calcium is not corrected twice."""
    corrected = {code.loinc for code in shipped.labs["calcium"].codes if code.already_corrected}
    assert {"29265-6", "46099-8"} == corrected


@pytest.mark.parametrize(
    ("condition", "not_there"),
    [
        ("dark-urine", "R82.998"),
        ("muscle-cramp", "G25.81"),
        ("nocturnal-leg-cramp", "G25.81"),
        ("muscle-cramp", "G47.62"),
        ("dialysis", "N18.6"),
        ("dialysis", "46177005"),
    ],
)
def test_codes_that_mean_something_else_are_not_taken(
    shipped: Knowledge, condition: str, not_there: str
) -> None:
    """The traps of the code tables."""
    assert not_there not in {code.code for code in shipped.conditions[condition].codes}


def test_no_condition_reads_low_phosphate_from_a_code_without_direction(
    shipped: Knowledge,
) -> None:
    """E83.39 says nothing of the direction."""
    codes = {code.code for condition in shipped.conditions.values() for code in condition.codes}
    assert not {code for code in codes if code.startswith("E83.3")}


@pytest.mark.parametrize("code", ["449917004", "O-"])
def test_codes_that_were_not_found_by_name_say_so(shipped: Knowledge, code: str) -> None:
    """A recalled code is unconfirmed."""
    (found,) = [
        one for each in shipped.conditions.values() for one in each.codes if one.code == code
    ]
    assert Status.UNCONFIRMED == found.status


def test_constants_of_formulas_and_windows_are_there(shipped: Knowledge) -> None:
    """Numbers of formulas are data."""
    expected = {
        "ckd-epi-2021-scale": "142",
        "ckd-epi-2021-kappa-female": "0.7",
        "ckd-epi-2021-kappa-male": "0.9",
        "ckd-epi-2021-alpha-female": "-0.241",
        "ckd-epi-2021-alpha-male": "-0.302",
        "ckd-epi-2021-beta": "-1.2",
        "ckd-epi-2021-age": "0.9938",
        "ckd-epi-2021-female": "1.012",
        "calcium-per-albumin": "0.8",
        "calcium-reference-albumin": "4",
        "current-result-days": "90",
        "recent-result-days": "30",
        "symptom-window-months": "12",
        "adult-age-years": "18",
    }
    assert expected == {id_: str(shipped.constants[id_].value) for id_ in expected}


def test_a_replacement_names_what_it_proposes_and_can_harm(shipped: Knowledge) -> None:
    """Replacing something is never harmless."""
    replacements = [m for m in shipped.mitigations.values() if m.kind == "replacement"]
    assert replacements
    assert [] == [m.id for m in replacements if not (m.can_harm and m.proposes and m.offer_when)]
