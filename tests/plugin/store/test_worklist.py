"""The worklist: what a person made of a finding is kept from run to run, on both databases."""

from __future__ import annotations

import json
import stat
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from plugin.config import Settings
from plugin.screening.outcome import Failed, Outcome
from plugin.screening.sinks import choose, name_results, open_sinks
from plugin.screening.sinks.names import WORKLIST_ROWS
from plugin.store.address import address_of
from plugin.store.engine import open_engine
from plugin.store.errors import DatabaseUnreadable
from plugin.store.tables import worklist_item, worklist_run
from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.screening.sinks.outcomes import (
    DAY,
    FAILED,
    about,
    golden,
    marta,
    outcome,
    results,
)
from tests.servers.postgres import Postgres

__all__ = ["crampcheck"]  # a fixture that the tests below name

LOW = "low-potassium"


class List:
    """A worklist over an empty database, as its command shows it."""

    def __init__(self, settings: Settings, run: Run, folder: Path) -> None:
        self.settings = settings
        self.run = run
        self._folder = folder
        self._runs = 0

    def screened(self, *outcomes: Outcome, day: date = DAY, name: str = "") -> None:
        """A run over these patients."""
        self._runs += 1
        of = about(name or f"run-{self._runs}", day)
        out = self._folder / str(self._runs)
        results(out, "worklist", outcomes, of=of, settings=self.settings)
        assert not (out / WORKLIST_ROWS).exists()

    def items(self, *options: str) -> list[dict[str, Any]]:
        ran = self.run("worklist", "list", "--format", "json", *options)
        assert (0, "") == (ran.code, ran.err)
        shown = json.loads(ran.out)
        assert "crampcheck.worklist/1" == shown["schema"]
        found: list[dict[str, Any]] = shown["items"]
        return found

    def one(self, *options: str) -> dict[str, Any]:
        """The item of the low potassium."""
        of_marta = ("--rule", LOW, "--patient", "Patient/marta", "--status", "any")
        [found] = self.items(*of_marta, *options)
        return found

    def mark(self, status: str, *options: str) -> None:
        number = self.one()["number"]
        ran = self.run("worklist", "mark", number, status, "--by", "A. Pharmacist", *options)
        assert (0, f"marked {status}: 1\n") == (ran.code, ran.out)

    def marks(self) -> list[tuple[str, str, str]]:
        number = self.one("--gone")["number"]
        shown = json.loads(self.run("worklist", "show", number, "--format", "json").out)
        return [(one["status"], one["by"], one["reason"]) for one in shown["marks"]]


@pytest.fixture
def worklist(
    settings: Settings, crampcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> List:
    monkeypatch.setenv("CRAMPCHECK_DATABASE", settings.database)
    monkeypatch.setenv("CRAMPCHECK_DATA", settings.data)
    return List(settings, crampcheck, tmp_path)


def without_potassium(resources: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in resources if one["resourceType"] == "Patient"]


def test_every_finding_is_on_the_list_with_what_it_takes_to_act(worklist: List) -> None:
    """Worst first; a patient who failed is not on it."""
    worklist.screened(*golden(), FAILED)
    answers = [json.loads(one.line) for one in golden()]
    expected = sorted(
        (answer["patient"], one["rule"], one["level"], one["summary"], one["mitigations"])
        for answer in answers
        for one in answer["findings"]
    )
    items = worklist.items()
    keys = ("patient", "rule", "level", "summary", "options")
    assert expected == sorted(tuple(one[key] for key in keys) for one in items)
    ranks = [["critical", "warning", "info"].index(one["level"]) for one in items]
    assert ranks == sorted(ranks)
    assert {"new"} == {one["status"] for one in items}
    assert "Patient/zz" not in str(items)


def test_the_same_finding_keeps_its_status_in_a_later_run(worklist: List) -> None:
    """And its number, its reason and who said so."""
    worklist.screened(outcome(marta()))
    worklist.mark("dismissed", "--reason", "known, on a plan")
    before = worklist.one()
    worklist.screened(outcome(marta()))
    after = worklist.one()
    assert {**before, "last_run": "run-2"} == after
    assert ("dismissed", "known, on a plan", "A. Pharmacist") == (
        after["status"],
        after["reason"],
        after["marked_by"],
    )


@pytest.mark.parametrize("status", ["done", "dismissed"])
def test_what_is_settled_comes_back_when_its_evidence_changes(worklist: List, status: str) -> None:
    """As new, with the reason; what was said of it stays in its marks."""
    worklist.screened(outcome(marta(3.3)))
    worklist.mark(status, "--reason", "replaced")
    worklist.screened(outcome(marta(3.1)))
    assert ("new", "the evidence has changed", "run run-2") == tuple(
        worklist.one()[key] for key in ("status", "reason", "marked_by")
    )
    assert [
        (status, "A. Pharmacist", "replaced"),
        ("new", "run run-2", "the evidence has changed"),
    ] == worklist.marks()


def test_what_is_open_stays_as_it_is_when_its_evidence_changes(worklist: List) -> None:
    """It is on the list anyway."""
    worklist.screened(outcome(marta(3.3)))
    worklist.mark("seen")
    worklist.screened(outcome(marta(3.1)))
    assert "seen" == worklist.one()["status"]


def test_what_is_no_longer_found_is_gone_and_may_come_back(worklist: List) -> None:
    """Off the list, shown on request; found again it has the status that it had."""
    worklist.screened(outcome(marta()))
    worklist.mark("seen")
    worklist.screened(outcome(without_potassium(marta())))
    assert [] == worklist.items("--status", "any")
    assert (True, "seen", "run-2") == tuple(
        worklist.one("--gone")[key] for key in ("gone", "status", "last_run")
    )
    worklist.screened(outcome(marta()))
    assert (False, "seen") == (worklist.one()["gone"], worklist.one()["status"])


@pytest.mark.parametrize("status", ["done", "dismissed"])
def test_what_was_settled_and_gone_is_new_when_it_is_found_again(
    worklist: List, status: str
) -> None:
    """With the same evidence: a result that is missing again has none that could change."""
    worklist.screened(outcome(marta()))
    worklist.mark(status, "--reason", "seen to")
    worklist.screened(outcome(marta()))
    assert status == worklist.one()["status"]
    worklist.screened(outcome(without_potassium(marta())))
    worklist.screened(outcome(marta()))
    back = worklist.one()
    assert ("new", "it was gone, and is found again") == (back["status"], back["reason"])


def test_a_run_says_nothing_of_patients_whom_it_did_not_screen(worklist: List) -> None:
    """Another ward, or a patient who failed."""
    worklist.screened(outcome(marta()))
    worklist.screened(*(one for one in golden() if one.patient != "Patient/marta"))
    assert (False, "run-1") == (worklist.one()["gone"], worklist.one()["last_run"])
    worklist.screened(Failed("Patient/marta", "internal error (KeyError); please report it."))
    assert not worklist.one()["gone"]


def test_a_run_of_an_earlier_day_changes_nothing_of_a_later_one(worklist: List) -> None:
    """An old export that is screened again neither ends findings nor brings them back."""
    worklist.screened(outcome(marta(3.3)))
    worklist.mark("done")
    before = worklist.one()
    earlier = date(2026, 10, 30)
    worklist.screened(outcome(marta(3.1), earlier), day=earlier)
    worklist.screened(outcome(without_potassium(marta())), day=earlier)
    assert before == worklist.one()


def test_an_odd_reference_keeps_nobody_off_the_list(worklist: List) -> None:
    """A database that takes no NUL gets none, and no terminal is driven by it."""
    odd = "Patient/a\x00\x1b[2J\u202e"
    worklist.screened(replace(outcome(marta()), patient=odd), outcome(marta()))
    patients = {one["patient"] for one in worklist.items()}
    assert {"Patient/marta", r"Patient/a\x00\x1b[2J\u202e"} == patients
    before = worklist.items()
    worklist.screened(replace(outcome(marta()), patient=odd), outcome(marta()))
    assert [one["number"] for one in before] == [one["number"] for one in worklist.items()]


def test_a_run_is_put_on_the_list_once(worklist: List) -> None:
    """A second time, as after a kill, changes nothing: not what was marked meanwhile either."""
    worklist.screened(outcome(marta(3.3)), name="a")
    worklist.mark("done")
    worklist.screened(outcome(marta(3.1)), name="a")
    assert ("done", "a") == (worklist.one()["status"], worklist.one()["last_run"])


def test_a_run_that_cannot_be_put_on_whole_is_not_put_on_at_all(
    worklist: List, tmp_path: Path
) -> None:
    """One transaction; the rows stay, and the next attempt puts them on."""
    worklist.screened(outcome(marta()))
    chosen, unfinished = choose("worklist"), tmp_path / "work"
    with open_sinks(chosen, unfinished, about("broken")) as sinks:
        for one in golden():
            sinks.write(one)
    rows = unfinished / WORKLIST_ROWS
    whole = rows.read_bytes()
    rows.write_bytes(whole + whole.splitlines(keepends=True)[3])  # a patient twice
    with pytest.raises(DatabaseUnreadable, match="the worklist cannot be written"):
        name_results(chosen, unfinished, tmp_path / "out", worklist.settings)
    assert {"run-1"} == {one["last_run"] for one in worklist.items()}
    assert [] == list((tmp_path / "out").glob("*"))
    rows.write_bytes(whole)
    name_results(chosen, unfinished, tmp_path / "out", worklist.settings)
    assert {"broken"} == {one["last_run"] for one in worklist.items()}
    with open_engine(address_of(worklist.settings), pooled=False).begin() as connection:
        counts = connection.execute(worklist_run.select().order_by(worklist_run.c.recorded_ms))
        patients = [(row.run, row.patients) for row in counts]
    assert [("run-1", 1), ("broken", len(golden()))] == patients


def test_the_list_is_filtered_by_level_rule_status_and_patient(worklist: List) -> None:
    """Several values of one option are one-of; the count is of all that match."""
    worklist.screened(*golden())
    everything = worklist.items()
    warnings = worklist.items("--level", "warning", "--level", "info")
    assert warnings == [one for one in everything if one["level"] != "critical"]
    assert 0 < len(warnings) < len(everything)
    of_rule = worklist.items("--rule", LOW)
    assert of_rule == [one for one in everything if one["rule"] == LOW]
    of_marta = worklist.items("--patient", "Patient/marta")
    assert of_marta == worklist.items("--patient", "marta")
    assert of_marta == [one for one in everything if one["patient"] == "Patient/marta"]
    worklist.mark("seen")
    assert [LOW] == [one["rule"] for one in worklist.items("--status", "seen")]
    assert [] == worklist.items("--status", "done")
    shown = json.loads(worklist.run("worklist", "list", "--most", 2, "--format", "json").out)
    assert (len(everything), 2) == (shown["count"], len(shown["items"]))


def test_a_table_for_a_person(worklist: List) -> None:
    """One row for each item, and the whole of one."""
    worklist.screened(outcome(marta()))
    worklist.mark("seen")
    table = worklist.run("worklist", "list").out
    assert "Patient/marta" in table
    assert "seen" in table
    one = worklist.run("worklist", "show", worklist.one()["number"]).out
    for part in ("potassium-repletion-review", "A. Pharmacist", "Could not be read"):
        assert part in one


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("mark", 1, "dismissed"), "needs a --reason"),
        (("mark", 99999, "done"), "not on the worklist: 99999; nothing was marked"),
        (("mark", 1, "finished"), "finished"),
        (("mark", 1, "done", "--by", " "), "say who you are with --by"),
        (("mark", 1, "done", "--reason", "x" * 1001), "at most 1000 are kept"),
        (("show", 99999), "99999 is not on the worklist"),
        (("mark", *range(90001, 90031), "done"), "90009, 90010 and 20 more; nothing was marked"),
        (("show", 2**63), "is not in the range"),
        (("mark", 2**63, "done"), "is not in the range"),
        (("list", "--most", 2**63), "is not in the range"),
        (("list", "--level", "severe"), "severe"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error(
    worklist: List, arguments: tuple[Any, ...], says: str
) -> None:
    """Nothing is changed by it."""
    worklist.screened(outcome(marta()))
    ran = worklist.run("worklist", *arguments)
    assert 2 == ran.code
    assert says in ran.err
    assert {"new"} == {one["status"] for one in worklist.items("--status", "any")}


def test_settled_items_can_be_deleted_and_open_ones_stay(worklist: List) -> None:
    """With their marks; nothing of that patient's finding is left."""
    worklist.screened(*golden())
    count = len(worklist.items())
    worklist.mark("done", "--reason", "replaced")
    assert "items deleted: 0\n" == worklist.run("worklist", "prune", "--before", DAY).out
    assert "items deleted: 1\n" == worklist.run("worklist", "prune", "--before", "2100-01-01").out
    assert count - 1 == len(worklist.items("--status", "any"))
    with open_engine(address_of(worklist.settings), pooled=False).begin() as connection:
        assert 0 == connection.execute(text("SELECT count(*) FROM worklist_mark")).scalar()


def test_nothing_but_what_is_needed_is_stored(worklist: List) -> None:
    """No name, no birth date, no text and no reference of an entry. The sentence of a finding may
    tell the result that it rests on.
    """
    resources = marta()
    resources[0] |= {"name": [{"family": "Vonnegut"}], "birthDate": "1955-03-09"}
    worklist.screened(outcome(resources))
    with open_engine(address_of(worklist.settings), pooled=False).begin() as connection:
        stored = str(connection.execute(worklist_item.select()).all())
    assert "Patient/marta" in stored
    for word in ("Vonnegut", "1955", "every morning", "marta-ob1", "marta-rx1"):
        assert word not in stored


def test_a_list_that_nobody_has_filled_is_empty_and_not_made_by_looking(
    crampcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file appears."""
    monkeypatch.setenv("CRAMPCHECK_DATA", str(tmp_path / "data"))
    ran = crampcheck("worklist", "list")
    assert 0 == ran.code
    assert ran.out.startswith("Nothing on the worklist for what was asked, in ")
    assert "crampcheck.sqlite" in ran.out.replace("\n", ""), "which database that is"
    assert not (tmp_path / "data").exists()


def test_a_new_database_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """References of patients are in it."""
    settings = Settings(data=str(tmp_path / "data"))
    results(tmp_path / "out", "worklist", [outcome(marta())], settings=settings)
    [mode] = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").glob("*.sqlite")]
    assert 0o600 == mode


def test_a_database_that_is_down_names_nothing_and_can_be_tried_again(
    postgres: Postgres, tmp_path: Path
) -> None:
    """The answers wait too: a run is seen whole or not at all."""
    settings = Settings(database=postgres.database(), data=str(tmp_path))
    chosen, unfinished, out = choose("json,worklist"), tmp_path / "work", tmp_path / "out"
    with open_sinks(chosen, unfinished, about()) as sinks:
        for one in golden():
            sinks.write(one)
    postgres.stop()
    try:
        with pytest.raises(DatabaseUnreadable, match="CRAMPCHECK_DATABASE"):
            name_results(chosen, unfinished, out, settings)
        assert not out.exists()
    finally:
        postgres.start()
    name_results(chosen, unfinished, out, settings)
    assert (out / "assessments.ndjson").exists()
