"""What an option orders is a draft ServiceRequest that a clinician may take or leave."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fhir.resources.R4B.servicerequest import ServiceRequest

from knowledge.load import load
from knowledge.model import Knowledge
from knowledge.site import SiteOrderCode
from plugin.app import create_app
from plugin.cards import CardSite, cards_for, issue_cards
from plugin.config import Settings
from plugin.errors import KnowledgeInvalid
from plugin.model import Assessment
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from plugin.resources import lab_requests
from tests.knowledge.site_files import change, overlay
from tests.plugin.conftest import Ask
from tests.plugin.golden import all_cases, case
from tests.plugin.hook_calls import TODAY, URL, call, order, potassium, prefetch, searchset

Json = dict[str, Any]
THIAZIDE = order("hydrochlorothiazide 25 MG Oral Tablet")
LOW = {"potassium": searchset(potassium(3.2))}


def assessed(name: str) -> Assessment:
    found = case(name)
    return default_pipeline().assess_entries(split(found.bundle), found.as_of)


def known() -> Knowledge:
    return default_pipeline().knowledge


def site(**more: Any) -> CardSite:
    """Of a call about Ada."""
    return CardSite(requests=lab_requests(known()), patient_id="zora", **more)


def ordered(cards: list[Json]) -> list[Json]:
    """The resources that the suggestions of cards create."""
    return [
        action["resource"]
        for made in cards
        for suggestion in made.get("suggestions", [])
        for action in suggestion["actions"]
    ]


def names(cards: list[Json]) -> list[str]:
    return [resource["code"]["text"] for resource in ordered(cards)]


def test_an_option_to_repeat_potassium_and_magnesium_offers_an_order_of_each(ask: Ask) -> None:
    """One action a suggestion, and a description that stands alone."""
    [card] = ask(prefetch(THIAZIDE, **LOW))
    assert card["selectionBehavior"] == "any"
    first, second, third = card["suggestions"]
    assert (first["label"], second["label"]) == ("Order potassium", "Order magnesium")
    assert third["label"] == "Order creatinine"
    for suggestion in (first, second):
        assert uuid.UUID(suggestion["uuid"]).version == 4
        [action] = suggestion["actions"]
        assert action["type"] == "create"
        assert action["description"] == (
            f"{suggestion['label']}, as a draft to be signed. Repeat potassium and magnesium."
        )
    assert first["uuid"] != second["uuid"]
    request = first["actions"][0]["resource"]
    assert request == {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "order",
        "code": {
            "coding": [
                {
                    "system": "http://loinc.org",
                    "code": "2823-3",
                    "display": "Potassium [Moles/volume] in Serum or Plasma",
                }
            ],
            "text": "potassium",
        },
        "subject": {"reference": "Patient/zora"},
        "authoredOn": TODAY.isoformat(),
        "reasonCode": [{"text": "Hydrochlorothiazide with potassium 3.2 mmol/L (2026-10-25): low"}],
    }


def _golden() -> Iterator[tuple[str, list[Json], Assessment]]:
    for found in all_cases():
        assessment = default_pipeline().assess_entries(split(found.bundle), found.as_of)
        yield found.name, cards_for(assessment, known(), site(encounter_id="e1")), assessment


def test_every_order_of_every_golden_case_is_a_valid_service_request_and_nothing_else() -> None:
    """Never a MedicationRequest; each lab once; only for what is offered."""
    seen = set()
    for name, cards, assessment in _golden():
        resources = ordered(cards)
        for resource in resources:
            assert resource["resourceType"] == "ServiceRequest"
            ServiceRequest.model_validate(resource)
        labs = names(cards)
        assert len(labs) == len(set(labs)), name
        offered = {one.id for one in assessment.mitigations}
        withheld = {one.mitigation for one in assessment.withheld}
        for one in assessment.orders:
            assert set(one.mitigations) <= offered - withheld
        seen |= set(labs)
    assert {"potassium", "magnesium", "creatinine", "creatine kinase", "sodium"} <= seen


def test_the_template_of_each_lab_is_valid_however_it_is_filled() -> None:
    """With and without an encounter and a reason."""
    requests = lab_requests(known())
    assert set(requests.templates) == {
        name for one in known().mitigations.values() for name in one.orders
    }
    for lab in requests.templates:
        for encounter, reason in (("", ""), ("e-1.2", "why"), ("Encounter/e1", "")):
            made = requests.request(lab, "zora", encounter, date(2026, 11, 1), reason)
            assert made is not None
            ServiceRequest.model_validate(made)
            assert ("encounter" in made) is bool(encounter)


def test_the_encounter_of_the_call_is_the_encounter_of_the_order(app_with_calls: Any) -> None:
    """As an id; what no reference can carry is left out."""
    for sent, reference in (("e1", "Encounter/e1"), (None, None), ("a b", None), ("<b>", None)):
        context = {"userId": "Practitioner/1", "patientId": "zora", "encounterId": sent}
        made = app_with_calls(prefetch(THIAZIDE, **LOW), context)
        found = {one.get("encounter", {}).get("reference") for one in ordered(made)}
        assert found == {reference}


@pytest.fixture
def app_with_calls() -> Any:
    client = create_app(Settings(), today=lambda: TODAY).test_client()

    def ask(sent: Json, context: Json) -> list[Json]:
        body = json.loads(call(sent)) | {"context": context}
        response = client.post(URL, json=body)
        assert response.status_code == 200
        made: list[Json] = response.get_json()["cards"]
        return made

    return ask


def test_nothing_is_ordered_for_a_patient_whose_id_no_reference_can_carry(
    app_with_calls: Any,
) -> None:
    """An order that nobody can place is no offer."""
    sent = prefetch(THIAZIDE, patient={"resourceType": "Patient", "birthDate": "1960-05-06"})
    context = {"userId": "Practitioner/1", "patientId": "zora/../eve"}
    assert ordered(app_with_calls(sent, context)) == []


CRAMP = {
    "resourceType": "Condition",
    "id": "c1",
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "verificationStatus": {"coding": [{"code": "confirmed"}]},
    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "R25.2"}]},
    "subject": {"reference": "Patient/zora"},
    "recordedDate": "2026-10-20",
}


def egfr(day: str) -> Json:
    code = {"coding": [{"system": "http://loinc.org", "code": "98979-8"}]}
    unit = "mL/min/{1.73_m2}"
    value = {"value": 80, "unit": unit, "code": unit}
    return potassium(80, day, "gfr1", code=code, valueQuantity=value)


@pytest.mark.parametrize(
    ("day", "labs"),
    [("2026-10-25", {"creatine kinase"}), ("2026-09-01", {"creatine kinase", "creatinine"})],
)
def test_a_lab_that_another_result_answers_is_not_ordered(
    ask: Ask, day: str, labs: set[str]
) -> None:
    """An eGFR of last week was computed from a creatinine of last week."""
    statin = order("simvastatin 20 MG Oral Tablet")
    sent = prefetch(statin, conditions=searchset(CRAMP), egfr=searchset(egfr(day)))
    assert set(names(ask(sent))) & {"creatine kinase", "creatinine"} == labs


def creatinine(day: str, unit: str = "mg/dL") -> Json:
    code = {"coding": [{"system": "http://loinc.org", "code": "2160-0"}]}
    value = {"value": 0.9, "unit": unit, "code": unit}
    return potassium(0.9, day, "cr1", code=code, valueQuantity=value)


@pytest.mark.parametrize(
    ("result", "labs"),
    [
        ([], {"creatine kinase", "creatinine"}),
        ([creatinine("2026-10-25")], {"creatine kinase"}),
        ([creatinine("2026-09-01")], {"creatine kinase", "creatinine"}),
        ([creatinine("2026-10-25", "stones")],
         {"creatine kinase", "creatinine"}),
    ],
)  # fmt: skip
def test_what_has_a_recent_result_is_ordered_only_to_be_repeated(
    ask: Ask, result: list[Json], labs: set[str]
) -> None:
    """Creatine kinase with creatinine; the creatinine of last week is known. An old one is not, nor
    is one that could not be read.
    """
    statin = order("simvastatin 20 MG Oral Tablet")
    sent = prefetch(statin, conditions=searchset(CRAMP), creatinine=searchset(*result))
    assert set(names(ask(sent))) & {"creatine kinase", "creatinine"} == labs


def test_a_lab_that_a_draft_orders_already_is_not_proposed_again() -> None:
    """By its own code or by another of the lab; what says not to do it orders nothing."""
    assessment = assessed("thiazide-low-potassium")
    requests = lab_requests(known())
    loinc = {"system": "http://loinc.org", "code": "6298-4"}  # potassium in whole blood
    draft = {"resourceType": "ServiceRequest", "code": {"coding": [None, loinc]}}
    strange: list[Any] = [
        None,
        5,
        {"resourceType": "MedicationRequest", "code": {"coding": [loinc]}},
        {**draft, "doNotPerform": True},
        {**draft, "code": "potassium"},
        {**draft, "code": {"coding": "2823-3"}},
        {**draft, "code": {"coding": [{"system": "http://loinc.org"}]}},
        {**draft, "code": {"coding": [{"system": ["x"], "code": {}}]}},
    ]
    assert requests.ordered_in(strange) == frozenset()
    assert requests.ordered_in([*strange, draft]) == frozenset({"potassium"})
    before = names(cards_for(assessment, known(), site()))
    after = names(cards_for(assessment, known(), site(ordered=requests.ordered_in([draft]))))
    assert set(before) - set(after) == {"potassium"}
    every = site(ordered=frozenset(requests.templates))
    [card] = cards_for(assessment, known(), every)
    assert not {"suggestions", "selectionBehavior"} & card.keys()


def test_what_is_no_longer_offered_orders_nothing() -> None:
    """A caller may tell less than was found."""
    assessment = msgspec.structs.replace(assessed("thiazide-low-potassium"), mitigations=())
    assert ordered(cards_for(assessment, known(), site())) == []


def test_the_reason_of_an_order_that_a_guard_rail_added_is_what_it_is_for() -> None:
    """No finding suggests it."""
    assessment = assessed("thiazide-low-potassium")
    bare = [msgspec.structs.replace(one, mitigations=()) for one in assessment.findings]
    told = msgspec.structs.replace(assessment, findings=tuple(bare))
    reasons = {one["reasonCode"][0]["text"] for one in ordered(cards_for(told, known(), site()))}
    assert "Repeat potassium and magnesium." in reasons


def test_nothing_is_ordered_without_the_templates_of_a_service() -> None:
    """`assess` has no call to answer."""
    assert ordered(cards_for(assessed("thiazide-low-potassium"), known())) == []


def test_the_order_carries_the_code_that_the_site_orders_by(tmp_path: Path) -> None:
    """Its own system, or one that an overlay names in short."""
    for system, address in (
        ("https://orders.example.org/tests", "https://orders.example.org/tests"),
        ("loinc", "http://loinc.org"),
    ):
        keys = f'lab = "potassium"\nsystem = "{system}"\ncode = "POT"\nname = "Potassium"'
        path = overlay(tmp_path, change("order_code", keys))
        requests = lab_requests(load(overlay=path))
        made = requests.request("potassium", "zora", "", date(2026, 11, 1), "")
        assert made is not None
        assert made["code"]["coding"] == [
            {"system": address, "code": "POT", "display": "Potassium"}
        ]
        ServiceRequest.model_validate(made)
        draft = {"resourceType": "ServiceRequest", "code": {"coding": made["code"]["coding"]}}
        assert requests.ordered_in([draft]) == frozenset({"potassium"})


def test_an_order_code_that_fhir_does_not_take_stops_the_start_with_a_sentence() -> None:
    """Before a clinician is offered it."""
    labs = dict(known().labs)
    odd = SiteOrderCode("https://orders.example.org/tests", " two  spaces", "Potassium")
    labs["potassium"] = msgspec.structs.replace(labs["potassium"], site_order=odd)
    with pytest.raises(KnowledgeInvalid, match=r"order code of potassium: .*code\.coding\.0\.code"):
        lab_requests(msgspec.structs.replace(known(), labs=labs))


def test_a_lab_whose_code_nothing_confirms_is_not_ordered() -> None:
    """The loader refuses it for an order; here nothing is offered either."""
    labs = dict(known().labs)
    bare = msgspec.structs.replace(labs["potassium"], order_loinc="", site_order=None)
    labs["potassium"] = bare
    without = msgspec.structs.replace(known(), labs=labs)
    assert "potassium" not in lab_requests(without).templates
    where = CardSite(requests=lab_requests(without), patient_id="zora")
    assert "potassium" not in names(cards_for(assessed("thiazide-low-potassium"), without, where))


def test_who_keeps_what_was_told_learns_which_options_each_suggestion_is_for() -> None:
    """Beside the card, not in it; what a caller added has none."""
    extra = {"label": "Remove", "uuid": "x1"}
    nameless = {"label": "Think of it"}
    assessment = assessed("thiazide-low-potassium")
    [card], [issued] = issue_cards(assessment, known(), site(), suggestions=[extra, nameless])
    assert card["suggestions"][:2] == [extra, nameless]
    ids = [one["uuid"] for one in card["suggestions"] if "uuid" in one]
    assert list(issued.suggestions) == ids
    assert issued.suggestions["x1"] == ()
    assert issued.suggestions[ids[1]] == ("recheck-potassium-magnesium",)
