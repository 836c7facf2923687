"""Whose is a resource: grouping by patient, and what patients share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.golden import case
from tests.plugin.screening.conftest import AS_OF, Export, export, lines, ndjson

__all__ = ["crampcheck", "export"]  # fixtures that the tests below name


def test_a_shared_medication_reaches_every_patient_who_needs_it(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Medication.ndjson holds one product that two orders of two patients point to."""
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"text": "hydrochlorothiazide 25 mg tablet"},
    }
    rows: list[dict[str, Any]] = []
    for name, reference in (
        ("a", "Medication/m"),
        ("b", "https://ehr.example.org/r4/Medication/m"),
    ):
        rows += [
            {"resourceType": "Patient", "id": name, "birthDate": "1950-01-01"},
            {
                "resourceType": "MedicationRequest",
                "id": f"{name}1",
                "status": "active",
                "intent": "order",
                "subject": {"reference": f"Patient/{name}"},
                "medicationReference": {"reference": reference},
            },
        ]
    source = export({"0.ndjson": rows, "Medication.ndjson": [medication]})
    assert 0 == crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF).code
    assert [["hydrochlorothiazide"], ["hydrochlorothiazide"]] == [
        row["medications"][0]["ingredients"]
        for row in lines(tmp_path / "out" / "assessments.ndjson")
    ]


def test_bundles_keep_their_own_medications_apart(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Two Bundles that each call their Medication `Medication/1` mean two products."""

    def bundle(name: str, drug: str) -> dict[str, Any]:
        return {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [
                {"resource": {"resourceType": "Patient", "id": name, "birthDate": "1950-01-01"}},
                {"resource": {"resourceType": "Medication", "id": "1", "code": {"text": drug}}},
                {
                    "resource": {
                        "resourceType": "MedicationRequest",
                        "id": f"{name}1",
                        "status": "active",
                        "intent": "order",
                        "subject": {"reference": f"Patient/{name}"},
                        "medicationReference": {"reference": "Medication/1"},
                    }
                },
            ],
        }

    source = export({"b.ndjson": [bundle("a", "furosemide"), bundle("b", "indapamide")]})
    assert 0 == crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF).code
    assert [["furosemide"], ["indapamide"]] == [
        row["medications"][0]["ingredients"]
        for row in lines(tmp_path / "out" / "assessments.ndjson")
    ]


def test_a_medication_made_of_medications_brings_them_along(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """An order points to a kit, and the kit to what it is made of."""
    rows: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": "a", "birthDate": "1950-01-01"},
        {
            "resourceType": "MedicationRequest",
            "id": "a1",
            "status": "active",
            "intent": "order",
            "subject": {"reference": "Patient/a"},
            "medicationReference": {"reference": "Medication/kit"},
        },
        {
            "resourceType": "Medication",
            "id": "kit",
            "ingredient": [{"itemReference": {"reference": "Medication/part"}}],
        },
        {"resourceType": "Medication", "id": "part", "code": {"text": "indapamide"}},
    ]
    source = export({"a.ndjson": rows})
    assert 0 == crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF).code
    answer = lines(tmp_path / "out" / "assessments.ndjson")[0]
    assert ["indapamide"] == answer["medications"][0]["ingredients"]


def test_a_patient_is_one_by_whatever_reference(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Relative, absolute, with a version, and by `urn:uuid` before its Patient was seen."""
    references = (
        "Patient/0c1f",
        "https://ehr.example.org/r4/Patient/0c1f",
        "Patient/0c1f/_history/3",
        "urn:uuid:0c1f",
    )
    orders = [
        {
            "resourceType": "MedicationRequest",
            "id": f"m{number}",
            "status": "active",
            "intent": "order",
            "subject": {"reference": reference},
            "medicationCodeableConcept": {"text": "furosemide"},
        }
        for number, reference in enumerate(references)
    ]
    patient = {"resourceType": "Patient", "id": "0c1f", "birthDate": "1950-01-01"}
    source = export({"a.ndjson": [*orders, patient]})
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    answers = lines(tmp_path / "out" / "assessments.ndjson")
    assert 0 == ran.code
    assert ["Patient/0c1f"] == [row["patient"] for row in answers]
    assert (4, []) == (len(answers[0]["medications"]), answers[0]["unread"])


def test_a_broken_entry_of_one_patients_bundle_is_unread_there(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """What a Bundle of one patient holds is that patient's, as `assess` has it."""
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [{"relation": "next", "url": "https://ehr.example.org/r4/Condition?page=2"}],
        "entry": [
            *({"resource": resource} for resource in case("on-hold-order").resources),
            {"resource": {"id": "no-type"}},
            {"resource": {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}},
        ],
    }
    source = export({"a.ndjson": [bundle]})
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    data = ndjson([bundle])
    expected = crampcheck("assess", "-", "--as-of", AS_OF, "--format", "json", stdin=data).out
    assert 0 == ran.code
    assert expected == (tmp_path / "out" / "assessments.ndjson").read_text()
    assert 3 == len(json.loads(expected)["unread"])


def test_a_page_of_many_patients_that_is_not_the_last_is_quarantined(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Nobody can say whose records the missing pages hold."""
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [{"relation": "next", "url": "https://ehr.example.org/r4/Patient?page=2"}],
        "entry": [
            {"resource": {"resourceType": "Patient", "id": name, "birthDate": "1950-01-01"}}
            for name in "ab"
        ],
    }
    outcome = {"resourceType": "OperationOutcome", "issue": []}
    source = export({"a.ndjson": [bundle, outcome]})
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    reasons = [row["reason"] for row in lines(tmp_path / "out" / "quarantine.ndjson")]
    assert 13 == ran.code
    assert ["a Bundle has more pages than were given; export all of them"] == reasons
    assert 2 == len(lines(tmp_path / "out" / "assessments.ndjson"))
    assert "1 OperationOutcome" in ran.err


def test_a_patient_without_a_patient_resource_is_screened(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """The subject of the orders names the patient."""
    resources = [
        row for row in case("thiazide-low-potassium").resources if row["resourceType"] != "Patient"
    ]
    source = export({"a.ndjson": resources})
    assert 0 == crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF).code
    assert ["Patient/marta"] == [
        row["patient"] for row in lines(tmp_path / "out" / "assessments.ndjson")
    ]


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (
            {"resourceType": "MedicationRequest", "subject": {"reference": "Group/secret"}},
            "a MedicationRequest is about a Group, not about a Patient",
        ),
        (
            {"resourceType": "Observation", "subject": {"reference": "https://h/r4/Location/x"}},
            "an Observation is about a Location, not about a Patient",
        ),
        (
            {"resourceType": "Condition", "subject": {"reference": "secret/x"}},
            "a Condition is about something else, not about a Patient",
        ),
        (
            {"resourceType": "Condition", "subject": {"reference": "secret", "type": "Patient"}},
            "a Condition names whom it is about by an id alone; write its type too, Patient/ID",
        ),
        (
            {"resourceType": "AllergyIntolerance"},
            "an AllergyIntolerance does not say of which patient it is",
        ),
        ({"resourceType": "Patient", "name": [{"text": "secret"}]}, "a Patient has no id"),
        (
            {"resourceType": "OperationOutcome", "issue": [{"severity": " Fatal"}]},
            "the export reports an error, so that something is missing; export it again",
        ),
    ],
)
def test_what_is_no_patients_is_quarantined_with_the_reason(
    crampcheck: Run, export: Export, tmp_path: Path, resource: dict[str, Any], reason: str
) -> None:
    """A group's order, a subject of another kind, an export that says that it failed: code 13."""
    source = export({"a.ndjson": [*case("on-hold-order").resources, resource]})
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    assert 13 == ran.code
    assert [reason] == [row["reason"] for row in lines(tmp_path / "out" / "quarantine.ndjson")]
    assert "secret" not in ran.err
    assert 1 == len(lines(tmp_path / "out" / "assessments.ndjson"))


def test_ids_that_no_reference_can_name_never_stop_a_run(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """A slash cuts a reference short, so that its patient would come out of order, or twice.

    Of every patient there is an answer, or the Patient is in quarantine; all others are there.
    """
    cut = ["<x>a</x>", "a/b", "z/b", "p/_history/1", "blank "]
    odd = ['"><img src=x>', "\u202egnp.exe", "=cmd|calc", "a\x00b", "患者", " lead"]
    resources: list[dict[str, Any]] = []
    for id_ in [*cut, *odd, "z", "a"]:
        resources.append({"resourceType": "Patient", "id": id_, "birthDate": "1950-01-01"})
        resources.append(
            {
                "resourceType": "MedicationRequest",
                "id": "1",
                "status": "active",
                "intent": "order",
                "subject": {"reference": f"Patient/{id_}"},
                "medicationCodeableConcept": {"text": "furosemide"},
            }
        )
    ran = crampcheck(
        "screen", export({"a.ndjson": resources}), "--out", tmp_path / "out", "--as-of", AS_OF
    )
    assert 13 == ran.code, ran.err
    screened = [row["patient"] for row in lines(tmp_path / "out" / "assessments.ndjson")]
    assert len(set(screened)) == len(screened)
    assert {"Patient/a", "Patient/z"} <= set(screened)


def test_an_export_that_only_remarks_on_something_is_no_fault(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Warnings and notes of the server are set aside, and counted."""
    remarks = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "warning"}, {"severity": "information"}],
    }
    source = export({"a.ndjson": [*case("on-hold-order").resources, remarks]})
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    assert 0 == ran.code
    assert "set aside, of no use here: 1 OperationOutcome" in ran.err
