"""Where nothing was found and not everything could be read, somebody gets to see it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.cli.conftest import Ran, Run, crampcheck
from tests.plugin.screening.conftest import AS_OF, Export, export
from tests.plugin.screening.report.reading_html import Taken

__all__ = ["crampcheck", "export"]  # fixtures that the tests below name

LIST = "Nothing found, and something not read: all 2"


def patient(name: str, *medications: str, born: str = "1950-01-01") -> list[dict[str, Any]]:
    """A patient with active orders in words."""
    orders = [
        {
            "resourceType": "MedicationRequest",
            "id": f"{name}-{number}",
            "status": "active",
            "intent": "order",
            "subject": {"reference": f"Patient/{name}"},
            "authoredOn": "2026-10-01",
            "medicationCodeableConcept": {"text": text},
        }
        for number, text in enumerate(medications)
    ]
    return [{"resourceType": "Patient", "id": name, "birthDate": born}, *orders]


WARD = [
    *patient("child", "the little white heart pill", born="2015-05-05"),
    *patient("flagged", "furosemide 40 mg", "the little white heart pill"),
    *patient("gauze", "gauze pads"),
    *patient("pill", "the little white heart pill", "amoxicillin 500 mg"),
    *patient("read", "amoxicillin 500 mg"),
    *patient("water", "water tablet"),
]


@pytest.fixture
def screened(
    crampcheck: Run, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Ran:
    monkeypatch.setenv("CRAMPCHECK_DATA", str(tmp_path / "data"))
    source, out = export({"all.ndjson": WARD}), tmp_path / "out"
    formats = ("--format", "csv,report,worklist")
    return crampcheck("screen", source, "--out", out, "--as-of", AS_OF, *formats)


def test_the_totals_count_them_and_the_levels_add_up(screened: Ran, tmp_path: Path) -> None:
    """Who is not assessed is counted once, and not among those of whom nothing was found."""
    said = screened.err.splitlines()
    assert "patients 6 = screened 6 + failed 0" in said
    assert "levels: 1 info, 4 none, 1 not assessed" in said
    [unread] = [line for line in said if line.startswith("patients with entries")]
    assert unread.endswith("; of these, with nothing found: 2")
    manifest = json.loads((tmp_path / "out" / "run.json").read_text())
    assert 2 == manifest["counts"]["silent_unread"]


def test_the_summary_says_why(screened: Ran, tmp_path: Path) -> None:
    """A supply is told from a pill that nobody knows."""
    with (tmp_path / "out" / "summary.csv").open(newline="") as stream:
        why = {row["patient"]: row["unread_reasons"] for row in csv.DictReader(stream)}
    assert {
        "Patient/child": "no-drug-named",
        "Patient/flagged": "no-drug-named",
        "Patient/gauze": "supply",
        "Patient/pill": "no-drug-named",
        "Patient/read": "",
        "Patient/water": "no-drug-named",
    } == why


def test_the_report_lists_them(screened: Ran, tmp_path: Path) -> None:
    """And nobody whose silence means something; nobody at all in a report that is handed out."""
    rows = Taken((tmp_path / "out" / "report.html").read_bytes()).tables[LIST][1:]
    assert [
        ["Patient/pill", "A medication that names no known drug"],
        ["Patient/water", "A medication that names no known drug"],
    ] == rows


@pytest.mark.parametrize("option", [("--suppress-below", "11"), ("--report-patients", "0")])
def test_a_report_without_patients_lists_none_of_them(
    crampcheck: Run, export: Export, tmp_path: Path, option: tuple[str, str]
) -> None:
    source, out = export({"all.ndjson": WARD}), tmp_path / "out"
    crampcheck("screen", source, "--out", out, "--as-of", AS_OF, "--format", "report", *option)
    assert "Patient/" not in (out / "report.html").read_text()


def test_the_worklist_has_an_item_for_each(
    screened: Ran, crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """It is dismissed, is new again when another entry cannot be read, and gone when all can be."""

    def items(*options: str) -> list[dict[str, Any]]:
        shown = crampcheck("worklist", "list", "--format", "json", "--rule", "unread", *options)
        found: list[dict[str, Any]] = json.loads(shown.out)["items"]
        return found

    def again(*medications: str) -> None:
        source = export({"all.ndjson": patient("pill", *medications)})
        out = tmp_path / f"again{len(medications)}{medications[0][:2]}"
        crampcheck("screen", source, "--out", out, "--as-of", AS_OF, "--format", "worklist")

    pill, water = items()
    assert ("Patient/pill", "Patient/water") == (pill["patient"], water["patient"])
    assert ("none", ["medication-list-verification"], []) == (
        pill["level"],
        pill["options"],
        pill["drugs"],
    )
    assert "a medication that names no known drug" in pill["summary"]
    assert "pill" not in pill["summary"], "no text of an entry"
    mark = ("mark", pill["number"], "dismissed", "--reason", "vitamins", "--by", "A")
    assert 0 == crampcheck("worklist", *mark).code
    again("the little white heart pill")
    assert [water["number"]] == [one["number"] for one in items()], "it stays dismissed"
    again("the little white heart pill", "the red one")
    [back] = items("--patient", "Patient/pill")
    assert ("new", "the evidence has changed") == (back["status"], back["reason"])
    again("amoxicillin 500 mg")
    assert [] == items("--patient", "Patient/pill", "--status", "any")
    assert "Entries of this patient that could not be read: 1" in crampcheck("worklist", "list").out


def test_a_server_is_told_of_every_patient(crampcheck: Run, export: Export, tmp_path: Path) -> None:
    """That nothing was found too, and whether everything could be read."""
    source, out = export({"all.ndjson": WARD}), tmp_path / "out"
    ran = crampcheck("screen", source, "--out", out, "--as-of", AS_OF, "--format", "fhir")
    assert 0 == ran.code
    told = [json.loads(line) for line in (out / "guidance-responses.ndjson").open()]
    assert {
        "Patient/child": "failure",
        "Patient/flagged": "data-requested",
        "Patient/gauze": "success",
        "Patient/pill": "data-requested",
        "Patient/read": "success",
        "Patient/water": "data-requested",
    } == {one["subject"]["reference"]: one["status"] for one in told}
