"""How an export is begun and waited for, and what is said where that fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.plugin.screening.remote.bulk_server import (
    TOKEN,
    BulkServer,
    Reply,
    as_json,
    bulk_server,
    outcome,
)
from tests.plugin.screening.remote.conftest import Screen
from tests.plugin.screening.remote.ward import all_warned, filled

READ_R4 = (
    "AllergyIntolerance,Condition,Medication,MedicationAdministration,MedicationDispense,"
    "MedicationRequest,MedicationStatement,Observation,Patient,Specimen"
)


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAMPCHECK_FHIR_TOKEN", TOKEN)


def kick_offs(bulk: BulkServer) -> list[str]:
    return [path for path in bulk.paths() if path.endswith("$export")]


@pytest.mark.parametrize(
    ("level", "path"),
    [
        ("system", "/fhir/$export"),
        ("patient", "/fhir/Patient/$export"),
        ("group/ward-7", "/fhir/Group/ward-7/$export"),
    ],
)
def test_an_export_is_asked_for_as_the_specification_has_it(
    bulk: BulkServer, screen: Screen, tmp_path: Path, level: str, path: str
) -> None:
    """The level, exactly the types that are read, the format, and the header; then the answers."""
    ran = screen(filled(bulk).url, "--export", level)
    assert (0, "") == (ran.code, ran.out), ran.err
    assert all_warned(tmp_path / "out")
    [asked] = [one for one in bulk.asked if one.name.endswith("$export")]
    assert path == asked.name
    assert {"_outputFormat": "application/fhir+ndjson", "_type": READ_R4} == asked.query
    assert ("respond-async", "application/fhir+json", f"Bearer {TOKEN}") == (
        asked.headers["prefer"],
        asked.headers["accept"],
        asked.headers["authorization"],
    )
    assert ["1"] == bulk.deletions
    assert "as of 2026-11-20T06:00:00Z" in ran.err


def test_types_since_and_format_are_the_users(bulk: BulkServer, screen: Screen) -> None:
    """Nothing is added to the types that a user names."""
    ran = screen(
        filled(bulk).url,
        *("--export", "system", "--types", "Patient, Condition,Patient"),
        *("--since", "2026-10-01T00:00:00+02:00", "--output-format", "ndjson"),
    )
    assert 0 == ran.code, ran.err
    [asked] = [one for one in bulk.asked if one.name.endswith("$export")]
    assert {
        "_outputFormat": "ndjson",
        "_type": "Patient,Condition",
        "_since": "2026-10-01T00:00:00+02:00",
    } == asked.query
    assert "Observation-1" not in "".join(bulk.paths())  # sent all the same, and of no use


def test_types_follow_the_release_and_the_offer_of_the_server(
    bulk: BulkServer, screen: Screen
) -> None:
    """R5 has another name for statements, and a type that is not offered is not asked for."""
    filled(bulk).metadata = {"fhirVersion": "5.0.0"}
    screen(bulk.url, "--export", "system")
    offered = [{"type": one} for one in ("Patient", "Observation", "MedicationRequest", "Account")]
    bulk.metadata = {"fhirVersion": "4.0.1", "rest": [{"mode": "server", "resource": offered}]}
    screen(bulk.url, "--export", "system")
    first, second = [one.query["_type"] for one in bulk.asked if one.name.endswith("$export")]
    assert READ_R4.replace("MedicationStatement", "MedicationUsage") == ",".join(
        sorted(first.split(","))
    )
    assert "MedicationRequest,Observation,Patient" == second


def test_a_server_without_metadata_is_asked_all_the_same(bulk: BulkServer, screen: Screen) -> None:
    bulk.once("/metadata", Reply(401))
    ran = screen(filled(bulk).url, "--export", "system")
    assert 0 == ran.code, ran.err


def test_progress_is_shown_and_retry_after_obeyed(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """Seconds and dates, 202, 429 and 503; of the progress only what can be printed."""
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
    bulk.once(
        "/status/1",
        Reply(202, headers={"Retry-After": "0", "X-Progress": "10% \x1b[31mred"}),
        Reply(429, headers={"Retry-After": "0"}),
        Reply(503, headers={"Retry-After": soon}),
        Reply(502, headers={"Retry-After": "0"}),
        Reply(202, headers={"Retry-After": "0", "X-Progress": "word " * 100}),
    )
    ran = screen(filled(bulk).url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")
    assert "the server prepares the export: 10%  [31mred.\n" in ran.err
    assert f"the server prepares the export: {'word ' * 20}.\n" in ran.err
    assert "\x1b" not in ran.err
    assert 6 == bulk.paths().count("/fhir/status/1")


def test_a_progress_that_tells_the_token_is_not_repeated(bulk: BulkServer, screen: Screen) -> None:
    """Some servers echo what they were sent, and logs are read by many."""
    link = f"https://files.example.org/x?sig={TOKEN}"
    for said in (f"for Authorization: Bearer {TOKEN} 10%", f"10% of {link}"):
        bulk.once("/status/1", Reply(202, headers={"Retry-After": "0", "X-Progress": said}))
    ran = screen(filled(bulk).url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert "the server prepares the export: for Authorization: ... 10%." in ran.err
    assert TOKEN not in ran.err


def test_a_busy_kick_off_is_asked_again(bulk: BulkServer, screen: Screen) -> None:
    bulk.once("$export", Reply(429, headers={"Retry-After": "0"}), Reply(503))
    ran = screen(filled(bulk).url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert 3 == len(kick_offs(bulk))


def test_an_export_that_takes_too_long_is_left_to_be_gone_on_with(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """The next run waits for the same export."""
    filled(bulk).polls = 3
    ran = screen(bulk.url, "--export", "system", "--export-hours", "0.0000001")
    assert 12 == ran.code
    assert "not done with the export after 1e-07 hours" in ran.err
    assert "goes on from there" in ran.err
    assert [] == bulk.deletions
    again = screen(bulk.url, "--export", "system")
    assert 0 == again.code, again.err
    assert "going on with the export of an earlier run" in again.err
    assert 1 == len(kick_offs(bulk))
    assert all_warned(tmp_path / "out")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (as_json(outcome("exception", text="of Mr Smith"), 500), "500 with OperationOutcome (exc"),
        (Reply(500, b"<html>Smith"), "answered 500 for the status"),
        (Reply(400), "answered 400 for the status"),
        (Reply(200, b"<html>"), "its manifest is no JSON object"),
        (Reply(304), "answered 304 for the status"),
    ],
)
def test_an_export_that_fails_is_said_and_deleted(
    bulk: BulkServer, screen: Screen, tmp_path: Path, reply: Reply, words: str
) -> None:
    """Codes and statuses, never the server's words."""
    bulk.once("/status/1", reply)
    ran = screen(filled(bulk).url, "--export", "system")
    assert 12 == ran.code
    assert words in ran.err
    assert "Smith" not in ran.err
    assert ["1"] == bulk.deletions
    assert not list((tmp_path / "out").rglob("*.json*"))
    screen(bulk.url, "--export", "system")
    assert 2 == len(kick_offs(bulk))  # nothing is left of the first


def test_a_fault_that_may_pass_is_waited_out(bulk: BulkServer, screen: Screen) -> None:
    bulk.once("/status/1", as_json(outcome("transient"), 500, Retry_After="0"))
    ran = screen(filled(bulk).url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert 1 == len(kick_offs(bulk))


def test_an_export_that_the_server_forgot_is_begun_anew_once(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """404 and 410 on the status; a server that always forgets ends in a sentence."""
    bulk.once("/status/1", Reply(410))
    ran = screen(filled(bulk).url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert "has expired at the server; it is exported anew" in ran.err
    assert 2 == len(kick_offs(bulk))
    bulk.script.clear()
    bulk.script.append(lambda asked: Reply(404) if "/status/" in asked.path else None)
    never = screen(bulk.url, "--export", "system", out=tmp_path / "never")
    assert 12 == never.code
    assert "expire before they can be downloaded" in never.err


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("", "does not say where its status is (Content-Location): it is no address"),
        ("https://user@evil.example.org/x", "it names a user"),
        ("ftp://evil.example.org/x", "it does not begin with https://"),
        ("https://[::1/x", "it is no address"),
        ("http://evil.example.org/x", "it is not https"),
        ("https://evil.example.org/x", "https://evil.example.org, where the token may not go"),
    ],
)
def test_a_status_elsewhere_gets_no_token(
    bulk: BulkServer, screen: Screen, location: str, words: str
) -> None:
    bulk.once("$export", Reply(202, headers={"Content-Location": location}))
    ran = screen(bulk.url, "--export", "system")
    assert 12 == ran.code
    assert words in ran.err


def test_a_status_on_another_port_gets_no_token(bulk: BulkServer, screen: Screen) -> None:
    """The same machine is not the same server."""
    with bulk_server() as other:
        location = f"{other.url}/status/1?{TOKEN}"
        bulk.once("$export", Reply(202, headers={"Content-Location": location}))
        ran = screen(bulk.url, "--export", "system")
        assert 12 == ran.code
        assert "where the token may not go" in ran.err
        assert [] == other.asked


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 500])
def test_a_refused_kick_off_is_said(bulk: BulkServer, screen: Screen, status: int) -> None:
    bulk.once("$export", as_json(outcome("not-supported"), status, Location="http://127.0.0.1/x"))
    ran = screen(bulk.url, "--export", "system")
    assert 12 == ran.code
    assert f"{bulk.origin}: it answered {status}" in ran.err
    assert "to the request for an export" in ran.err


def test_a_server_that_is_not_there_is_said(screen: Screen) -> None:
    with bulk_server() as gone:
        url = gone.url
    ran = screen(url, "--export", "system", "--types", "Patient")
    assert 12 == ran.code
    assert "could not be reached" in ran.err
    assert "Check its address" in ran.err
