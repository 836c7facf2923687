"""A report that leaves the team: no small count, no patient, and nothing that tells either."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.pipeline import Pipeline
from plugin.screening.outcome import Outcome, Screened
from plugin.screening.report import counting
from plugin.screening.report.figures import numbers
from plugin.screening.report.small_cells import base, nearest
from plugin.screening.report.tally import Tally
from tests.plugin.screening.populations import BROKEN, population, silent
from tests.plugin.screening.report.conftest import Report
from tests.plugin.screening.report.reading_html import Taken
from tests.plugin.screening.report.test_report import FLOW, GROUPS, LABS, RULES, WORST

BELOW = 11
PRINTED = re.compile(rf"not shown|<{BELOW}|[\d,]+")


@pytest.fixture(scope="module")
def page(report: Report, cases: list[Screened]) -> bytes:
    return report(population(cases, 900), BROKEN, suppress_below=BELOW, patients=25)


def test_every_number_of_every_table_is_rounded_or_suppressed(page: bytes) -> None:
    """Cells of counts are 0, a multiple of the base, fewer than the limit, or not shown."""
    taken = Taken(page)
    seen = set()
    for caption, rows in taken.tables.items():
        for row in rows[1:]:
            for cell in row[1:]:
                text = cell.strip()
                if PRINTED.fullmatch(text):
                    seen.add(text)
                    if text[0].isdigit():
                        assert int(text.replace(",", "")) % base(BELOW) == 0, (caption, row)
                else:
                    assert not re.search(r"\d", text.replace("%", "")) or text.endswith("%"), row
    assert f"<{BELOW}" in seen
    assert {FLOW, GROUPS, RULES, LABS} <= taken.tables.keys()


def test_what_is_heard_of_the_drawings_is_suppressed_too(page: bytes) -> None:
    """The same for the alternative texts, and for the headline."""
    taken = Taken(page)
    labels = " ".join(taken.labels)
    for text in re.findall(
        r"(?<![\d,.<>%-])[\d,]+(?= (?:current|too old|none on|doubtful))", labels
    ):
        assert int(text.replace(",", "")) % base(BELOW) == 0, text
    for text in re.findall(r"([\d,]+) \(\d+%\)", labels):
        assert int(text.replace(",", "")) % base(BELOW) == 0, text
    assert f"&lt;{BELOW}".replace("&lt;", "<") in labels
    assert not re.search(r"\d\.\d%", taken.text), "a share of whole percents tells no count"


def test_no_patient_file_or_entry_is_in_it(page: bytes) -> None:
    """Whatever `--report-patients` says."""
    taken = Taken(page)
    assert WORST not in taken.tables
    assert b"Patient/" not in page
    assert b"ndjson" not in page
    assert "The same, by file" not in taken.tables
    assert "3310" not in taken.text.replace(",", "")
    assert "Counts of 1 to 10 are shown as <11" in taken.text


@given(st.tuples(st.integers(1, 6), st.integers(0, 32), st.integers(0, 50)))
@settings(max_examples=15, deadline=None)
def test_who_looks_alike_when_suppressed_gives_the_same_page(
    report: Report, pipeline: Pipeline, cases: list[Screened], drawn: tuple[int, int, int]
) -> None:
    """No true number reaches the page by another way: order, drawing, sum or share."""
    more, case, seed = drawn
    some = list(population(cases, 250, seed))
    one = cases[case % len(cases)]
    others = [*some, *[one] * more, *[silent("Patient/s")] * (more % 3)]
    looks = [_shown(pipeline, outcomes) for outcomes in (some, others)]
    pages = [report(outcomes, suppress_below=BELOW) for outcomes in (some, others)]
    assert (looks[0] == looks[1]) == (pages[0] == pages[1])


def test_a_count_that_changes_below_the_limit_changes_nothing(
    report: Report, cases: list[Screened]
) -> None:
    """Two patients more with the rarest case: the page is the same, byte for byte."""
    rare = next(one for one in cases if one.level == "critical")
    many = [silent(f"Patient/{n}") for n in range(600)] + [cases[3]] * 45
    few, more = ([*many, *[rare] * number] for number in (4, 6))
    assert report(few, suppress_below=BELOW) == report(more, suppress_below=BELOW)
    assert report(few) != report(more)


def _shown(pipeline: Pipeline, outcomes: list[Outcome]) -> object:
    tally = Tally(pipeline.knowledge)
    for one in outcomes:
        tally.add(one)
    counts = counting.only_coarse(counting.counts_of(tally))
    shown = numbers(tally, BELOW).shown
    for key, count in counts.items():
        assert shown[key].value in {None, nearest(count, BELOW)}
    return shown
