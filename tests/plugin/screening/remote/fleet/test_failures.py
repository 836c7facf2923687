"""A patient is fetched whole or is a failure with a reason; a server that is not there is said."""

from __future__ import annotations

import gzip
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.screening.conftest import lines
from tests.plugin.screening.remote.conftest import Screen
from tests.plugin.screening.remote.fleet.clinic import (
    Clinic,
    group,
    ids_file,
    path_of,
    people,
    query_of,
    searchset,
)
from tests.plugin.screening.remote.fleet.conftest import Answers
from tests.servers.local import free_port
from tests.servers.scripted import Asked, Reply, fhir

AT_ONCE = {"Retry-After": "0"}
ELSEWHERE = [{"relation": "next", "url": "https://evil.example.org/fhir/Observation?page=2"}]
BESIDE = [{"relation": "next", "url": "../secret?page=2"}]
ISSUE = {"severity": "error", "code": "processing", "diagnostics": "Jane Doe"}
OUTCOME = {"resourceType": "OperationOutcome", "id": "x", "issue": [ISSUE]}
HTML = {"Content-Type": "text/html"}
PACKED = {"Content-Type": "application/fhir+json", "Content-Encoding": "gzip"}


def of_others(path: str) -> Any:
    return {"resourceType": path, "id": "z", "subject": {"reference": "Patient/a"}}


def bomb() -> Reply:
    """130 MiB of spaces behind a bracket."""
    return Reply(gzip.compress(b"[" + b" " * 130 * 1024 * 1024, 1), headers=PACKED)


def only_b_failed(out: Path) -> str:
    """The others are screened, b is in no answer. Returns the reason."""
    found = [one["patient"] for one in lines(out / "assessments.ndjson")]
    assert ["Patient/a", "Patient/c"] == found
    [row] = lines(out / "failed.ndjson")
    assert "Patient/b" == row["patient"]
    assert "Jane" not in row["reason"]
    counts = json.loads((out / "run.json").read_bytes())["counts"]
    assert (3, 2, 1) == (counts["patients"], counts["screened"], counts["failed"]["patients"])
    return str(row["reason"])


@pytest.mark.parametrize(
    ("path", "reply", "reason"),
    [
        ("Patient/b", Reply(status=404), "the Patient could not be fetched: it answered 404"),
        ("Patient/b", fhir({"resourceType": "Patient", "id": "a"}), "answered with another"),
        ("Patient/b", Reply(status=302, headers={"Location": "/fhir/Patient/a"}), "answered 302"),
        ("Condition", fhir(OUTCOME, 403), "403 with OperationOutcome (processing)"),
        ("Observation", Reply(status=500, headers=AT_ONCE), "Observation could not be"),
        ("Observation", fhir(searchset([], link=ELSEWHERE)), "next page is not below"),
        ("Observation", fhir(searchset([], link=BESIDE)), "next page is not below"),
        ("Observation", fhir(searchset([], total=3)), "counts more than it sent"),
        ("Observation", fhir(searchset([OUTCOME])), "OperationOutcome (processing)"),
        ("Observation", fhir(OUTCOME), "OperationOutcome (processing)"),
        ("Observation", fhir({"resourceType": "Patient", "id": "b"}), "is no Bundle"),
        ("Observation", Reply(b"<html>", headers=HTML), "a type that is no JSON"),
        ("Observation", Reply(b'{"resourceType":"Bun', headers={}), "is no JSON"),
        ("Observation", Reply(b"\xff{}", headers={}), "is no JSON"),
        ("Observation", Reply(b"[" * 100_000, headers={}), "is no JSON"),
        ("Observation", Reply(b"{}", headers=PACKED), "broken gzip"),
        ("Condition", fhir(searchset([of_others("Condition")])), "what is of another patient"),
        ("Condition", fhir(searchset([of_others("Observation")])), "was not asked for"),
    ],
)
def test_a_patient_who_cannot_be_had_whole_fails_and_nobody_else(
    *, clinic: Clinic, screen: Screen, tmp_path: Path, path: str, reply: Reply, reason: str
) -> None:
    """With the reason, in the totals, and without a word of the server's own."""
    clinic.refuse(path, reply, patient="" if "/" in path else "b")
    ran = screen(clinic.url, "--patients", ids_file(tmp_path, "a", "b", "c"))
    assert 13 == ran.code, ran.err
    assert reason in only_b_failed(tmp_path / "out")
    assert "patients 3 = screened 2 + failed 1" in ran.err
    assert "2 patients are here, 1 could not be fetched" in ran.err
    assert not [one for one in clinic.paths if "secret" in one]


def test_a_second_page_that_breaks_is_a_failure_too(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    """What the first one held is not judged."""

    def broken(asked: Asked) -> Reply | None:
        query = query_of(asked)
        return (
            Reply(status=410) if ("b", "2") == (query.get("patient"), query.get("from")) else None
        )

    clinic.instead.append(broken)
    ran = screen(clinic.url, "--patients", ids_file(tmp_path, "a", "b", "c"))
    assert 13 == ran.code
    assert "Observation could not be fetched: it answered 410" in only_b_failed(tmp_path / "out")


@pytest.mark.parametrize("new", [False, True])
def test_pages_without_end_are_a_failure(
    clinic: Clinic, screen: Screen, tmp_path: Path, new: bool
) -> None:
    """Whether they go in a circle, or are new each time and bring the same."""
    numbers = itertools.count()

    def endless(asked: Asked) -> Reply | None:
        if path_of(asked) != "Observation" or query_of(asked).get("patient") != "b":
            return None
        more = f"{clinic.url}/Observation?patient=b&page={next(numbers) if new else 0}"
        return fhir(searchset([], link=[{"relation": "next", "url": more}]))

    clinic.instead.append(endless)
    ran = screen(clinic.url, "--patients", ids_file(tmp_path, "a", "b", "c"))
    assert 13 == ran.code
    assert "pages of its answer do not end" in only_b_failed(tmp_path / "out")
    assert next(numbers) < 10


def test_a_gzip_bomb_is_a_failure(clinic: Clinic, screen: Screen, tmp_path: Path) -> None:
    clinic.refuse("Condition", bomb(), patient="b")
    ran = screen(clinic.url, "--patients", ids_file(tmp_path, "a", "b", "c"))
    assert 13 == ran.code
    assert "answer is too large" in only_b_failed(tmp_path / "out")


def test_a_medication_that_is_refused_fails_those_who_need_it(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    """It is asked for a few times, not by each of a nation."""
    clinic.resources += [
        one for id_ in "defgh" for one in people(id_) if one["resourceType"] != "Medication"
    ]
    clinic.resources = [one for one in clinic.resources if one["id"] not in ("o-a", "o-c")]
    clinic.refuse("Medication/thz", fhir(OUTCOME, 403))
    names = ids_file(tmp_path, *"abcdefgh")
    ran = screen(clinic.url, "--patients", names, "--concurrency", "1")
    assert 13 == ran.code
    failed = {one["patient"]: one["reason"] for one in lines(tmp_path / "out" / "failed.ndjson")}
    assert {f"Patient/{one}" for one in "bdefgh"} == set(failed)
    assert all("a Medication or Specimen could not" in one for one in failed.values())
    assert 3 == clinic.paths.count("Medication/thz")


def test_where_everybody_fails_there_is_no_answer_and_the_reasons(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    ran = screen(clinic.url, "--patients", ids_file(tmp_path, "x", "y"))
    assert 13 == ran.code
    assert [] == lines(tmp_path / "out" / "assessments.ndjson")
    failed = lines(tmp_path / "out" / "failed.ndjson")
    assert ["Patient/x", "Patient/y"] == [one["patient"] for one in failed]


def test_a_server_that_lets_us_see_nobody_ends_the_run(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    """Rather than to list a nation as failures."""
    clinic.instead.append(
        lambda asked: Reply(status=403) if path_of(asked).startswith("Patient/") else None
    )
    ran = screen(clinic.url, "--patients", ids_file(tmp_path, *(f"p{n}" for n in range(99))))
    assert 12 == ran.code
    assert "20 patients in a row failed; the Patient could not be fetched: it answered" in ran.err
    assert len(clinic.paths) < 40
    assert not (tmp_path / "out" / "assessments.ndjson").exists()


def test_a_server_that_goes_away_is_gone_on_with(
    clinic: Clinic, screen: Screen, from_files: Answers, tmp_path: Path
) -> None:
    """What is here stays, and who failed meanwhile is asked for again."""
    names = ids_file(tmp_path, "a", "b", "c", *"defghijk")
    clinic.resources = people(*"abcdefghijk")
    gone = Reply(status=502, headers=AT_ONCE)
    clinic.instead.append(lambda _: gone if len(clinic.paths) > 40 else None)
    ran = screen(clinic.url, "--patients", names, "--concurrency", "2")
    assert 12 == ran.code
    assert "patients in a row failed" in ran.err
    assert "it goes on from there" in ran.err
    assert not (tmp_path / "out" / "assessments.ndjson").exists()
    clinic.instead.clear()
    before = len(clinic.paths)
    ran = screen(clinic.url, "--patients", names)
    assert 0 == ran.code, ran.err
    assert "going on with an earlier run" in ran.err
    assert "Patient/a" not in clinic.paths[before:]
    found = (tmp_path / "out" / "assessments.ndjson").read_bytes()
    assert from_files(people(*"abcdefghijk")) == found


def test_records_on_which_a_server_always_breaks_stop_the_others_once(
    clinic: Clinic, screen: Screen, tmp_path: Path
) -> None:
    """Five in a row look as if it were gone; after the others they are failures of their own."""
    clinic.resources = people(*"abcdefgh")
    gone = Reply(status=504, headers=AT_ONCE)
    for one in "abcde":
        clinic.refuse("Observation", gone, patient=one)
    names = ids_file(tmp_path, *"abcdefgh")
    ran = screen(clinic.url, "--patients", names, "--concurrency", "1")
    assert 12 == ran.code
    assert "it goes on from there" in ran.err
    ran = screen(clinic.url, "--patients", names, "--concurrency", "1")
    assert 13 == ran.code, ran.err
    found = [one["patient"] for one in lines(tmp_path / "out" / "assessments.ndjson")]
    assert [f"Patient/{one}" for one in "fgh"] == found
    failed = [one["patient"] for one in lines(tmp_path / "out" / "failed.ndjson")]
    assert [f"Patient/{one}" for one in "abcde"] == failed


def test_nobody_at_the_address_is_said(screen: Screen, tmp_path: Path) -> None:
    ran = screen(f"http://127.0.0.1:{free_port()}/fhir", "--group", "ward")
    assert 12 == ran.code
    assert "could not be reached" in ran.err
    assert not (tmp_path / "out").exists()


def test_a_group_that_is_not_there_is_said(clinic: Clinic, screen: Screen, tmp_path: Path) -> None:
    clinic.resources.append(group("Patient/a", id_="other"))
    ran = screen(clinic.url, "--group", "ward")
    assert 12 == ran.code
    assert "Group/ward: it answered 404" in ran.err
    assert not (tmp_path / "out").exists()
