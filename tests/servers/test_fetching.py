"""What a call makes the service fetch, and what it need not."""

from __future__ import annotations

import pytest

from tests.plugin.hook_calls import LABS, potassium, prefetch, searchset
from tests.servers.asking import (
    LOW,
    POINTING,
    PRODUCT,
    THIAZIDE,
    TOKEN,
    app,
    ask,
    cards,
    pointing,
    record,
    said,
    without,
)
from tests.servers.scripted import Asked, Reply, ScriptedServer, fhir, scripted

# --- what is fetched ---------------------------------------------------------------------------


def test_nothing_is_asked_where_everything_was_sent(ehr: ScriptedServer) -> None:
    """A `null` was looked for, and an OperationOutcome was tried: neither is asked again."""
    failed = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "x"}]}
    response = ask({**without(), "conditions": None, "ck": failed, "allergies": failed}, ehr.url)
    assert "3.2 mmol/L" in said(response)
    assert ehr.asked == []


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("patient", "/fhir/Patient/zora"),
        ("medications", "/fhir/MedicationRequest?patient=zora&_count=200"),
        ("conditions", "/fhir/Condition?patient=zora&_count=200"),
        ("allergies", "/fhir/AllergyIntolerance?patient=zora&_count=200"),
        (
            "egfr",
            "/fhir/Observation?patient=zora&code=",
        ),
    ],
)
def test_only_the_key_that_was_left_out_is_asked_for(
    ehr: ScriptedServer, key: str, path: str
) -> None:
    """By its template, with the patient's id, and with the token."""
    whole = cards(ask(without(), ehr.url))
    assert cards(ask(without(key), ehr.url)) == whole
    [asked] = ehr.asked
    assert asked.path.startswith(path)
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"


def test_codes_in_a_query_are_encoded(ehr: ScriptedServer) -> None:
    """A bar between a system and a code is none of the characters of an address."""
    ask(without("potassium"), ehr.url)
    [asked] = ehr.asked
    assert "http://loinc.org%7C2823-3" in asked.path
    assert asked.path.endswith("&_sort=-date&_count=5")


def test_everything_is_fetched_where_nothing_was_sent(ehr: ScriptedServer) -> None:
    """Once for each key."""
    assert cards(ask({}, ehr.url)) == cards(ask(without(), ehr.url))
    assert len(ehr.asked) == 6 + len(LABS)


def test_further_results_are_asked_for_only_where_they_could_count(ehr: ScriptedServer) -> None:
    """The newest that counts is enough; five that do not count are not."""
    usable = potassium(3.2)
    useless = potassium(2.9, "2026-10-30", "k2", status="entered-in-error")
    pages = [searchset(useless), searchset(usable)]
    link = {"relation": "next", "url": f"{ehr.url}/Observation?page=2"}
    base = record(medications=[THIAZIDE])

    def answer(asked: Asked) -> Reply:
        if "page=2" in asked.path:
            return fhir(pages[1] | {"link": [link | {"url": f"{ehr.url}/Observation?page=3"}]})
        if "2823-3" in asked.path:
            return fhir(pages[0] | {"link": [link]})
        return base(asked)

    ehr.script = answer
    response = ask(without("potassium"), ehr.url)
    assert "3.2 mmol/L" in said(response)
    assert [path.rpartition("?")[2] for path in ehr.paths()[1:]] == ["page=2"]
    assert "sent in part" not in said(response)


def test_templates_keep_to_what_every_client_is_recommended_to_do() -> None:
    """A read, or a search by patient and code with a bounded number of results."""
    templates: set[str] = set()
    for service in app().get("/cds-services").get_json()["services"]:
        assert service["prefetch"].pop("patient") == "Patient/{{context.patientId}}"
        assert len(service["prefetch"]) > len(LABS)
        templates.update(service["prefetch"].values())
    for template in templates:
        resource_type, _, query = template.partition("?")
        assert resource_type.isalpha()
        names = [pair.partition("=")[0] for pair in query.split("&")]
        assert names[0] == "patient"
        assert "_count" in names
        assert set(names) <= {"patient", "code", "_sort", "_count"}
        assert template.count("{{") == template.count("{{context.patientId}}") == 1


# --- Medications -------------------------------------------------------------------------------


def test_a_medication_that_an_order_refers_to_is_read(ehr: ScriptedServer) -> None:
    """Wherever the order came from."""
    ehr.script = record([pointing()], [LOW], Medication_thz=PRODUCT)
    sent = prefetch(pointing(), potassium=searchset(LOW))
    assert "ydrochlorothiazide" in said(ask(sent, ehr.url))
    assert ehr.paths() == ["/fhir/Medication/thz"]
    assert "ydrochlorothiazide" in said(ask({}, ehr.url))


def test_what_a_reference_displays_is_read_before_anything_is_fetched(ehr: ScriptedServer) -> None:
    """A display that names no drug does not help, and the Medication is read."""
    shown = pointing(display="hydrochlorothiazide 25 MG Oral Tablet")
    sent = prefetch(shown, potassium=searchset(LOW))
    assert "ydrochlorothiazide" in said(ask(sent, ehr.url))
    assert ehr.asked == []
    ehr.script = record(Medication_thz=PRODUCT)
    sent = prefetch(pointing(display="as before"), potassium=searchset(LOW))
    assert "ydrochlorothiazide" in said(ask(sent, ehr.url))
    assert ehr.paths() == ["/fhir/Medication/thz"]


def test_a_medication_is_read_once_however_often_it_is_referred_to(ehr: ScriptedServer) -> None:
    """Renewals of one order are many."""
    ehr.script = record(Medication_thz=PRODUCT)
    orders = [{**pointing(), "id": f"m{number}"} for number in range(30)]
    versioned = [{**pointing(f"{POINTING}/_history/2"), "id": "m-v"}]
    ask(prefetch(*orders, *versioned), ehr.url)
    assert ehr.paths() == ["/fhir/Medication/thz"]


def test_medications_that_came_along_are_not_read_again(ehr: ScriptedServer) -> None:
    """In the list, inside the order, or under an address of another server."""
    inside = pointing("#in", display="")
    inside["contained"] = [{**PRODUCT, "id": "in"}]
    sent = prefetch(pointing(), {**inside, "id": "m2"}, PRODUCT, potassium=searchset(LOW))
    assert "ydrochlorothiazide" in said(ask(sent, ehr.url))
    assert ehr.asked == []


def test_a_medication_made_of_others_is_read_with_them(ehr: ScriptedServer) -> None:
    """A combination may refer to its parts."""
    whole = {
        "resourceType": "Medication",
        "id": "thz",
        "ingredient": [{"itemReference": {"reference": "Medication/part"}}],
    }
    part = {**PRODUCT, "id": "part"}
    ehr.script = record(Medication_thz=whole, Medication_part=part)
    sent = prefetch(pointing(), potassium=searchset(LOW))
    assert "ydrochlorothiazide" in said(ask(sent, ehr.url))
    assert ehr.paths() == ["/fhir/Medication/thz", "/fhir/Medication/part"]


@pytest.mark.parametrize(
    "reference",
    [
        "https://evil.example.org/fhir/Medication/thz",
        "{other}/Medication/thz",
        "Medication/../Patient/eve",
        "Medication/thz?x=1",
        "Medication/" + "a" * 65,
        "Patient/eve",
        "urn:uuid:7a05bc93-cf1a-4929-9aca-6178ba9abcb7",
    ],
)
def test_references_to_anywhere_else_are_not_followed_and_are_said(
    ehr: ScriptedServer, reference: str
) -> None:
    """They would send the token there, or read what is no Medication."""
    with scripted(record(Medication_thz=PRODUCT)) as other:
        sent = prefetch(pointing(reference.format(other=other.url)))
        assert "points to a Medication that was not sent" in said(ask(sent, ehr.url))
        assert other.asked == []
    assert ehr.asked == []


def test_medications_are_read_up_to_a_number_and_the_rest_is_said(ehr: ScriptedServer) -> None:
    """Those of current orders first."""
    over = [
        {**pointing(f"Medication/x{n}"), "id": f"x{n}", "status": "stopped"} for n in range(250)
    ]
    ehr.script = record(Medication_thz=PRODUCT)
    sent = prefetch(*over, pointing(), potassium=searchset(LOW))
    assert "ydrochlorothiazide" in said(ask(sent, ehr.url))
    assert len(ehr.asked) == 200
