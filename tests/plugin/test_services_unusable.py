"""A key whose value cannot be used never passes for one that was read and held nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.plugin.conftest import Ask
from tests.plugin.hook_calls import call, order, patient, potassium, prefetch, searchset

Post = Callable[[bytes], TestResponse]

THIAZIDE = order("hydrochlorothiazide 25 MG Oral Tablet")
AMOXICILLIN = order("amoxicillin 500 MG Oral Capsule", "m2")
BINARY = {"resourceType": "Binary", "contentType": "text/plain", "data": "QWRh"}
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}
CONDITION = {
    "resourceType": "Condition",
    "id": "c1",
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "code": {"text": "hypertension"},
    "subject": {"reference": "Patient/zora"},
}


def bundle(**more: Any) -> dict[str, Any]:
    """A search result with exactly these fields."""
    return {"resourceType": "Bundle", "type": "searchset", **more}


def mistyped(resource: dict[str, Any], resource_type: Any) -> dict[str, Any]:
    """The resource under another type, or (None) under none."""
    changed = {**resource, "resourceType": resource_type}
    return {name: value for name, value in changed.items() if value is not None}


# What a client may send in place of a list, of which nothing can be used, and what is said of it.
# The `{}` entries stand for a resource of the type that the key asks for.
UNUSABLE = [
    pytest.param(BINARY, "holds no", id="a Binary"),
    pytest.param({"resourceType": "Basket"}, "holds no", id="a type that FHIR does not have"),
    pytest.param(searchset(BINARY), "holds no", id="a Binary in a Bundle"),
    pytest.param(searchset(searchset(BINARY)), "holds no", id="a Binary in a Bundle in a Bundle"),
    pytest.param(
        bundle(entry=[None, 5, "x", {}, [], {"resource": None}]), "holds no", id="no resources"
    ),
    pytest.param(bundle(entry=[{"Resource": AMOXICILLIN}]), "holds no", id="Resource"),
    pytest.param(searchset({"id": "x"}), "holds no", id="no resourceType"),
    pytest.param(searchset({"resourceType": 5}), "holds no", id="a number as resourceType"),
    pytest.param(
        bundle(entry=[{"response": {"status": "500"}}]), "of status 500", id="a failed response"
    ),
    pytest.param(
        bundle(entry=[{"response": {"status": "504 x", "outcome": OUTCOME}}]),
        "of status 504 with OperationOutcome (timeout)",
        id="a failed response with its outcome",
    ),
    pytest.param(
        searchset(bundle(entry=[{"response": {"status": "500"}}])),
        "of status 500",
        id="a failed response in a Bundle in a Bundle",
    ),
    pytest.param(bundle(Entry=[{"resource": AMOXICILLIN}]), "the key entry", id="Entry"),
    pytest.param(bundle(type="batch-response"), "no result of a search", id="an empty batch"),
    pytest.param(searchset(BINARY, OUTCOME), "OperationOutcome (timeout)", id="an error, a Binary"),
]
# Pages of which nothing was sent.
ABSENT_PAGES = [
    pytest.param({"total": 5}, id="total"),
    pytest.param({"total": "5"}, id="total as text"),
    pytest.param({"total": 5.0}, id="total as a decimal"),
    pytest.param({"link": {"relation": "next", "url": "x"}}, id="link without a list"),
    pytest.param({"link": [{"relation": ["next"], "url": "x"}]}, id="relation in a list"),
    pytest.param({"link": [{"relation": "Next", "url": "x"}]}, id="Next"),
]
# Entries that are no resources, beside one that is.
MALFORMED = [
    pytest.param(None, id="null"),
    pytest.param(5, id="a number"),
    pytest.param("x", id="text"),
    pytest.param({}, id="an empty object"),
    pytest.param([], id="a list"),
    pytest.param({"resource": None}, id="a null resource"),
    pytest.param({"Resource": THIAZIDE}, id="Resource"),
    pytest.param({"resource": mistyped(THIAZIDE, None)}, id="no resourceType"),
    pytest.param({"resource": mistyped(THIAZIDE, "")}, id="an empty resourceType"),
    pytest.param({"resource": mistyped(THIAZIDE, "Medicationrequest")}, id="Medicationrequest"),
    pytest.param({"resource": mistyped(THIAZIDE, ["x"])}, id="a list as resourceType"),
]


def diagnostics(response: TestResponse) -> str:
    """Why a call is a 412."""
    outcome = response.get_json()
    assert (response.status_code, outcome["resourceType"]) == (412, "OperationOutcome")
    text: str = outcome["issue"][0]["diagnostics"]
    return text


@pytest.mark.parametrize(("value", "says"), UNUSABLE)
def test_a_medication_list_of_which_nothing_can_be_used_is_a_412_that_names_it(
    post: Post, value: Any, says: str
) -> None:
    """Empty cards would say that no drug on it is linked to cramps."""
    text = diagnostics(post(call(prefetch(medications=value))))
    assert "medications (" in text
    assert says in text
    assert "patient (" not in text


def test_a_patient_as_the_medication_list_is_a_412(post: Post) -> None:
    """The keys were mixed up."""
    for value in (patient(), searchset(patient()), mistyped(THIAZIDE, "Medicationrequest")):
        assert "holds no MedicationRequest" in diagnostics(post(call(prefetch(medications=value))))


def test_included_medications_without_their_orders_are_no_medication_list(post: Post) -> None:
    """A product alone is taken by nobody."""
    product = {"resourceType": "Medication", "id": "p1", "code": {"text": "furosemide"}}
    text = diagnostics(post(call(prefetch(medications=searchset(product)))))
    assert "holds no MedicationRequest" in text


@pytest.mark.parametrize("page", ABSENT_PAGES)
def test_a_medication_list_that_exists_and_was_not_sent_is_a_412(
    post: Post, page: dict[str, Any]
) -> None:
    """Whatever shape the count or the link comes in."""
    text = diagnostics(post(call(prefetch(medications=bundle(**page)))))
    assert "nothing was sent of what there is" in text


@pytest.mark.parametrize(("value", "says"), UNUSABLE)
@pytest.mark.parametrize("key", ["conditions", "potassium"])
def test_a_wanted_key_of_which_nothing_can_be_used_is_said_on_a_card(
    ask: Ask, key: str, value: Any, says: str
) -> None:
    """As one that was not sent."""
    [card] = ask(prefetch(AMOXICILLIN, **{key: value}))
    assert card["summary"] == f"Cramp check incomplete: not fully sent by the EHR: {key}"
    [line] = [line for line in card["detail"].splitlines() if line.startswith(f"- {key}")]
    assert "not sent by the EHR" in line
    assert says in line


@pytest.mark.parametrize("page", ABSENT_PAGES)
@pytest.mark.parametrize("key", ["conditions", "potassium"])
def test_a_wanted_key_that_exists_and_was_not_sent_is_said_on_a_card(
    ask: Ask, key: str, page: dict[str, Any]
) -> None:
    """As one that is not complete."""
    [card] = ask(prefetch(AMOXICILLIN, **{key: bundle(**page)}))
    assert key in card["summary"]
    assert "holds more than it sent" in card["detail"]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (patient(), "potassium: was not sent"),
        (BINARY, "potassium: was not sent"),
        (bundle(total="9"), "potassium: was sent in part"),
        (bundle(entry=[5, {"resource": potassium(4.1, "2026-01-01")}]), "was sent in part"),
    ],
)
def test_a_lab_of_which_nothing_can_be_used_is_not_one_without_a_result(
    ask: Ask, value: Any, says: str
) -> None:
    """What a drug does to it stays open; and the sentence says why."""
    found, missing = ask(prefetch(THIAZIDE, potassium=value))
    assert says in found["detail"]
    assert "no current result" not in found["detail"]
    assert "potassium" in missing["summary"]


@pytest.mark.parametrize("entry", MALFORMED)
@pytest.mark.parametrize("key", ["medications", "statements", "dispenses"])
def test_a_malformed_entry_of_a_medication_list_is_a_medication_that_was_not_read(
    ask: Ask, key: str, entry: Any
) -> None:
    """The drug that matters may be the one. The card says where it stands."""
    statement = mistyped(AMOXICILLIN, "MedicationStatement")
    good = AMOXICILLIN if key == "medications" else statement
    value = bundle(entry=[{"resource": good}, entry])
    [card] = ask(prefetch(**{key: value}))
    assert card["summary"] == "Cramp check incomplete: 1 medication entry could not be read"
    assert f"- prefetch {key}, entry 2: is not a valid resource" in card["detail"]


def test_the_place_of_a_malformed_entry_counts_every_entry_that_was_sent(ask: Ask) -> None:
    """Also those that are no resources of the record."""
    hint = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning"}]}
    [card] = ask(prefetch(medications=searchset(hint, searchset(AMOXICILLIN), {}, AMOXICILLIN)))
    assert "prefetch medications, entry 3:" in card["detail"]


@pytest.mark.parametrize("entry", [None, 5, {}, {"resource": mistyped(CONDITION, "condition")}])
def test_a_malformed_entry_of_a_wanted_key_makes_it_incomplete(ask: Ask, entry: Any) -> None:
    """One line, however many there are."""
    value = bundle(entry=[{"resource": CONDITION}, entry, entry])
    [card] = ask(prefetch(AMOXICILLIN, conditions=value))
    assert card["summary"] == "Cramp check incomplete: not fully sent by the EHR: conditions"
    [line] = [line for line in card["detail"].splitlines() if line.startswith("- ")]
    assert line == (
        "- conditions: not complete (2 of the entries cannot be read; the first is entry 2)"
    )


def test_an_error_beside_entries_that_can_be_used_makes_a_part_incomplete(ask: Ask) -> None:
    """A batch of which one query failed."""
    value = bundle(entry=[{"resource": AMOXICILLIN}, {"response": {"status": "500"}}])
    [card] = ask(prefetch(medications=value))
    assert card["summary"] == "Cramp check incomplete: not fully sent by the EHR: medication orders"
    assert "not complete (a response of status 500 in place of a resource)" in card["detail"]


def test_entries_of_another_type_beside_those_asked_for_are_not_said(ask: Ask) -> None:
    """Included resources are of use, or set aside."""
    product = {"resourceType": "Medication", "id": "p1", "code": {"text": "amoxicillin"}}
    provenance = {"resourceType": "Provenance", "id": "v1"}
    value = searchset(AMOXICILLIN, product, provenance, mistyped(AMOXICILLIN, "MedicationUsage"))
    assert ask(prefetch(medications=value)) == []


def test_the_order_of_keys_in_a_resource_does_not_matter(ask: Ask) -> None:
    """Some servers write resourceType last."""
    turned = dict(reversed(THIAZIDE.items()))
    assert list(turned)[-1] == "resourceType"
    low = searchset(potassium(3.2))
    [card] = ask(prefetch(medications=searchset(turned), potassium=low))
    assert "ydrochlorothiazide" in card["summary"]


def test_an_optional_key_of_which_nothing_can_be_used_is_a_line_of_the_found_card(
    ask: Ask,
) -> None:
    """It withholds nothing, so it raises no card by itself."""
    low = searchset(potassium(3.2))
    [card] = ask(prefetch(THIAZIDE, potassium=low, statements=BINARY, allergies=searchset(5)))
    for key, type_ in (("statements", "MedicationStatement"), ("allergies", "AllergyIntolerance")):
        assert key in card["detail"]
        assert f"not sent by the EHR (holds no {type_})" in card["detail"]
    assert ask(prefetch(AMOXICILLIN, statements=BINARY)) == []


@pytest.mark.parametrize("empty", [bundle(), bundle(total=0), {"resourceType": "Bundle"}, None])
def test_a_legal_empty_result_is_known_to_be_empty(ask: Ask, empty: Any) -> None:
    """Nobody is told of what is in order."""
    keys = ("medications", "conditions", "potassium", "statements")
    assert ask({**prefetch(), **dict.fromkeys(keys, empty)}) == []


def test_a_value_that_cannot_be_used_repeats_nothing_of_the_record(post: Post) -> None:
    """Neither the 412 nor the card."""
    secret = {"resourceType": "Lovelace", "id": "Lovelace", "name": "Lovelace"}
    odd = bundle(entry=[secret, {"resource": secret}, {"response": {"status": "Lovelace"}}])
    for sent in (prefetch(medications=odd), prefetch(AMOXICILLIN, conditions=odd, potassium=odd)):
        assert "Lovelace" not in json.dumps(post(call(sent)).get_json())


@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 400, "9" * 5000])
@pytest.mark.parametrize(
    "where", ['"dispenseRequest":{"numberOfRepeatsAllowed":777}', '"frequency":777', '"extra":777']
)
def test_a_number_that_nothing_can_hold_does_not_hide_a_drug(
    post: Post, number: str, where: str
) -> None:
    """The rest of the order is read; where it cannot be, the card says that there is one more."""
    timed = order("simvastatin 40 MG Oral Tablet", dosageInstruction=[{"timing": {"repeat": "R"}}])
    if where.startswith('"frequency'):
        body = call(prefetch(timed)).replace(b'"R"', f"{{{where}}}".encode())
    else:
        body = call(prefetch(timed)).replace(b'"repeat": "R"', b'"event": []')
        body = body.replace(b'"intent"', f'{where}, "intent"'.encode())
    [card] = post(body.replace(b"777", number.encode())).get_json()["cards"]
    assert "Simvastatin" in card["summary"] or "1 medication entry" in card["summary"]
    assert number[:20] not in json.dumps(card)


LOCAL = {"coding": [{"system": "urn:oid:1.2.3", "code": "K", "display": "POTASSIUM"}]}
SODIUM = {"coding": [{"system": "http://loinc.org", "code": "2951-2"}]}


@pytest.mark.parametrize("code", [LOCAL, SODIUM, {"text": "Potassium"}])
def test_results_under_a_key_that_are_none_of_its_analyte_are_said(ask: Ask, code: Any) -> None:
    """A code of the laboratory's own is not known: that is no reason to say there is no result."""
    sent = prefetch(THIAZIDE, potassium=searchset(potassium(140, code=code)))
    found, missing = ask(sent)
    assert "potassium: no current result" not in found["detail"]
    assert "potassium: was not sent" in found["detail"]
    assert "not fully sent by the EHR: potassium" in missing["summary"]
    assert "no result under its key has a code of it" in missing["detail"]


def test_one_result_of_the_analyte_is_enough(ask: Ask) -> None:
    """Others beside it are of no matter; and so are results that were cancelled."""
    both = searchset(potassium(140, code=SODIUM, id_="na"), potassium(4.2))
    assert "not fully sent" not in str(ask(prefetch(THIAZIDE, potassium=both)))
    void = searchset(potassium(4.2, status="cancelled"))
    assert "not fully sent" not in str(ask(prefetch(THIAZIDE, potassium=void)))
