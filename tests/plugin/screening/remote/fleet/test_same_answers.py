"""Patients fetched one by one are answered as the same resources from files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.screening.conftest import lines
from tests.plugin.screening.remote.conftest import Screen
from tests.plugin.screening.remote.fleet.clinic import (
    TYPES,
    Clinic,
    capabilities,
    group,
    ids_file,
    listing,
    path_of,
    people,
    query_of,
)
from tests.plugin.screening.remote.fleet.conftest import Answers
from tests.servers.scripted import fhir

ALL = ("Patient/a", "Patient/b", "Patient/c")


@pytest.mark.parametrize("way", ["group", "list", "patients"])
def test_the_answers_are_those_of_the_same_data_from_files(
    clinic: Clinic, screen: Screen, from_files: Answers, tmp_path: Path, way: str
) -> None:
    """However the patients are named; all pages, and drugs behind two references."""
    given: Any = {"group": "ward", "list": "mine", "patients": ids_file(tmp_path, "a", *ALL)}[way]
    clinic.resources += [group(*ALL), listing(*ALL)]
    ran = screen(clinic.url, f"--{way}", given)
    assert 0 == ran.code, ran.err
    found = (tmp_path / "out" / "assessments.ndjson").read_bytes()
    assert from_files(people("a", "b", "c")) == found
    assert {"hydrochlorothiazide"} == {
        name
        for one in lines(tmp_path / "out" / "assessments.ndjson")
        for drug in one["medications"]
        for name in drug["ingredients"]
    }
    assert [] == lines(tmp_path / "out" / "failed.ndjson")
    assert [] == lines(tmp_path / "out" / "quarantine.ndjson")
    assert not (tmp_path / "out" / ".crampcheck-run").exists()


def test_what_patients_share_is_asked_for_once(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    """And so is everything else."""
    ran = screen(clinic.url, "--patients", ids_file(tmp_path, "a", "b", "c"))
    assert 0 == ran.code, ran.err
    asked = Counter(one.path for one in clinic.server.asked)
    assert {1} == set(asked.values())
    assert {"Medication/pack", "Medication/thz"} <= set(clinic.paths)
    assert not [one for one in clinic.paths if one.startswith("Specimen/")]  # the search had them
    assert {"Bearer t0ken-0f-the-tests"} == {
        one.headers["authorization"] for one in clinic.server.asked if path_of(one) != "metadata"
    }


def test_only_types_that_the_server_has_are_asked_for(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    few = [one for one in TYPES if one not in ("MedicationAdministration", "Specimen")]
    clinic.refuse("metadata", fhir(capabilities(few)))
    ran = screen(clinic.url, "--patients", ids_file(tmp_path, "a"))
    assert 0 == ran.code, ran.err
    searched = {one for one in clinic.paths if "/" not in one}
    assert {*few, "metadata"} - {"Patient", "Medication"} == searched


def test_a_medication_that_is_not_there_is_unread_as_from_files(
    clinic: Clinic, screen: Screen, from_files: Answers, tmp_path: Path
) -> None:
    clinic.resources = [one for one in clinic.resources if one["id"] != "thz"]
    ran = screen(clinic.url, "--patients", ids_file(tmp_path, "a", "b", "c"))
    assert 0 == ran.code, ran.err
    found = (tmp_path / "out" / "assessments.ndjson").read_bytes()
    assert from_files(clinic.resources) == found
    assert b"hydrochlorothiazide" not in found


def test_observations_may_be_asked_for_by_category(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    """For servers that refuse a search for all of them."""
    ran = screen(clinic.url, "--patients", ids_file(tmp_path, "a"), "--observations", "laboratory")
    assert 0 == ran.code, ran.err
    categories = {
        path_of(one): query_of(one).get("category", "")
        for one in clinic.server.asked
        if "from" not in query_of(one)
    }
    assert "laboratory" == categories.pop("Observation")
    assert {""} == set(categories.values())
