"""The tables of `crampcheck assess`: what a person sees of a long record."""

from __future__ import annotations

import json
import re
from datetime import date
from io import StringIO
from typing import Any

import click
import pytest

from plugin.cli.table import show
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from tests.plugin.cli.conftest import Run
from tests.plugin.golden import case

AS_OF = "2026-11-01"


def order(id_: str, status: str, text: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": status,
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "authoredOn": "2026-10-01",
        "medicationCodeableConcept": {"text": text},
    }


def table(crampcheck: Run, *orders: dict[str, Any]) -> str:
    patient = {"resourceType": "Patient", "id": "p", "birthDate": "1950-01-01"}
    lines = "\n".join(json.dumps(resource) for resource in (patient, *orders))
    ran = crampcheck("assess", "-", "--as-of", AS_OF, stdin=lines.encode())
    assert (0, "") == (ran.code, ran.err)
    return ran.out


def rows(said: str) -> list[list[str]]:
    """The cells of the last table."""
    last = said.rpartition("Medications read")[2]
    found = [line.strip("│").split("│") for line in last.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in row] for row in found]


def test_what_is_taken_comes_first_and_repeats_of_the_past_share_a_row(crampcheck: Run) -> None:
    """Forty old orders of one drug are counted, none is lost, and those taken are not buried."""
    old = [order(f"a{n:02}", "stopped", "simvastatin 20 MG Oral Tablet") for n in range(40)]
    said = table(
        crampcheck,
        *old,
        order("b1", "completed", "amoxicillin 500 MG Oral Capsule"),
        order("z1", "active", "simvastatin 20 MG Oral Tablet"),
    )
    assert "Medications read: 42, of which current: 1" in said
    assert [
        ["simvastatin 20 MG Oral Tablet", "simvastatin", "current", "MedicationRequest/z1"],
        ["simvastatin 20 MG Oral Tablet", "simvastatin", "not current", "40 entries"],
        ["amoxicillin 500 MG Oral Capsule", "amoxicillin", "not current", "MedicationRequest/b1"],
    ] == rows(said)


def test_the_same_order_twice_at_present_is_listed_twice(crampcheck: Run) -> None:
    """Two that count are two to look at."""
    said = table(crampcheck, *(order(id_, "active", "furosemide 40 mg") for id_ in ("m1", "m2")))
    assert ["MedicationRequest/m1", "MedicationRequest/m2"] == [row[3] for row in rows(said)]


def test_a_reference_is_never_cut_short(crampcheck: Run) -> None:
    """It is what the entry is found by: it may go on in the next line."""
    id_ = "1a590978-d622-4faa-980c-c05e27036e52"
    said = table(crampcheck, order(id_, "active", "furosemide " * 8))
    assert "…" not in said
    assert f"MedicationRequest/{id_}" == "".join(row[3] for row in rows(said))


def test_a_finding_about_a_pair_shows_both_orders_as_they_were_written(crampcheck: Run) -> None:
    """A dose that could not be read is looked for in the order: here is which."""
    said = table(
        crampcheck,
        order("m1", "active", "simvastatin 20 MG Oral Tablet"),
        order("m2", "active", "verapamil 40 MG Oral Tablet"),
        order("m3", "active", "amoxicillin 500 MG Oral Capsule"),
    )
    assert "statin-dose-not-read" in said
    findings = re.sub(r"[\s│]+", " ", said.partition("Medications read")[0])
    assert "- “simvastatin 20 MG Oral Tablet” - MedicationRequest/m1" in findings
    assert "- “verapamil 40 MG Oral Tablet” - MedicationRequest/m2" in findings
    assert "amoxicillin" not in findings


def test_what_could_not_be_read_says_why_in_words(crampcheck: Run) -> None:
    """The reason of the contract, and what was wrong with this entry."""
    said = table(crampcheck, order("m1", "active", "furosemide and diuretics"))
    unread = said.partition("Could not be read")[2].partition("Medications read")[0]
    words = " ".join(line.split("│")[2].strip() for line in unread.splitlines() if "│" in line)
    assert re.match(r"[a-z-]+: \S+", words), words


def test_in_a_narrow_terminal_no_name_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be read as another: hydrochlorothiazide as hydrocortisone. All goes on below."""

    class Narrow(StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "40")
    pipeline = default_pipeline()
    resources = case("low-potassium-egfr-unknown").resources
    lines = "\n".join(json.dumps(resource) for resource in resources).encode()
    assessment = pipeline.assess_entries(split(lines), date.fromisoformat(AS_OF))
    show(assessment, pipeline.knowledge, out := Narrow())
    said = click.unstyle(out.getvalue())
    assert {len(line) for line in said.splitlines() if "│" in line} == {40}
    assert "…" not in said
    drugs = [line.split("│")[2].strip() for line in said.splitlines() if line.count("│") == 4]
    assert "hydrochlorothiazide" in "".join(drugs)
