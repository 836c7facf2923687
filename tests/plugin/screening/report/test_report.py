"""The report of a run: its numbers are those of the run, and nothing of a record acts in it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

import pytest
from msgspec import structs

from plugin.errors import CrampcheckError
from plugin.pipeline import Pipeline
from plugin.screening.outcome import Failed, Outcome, Quarantined, Screened
from plugin.screening.report.sink import ReportSink
from tests.plugin.screening.populations import BROKEN, population, silent
from tests.plugin.screening.report.conftest import Report
from tests.plugin.screening.report.reading_html import Taken

FLOW = "Where every patient went"
WORST = "Flagged patients, the worst first"
GROUPS = "Flagged patients by drug group"
RULES = "Flagged patients by rule, in the rule’s own words"  # noqa: RUF001 - as it is printed
OPTIONS = "Options, by the flagged patients to whom they are offered"
LABS = "Laboratory results of flagged patients"
UNREAD = "Entries of screened patients that were not read"
HOSTILE = "<script>alert(1)</script>\u202e\u200f\x07{{ 7907*7919 }}&amp;"


def answers(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """What the run wrote, decoded without our structs."""
    return [json.loads(one.line) for one in outcomes if isinstance(one, Screened)]


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_every_patient_is_somewhere_and_the_parts_add_up(
    report: Report, cases: list[Screened]
) -> None:
    """Against counts made from the answers themselves."""
    outcomes = [*population(cases, 1500), *cases, Failed("Patient/zz", "was not to be.")]
    rows = Taken(report(outcomes, patients=5)).rows(FLOW)
    by = {label: number(row[0]) for label, row in rows.items()}
    screened = [one for one in outcomes if isinstance(one, Screened)]
    levels = Counter(one.level for one in screened if not one.not_assessed)
    assert len(outcomes) == by["Patients found"] == by["could not be screened"] + by["screened"]
    assert by["screened"] == len(screened)
    assert by["not assessed: under 18 years"] == sum(bool(one.not_assessed) for one in screened)
    assert by["assessed"] == by["flagged"] + by["nothing found"]
    assert [levels["critical"], levels["warning"], levels["info"]] == [
        by["critical"],
        by["warning"],
        by["info"],
    ]
    assert by["flagged"] == by["critical"] + by["warning"] + by["info"]
    assert by["nothing found"] == by["everything was read"] + by["something could not be read"]
    assert by["something could not be read"] > 0
    for whole, part in (("Patients found", "screened"), ("assessed", "flagged")):
        share = rows[part][1]
        assert f"{100 * by[part] / by[whole]:.1f}%" == share or share.startswith((">", "<"))


def test_rules_and_groups_count_patients_at_their_highest_level(
    report: Report, pipeline: Pipeline, cases: list[Screened]
) -> None:
    """A patient once in a row; the levels of a row add up."""
    page = Taken(report(cases))
    of_rule: Counter[str] = Counter()
    of_group: Counter[str] = Counter()
    known = pipeline.knowledge
    for answer in answers(list(cases)):
        of_rule.update({finding["rule"] for finding in answer["findings"]})
        drugs = {name for finding in answer["findings"] for name in finding["ingredients"]}
        of_group.update({known.groups[known.ingredients[name].group].label for name in drugs})
    rules = {label.split()[-1]: row for label, row in page.rows(RULES).items()}
    assert dict(of_rule) == {name: number(row[-2]) for name, row in rules.items()}
    groups = page.rows(GROUPS)
    assert dict(of_group) == {name: number(row[-2]) for name, row in groups.items()}
    for row in (*rules.values(), *groups.values()):
        assert number(row[-2]) == sum(number(cell) for cell in row[-5:-2])


def test_the_options_and_what_was_not_read_are_counted(
    report: Report, pipeline: Pipeline, cases: list[Screened]
) -> None:
    """By patient; entries beside them."""
    page = Taken(report(cases))
    options: Counter[str] = Counter()
    entries = patients = 0
    for answer in answers(list(cases)):
        options.update({one["id"] for one in answer["mitigations"]})
        reasons = [one["reason"] for one in answer["unread"]]
        entries += reasons.count("no-drug-named")
        patients += "no-drug-named" in reasons
    assert sorted(options.values()) == sorted(number(r[0]) for r in page.rows(OPTIONS).values())
    assert entries > 0
    row = page.rows(UNREAD)["A medication that names no known drug"]
    assert [entries, patients] == [number(cell) for cell in row[:2]]
    assert not any("18" in label for label in page.rows(UNREAD)), "a child is no unread entry"


def test_the_states_of_each_lab_add_up_to_the_flagged(
    report: Report, cases: list[Screened]
) -> None:
    """For every lab that a rule may ask about."""
    flagged = sum(one.level != "none" for one in cases)
    rows = Taken(report(cases)).rows(LABS)
    assert {"potassium", "eGFR", "creatine kinase"} <= rows.keys()
    for row in rows.values():
        assert flagged == sum(map(number, row))


def test_the_worst_come_first_and_no_more_than_asked_for(
    report: Report, cases: list[Screened]
) -> None:
    """By level, then findings, then who came first; with each finding and each option."""
    rank = {"critical": 3, "warning": 2, "info": 1}
    flagged = [one for one in cases if one.level != "none"]
    ordered = sorted(
        enumerate(flagged),
        key=lambda one: (
            -rank[one[1].level],
            -len(json.loads(one[1].line)["findings"]),
            one[0],
        ),
    )
    page = Taken(report(cases, patients=7))
    rows = page.tables[WORST][1:]
    assert [f"{one.level}{one.patient}" for _, one in ordered[:7]] == [row[0] for row in rows]
    for (_, one), row in zip(ordered, rows, strict=False):
        answer = json.loads(one.line)
        assert all(finding["summary"] in row[1] for finding in answer["findings"])
        assert all(option["text"] in row[2] for option in answer["mitigations"])
    assert f"The first 7 of {len(flagged)} flagged" in page.text
    assert WORST not in Taken(report(cases, patients=0)).tables
    assert f"All {len(flagged)} flagged" in Taken(report(cases, patients=100)).text


def test_what_comes_from_a_record_is_text_and_nothing_else(
    report: Report, cases: list[Screened]
) -> None:
    """In a reference, a finding, an option, a reason, a file name and the source."""
    flagged = next(one for one in cases if one.level == "critical")
    answer = json.loads(flagged.line)
    answer["findings"][0]["summary"] = answer["mitigations"][0]["text"] = HOSTILE
    answer["unread"] = [{"reference": "", "text": "", "reason": HOSTILE}]
    line = json.dumps(answer).encode()
    outcome = structs.replace(flagged, patient=HOSTILE * 40, line=line, unread=1)
    broken = [Quarantined(HOSTILE, 1, HOSTILE)]
    raw = report([outcome, Failed(HOSTILE, HOSTILE)], broken, source=HOSTILE)
    page = Taken(raw)
    assert "script" not in page.tags
    assert raw.count(b"&lt;script&gt;") >= 6
    assert "62615533" not in page.text
    assert not any(char in raw.decode() for char in "\u202e\u200f\x07")
    assert all(len(word) < 220 for row in page.tables[WORST] for word in row[:1])


def test_the_page_asks_for_nothing_and_runs_nothing(report: Report, cases: list[Screened]) -> None:
    """No address, no script, no style attribute; each drawing has words, each id is used once."""
    raw = report(population(cases, 300))
    page = Taken(raw)
    addresses = {value for _, name, value in page.attributes if "http" in value and name != "xmlns"}
    assert set() == addresses - {"http://www.w3.org/2000/svg"}
    assert not page.tags & {"script", "img", "link", "iframe", "object", "a", "form"}
    assert not [one for one in page.attributes if one[1] == "style" or one[1].startswith("on")]
    policy = next(value for _, name, value in page.attributes if "default-src" in value)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert 3 == len(page.labels)
    assert all(len(label) > 40 for label in page.labels)
    assert page.headings == sorted(page.headings)
    assert b"2026-11-01 06:15 UTC" in raw


def test_the_same_run_gives_the_same_bytes(report: Report, cases: list[Screened]) -> None:
    """However often it is drawn."""
    first, second = (report(population(cases, 300), BROKEN) for _ in range(2))
    assert first == second


def test_the_reasons_are_counted_and_their_number_is_bounded(report: Report) -> None:
    """A reason that names each line does not make the page endless."""
    broken = [Quarantined("a.ndjson", n, f"column {n} is broken.") for n in range(500)]
    failed = [Failed(f"Patient/{n}", "internal error (KeyError).") for n in range(3)]
    page = Taken(report(failed, broken))
    why = page.rows("Lines, entries and files that belong to no patient here")
    assert 500 == sum(number(row[0]) for row in why.values())
    assert 41 == len(why)
    assert "460" == why["Other reasons"][0]
    assert ["3"] == page.rows("Patients who could not be screened")["internal error (KeyError)."]
    assert ["500"] == page.rows("The same, by file")["a.ndjson"]


def test_a_run_without_anybody_says_so(report: Report) -> None:
    """No empty table, no drawing of nothing, no division by nothing."""
    page = Taken(report([]))
    assert "No patient was found in the source." in page.text
    assert not page.tables.keys() & {WORST, GROUPS, RULES, LABS, UNREAD}
    assert "every entry of theirs was read" in page.text


def test_a_run_in_which_nobody_is_flagged_says_so(report: Report) -> None:
    """The silence is a number of its own."""
    page = Taken(report(silent(f"Patient/{n}") for n in range(2000)))
    assert "None of the 2,000 patients who were assessed is flagged." in page.text
    assert ["2,000", "100%", "assessed"] == page.rows(FLOW)["everything was read"]
    assert not page.tables.keys() & {WORST, GROUPS, RULES, LABS, UNREAD}


def test_the_review_of_the_knowledge_is_said_at_the_top(report: Report) -> None:
    """No clinician has signed it, and who reads the page must know."""
    head = Taken(report([])).text.split("At a glance")[0]
    assert "is awaiting clinical review" in head
    assert "for a clinician to decide on, not orders" in head


def test_without_matplotlib_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline
) -> None:
    """Before a run begins, not at its end."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(CrampcheckError, match=r"pip install 'crampcheck\[report\]'"):
        ReportSink(pipeline.knowledge)
