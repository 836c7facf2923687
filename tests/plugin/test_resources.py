"""An assessment as FHIR: valid, complete, and no order."""

from __future__ import annotations

import json
import pkgutil
from typing import Any

from fhir.resources.R4B.bundle import Bundle

import plugin.resources as package
from plugin.model import Assessment
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from plugin.resources import to_bundle, to_bundle_json
from tests.plugin.golden import case


def assessed(name: str) -> Assessment:
    """The assessment of a golden case."""
    found = case(name)
    return default_pipeline().assess_entries(split(found.bundle), found.as_of)


def resources(name: str, kind: str) -> list[dict[str, Any]]:
    """The resources of one type that a golden case gives."""
    bundle = json.loads(to_bundle_json(assessed(name), default_pipeline().knowledge))
    Bundle.model_validate(bundle)
    found = [entry["resource"] for entry in bundle["entry"]]
    return [resource for resource in found if resource["resourceType"] == kind]


def test_an_issue_names_patient_drug_evidence_and_day() -> None:
    """Everything that a receiver needs to find the entries again."""
    issue = next(
        row
        for row in resources("thiazide-low-potassium", "DetectedIssue")
        if row["severity"] == "moderate"
    )
    assert ("final", {"reference": "Patient/marta"}, "2026-11-01") == (
        issue["status"],
        issue["patient"],
        issue["identifiedDateTime"],
    )
    assert {"reference": "MedicationRequest/marta-rx1"} in issue["implicated"]
    assert {"reference": "Observation/marta-ob1"} in [
        detail for row in issue["evidence"] for detail in row.get("detail", [])
    ]
    assert "Option for the clinician: " in issue["detail"]


def test_an_issue_says_how_its_knowledge_stands() -> None:
    """It is read far from our pages, by who does not know that no clinician has reviewed it."""
    rows = resources("thiazide-low-potassium", "DetectedIssue")
    assert rows
    for row in rows:
        assert row["detail"].endswith(", awaiting clinical review.")


def test_severity_follows_the_level() -> None:
    """Critical is high, info is low."""
    critical = [row["severity"] for row in resources("quinine-night-cramps", "DetectedIssue")]
    info = [row["severity"] for row in resources("controller-inhaler-no-labs", "DetectedIssue")]
    assert "high" in critical
    assert {"low"} == set(info)


def test_options_are_never_written_as_steps_that_were_taken() -> None:
    """`mitigation` of a DetectedIssue is for what was done: each here is marked as proposed."""
    for name in ("thiazide-low-potassium", "quinine-night-cramps", "statin-warfarin-myalgia"):
        options = [
            one for row in resources(name, "DetectedIssue") for one in row.get("mitigation", [])
        ]
        assert options
        for one in options:
            proposed = {"url": "urn:crampcheck:proposed", "valueBoolean": True}
            assert [proposed] == one["modifierExtension"]
            assert ", not taken: " in one["action"]["text"]
            assert {"author", "date"}.isdisjoint(one)


def test_what_was_withheld_and_not_read_is_in_the_outcome() -> None:
    """A receiver sees what was held back and what was not part of the check."""
    issues = resources("free-text-list", "OperationOutcome")[0]["issue"]
    unread = [row["diagnostics"] for row in issues if row["code"] == "incomplete"]
    held = [row["diagnostics"] for row in issues if row["code"] == "suppressed"]
    assert any("the little white heart pill" in text for text in unread)
    assert any(text.startswith("Withheld: coq10-review") for text in held)


def test_silence_and_a_patient_not_assessed_are_told_apart() -> None:
    """Nothing found is information; not assessed is a warning."""
    silent = resources("eye-drops-only", "OperationOutcome")[0]["issue"]
    child = resources("under-18", "OperationOutcome")[0]["issue"]
    assert ["information"] == [row["severity"] for row in silent]
    assert "nothing was found" in silent[0]["diagnostics"]
    assert ["Not assessed: under-18."] == [row["diagnostics"] for row in child]
    assert [] == resources("under-18", "DetectedIssue")


def test_the_same_answer_gives_the_same_bundle() -> None:
    """Identifiers come from the content, so that a receiver can tell a repeat."""
    knowledge = default_pipeline().knowledge
    first, second = (to_bundle(assessed("thiazide-low-potassium"), knowledge) for _ in "12")
    urls = [entry["fullUrl"] for entry in first["entry"]]
    assert first == second
    assert len(urls) == len(set(urls))


def test_a_reference_that_is_no_address_is_shown_as_text() -> None:
    """A patient who is not named gives no reference, and a position no link."""
    knowledge = default_pipeline().knowledge
    entries = [
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": "furosemide 40 mg"},
        },
        {"resourceType": "Patient", "birthDate": "1950-01-01"},
    ]
    lines = b"\n".join(json.dumps(entry).encode() for entry in entries)
    assessment = default_pipeline().assess_entries(split(lines), case("under-18").as_of)
    bundle = json.loads(to_bundle_json(assessment, knowledge))
    issue = bundle["entry"][0]["resource"]
    assert ["display"] == [key for row in issue["implicated"] for key in row]


def test_no_name_of_the_package_is_that_of_one_of_its_modules() -> None:
    """Which of the two an import gave hung on what had been imported before."""
    modules = {one.name for one in pkgutil.iter_modules(package.__path__)}
    assert modules
    assert not modules & set(package.__all__)
