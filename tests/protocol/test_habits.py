"""What clients are known to send that the specification does not say, or forbids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.plugin.hook_calls import (
    PATIENT_ID,
    URL,
    Json,
    call,
    order,
    patient,
    potassium,
    prefetch,
    searchset,
)
from tests.protocol.conftest import Post
from tests.protocol.corpus import THIAZIDE, alike

Ask = Callable[..., list[Json]]
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SUBJECT = {"reference": f"Patient/{PATIENT_ID}"}


def low(**more: Any) -> Json:
    """Prefetch of a patient with a thiazide and a low potassium."""
    return prefetch(order(THIAZIDE), potassium=searchset(potassium(3.1)), **more)


@pytest.fixture
def usual(ask: Ask) -> list[Json]:
    """The cards of that patient, but for their ids."""
    return alike(ask(call(low())))


def by_reference(medication: Json, reference: str, **more: Any) -> Json:
    """An order that points to a Medication."""
    made = order("", **more) | {"medicationReference": {"reference": reference}}
    del made["medicationCodeableConcept"]
    return made | ({"contained": [medication]} if reference.startswith("#") else {})


SIMVASTATIN = {
    "resourceType": "Medication",
    "id": "med1",
    "code": {"coding": [{"system": RXNORM, "code": "36567", "display": "simvastatin"}]},
}
MYALGIA = {
    "resourceType": "Condition",
    "id": "c1",
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "68962001"}]},
    "subject": SUBJECT,
    "onsetDateTime": "2026-10-20",
}


@pytest.mark.parametrize(
    "reference", ["Medication/med1", "#med1", "https://ehr.example/r4/Medication/med1"]
)
def test_a_statin_behind_a_medication_reference_is_found(ask: Ask, reference: str) -> None:
    """Whoever looks at medicationCodeableConcept alone says "nothing found" of this patient."""
    listed = [by_reference(SIMVASTATIN, reference)]
    if not reference.startswith("#"):
        listed.append(SIMVASTATIN)
    (card,) = ask(call(prefetch(medications=searchset(*listed), conditions=searchset(MYALGIA))))
    assert "simvastatin" in card["summary"].casefold()


def test_a_reference_to_nothing_that_was_sent_is_read_by_its_display(ask: Ask) -> None:
    referring = by_reference(SIMVASTATIN, "Medication/elsewhere")
    referring["medicationReference"]["display"] = "simvastatin 20 mg tablet"
    (card,) = ask(call(prefetch(referring, conditions=searchset(MYALGIA))))
    assert "simvastatin" in card["summary"].casefold()


def test_a_reference_to_nothing_and_without_a_display_is_said(ask: Ask) -> None:
    (card,) = ask(call(prefetch(by_reference(SIMVASTATIN, "Medication/elsewhere"))))
    assert card["source"]["topic"]["code"] == "RecordNotRead"
    assert "Medication" in card["detail"]


class TestSandbox:
    """The reference client of CDS Hooks."""

    def test_keys_that_were_not_asked_for_change_nothing(self, ask: Ask, usual: list[Json]) -> None:
        extra = {"encounter": {"resourceType": "Encounter"}, "item1": None, "": searchset()}
        assert alike(ask(call(low() | extra))) == usual

    def test_a_key_that_failed_and_is_left_out_is_said(self, ask: Ask) -> None:
        sent = low()
        del sent["conditions"]
        assert "conditions" in "".join(card["detail"] for card in ask(call(sent)))

    def test_a_first_page_whose_next_nobody_followed_is_said(self, ask: Ask) -> None:
        more = [{"relation": "next", "url": "https://ehr.example/r4?page=2"}]
        sent = low() | {"medications": searchset(order(THIAZIDE), link=more)}
        assert len(ask(call(sent))) == 2

    def test_a_server_that_is_named_without_an_authorization_is_no_fault(
        self, ask: Ask, usual: list[Json]
    ) -> None:
        assert alike(ask(call(low(), fhirServer="https://ehr.example/r4"))) == usual


class TestEpic:
    """By third-party transcriptions of its page."""

    def test_extensions_of_the_request_change_nothing(self, ask: Ask, usual: list[Json]) -> None:
        sent = {"com.epic.cdshooks.request.bpa-trigger-action": "23"}
        assert alike(ask(call(low(), extension=sent))) == usual

    def test_a_contained_medication_of_an_ingredient_code_is_read(self, ask: Ask) -> None:
        contained = SIMVASTATIN | {
            "code": {
                "coding": [
                    {"system": "urn:oid:1.2.840.114350.1.13.0.1.7.2.698288", "code": "4711"},
                    {"system": RXNORM, "code": "36567"},
                ],
                "text": "simvastatin 20 MG tablet",
            }
        }
        listed = prefetch(by_reference(contained, "#med1"), conditions=searchset(MYALGIA))
        (card,) = ask(call(listed))
        assert "simvastatin" in card["summary"].casefold()

    def test_a_code_of_its_own_without_a_name_is_said(self, ask: Ask) -> None:
        own = {"coding": [{"system": "urn:oid:1.2.840.114350.1.13.0.1.7.2.698288", "code": "4711"}]}
        (card,) = ask(call(prefetch(order("", medicationCodeableConcept=own))))
        assert card["source"]["topic"]["code"] == "RecordNotRead"

    def test_ids_of_any_length_up_to_256_characters_are_read(self, ask: Ask) -> None:
        long = "eK" + "Tj0ZlvqbVfW7WvD0bT1YQ3" * 6
        assert len(long) > 64
        context = {"userId": f"PractitionerRole/{long}", "patientId": long, "encounterId": long}
        subject = {"reference": f"Patient/{long}"}
        sent = prefetch(
            order(THIAZIDE, id_=long, subject=subject),
            patient=patient(id=long),
            potassium=searchset(potassium(3.1, id_=long, subject=subject)),
        )
        (card,) = ask(call(sent, context=context))
        assert card["indicator"] == "warning"


class TestOracleHealth:
    """By its beta document of 2021."""

    def test_the_summary_fits_a_small_panel_and_there_are_at_most_two_cards(
        self, answers: dict[str, Json]
    ) -> None:
        for answer in answers.values():
            assert len(answer["cards"]) <= 2
            assert all(len(card["summary"]) < 140 for card in answer["cards"])

    def test_no_link_has_an_app_context(self, cards: list[Json]) -> None:
        links = [link for card in cards for link in card.get("links", [])]
        assert not any("appContext" in link for link in links)


class TestExamplesOfTheSpecification:
    """Resources as HL7's own pages show them, which a strict parser refuses."""

    @pytest.mark.parametrize(
        "odd",
        [
            {"intent": None},
            {"category": {"coding": [{"code": "outpatient"}]}},
            {"subject": None},
            {"context": {"reference": "Encounter/89284"}},
            {"dosageInstruction": {"text": "one a day"}},
            {"dispenseRequest": {"quantity": "30"}},
            {"authoredOn": "2026-06-31"},
            {"meta": "a string"},
            {"text": []},
        ],
        ids=lambda odd: next(iter(odd)),
    )
    def test_an_order_that_is_not_quite_fhir_still_counts(self, ask: Ask, odd: Json) -> None:
        made = {k: v for k, v in (order(THIAZIDE) | odd).items() if v is not None}
        cards = ask(call(prefetch(made, potassium=searchset(potassium(3.1)))))
        assert "warning" in {card["indicator"] for card in cards}

    def test_a_bundle_without_a_type_is_a_bundle(self, ask: Ask, usual: list[Json]) -> None:
        bundles = {name: dict(value) for name, value in low().items()}
        for bundle in bundles.values():
            bundle.pop("type", None)
        assert alike(ask(call(bundles))) == usual

    def test_a_bundle_without_entries_is_an_empty_result(self, ask: Ask) -> None:
        nothing = {"resourceType": "Bundle", "type": "searchset", "total": 0}
        assert ask(call(prefetch(medications=nothing))) == []


class TestUsers:
    """Who is at the screen makes no difference, and is not looked at."""

    @pytest.mark.parametrize(
        "user",
        [
            "Practitioner/123",
            "PractitionerRole/123",
            "Patient/zora",
            "RelatedPerson/1",
            "123",
            "https://ehr.example/r4/Practitioner/abc",
            "Practitioner/" + "x" * 200,
        ],
    )
    def test_any_user_is_answered(self, ask: Ask, usual: list[Json], user: str) -> None:
        context = {"userId": user, "patientId": PATIENT_ID}
        assert alike(ask(call(low(), context=context))) == usual

    @pytest.mark.parametrize("user", [None, "", 7, {}, "a b", "x" * 300, "Practitioner/\n1"])
    def test_a_user_that_is_none_is_a_400_that_names_the_field(self, post: Post, user: Any) -> None:
        context = {"userId": user, "patientId": PATIENT_ID}
        refused = post(URL, call(low(), context=context))
        assert refused.status_code == 400
        assert "userId" in refused.get_json()["issue"][0]["diagnostics"]


@pytest.mark.parametrize(
    "newer",
    [
        {"hookVersion": "1.0", "version": "1.0"},
        {"fhirAuthorization": None},
        {"fhirAuthorization": {"token_type": "Bearer", "scope": "patient/*.rs", "patient": "zora"}},
        {"context": {"userId": "Practitioner/1", "patientId": PATIENT_ID, "encounterId": None}},
        {"context": {"userId": "Practitioner/1", "patientId": PATIENT_ID, "new": {"a": [1]}}},
    ],
    ids=["3.0 versions", "null", "scopes of SMART v2", "null in the context", "a new field"],
)
def test_fields_of_later_versions_change_nothing(ask: Ask, usual: list[Json], newer: Json) -> None:
    assert alike(ask(call(low(), **newer))) == usual
