"""ATC codes of combinations: read where the WHO's name says every drug, and else said as open."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from knowledge.identifiers import code_of
from knowledge.load import load
from knowledge.model import RouteClass
from knowledge.terminology.concept import Coding, Concept, Match, Reason, Resolution
from knowledge.terminology.resolver import Resolver
from knowledge.terminology.tables import atc, atc_combinations
from plugin.cli.main import main
from tests.knowledge.terminology.conftest import ingredient, knowledge_of

KNOWLEDGE = load()
RESOLVER = Resolver(KNOWLEDGE)
WHOLE, OPEN = atc_combinations().whole, atc_combinations().open


def _coded(code: str, text: str = "", display: str = "") -> Resolution:
    return RESOLVER.resolve(Concept((Coding("http://www.whocc.no/atc", code, display),), text))


def test_no_code_stands_in_two_tables() -> None:
    """Nor among those of single ingredients, and each is written as the ATC writes them."""
    single = {code.code for one in KNOWLEDGE.ingredients.values() for code in one.codes}
    assert not WHOLE.keys() & OPEN.keys()
    assert not (WHOLE.keys() | OPEN.keys()) & (single | atc().codes.keys())
    assert {""} == {code_of("atc", code) for code in (*WHOLE, *OPEN)}


def test_a_code_that_names_every_drug_is_answered_whole() -> None:
    """By the code alone; however it is written."""
    assert len(WHOLE) > 200
    for code, drugs in WHOLE.items():
        for written in (code, f" {code.lower()} "):
            answer = _coded(written)
            assert tuple(sorted(drugs)) == answer.ingredients
            assert answer.linked
            assert Match.CODE is answer.match


def test_code_and_name_of_a_combination_give_the_same_drugs() -> None:
    """The names in the table are those that a text is answered with: so they never differ."""
    for code, drugs in WHOLE.items():
        for drug in drugs:
            assert (drug,) == RESOLVER.resolve(Concept((), drug)).ingredients, (code, drug)
        *first, last = drugs
        text = f"{', '.join(first)} and {last}"
        assert tuple(sorted(drugs)) == RESOLVER.resolve(Concept((), text)).ingredients, code


@pytest.mark.parametrize(
    ("code", "drugs"),
    [
        ("C10BX03", ("amlodipine", "atorvastatin")),
        ("C03CB01", ("furosemide", "potassium")),
        ("C09BX01", ("amlodipine", "indapamide", "perindopril")),
        ("R03AK06", ("fluticasone", "salmeterol")),
        ("C10BA02", ("ezetimibe", "simvastatin")),
        ("C09DX04", ("sacubitril", "valsartan")),
        ("J01EE01", ("sulfamethoxazole", "trimethoprim")),
        ("C03DA54", ("dapagliflozin", "eplerenone")),
    ],
)
def test_some_codes_that_every_pharmacy_has(code: str, drugs: tuple[str, ...]) -> None:
    """By what their products hold."""
    assert drugs == _coded(code).ingredients


def test_a_name_of_one_part_agrees_with_the_code_of_the_combination() -> None:
    """The fuller one is answered."""
    assert ("amlodipine", "atorvastatin") == _coded("C10BX03", "atorvastatin 20 mg").ingredients
    assert Reason.CONFLICT is _coded("C10BX03", "metoprolol 50 mg").reason


def test_a_code_that_leaves_a_drug_open_is_unread_with_its_name() -> None:
    """And says what helps."""
    assert len(OPEN) > 100
    for code, name in OPEN.items():
        answer = _coded(code)
        assert () == answer.ingredients
        assert Reason.AMBIGUOUS is answer.reason
        assert name in answer.detail
        assert "send the product's name" in answer.detail


def test_a_name_that_tells_the_open_drug_answers_the_code() -> None:
    """One that only repeats what the code says leaves the diuretic out, and is no answer."""
    both = ("hydrochlorothiazide", "lisinopril")
    assert both == _coded("C09BA03", "Zestoretic").ingredients
    assert both == _coded("C09BA03", display="lisinopril 20 mg / HCTZ 12.5 mg").ingredients
    for text in ("lisinopril", "Lisinopril 20 mg tablet", "Zestril", "ramipril 5 mg"):
        answer = _coded("C09BA03", text)
        assert () == answer.ingredients
        assert "lisinopril and diuretics" in answer.detail


def test_an_open_name_beside_a_plain_one_is_no_answer_either() -> None:
    """The text says that there is a diuretic, and the display does not."""
    answer = RESOLVER.resolve(Concept((Coding("", "", "lisinopril"),), "lisinopril and diuretics"))
    assert () == answer.ingredients
    whole = RESOLVER.resolve(Concept((Coding("", "", "Zestoretic"),), "lisinopril and diuretics"))
    assert ("hydrochlorothiazide", "lisinopril") == whole.ingredients


@pytest.mark.parametrize(
    "text",
    [
        "atenolol, thiazides and other diuretics",
        "theophylline and adrenergics",
        "abiraterone and corticosteroids",
        "fluoxetine and psycholeptics",
        "metformin and sulfonylureas",
        "lisinopril 20 mg and a diuretic",
        "lisinopril 20 mg/diuretic",
        "lisinopril tablets and diuretics",
        "lisinopril and water pill",
        "amlodipine 5 mg with statin",
        "metoprolol + ACE inhibitor",
        "losartan 50 mg and other blood pressure pills",
    ],
)
def test_a_name_with_a_kind_of_drug_is_not_read_as_the_drug_alone(text: str) -> None:
    """As the ATC names its combinations."""
    assert () == RESOLVER.resolve(Concept((), text)).ingredients


@pytest.mark.parametrize(
    "text", ["Furosemide, diuretic", "furosemide, Diuretics", "furosemide 40 mg (loop diuretic)"]
)
def test_a_diuretic_that_is_called_one_is_read(text: str) -> None:
    """What it is, behind a comma or in brackets, is no further drug."""
    assert ("furosemide",) == RESOLVER.resolve(Concept((), text)).ingredients


def test_a_combination_of_which_nothing_is_held_says_nothing() -> None:
    """The table is larger than a knowledge may be."""
    few = Resolver(knowledge_of(ingredient("furosemide")))
    assert Reason.CODE_NOT_KNOWN is few.resolve(Concept((Coding("atc", "C10BX03"),))).reason
    assert () == few.resolve(Concept((Coding("atc", "C10BX03"),))).ingredients


@pytest.mark.parametrize(
    ("code", "route"),
    [
        ("S01ED51", RouteClass.OPHTHALMIC),
        ("D07CA01", RouteClass.TOPICAL),
        ("C09BA03", RouteClass.UNKNOWN),
        ("R03CC02", RouteClass.ORAL),
        ("R03AC02", RouteClass.INHALED),
        ("B05XA01", RouteClass.PARENTERAL),
        ("S01EC03", RouteClass.OPHTHALMIC),
        ("S01EC01", RouteClass.UNKNOWN),
    ],
)
def test_a_code_tells_the_route_whether_it_is_read_or_not(code: str, route: RouteClass) -> None:
    """Eye drops that are not read are still eye drops."""
    assert route is _coded(code).route


@pytest.mark.parametrize(
    ("code", "drugs"), [("C10BX03", ["amlodipine", "atorvastatin"]), ("S01EC03", ["dorzolamide"])]
)
def test_what_is_known_of_a_code_that_is_read_can_be_asked(code: str, drugs: list[str]) -> None:
    """Of each drug of a combination, and of eye drops."""
    said = CliRunner().invoke(main, ["explain", code])
    assert 0 == said.exit_code
    for drug in drugs:
        assert f"{drug} - " in said.output
