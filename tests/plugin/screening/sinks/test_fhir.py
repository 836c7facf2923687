"""Findings as FHIR for a server: valid, complete, the same each time, and no order."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B.detectedissue import DetectedIssue
from fhir.resources.R4B.guidanceresponse import GuidanceResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from knowledge.model import Level
from plugin.errors import KnowledgeInvalid
from plugin.pipeline import default_pipeline
from plugin.resources import check_issues, failure
from tests.plugin.golden import all_cases, case
from tests.plugin.screening.sinks.outcomes import (
    DAY,
    FAILED,
    golden,
    lines,
    marta,
    outcome,
    results,
)

ISSUES, GUIDANCE = "detected-issues.ndjson", "guidance-responses.ndjson"
SEVERITY = {"critical": "high", "warning": "moderate", "info": "low"}
FHIR_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
Row = dict[str, Any]


def written(tmp_path: Path) -> tuple[list[Row], list[Row], list[Row]]:
    """Answers, issues and responses of every golden case."""
    out = results(tmp_path / "out", "json,fhir", [*golden(), FAILED])
    return lines(out / "assessments.ndjson"), lines(out / ISSUES), lines(out / GUIDANCE)


def issues_of(resources: list[Row]) -> list[Row]:
    rows = [json.loads(line) for line in outcome(resources).issues]
    return [row for row in rows if row["resourceType"] == "DetectedIssue"]


def response_of(resources: list[Row]) -> Row:
    found: Row = json.loads(outcome(resources).issues[-1])
    assert "GuidanceResponse" == found["resourceType"]
    return found


def said(response: Row) -> list[Row]:
    [messages] = response["contained"]
    assert [{"reference": f"#{messages['id']}"}] == response["evaluationMessage"]
    issues: list[Row] = messages["issue"]
    return issues


def test_every_line_is_valid_fhir_and_nothing_else_is_written(tmp_path: Path) -> None:
    """Held against the models of R4B, line by line."""
    _, issues, responses = written(tmp_path)
    for row in issues:
        DetectedIssue.model_validate(row)
    for row in responses:
        GuidanceResponse.model_validate(row)
    assert len(issues) > 60


def test_each_finding_is_one_issue_with_its_evidence_and_options(tmp_path: Path) -> None:
    """Nothing of an answer is lost, and nothing is added."""
    answers, issues, responses = written(tmp_path)
    left = iter(issues)
    for answer in answers:
        for finding in answer["findings"]:
            issue = next(left)
            assert {"reference": answer["patient"]} == issue["patient"]
            assert finding["rule"] == issue["code"]["coding"][0]["code"]
            assert SEVERITY[finding["level"]] == issue["severity"]
            assert ("final", answer["as_of"]) == (issue["status"], issue["identifiedDateTime"])
            assert issue["detail"].startswith(finding["summary"])
            proofs = [
                (one["code"][0]["coding"][0]["code"], one.get("detail", [{}])[0].get("reference"))
                for one in issue["evidence"]
            ]
            assert [(one["fact"], one.get("reference")) for one in finding["because"]] == proofs
            options = [one["action"]["coding"][0]["code"] for one in issue.get("mitigation", [])]
            assert sorted(finding["mitigations"]) == sorted(options)
    assert next(left, None) is None
    assert [*(one["patient"] for one in answers), "Patient/zz"] == [
        one["subject"]["reference"] for one in responses
    ]


def test_an_option_is_never_written_as_a_step_that_was_taken(tmp_path: Path) -> None:
    """A receiver that does not know the extension may not use it; in words it is said too."""
    _, issues, _ = written(tmp_path)
    options = [one for issue in issues for one in issue.get("mitigation", [])]
    assert len(options) > 20
    for one in options:
        assert [{"url": "urn:crampcheck:proposed", "valueBoolean": True}] == one[
            "modifierExtension"
        ]
        assert one["action"]["text"].startswith("Option for the clinician, not taken: ")
        assert {"author", "date"}.isdisjoint(one)  # of who took it, and when


def test_options_of_no_single_finding_are_said_with_the_patient(tmp_path: Path) -> None:
    """What a guard rail adds is an option like the others."""
    answers, _, responses = written(tmp_path)
    found = 0
    for answer, response in zip(answers, responses, strict=False):
        of_findings = {name for one in answer["findings"] for name in one["mitigations"]}
        texts = {one["diagnostics"] for one in said(response)}
        for offered in answer["mitigations"]:
            stands = f"Option for the clinician: {offered['text']}" in texts
            assert stands is (offered["id"] not in of_findings)
            found += stands
    assert found


def test_ids_are_fit_for_a_server_the_same_each_time_and_no_two_alike(tmp_path: Path) -> None:
    """So that a second load updates; and they tell nothing of who it is."""
    _, issues, responses = written(tmp_path)
    again = written(tmp_path / "again")
    assert (issues, responses) == again[1:]
    ids = [row["id"] for row in (*issues, *responses)]
    assert len(ids) == len(set(ids))
    for row in (*issues, *responses):
        assert FHIR_ID.fullmatch(row["id"])
        assert 5 == UUID(row["id"]).version
        assert [row["id"]] == [one["value"] for one in row["identifier"]]
        subject = row.get("patient") or row["subject"]
        assert subject["reference"].removeprefix("Patient/") not in row["id"]


def test_new_evidence_is_the_same_issue_said_anew() -> None:
    """A lower potassium changes the evidence, not the id; another patient has other ids."""
    first, second = issues_of(marta(3.2)), issues_of(marta(3.1))
    assert [one["id"] for one in first] == [one["id"] for one in second]
    assert first != second
    other = json.loads(json.dumps(marta(3.2)).replace("marta", "another"))
    assert {one["id"] for one in first}.isdisjoint(one["id"] for one in issues_of(other))


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("eye-drops-only", "success", "nothing was found"),
        ("free-text-list", "data-requested", "the little white heart pill"),
        ("under-18", "failure", "Not assessed: under-18."),
    ],
)
def test_silence_is_told_from_what_was_not_assessed(name: str, status: str, words: str) -> None:
    """By a status, and by a message."""
    response = response_of(case(name).resources)
    assert status == response["status"]
    assert any(words in one["diagnostics"] for one in said(response))
    if status == "failure":
        assert not any("nothing was found" in one["diagnostics"] for one in said(response))


def test_one_of_a_kind_is_said_in_the_singular() -> None:
    """The number of the findings and of the medications, as a person would say it."""
    texts = {
        one["diagnostics"]
        for golden in all_cases()
        for one in said(response_of(golden.resources))
        if one["code"] == "informational"
    }
    assert {"1 finding as a DetectedIssue.", "2 findings as DetectedIssues."} < texts
    assert "1 medication was read; nothing was found." in texts
    assert not [text for text in texts if re.match(r"1 (findings|medications)", text)]


def test_a_patient_who_failed_is_said_as_not_assessed() -> None:
    """With the reason; and it is the same response that a later run replaces."""
    row = json.loads(failure("Patient/marta", "internal error (KeyError).", DAY, "2026.11"))
    GuidanceResponse.model_validate(row)
    assert "failure" == row["status"]
    assert ["Not assessed: internal error (KeyError)."] == [one["diagnostics"] for one in said(row)]
    assert response_of(marta())["id"] == row["id"]


def test_outcomes_without_fhir_are_not_written_as_silence(tmp_path: Path) -> None:
    """An engine that was not told to make it must not leave two empty files."""
    with pytest.raises(ValueError, match="workers were not told"):
        results(tmp_path, "fhir", [replace(golden()[0], issues=())])
    assert [] == [path for path in tmp_path.rglob("*") if path.is_file()]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.integers(1, 3000))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_record_says_the_result_is_fhir(text: str, times: int) -> None:
    """In the names of entries, in units, and in the ids of entries."""
    resources = marta(3.2)
    resources[1]["medicationCodeableConcept"] = {"text": f"{text * times} chlorthalidone 25 mg"}
    resources[1]["id"] = text
    resources.append(
        {**resources[2], "id": f"x{text}", "medicationCodeableConcept": {"text": text}}
    )
    resources.append(
        {**resources[3], "id": f"y{text}", "valueQuantity": {"value": 3, "unit": text}}
    )
    for line in outcome(resources).issues:
        row = json.loads(line)
        kind = DetectedIssue if row["resourceType"] == "DetectedIssue" else GuidanceResponse
        kind.model_validate(row)


def test_a_rule_that_makes_no_fhir_is_said_before_the_run() -> None:
    """By file and rule; the packaged rules all make some."""
    knowledge = default_pipeline().knowledge
    check_issues(knowledge)
    bad = replace(knowledge.rules[3], id="two  blanks ", level=Level.INFO)
    with pytest.raises(KnowledgeInvalid, match="rule two  blanks : makes no FHIR DetectedIssue"):
        check_issues(replace(knowledge, rules=(*knowledge.rules[:3], bad)))
