"""Generated mixes of documents: orders, results, problems and products, in lines and Bundles.

Ids come from a few, so that versions, disputes and products of one name are frequent.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from knowledge.load import load

Json = dict[str, Any]
KNOWLEDGE = load()
LINKED = ("hydrochlorothiazide", "simvastatin", "salbutamol")
_OURS = sorted(code.loinc for lab in KNOWLEDGE.labs.values() for code in lab.codes)[:12]
_NOT_OURS = ("8480-6", "29463-7", "no-code")
_PROBLEMS = sorted(
    (code.system, code.code)
    for one in KNOWLEDGE.conditions.values()
    for code in one.codes
    if code.system == "snomed"
)[:8]
_IDS = st.sampled_from(["1", "2", "x-3", ""])
_PEOPLE = st.sampled_from(["a", "b", "C"])
_VERSIONS = st.sampled_from(
    [
        {},
        {"lastUpdated": "2026-01-01T00:00:00Z"},
        {"lastUpdated": "2026-02-01T00:00:00Z", "versionId": "2"},
    ]
)


@st.composite
def _subjects(draw: st.DrawFn) -> Json:
    person = draw(_PEOPLE)
    forms = ["Patient/{}", "https://ehr.example.org/r4/Patient/{}", "Patient/{}/_history/2"]
    form = draw(st.sampled_from([*forms * 3, "urn:uuid:{}", "urn:uuid:at-{}", "Group/{}"]))
    return {"reference": form.format(person)}


def _without(resource: Json) -> Json:
    return {key: value for key, value in resource.items() if value not in ("", None, {}, [])}


_PRODUCT_REFERENCES = st.sampled_from(
    ["Medication/1", "Medication/2", "https://h/Medication/1", "urn:uuid:p-1", "#inside"]
)


@st.composite
def _orders(draw: st.DrawFn) -> Json:
    named = draw(st.booleans())
    return _without(
        {
            "resourceType": draw(st.sampled_from(["MedicationRequest", "MedicationStatement"])),
            "id": draw(_IDS),
            "meta": draw(_VERSIONS),
            "status": draw(st.sampled_from(["active", "active", "stopped", "odd", 7])),
            "intent": "order",
            "subject": draw(st.one_of(_subjects(), st.just({}))),
            "medicationCodeableConcept": {"text": draw(st.sampled_from(LINKED))} if named else None,
            "medicationReference": None
            if named
            else {"reference": draw(_PRODUCT_REFERENCES), "display": draw(st.sampled_from("q-"))},
        }
    )


@st.composite
def _codes(draw: st.DrawFn) -> Any:
    code = draw(st.sampled_from([*_OURS, *_NOT_OURS]))
    system = draw(st.sampled_from(["http://loinc.org", "http://loinc.org", "", "urn:other"]))
    concept = {"coding": [_without({"system": system, "code": code})], "text": "a result"}
    return draw(st.sampled_from([concept, concept, concept, "text", [concept], {}]))


@st.composite
def _measured(draw: st.DrawFn) -> Json:
    return {
        "code": draw(_codes()),
        "valueQuantity": draw(
            st.sampled_from(
                [
                    {"value": 3.1, "unit": "mmol/L", "code": "mmol/L"},
                    {"value": 3.10, "unit": "mmol/L"},
                    {"value": "3.1", "unit": "mmol/L"},
                    {"value": 120, "unit": "mm[Hg]"},
                    None,
                ]
            )
        ),
    }


@st.composite
def _results(draw: st.DrawFn) -> Json:
    return _without(
        {
            "resourceType": "Observation",
            "id": draw(_IDS),
            "meta": draw(_VERSIONS),
            "status": draw(st.sampled_from(["final", "final", "preliminary", "", 5])),
            "subject": draw(_subjects()),
            "effectiveDateTime": draw(st.sampled_from(["2026-10-20", "2026-10-01", "2027-01-01"])),
            "specimen": draw(st.sampled_from([None, None, {"reference": "Specimen/s"}])),
            "component": draw(st.lists(_measured().map(_without), max_size=2)),
            "note": draw(st.sampled_from([None, None, [{"text": "line \ud83d\ude00 é"}]])),
            **draw(_measured()),
        }
    )


@st.composite
def _problems(draw: st.DrawFn) -> Json:
    _, code = draw(st.sampled_from([*_PROBLEMS, ("snomed", "1")]))
    concept = {"coding": [{"system": "http://snomed.info/sct", "code": code}], "text": "words"}
    return _without(
        {
            "resourceType": "Condition",
            "id": draw(_IDS),
            "meta": draw(_VERSIONS),
            "clinicalStatus": {"coding": [{"code": draw(st.sampled_from(["active", "odd"]))}]},
            "verificationStatus": draw(
                st.sampled_from([None, {"coding": [{"code": "entered-in-error"}]}])
            ),
            "subject": draw(_subjects()),
            "code": draw(
                st.sampled_from([concept, concept, {}, "words", {"text": "muscle cramp"}])
            ),
        }
    )


@st.composite
def _products(draw: st.DrawFn) -> Json:
    part = {"itemReference": {"reference": draw(_PRODUCT_REFERENCES)}}
    named = draw(st.booleans())
    return _without(
        {
            "resourceType": "Medication",
            "id": draw(st.sampled_from(["1", "2", "p-1"])),
            "meta": draw(_VERSIONS),
            "code": {"text": draw(st.sampled_from(LINKED))} if named else None,
            "ingredient": None if named else [part],
        }
    )


_SPECIMENS = st.sampled_from(
    [
        {"resourceType": "Specimen", "id": "s", "note": [{"text": "haemolysed"}]},
        {"resourceType": "Specimen", "id": "s"},
    ]
)


@st.composite
def _persons(draw: st.DrawFn) -> Json:
    born = draw(st.sampled_from(["1950-01-01", "1950-01-01", "2015-01-01", "no date"]))
    person = {"resourceType": "Patient", "id": draw(_PEOPLE), "birthDate": born}
    return _without(person | {"meta": draw(_VERSIONS)})


_OTHERS = st.sampled_from(
    [
        {"resourceType": "Encounter", "id": "1"},
        {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "x"}]},
        {"resourceType": "OperationOutcome", "issue": [{"severity": "information"}]},
        {"id": "no-type"},
        {"resourceType": "observation"},
    ]
)
RESOURCES = st.one_of(
    _persons(), _orders(), _orders(), _results(), _results(), _problems(), _products(), _SPECIMENS,
    _OTHERS,
)  # fmt: skip


@st.composite
def _bundles(draw: st.DrawFn) -> Json:
    """A Bundle; a Patient in it may have an address that says nothing of its id."""
    entries = []
    for resource in draw(st.lists(RESOURCES, min_size=1, max_size=6)):
        entry: Json = {"resource": resource}
        if resource.get("resourceType") in ("Patient", "Medication") and draw(st.booleans()):
            entry["fullUrl"] = f"urn:uuid:at-{resource['id']}"
        entries.append(entry)
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


DOCUMENTS = st.lists(
    st.one_of(RESOURCES, RESOURCES, RESOURCES, _bundles()), min_size=1, max_size=14
)


_PLACES = st.sampled_from(
    [
        *("urn:uuid:1", "urn:uuid:2", "urn:uuid:c", "urn:uuid:at"),
        *("https://ehr.example.org/r4/Patient/1", "https://ehr.example.org/r4/Patient/2"),
    ]
)


@st.composite
def _at_places(draw: st.DrawFn) -> Json:
    """A Patient, or two, by an id or none, with addresses that others have; and who is named so."""
    entries: list[Json] = []
    for number in range(draw(st.integers(1, 3))):
        if number == 0 or draw(st.booleans()):
            id_ = draw(st.sampled_from(["1", "2", "3", "c", "C", ""]))
            person = {"resourceType": "Patient", "id": id_, "birthDate": "1950-01-01"}
            url = draw(st.one_of(st.just(""), _PLACES, _PLACES))
            entries.append(_without({"resource": _without(person), "fullUrl": url}))
        else:
            entries.append({"resource": draw(_named_by_place())})
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


@st.composite
def _named_by_place(draw: st.DrawFn) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": draw(st.sampled_from(["m1", "m2", "m3", "m4"])),
        "status": "active",
        "intent": "order",
        "subject": {"reference": draw(_PLACES)},
        "medicationCodeableConcept": {"text": draw(st.sampled_from(LINKED))},
    }


ADDRESSES = st.lists(st.one_of(_at_places(), _named_by_place()), min_size=2, max_size=7)
