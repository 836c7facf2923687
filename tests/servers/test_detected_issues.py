"""The FHIR results of a run, loaded into a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.plugin.screening.sinks.outcomes import (
    FAILED,
    golden,
    lines,
    marta,
    outcome,
    results,
)
from tests.servers.sekmet import FhirServer

FILES = ("detected-issues.ndjson", "guidance-responses.ndjson")


def rows_of(folder: Path) -> list[dict[str, Any]]:
    out = results(folder, "fhir", [*golden(), FAILED])
    return [row for name in FILES for row in lines(out / name)]


def without_meta(resource: dict[str, Any]) -> dict[str, Any]:
    """As it was sent: a server adds a version and a time."""
    return {key: value for key, value in resource.items() if key != "meta"}


def test_a_server_takes_every_line_and_gives_it_back(server: FhirServer, tmp_path: Path) -> None:
    """Loaded twice, as by two runs, it holds each once."""
    rows = rows_of(tmp_path / "one")
    server.load(rows)
    server.load(rows_of(tmp_path / "two"))
    for row in rows:
        assert row == without_meta(server.get(f"{row['resourceType']}/{row['id']}"))
    for kind in ("DetectedIssue", "GuidanceResponse"):
        sent = [row["id"] for row in rows if row["resourceType"] == kind]
        assert len(sent) == server.get(f"{kind}?_summary=count")["total"]


def test_what_a_later_run_says_takes_the_place_of_what_was_said(
    server: FhirServer, tmp_path: Path
) -> None:
    """The same finding on new evidence: its second version, and no second issue."""
    for day, potassium in enumerate((3.2, 3.1)):
        out = results(tmp_path / str(day), "fhir", [outcome(marta(potassium))])
        rows = lines(out / FILES[0])
        server.load(rows)
    found = [server.get(f"DetectedIssue/{row['id']}") for row in rows]
    assert rows == [without_meta(one) for one in found]
    assert any("3.1 mmol/L" in str(one["evidence"]) for one in found)
    assert not any("3.2 mmol/L" in str(one["evidence"]) for one in found)
