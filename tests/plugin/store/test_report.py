"""`crampcheck feedback report`: what became of the cards, counted honestly."""

from __future__ import annotations

import csv
import io
import json
import math
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from plugin.cli.main import execute
from plugin.config import Settings
from plugin.store.rates import wilson
from tests.plugin.hook_calls import URL, call, order, potassium, prefetch, searchset
from tests.plugin.store.feedback_posts import accepted, issued, overridden, post, stored

LOW = prefetch(order("hydrochlorothiazide 25 mg"), potassium=searchset(potassium(3.2)))
RULE = "low-potassium"
Z_95 = statistics.NormalDist().inv_cdf(0.975)

Report = Callable[..., dict[str, Any]]


@pytest.fixture
def of_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads the database of the test."""
    monkeypatch.setenv("CRAMPCHECK_DATABASE", settings.database)
    monkeypatch.setenv("CRAMPCHECK_DATA", settings.data)


@pytest.fixture
def printed(of_settings: None, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What `crampcheck feedback` prints on standard output."""

    def run(*arguments: str) -> str:
        capfd.readouterr()
        assert execute(["feedback", *arguments]) == 0
        out, err = capfd.readouterr()
        assert err == ""
        return out

    return run


@pytest.fixture
def report(printed: Callable[..., str]) -> Report:
    return lambda *arguments: json.loads(printed("report", "--format", "json", *arguments))


def shown(client: FlaskClient) -> str:
    """Show a card; gives its id."""
    response = client.post(URL, data=call(LOW), content_type="application/json")
    (card,) = response.get_json()["cards"]
    uuid: str = card["uuid"]
    return uuid


def tell(client: FlaskClient, *entries: dict[str, Any]) -> None:
    path = f"{URL}/feedback"
    answer = client.post(path, data=post(*entries), content_type="application/json")
    assert answer.status_code == 200


def line(found: dict[str, Any], key: str, by: str = "rule") -> dict[str, Any]:
    (one,) = [one for one in found["lines"] if one[by] == key]
    return dict(one)


def test_rates_are_of_the_cards_that_were_answered(client: FlaskClient, report: Report) -> None:
    cards = [shown(client) for _ in range(5)]
    tell(client, accepted(cards[0]), overridden(cards[1]), overridden(cards[2], "not-taking"))
    tell(client, overridden(cards[3]))
    found = line(report(), RULE)
    assert (found["shown"], found["answered"]) == (5, 4)
    assert (found["accepted"], found["overridden"]) == (1, 3)
    assert (found["acceptance"]["rate"], found["override"]["rate"]) == (0.25, 0.75)
    assert found["acceptance"]["low"] < 0.06
    assert found["acceptance"]["high"] > 0.69
    assert found["reasons"] == [
        {"reason": "benefit-outweighs", "cards": 2, "of_overridden": 0.6667},
        {"reason": "not-taking", "cards": 1, "of_overridden": 0.3333},
    ]


def test_of_a_cards_outcomes_the_latest_counts_whenever_it_came(
    client: FlaskClient, report: Report
) -> None:
    card = shown(client)
    tell(client, accepted(card, at="2026-11-01T13:00:00Z"))
    tell(client, overridden(card, at="2026-11-01T12:00:00Z"))
    found = line(report(), RULE)
    assert (found["accepted"], found["overridden"], found["reasons"]) == (1, 0, [])


def test_a_card_without_an_outcome_has_no_rate(client: FlaskClient, report: Report) -> None:
    shown(client)
    found = line(report(), RULE)
    assert (found["shown"], found["answered"], found["acceptance"]) == (1, 0, None)


def test_outcomes_of_cards_not_on_record_count_apart(client: FlaskClient, report: Report) -> None:
    shown(client)
    tell(client, overridden(), accepted())
    found = report()
    assert found["total"]["answered"] == 0
    assert found["not_on_record"]["answered"] == 2
    assert line(found, RULE)["answered"] == 0


def test_by_service(client: FlaskClient, report: Report) -> None:
    tell(client, accepted(shown(client)))
    found = line(report("--by", "service"), "cramp-review", "service")
    assert (found["shown"], found["accepted"]) == (1, 1)


def test_by_reason(client: FlaskClient, report: Report) -> None:
    """A reason of the client's own goes by its words; one that was not given is said to be none."""
    foreign = {"reason": {"system": "urn:ehr", "code": "7", "display": "Will monitor"}}
    tell(client, overridden(shown(client), overrideReason=foreign))
    tell(client, overridden(shown(client), overrideReason=None))
    tell(client, overridden(shown(client), "not-taking"), accepted(shown(client)))
    found = report("--by", "reason")
    assert {one["reason"]: one["overridden"] for one in found["lines"]} == {
        "Will monitor [urn:ehr|7]": 1,
        "(none given)": 1,
        "not-taking": 1,
    }


def test_a_period_is_of_the_days_on_which_cards_were_sent(
    client: FlaskClient, report: Report
) -> None:
    tell(client, accepted(shown(client)), overridden(at="2020-02-02T12:00:00Z"))
    assert report("--since", "2020-01-01")["total"]["shown"] == 1
    assert report("--since", "2100-01-01")["total"]["shown"] == 0
    early = report("--until", "2020-12-31")
    assert (early["total"]["shown"], early["not_on_record"]["shown"]) == (0, 1)
    day = report("--since", "2020-02-02", "--until", "2020-02-02")
    assert day["not_on_record"]["shown"] == 1
    assert (day["since"], day["until"]) == ("2020-02-02", "2020-02-02")


def test_a_period_that_ends_before_it_starts_is_a_usage_error(of_settings: None) -> None:
    assert execute(["feedback", "report", "--since", "2026-02-02", "--until", "2026-02-01"]) == 2


def test_the_table_says_how_few_there_were(
    client: FlaskClient, printed: Callable[..., str]
) -> None:
    tell(client, accepted(shown(client)), overridden(shown(client)))
    text = printed("report")
    assert RULE in text
    assert "1, 50%" in text
    assert "Cards shown: 2; answered: 2." in text


def test_csv_has_a_line_for_each_rule(client: FlaskClient, printed: Callable[..., str]) -> None:
    tell(client, accepted(shown(client)), overridden(shown(client)), overridden())
    rows = {
        row["rule"]: row
        for row in csv.DictReader(io.StringIO(printed("report", "--format", "csv")))
    }
    assert rows[RULE]["acceptance_rate"] == "0.5"
    assert rows[RULE]["reasons"] == "benefit-outweighs: 1"
    assert rows["cards not on record"]["overridden"] == "1"


def test_what_a_client_names_a_reason_is_no_formula_and_drives_no_terminal(
    client: FlaskClient, printed: Callable[..., str]
) -> None:
    evil = {"reason": {"display": "=HYPERLINK(1)\u001b[31m"}}
    tell(client, overridden(shown(client), overrideReason=evil))
    assert "\n'=HYPERLINK" in printed("report", "--format", "csv", "--by", "reason")
    assert "\u001b" not in printed("report", "--by", "reason")


@pytest.mark.parametrize("by", ["rule", "service", "reason"])
def test_an_empty_database_is_an_empty_report(
    printed: Callable[..., str], report: Report, by: str
) -> None:
    assert printed("report", "--by", by) == (
        "No card was sent, and no outcome told, in this time.\n"
    )
    assert printed("report", "--by", by, "--format", "csv").count("\n") == 1
    assert report("--by", by)["lines"] == []


def test_no_database_at_all_is_an_empty_report_and_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CRAMPCHECK_DATA", str(tmp_path / "none"))
    assert execute(["feedback", "report"]) == 0
    assert execute(["feedback", "prune", "--before", "2026-01-01"]) == 0
    assert "outcomes deleted: 0" in capfd.readouterr().out
    assert not (tmp_path / "none").exists()


def test_a_database_that_is_none_ends_with_11_and_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CRAMPCHECK_DATA", str(tmp_path))
    (tmp_path / "crampcheck.sqlite").write_bytes(b"notes " * 1000)
    assert execute(["feedback", "report"]) == 11
    out, err = capfd.readouterr()
    assert (out, "the database cannot be read" in err, "Traceback" in err) == ("", True, False)


def test_what_is_old_can_be_deleted_and_the_rest_stays(
    client: FlaskClient, settings: Settings, printed: Callable[..., str]
) -> None:
    card = shown(client)
    tell(client, overridden(at="2020-02-02T12:00:00Z"), accepted(card, at="2026-11-01T12:00:00Z"))
    assert printed("prune", "--before", "2021-01-01") == "outcomes deleted: 1\ncards deleted: 0\n"
    assert [row["card"] for row in stored(settings)] == [card]
    assert printed("prune", "--before", "2100-01-01") == "outcomes deleted: 1\ncards deleted: 1\n"
    assert (stored(settings), issued(settings)) == ([], [])


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_an_interval_holds_its_rate_and_stays_a_proportion(hits: int, misses: int) -> None:
    found = wilson(hits, hits + misses)
    if hits + misses == 0:
        assert found is None
        return
    assert found is not None
    rate, low, high = found
    assert 0 <= low <= rate + 1e-12
    assert rate - 1e-12 <= high <= 1
    assert 0 < high - low < 1


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_limits_are_where_the_score_test_turns(hits: int, misses: int) -> None:
    """The interval holds the proportions that a score test does not reject; found by trying."""
    total = hits + misses
    found = wilson(hits, total)
    if found is None:
        return
    rate, low, high = found
    for limit, beyond in ((low, -1e-6), (high, 1e-6)):
        if 0 < limit + beyond < 1:
            assert score(rate, limit + beyond, total) > Z_95 - 1e-9
        if 0 < limit - beyond < 1:
            assert score(rate, limit - beyond, total) < Z_95 + 1e-9


def score(rate: float, supposed: float, total: int) -> float:
    return float(abs(rate - supposed) / math.sqrt(supposed * (1 - supposed) / total))
