"""Medications and Specimens that the export leaves out: read by id, where the server lets us."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.plugin.screening.remote.bulk_server import (
    TOKEN,
    Asked,
    BulkServer,
    Json,
    Reply,
    as_json,
    outcome,
    rows,
)
from tests.plugin.screening.remote.conftest import Screen
from tests.plugin.screening.remote.ward import all_warned, filled, levels, ward

BY_ID, SPECIMENS = "/fhir/Medication/", "/fhir/Specimen/"


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAMPCHECK_FHIR_TOKEN", TOKEN)
    monkeypatch.setattr("plugin.screening.remote.asking._FIRST_PAUSE", 0.01)


@pytest.fixture
def without(bulk: BulkServer) -> BulkServer:
    """The ward on a server that exports no Medication."""
    del filled(bulk).files["Medication-1"]
    return bulk


def by_id(bulk: BulkServer) -> list[Asked]:
    return [one for one in bulk.asked if one.name.startswith(BY_ID)]


def having(bulk: BulkServer, *products: Json) -> None:
    """The server has these, and gives them one by one."""
    held = {f"/fhir/{one['resourceType']}/{one['id']}": as_json(one) for one in products}
    bulk.script.append(lambda asked: held.get(asked.name))


def test_a_medication_that_the_export_lacks_is_read_by_its_id(
    without: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """Once, with the token, for all orders that point to it."""
    having(without, *ward()["Medication"])
    ran = screen(without.url, "--export", "group/g")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")
    (asked,) = by_id(without)
    assert f"Bearer {TOKEN}" == asked.headers["authorization"]
    assert "does not hold: 1; read by id: 1" in ran.err


def test_what_a_medication_is_made_of_is_read_too(
    without: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    (product,) = ward()["Medication"]
    mixed = {
        "resourceType": "Medication",
        "id": "thz",
        "ingredient": [{"itemReference": {"reference": "Medication/part"}}],
    }
    having(without, mixed, {**product, "id": "part"})
    ran = screen(without.url, "--export", "group/g")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")
    assert 2 == len(by_id(without))


def test_nothing_is_asked_for_that_the_export_holds(bulk: BulkServer, screen: Screen) -> None:
    ran = screen(filled(bulk).url, "--export", "group/g")
    assert (0, []) == (ran.code, by_id(bulk))
    assert "by id" not in ran.err


def test_nothing_is_asked_for_where_no_medication_is_wanted_or_it_is_elsewhere(
    without: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    some = "Patient,MedicationRequest,Observation"
    assert 0 == screen(without.url, "--export", "group/g", "--types", some).code
    orders = [
        {
            **one,
            "medicationReference": {"reference": "https://other.example.org/fhir/Medication/thz"},
        }
        for one in ward()["MedicationRequest"]
    ]
    without.files["MedicationRequest-1"] = rows(*orders)
    assert 0 == screen(without.url, "--export", "group/g", out=tmp_path / "again").code
    assert [] == by_id(without)


@pytest.mark.parametrize("status", [401, 403, 404, 405, 500])
def test_a_server_that_gives_none_is_said_and_the_orders_stay_unread(
    without: BulkServer, screen: Screen, tmp_path: Path, status: int
) -> None:
    """As without this: the answer says that it does not know the drug."""
    without.script.append(
        lambda asked: as_json(outcome("x"), status) if asked.name.startswith(BY_ID) else None
    )
    ran = screen(without.url, "--export", "group/g")
    assert 0 == ran.code, ran.err
    assert "does not hold: 1; read by id: 0" in ran.err
    assert {"none"} == set(levels(tmp_path / "out").values())
    answers = (tmp_path / "out" / "assessments.ndjson").read_text().splitlines()
    assert all(json.loads(line)["unread"] for line in answers)


def test_a_server_that_is_away_by_then_ends_the_run_which_goes_on(
    without: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """No file is downloaded twice."""
    away = [True]
    without.script.append(
        lambda asked: Reply(502) if away[0] and asked.name.startswith(BY_ID) else None
    )
    ran = screen(without.url, "--export", "group/g")
    assert 12 == ran.code
    assert "it goes on from there" in ran.err
    away.clear()
    away.append(False)
    having(without, *ward()["Medication"])
    ran = screen(without.url, "--export", "group/g")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")
    assert 3 == sum("/file/" in path for path in without.paths())


def sampled(bulk: BulkServer) -> Json:
    """The results of the ward are all of one haemolysed sample, which the export leaves out."""
    results = [{**one, "specimen": {"reference": "Specimen/s"}} for one in ward()["Observation"]]
    filled(bulk)
    bulk.files["Observation-1"] = rows(*results)
    return {"resourceType": "Specimen", "id": "s", "condition": [{"text": "haemolysed"}]}


def test_a_specimen_that_the_export_lacks_is_read_by_its_id(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """Once; the answers are those of an export that holds it, and others than without it."""
    specimen = sampled(bulk)
    of_export = dict(bulk.files)
    screen(bulk.url, "--export", "group/g", out=tmp_path / "without")
    bulk.files["Specimen-1"] = rows(specimen)
    before = len(bulk.asked)
    screen(bulk.url, "--export", "group/g", out=tmp_path / "with")
    assert not [one for one in bulk.asked[before:] if one.name.startswith(SPECIMENS)]
    bulk.files = of_export
    before = len(bulk.asked)
    having(bulk, specimen)
    ran = screen(bulk.url, "--export", "group/g")
    assert 0 == ran.code, ran.err
    assert "Specimens that results point to and the export does not hold: 1; read by id: 1" in (
        ran.err
    )
    asked = [one for one in bulk.asked[before:] if one.name == f"{SPECIMENS}s"]
    assert [f"Bearer {TOKEN}"] == [one.headers["authorization"] for one in asked]
    lost, there, found = (
        (tmp_path / out / "assessments.ndjson").read_bytes() for out in ("without", "with", "out")
    )
    assert there == found
    assert lost != found
