"""Patients with odd names: each keeps what is theirs, under the name that `assess` gives them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.screening.conftest import AS_OF, Export, Resource, export, lines

__all__ = ["crampcheck", "export"]  # fixtures that the tests below name


def _person(id_: str, **more: str) -> Resource:
    return {"resourceType": "Patient", "id": id_, "birthDate": "1950-01-01", **more}


def _order(id_: str, person: str, drug: str) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": "active",
        "intent": "order",
        "subject": {"reference": person},
        "medicationCodeableConcept": {"text": drug},
    }


def _bundle(url: str, *resources: Resource) -> Resource:
    """A Bundle whose first entry, a Patient, has an address."""
    entries: list[Resource] = [{"resource": resource} for resource in resources]
    entries[0]["fullUrl"] = url
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _drugs(folder: Path) -> dict[str, list[str]]:
    return {
        row["patient"]: [medication["text"] for medication in row["medications"]]
        for row in lines(folder / "assessments.ndjson")
    }


def test_an_address_that_is_the_id_of_another_patient_takes_nothing_from_that_patient(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """A template's `fullUrl` that stands in every Bundle would make all patients one."""
    url, out = "https://ehr.example.org/r4/Patient/1", tmp_path / "out"
    source = export(
        {
            "a.ndjson": [_bundle(url, _person("a"), _order("m1", "Patient/a", "simvastatin"))],
            "b.ndjson": [_bundle(url, _person("b"), _order("m2", "Patient/b", "furosemide"))],
            "c.ndjson": [_person("1"), _order("m3", "Patient/1", "amiloride")],
        }
    )
    assert 0 == crampcheck("screen", source, "--out", out, "--as-of", AS_OF).code
    expected = {
        "Patient/1": ["amiloride"],
        "Patient/a": ["simvastatin"],
        "Patient/b": ["furosemide"],
    }
    assert expected == _drugs(out)


@pytest.mark.parametrize("apart", [True, False])
def test_an_address_that_two_patients_have_is_nobodys_and_names_both(
    crampcheck: Run, export: Export, tmp_path: Path, apart: bool
) -> None:
    """The order went to the first of them, who may not be the one who takes it."""
    url, out = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", tmp_path / "out"
    one = _bundle(url, _person("b1"), _order("m1", "Patient/b1", "amiloride"))
    other = _bundle(url, _person("a2"))
    both = {**one, "entry": [*one["entry"], *other["entry"]]}
    people = {"a.ndjson": [one], "b.ndjson": [other]} if apart else {"a.ndjson": [both]}
    source = export({**people, "c.ndjson": [_order("m2", url, "furosemide")]})
    ran = crampcheck("screen", source, "--out", out, "--as-of", AS_OF)
    assert 13 == ran.code
    assert {"Patient/a2": [], "Patient/b1": ["amiloride"]} == _drugs(out)
    (row,) = lines(out / "failed.ndjson")
    assert url == row["patient"]
    assert row["reason"].startswith("two Patients have this address, Patient/a2 and Patient/b1, so")
    (reason,) = json.loads((out / "run.json").read_bytes())["counts"]["failed"]["by_reason"]
    assert "Patient/" not in reason


def test_an_address_that_two_patients_have_costs_nothing_where_nothing_is_under_it(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    url, out = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", tmp_path / "out"
    mine = _bundle(url, _person("a"), _order("m1", url, "furosemide"))
    source = export({"a.ndjson": [mine, _bundle(url, _person("b"))]})
    ran = crampcheck("screen", source, "--out", out, "--as-of", AS_OF)
    assert 0 == ran.code, ran.err
    assert {"Patient/a": ["furosemide"], "Patient/b": []} == _drugs(out)


@pytest.mark.parametrize("id_", ["a b", "p\nq", "=1+1", "<b>", "\u202ep", "x" * 70])
@pytest.mark.parametrize("known", [True, False])
def test_an_id_that_fhir_would_not_allow_is_shown_as_assess_shows_it(
    crampcheck: Run, export: Export, tmp_path: Path, id_: str, known: bool
) -> None:
    record = [_person(id_)] * known + [_order("m", f"Patient/{id_}", "furosemide")]
    out = tmp_path / "out"
    assert (
        0 == crampcheck("screen", export({"a.ndjson": record}), "--out", out, "--as-of", AS_OF).code
    )
    text = "\n".join(map(json.dumps, record)).encode()
    ran = crampcheck("assess", "-", "--format", "json", "--as-of", AS_OF, stdin=text)
    assert ran.out.encode() == (out / "assessments.ndjson").read_bytes()


@pytest.mark.parametrize("id_", ["a/b", "p ", "p/", "p/_history/1", "http://h/Patient/p", "urn:x"])
def test_an_id_that_no_reference_can_name_stops_no_run(
    crampcheck: Run, export: Export, tmp_path: Path, id_: str
) -> None:
    """The totals disagreed, and nobody of the list got an answer."""
    others = [_person("p"), _order("m", "Patient/p", "furosemide"), _person("z"), _person("0")]
    source, out = export({"a.ndjson": [*others, _person(id_)]}), tmp_path / "out"
    ran = crampcheck("screen", source, "--out", out, "--as-of", AS_OF)
    assert 0 == ran.code, ran.err
    found = _drugs(out)
    assert ["furosemide"] == found["Patient/p"]
    alone = crampcheck(
        "assess", "-", "--format", "json", "--as-of", AS_OF, stdin=json.dumps(_person(id_)).encode()
    )
    assert {"Patient/0", "Patient/p", "Patient/z", json.loads(alone.out)["patient"]} == set(found)


def test_versions_of_one_patient_are_one_patient_to_assess_too(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    record = [_person("p"), _person("p", gender="female"), _order("m", "Patient/p", "furosemide")]
    out = tmp_path / "out"
    assert (
        0 == crampcheck("screen", export({"a.ndjson": record}), "--out", out, "--as-of", AS_OF).code
    )
    text = "\n".join(map(json.dumps, record)).encode()
    ran = crampcheck("assess", "-", "--format", "json", "--as-of", AS_OF, stdin=text)
    assert ran.out.encode() == (out / "assessments.ndjson").read_bytes()
    (row,) = lines(out / "assessments.ndjson")
    assert ["conflict", "conflict"] == [one["reason"] for one in row["unread"]]


def test_a_patient_without_an_id_is_named_by_the_address_of_its_entry(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """As in Bundles that are to be posted."""
    person = {"resourceType": "Patient", "birthDate": "1950-01-01"}
    url, out = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", tmp_path / "out"
    record = _bundle(url, person, _order("m", url, "furosemide"))
    assert (
        0
        == crampcheck("screen", export({"a.ndjson": [record]}), "--out", out, "--as-of", AS_OF).code
    )
    text = json.dumps(record).encode()
    ran = crampcheck("assess", "-", "--format", "json", "--as-of", AS_OF, stdin=text)
    assert ran.out.encode() == (out / "assessments.ndjson").read_bytes()
    assert {url: ["furosemide"]} == _drugs(out)
