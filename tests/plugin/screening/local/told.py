"""Small mixes in which one thing matters: what generated ones come upon too rarely."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def _result(id_: str, code: str, value: float, version: str = "") -> Json:
    meta = {"lastUpdated": version} if version else {}
    return {
        "resourceType": "Observation",
        "id": id_,
        "meta": meta,
        "status": "final",
        "subject": {"reference": "Patient/a"},
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "effectiveDateTime": "2026-10-20",
        "valueQuantity": {"value": value, "unit": "mmol/L"},
    }


def _order(subject: str, id_: str, **medication: Any) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": "active",
        "intent": "order",
        "subject": {"reference": subject},
        **(medication or {"medicationCodeableConcept": {"text": "simvastatin"}}),
    }


def _bundle(*entries: Json) -> Json:
    return {"resourceType": "Bundle", "type": "collection", "entry": list(entries)}


def _own(person: str, drug: str) -> Json:
    """A patient's Bundle with a product of a name that others use as well."""
    product = {"reference": "Medication/1"}
    return _bundle(
        {"resource": {"resourceType": "Patient", "id": person, "birthDate": "1950-01-01"}},
        {"resource": {"resourceType": "Medication", "id": "1", "code": {"text": drug}}},
        {"resource": _order(f"Patient/{person}", f"{person}1", medicationReference=product)},
    )


def _person(id_: str) -> Json:
    return {"resourceType": "Patient", "id": id_, "birthDate": "1950-01-01"}


_NOT_OURS, _POTASSIUM = "8480-6", "2823-3"
_AT = "urn:uuid:at-a"
MIXES: dict[str, list[Json]] = {
    "the address of one patient is the id of another": [
        _bundle(
            {"fullUrl": "https://ehr.example.org/r4/Patient/b", "resource": _person("c")},
            {"resource": _order("Patient/c", "m1")},
        ),
        _person("b"),
        _order("Patient/b", "m2"),
    ],
    "two that no rule names disagree": [_result("1", _NOT_OURS, 1), _result("1", _NOT_OURS, 2)],
    "a newer version is of another code": [
        _result("1", _POTASSIUM, 3.1, "2026-01-01T00:00:00Z"),
        _result("1", _NOT_OURS, 120, "2026-02-01T00:00:00Z"),
        _order("Patient/a", "m"),
    ],
    "an older version is of another code": [
        _result("1", _POTASSIUM, 3.1, "2026-02-01T00:00:00Z"),
        _result("1", _NOT_OURS, 120, "2026-01-01T00:00:00Z"),
        _order("Patient/a", "m"),
    ],
    "the same line twice": [_result("1", _NOT_OURS, 1)] * 2,
    "Bundles with products of one name": [_own("a", "furosemide"), _own("b", "indapamide")],
    "an address made of the id": [_order("urn:uuid:c", "m"), _person("C")],
    "an address of another document": [
        _order(_AT, "m"),
        _bundle({"fullUrl": _AT, "resource": _person("a")}),
        _order("Patient/a", "n"),
    ],
    "an address that two claim": [
        _order(_AT, "m"),
        _bundle({"fullUrl": _AT, "resource": _person("b")}),
        _bundle({"fullUrl": _AT, "resource": _person("a")}),
    ],
    "a Patient without an id has an address that is made of another's": [
        _person("c"),
        _bundle(
            {"fullUrl": "urn:uuid:c", "resource": {**_person("c"), "id": ""}},
            {"resource": _order("urn:uuid:c", "m")},
        ),
    ],
    "one id at two servers and in two versions": [
        _order("https://one.example.org/fhir/Patient/a", "m"),
        _result("k", _POTASSIUM, 2.8),
        {**_result("l", _POTASSIUM, 2.9), "subject": {"reference": "Patient/a/_history/7"}},
        _person("a"),
        _order("https://two.example.org/r4/Patient/a/_history/2", "n"),
    ],
    "a product inside has the id of one outside": [
        {
            **_order("Patient/a", "m", medicationReference={"reference": "#1"}),
            "contained": [
                {"resourceType": "Medication", "id": "1", "code": {"text": "furosemide"}}
            ],
        },
        {"resourceType": "Medication", "id": "1", "code": {"text": "indapamide"}},
        _order("Patient/a", "n", medicationReference={"reference": "Medication/1"}),
    ],
    "R5 names and points to a product": [
        {"resourceType": "Medication", "id": "1", "code": {"text": "indapamide"}},
        _order("Patient/a", "m", medication={"concept": {"text": "furosemide"}}),
        _order("Patient/a", "n", medication={"reference": {"reference": "Medication/1"}}),
        _order("Patient/a", "o", medication="simvastatin"),
    ],
    "patients that were merged": [
        {**_person("a"), "link": [{"other": {"reference": "Patient/b"}, "type": "replaces"}]},
        {
            **_person("b"),
            "active": False,
            "link": [{"other": {"reference": "Patient/a"}, "type": "replaced-by"}],
        },
        _order("Patient/a", "m"),
        {**_result("k", _POTASSIUM, 2.8), "subject": {"reference": "Patient/b"}},
    ],
    "ids that differ in their case": [
        _person("a"),
        _person("A"),
        _order("Patient/a", "m"),
        {**_result("k", _POTASSIUM, 2.8), "subject": {"reference": "Patient/A"}},
    ],
    "two persons of one id": [
        _person("a"),
        {**_person("a"), "birthDate": "2015-02-02"},
        _order("Patient/a", "m"),
    ],
}
