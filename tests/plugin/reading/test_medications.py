"""What a medication entry is of: concepts, references, R4 and R5, and why some cannot be read."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from knowledge.terminology.concept import Match, Reason, Resolution
from plugin.model import Dispense, EntryKind, PatientRecord, Unread, UnreadReason
from plugin.reading.record import read_record
from plugin.reading.source import split
from tests.plugin.reading.build import (
    AS_OF,
    RXNORM,
    Json,
    dispense,
    knowledge,
    order,
    person,
    read,
    statement,
    without,
)

UUID = "urn:uuid:7c0f2f0e-5a0b-4d38-9a51-3d1f6a0c3301"
SPIRONOLACTONE = {"coding": [{"system": RXNORM, "code": "9997", "display": "spironolactone"}]}


def _by_reference(reference: str, *others: Json, **elements: Any) -> PatientRecord:
    resource = without(order(), "medicationCodeableConcept")
    target = {"medicationReference": {"reference": reference} | elements.pop("more", {})}
    return read(person(), resource | target | elements.pop("order", {}), *others, **elements)


def _product(id_: str = "x", **elements: Any) -> Json:
    return {"resourceType": "Medication", "id": id_, "code": SPIRONOLACTONE} | elements


def _ingredients(record: PatientRecord) -> list[tuple[str, ...]]:
    assert () == record.unread
    return [medication.ingredients for medication in record.medications]


@pytest.mark.parametrize(
    "element",
    [
        {"medicationCodeableConcept": SPIRONOLACTONE},
        {"medication": {"concept": SPIRONOLACTONE}},
        {"medicationCodeableConcept": {"text": "Spironolactone 25 MG Oral Tablet"}},
        {"medicationCodeableConcept": {"coding": [{"display": "spironolactone"}]}},
        {"medicationCodeableConcept": {"coding": [{"code": ""}, {"display": "spironolactone"}]}},
    ],
)
def test_a_concept_is_read_in_the_shapes_of_r4_and_r5(element: Json) -> None:
    """Codes, displays and text all name a drug."""
    resource = without(order(), "medicationCodeableConcept") | element
    assert [("spironolactone",)] == _ingredients(read(person(), resource))


@pytest.mark.parametrize(
    ("reference", "product", "url"),
    [
        ("Medication/x", _product(), ""),
        ("Medication/x/_history/3", _product(), ""),
        ("x", _product(), ""),
        ("https://ehr.example/fhir/Medication/x", _product(), ""),
        (
            "https://ehr.example/fhir/Medication/x",
            _product(),
            "https://ehr.example/fhir/Medication/x",
        ),
        ("https://public.example/fhir/Medication/x", _product(), "http://inner/fhir/Medication/x"),
        ("Medication/x", without(_product(), "id"), "https://ehr.example/fhir/Medication/x"),
        (UUID, without(_product(), "id"), UUID),
        (UUID.upper().replace("URN:UUID", "urn:uuid"), without(_product(), "id"), UUID),
        (UUID, _product(UUID.removeprefix("urn:uuid:")), ""),
    ],
)
def test_a_reference_finds_the_medication_in_the_bundle(
    reference: str, product: Json, url: str
) -> None:
    """By address, by urn:uuid, by type and id, in any version."""
    record = _by_reference(reference, product, urls={2: url} if url else {})
    assert [("spironolactone",)] == _ingredients(record)
    assert (3, 0) == (record.tally.read, record.tally.set_aside)


def test_a_reference_finds_what_is_contained() -> None:
    """Among other contained resources, which are of no interest."""
    contained = [{"resourceType": "Practitioner", "id": "d"}, _product("med1")]
    record = _by_reference("#med1", order={"contained": contained})
    assert [("spironolactone",)] == _ingredients(record)


def test_a_reference_of_r5_is_read() -> None:
    """`medication.reference` in place of `medicationReference`."""
    resource = without(order(), "medicationCodeableConcept")
    resource |= {"medication": {"reference": {"reference": "Medication/x"}}}
    assert [("spironolactone",)] == _ingredients(read(person(), resource, _product()))


def test_two_identical_medications_are_found_under_both_addresses() -> None:
    """Without ids they are one entry with two addresses."""
    plain = without(_product(), "id")
    first = without(order(), "medicationCodeableConcept")
    orders = [
        first | {"id": id_, "medicationReference": {"reference": f"urn:uuid:{id_}"}}
        for id_ in ("a", "b")
    ]
    record = read(*orders, plain, plain, urls={2: "urn:uuid:a", 3: "urn:uuid:b"})
    assert [("spironolactone",)] * 2 == _ingredients(record)
    assert 1 == record.tally.duplicates


def test_the_display_of_a_reference_is_text() -> None:
    """It is used where the Medication was not sent."""
    record = _by_reference("Medication/gone", more={"display": "Spironolactone 25 MG"})
    assert [("spironolactone",)] == _ingredients(record)
    assert "Spironolactone 25 MG" == record.medications[0].text


def test_the_display_helps_a_medication_without_a_name() -> None:
    """Only a product code, and the reference says what it is."""
    product = _product(code={"coding": [{"system": "http://local", "code": "55"}]})
    record = _by_reference("Medication/x", product, more={"display": "spironolactone"})
    assert [("spironolactone",)] == _ingredients(record)


@pytest.mark.parametrize("reference", ["Medication/gone", "#gone", "", "urn:uuid:none"])
def test_a_reference_to_nothing_is_said(reference: str) -> None:
    """The Medication was not sent, so nobody knows what is taken."""
    record = _by_reference(reference)
    (unread,) = record.unread
    assert (UnreadReason.REFERENCE_NOT_FOUND, EntryKind.MEDICATIONS, True) == (
        unread.reason,
        unread.kind,
        unread.current,
    )
    assert "was not sent" in unread.detail
    assert () == record.medications


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "entered-in-error"},
        {"code": [[], []]},
        {"modifierExtension": [{"url": "https://example.org/not"}]},
    ],
)
def test_a_medication_that_cannot_be_trusted_is_as_good_as_not_sent(broken: Json) -> None:
    """Entered in error, broken, or with a meaning that is not understood."""
    record = _by_reference("Medication/x", _product(**broken))
    assert [UnreadReason.REFERENCE_NOT_FOUND] == [unread.reason for unread in record.unread]


def test_a_reference_to_something_else_is_not_a_medication() -> None:
    """An address can lead to any resource."""
    record = _by_reference("Specimen/x", {"resourceType": "Specimen", "id": "x"})
    assert [UnreadReason.REFERENCE_NOT_FOUND] == [unread.reason for unread in record.unread]


def test_a_medication_without_code_is_read_by_its_ingredients() -> None:
    """Compounded products list what is in them, as concepts or references."""
    parts = [
        {"itemCodeableConcept": {"text": "spironolactone"}},
        {"item": {"concept": {"text": "hydrochlorothiazide"}}},
        {"itemReference": {"reference": "Medication/y", "display": "ignored"}},
        {"itemReference": {"display": "losartan"}},
    ]
    product = without(_product(ingredient=parts), "code")
    inner = _product("y", code={"text": "amlodipine"})
    record = _by_reference("Medication/x", product, inner)
    expected = ("amlodipine", "hydrochlorothiazide", "losartan", "spironolactone")
    assert [expected] == _ingredients(record)


def test_a_medication_with_an_ingredient_nobody_knows_is_not_read() -> None:
    """Half of a combination would be a wrong answer."""
    parts = [{"itemCodeableConcept": {"text": "spironolactone"}}, {"item": {}}]
    product = without(_product(ingredient=parts), "code")
    record = _by_reference("Medication/x", product)
    assert () == record.medications
    assert 1 == len(record.unread)


def test_a_concept_that_is_known_comes_before_a_reference() -> None:
    """Both may be sent; the other is used where the first says nothing."""
    both = {"medicationReference": {"reference": "Medication/gone", "display": "furosemide"}}
    assert [("furosemide",)] == _ingredients(read(order("furosemide", **both)))
    assert [("furosemide",)] == _ingredients(read(order("mystery", **both)))
    alone = {"medicationReference": {"reference": "Medication/gone"}}
    (unread,) = read(order("mystery", **alone)).unread
    assert (UnreadReason.NO_DRUG_NAMED, "mystery") == (unread.reason, unread.text)
    (unread,) = read(order("mystery", **alone | {"id": "z"}), _product("gone", code={})).unread
    assert (UnreadReason.NO_DRUG_NAMED, "mystery") == (unread.reason, unread.text)


def test_a_medication_with_nothing_in_it_is_said() -> None:
    """Neither code, nor text, nor reference."""
    empty: list[Json] = [{}, {"medicationCodeableConcept": {}}, {"medicationCodeableConcept": None}]
    for nothing in empty:
        record = read(person(), without(order(), "medicationCodeableConcept") | nothing)
        assert [UnreadReason.EMPTY] == [unread.reason for unread in record.unread]


@pytest.mark.parametrize(
    ("text", "reason", "card"),
    [
        ("water pill when ankles swell", UnreadReason.NO_DRUG_NAMED, True),
        ("blood glucose test strips", UnreadReason.SUPPLY, False),
        ("No known medications", UnreadReason.NO_KNOWN_MEDICATION, False),
    ],
)
def test_the_terminology_gives_the_reason(text: str, reason: UnreadReason, card: bool) -> None:
    """Supplies and "no known medications" are answers and raise no card."""
    (unread,) = read(person(), statement(text)).unread
    assert (text, reason, card) == (unread.text, unread.reason, unread.reason.raises_card)


def test_a_name_without_ingredients_is_no_drug() -> None:
    """Whatever the terminology recognised in it."""
    nothing = Resolution((), (), Match.TEXT, Reason.RECOGNISED)
    record = read_record(
        split(json.dumps(order("water")).encode()),
        knowledge=knowledge(),
        resolve=lambda _: nothing,
        as_of=AS_OF,
    )
    assert [UnreadReason.NO_DRUG_NAMED] == [unread.reason for unread in record.unread]


@pytest.mark.parametrize(
    ("status", "current"), [("active", True), ("stopped", False), ("on-hold", False)]
)
def test_an_unread_medication_is_current_by_its_status(status: str, current: bool) -> None:
    """What was stopped need not worry anyone now."""
    (unread,) = read(person(), order("mystery", status=status)).unread
    assert current is unread.current


@pytest.mark.parametrize(
    "elements",
    [
        {"modifierExtension": [{"url": "https://example.org/not"}]},
        {"implicitRules": "https://example.org/rules"},
        {"dosageInstruction": [{"modifierExtension": [{"url": "u"}]}]},
        {"dosageInstruction": [{"timing": {"modifierExtension": [{"url": "u"}]}}]},
    ],
)
def test_a_modifier_that_is_not_understood_is_never_guessed_at(elements: Json) -> None:
    """It may say that the patient does not take it."""
    record = read(person(), order(**elements))
    assert () == record.medications
    assert [UnreadReason.MODIFIER] == [unread.reason for unread in record.unread]


def test_an_empty_modifier_modifies_nothing() -> None:
    """Some servers write empty lists."""
    inner: Json = {"modifierExtension": [], "timing": {"modifierExtension": []}}
    for resource in (order(modifierExtension=[]), order(dosageInstruction=[inner])):
        record = read(person(), resource)
        assert () == record.unread
        assert [("furosemide",)] == _ingredients(record)


def test_a_dispense_counts_packages() -> None:
    """By quantity where its unit is a package, else one."""
    for quantity, expected in (
        ({"value": 2, "unit": "inhaler"}, 2),
        ({"value": 3, "unit": "x", "code": "{canister}"}, 3),
        ({"value": 30, "unit": "tablet"}, 1),
        ({"value": 0.5, "unit": "inhaler"}, 1),
        ({"value": 10**9, "unit": "inhaler"}, 1),
        ({"unit": "inhaler"}, 1),
        (None, 1),
    ):
        record = read(person(), dispense(quantity=quantity))
        assert [expected] == [given.packages for given in record.dispenses]


def test_a_dispense_is_dated_when_it_was_handed_over_or_prepared() -> None:
    """And is listed among the medications as well, never as current."""
    record = read(person(), dispense())
    (given,) = record.dispenses
    assert (("albuterol",), date(2026, 10, 5)) == (given.ingredients, given.handed_over)
    assert [False] == [medication.current for medication in record.medications]
    prepared = without(dispense(whenPrepared="2026-10-04"), "whenHandedOver")
    assert [date(2026, 10, 4)] == _handed_over(read(person(), prepared).dispenses)
    undated = without(dispense(), "whenHandedOver")
    assert [None] == _handed_over(read(person(), undated).dispenses)


def _handed_over(dispenses: tuple[Dispense, ...]) -> list[date | None]:
    return [given.handed_over for given in dispenses]


@pytest.mark.parametrize(
    "status",
    ["preparation", "in-progress", "on-hold", "cancelled", "declined", "stopped", "unknown", ""],
)
def test_only_a_completed_dispense_is_a_package(status: str) -> None:
    """The others were not handed over, or nobody says so."""
    assert () == read(person(), dispense(status=status)).dispenses


@pytest.mark.parametrize(
    "category",
    [
        {"coding": [{"code": "patientspecified"}]},
        [{"coding": [{"code": "patientspecified"}]}],
        {"text": "PatientSpecified"},
    ],
)
def test_a_patients_own_statement_may_say_that_nobody_prescribed_it(category: Any) -> None:
    """In its note, its dosage or its name; R4 has one category, R5 a list."""
    for elements in (
        {"note": [{"text": "Bought at the gym,\n not prescribed."}]},
        {"dosage": [{"text": "taken without a prescription"}]},
        {"medicationCodeableConcept": {"text": "clenbuterol (not prescribed)"}},
    ):
        resource = statement("clenbuterol", category=category) | elements
        (medication,) = read(person(), resource).medications
        assert medication.not_prescribed


OWN = {"coding": [{"code": "patientspecified"}]}
SAID: list[Json] = [{"text": "not prescribed"}]


@pytest.mark.parametrize(
    "resource",
    [
        statement("clenbuterol", note=SAID),
        statement("clenbuterol", category=OWN),
        statement("clenbuterol", category={"coding": [{"code": "community"}]}, note=SAID),
        statement("clenbuterol", category="odd", note=SAID),
        order("clenbuterol", category=OWN, note=SAID),
    ],
)
def test_other_statements_count_as_prescribed(resource: Json) -> None:
    """It takes the category and the words, and a statement."""
    assert [False] == [m.not_prescribed for m in read(person(), resource).medications]


def test_long_and_broken_lines_of_text_are_shown_short() -> None:
    """A text is for a person to read."""
    (unread,) = read(person(), order("my\n remedy " * 100)).unread
    assert 300 == len(unread.text)
    assert "\n" not in unread.text
    assert unread.text.endswith("…")


def test_an_extra_reason_from_the_caller_joins_without_counting() -> None:
    """What the caller could not obtain is said beside what could not be read."""
    extra = Unread("prefetch/conditions", "", UnreadReason.NOT_SENT, EntryKind.CONDITIONS)
    record = read(person(), extra=[extra])
    assert (extra,) == record.unread
    assert (1, 0) == (record.tally.entries, record.tally.unread)
