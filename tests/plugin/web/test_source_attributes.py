"""The thirteen source attributes: served as JSON and as a page, and true of the knowledge."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from knowledge.checks.expansion import facts_below
from knowledge.checks.rules import conditions_of
from knowledge.load import load
from knowledge.vocabulary import AnyFact, Has
from plugin.app import create_app
from plugin.config import Settings
from plugin.pipeline import Pipeline, default_pipeline
from tests.knowledge.knowledge_copy import copy_of_tiny, replace
from tests.plugin.cli.conftest import Run

PAGE, JSON = "/source-attributes", "/source-attributes.json"


@pytest.fixture
def stated(client: FlaskClient) -> dict[str, Any]:
    response = client.get(JSON)
    assert (200, "application/json") == (response.status_code, response.mimetype)
    answer: dict[str, Any] = response.get_json()
    return answer


class _Reader(HTMLParser):
    """The texts of a page, its tags, ids and links."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "src"}:
                self.links.append(value or "")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(client: FlaskClient) -> _Reader:
    response = client.get(PAGE)
    assert (200, "text/html") == (response.status_code, response.mimetype)
    reader = _Reader()
    reader.feed(response.get_data(as_text=True))
    return reader


def test_the_thirteen_are_stated_in_the_order_of_the_regulation(stated: dict[str, Any]) -> None:
    """Each with its paragraph, answer, text and citations; none is left out or blank."""
    assert "crampcheck.source-attributes/1" == stated["schema"]
    rows = stated["attributes"]
    assert [f"45 CFR 170.315(b)(11)(iv)(A)({number})" for number in range(1, 14)] == [
        row["paragraph"] for row in rows
    ]
    for row in rows:
        assert row["text"]
        assert row["answer"] in {"stated", "none", "used", "not-used"}
        assert row["citations"]
    answers = {row["id"]: row["answer"] for row in rows}
    assert "none" == answers["funding-source"]
    assert {"race", "ethnicity", "language", "sexual-orientation", "gender-identity"} <= {
        name for name, answer in answers.items() if answer == "not-used"
    }


def test_every_rule_mitigation_and_interaction_cites_and_says_who_reviewed_it(
    stated: dict[str, Any],
) -> None:
    """Bibliographic citation, developer and dates are of each, not of the whole alone."""
    known = default_pipeline().knowledge
    assert [rule.id for rule in known.rules] == [row["id"] for row in stated["rules"]]
    assert list(known.mitigations) == [row["id"] for row in stated["mitigations"]]
    assert len(known.interactions) == len(stated["interactions"])
    for row in [*stated["rules"], *stated["mitigations"], *stated["interactions"]]:
        assert all(one["title"] and one["locator"] for one in row["citations"])
        assert row["citations"]
        assert row["developer"]
        assert row["authored"]
        assert "reviewed_by" not in row, "nobody has reviewed anything"
        assert "no clinician has reviewed it yet" in row["review"]
    assert "{" not in str([row["text"] for row in stated["rules"]])


def test_what_is_stated_of_data_is_true_of_the_knowledge(stated: dict[str, Any]) -> None:
    """A rule over pregnancy, and a computed eGFR, are declared; sex and age enter its equation."""
    known = default_pipeline().knowledge
    answers = {row["id"]: row["answer"] for row in stated["attributes"]}
    facts: set[AnyFact] = set()
    for rule in known.rules:
        for _, condition in conditions_of(rule):
            facts |= {fact for _, fact in facts_below(condition, known.terms)}
    assert ("used" == answers["health-status-assessments"]) is (Has("pregnancy") in facts)
    computed = {name for name in known.constants if name.startswith("ckd-epi")}
    assert ("used" == answers["sex"]) is any(name.endswith("female") for name in computed)
    assert "adult-age-years" in known.constants
    assert "used" == answers["date-of-birth"]
    assert not {name for name in computed if "race" in name or "black" in name}


def test_the_days_of_revision_are_those_of_the_files(stated: dict[str, Any]) -> None:
    """The latest of them stands for the whole; no release is claimed."""
    known = default_pipeline().knowledge
    assert known.version == stated["knowledge_version"]
    assert str(max(row.review.authored for row in known.reviews)) == stated["revised"]
    assert "awaiting clinical review" == stated["knowledge_review"]
    (text,) = [one["text"] for one in stated["attributes"] if one["id"].startswith("release")]
    assert "Nothing has been released yet" in text


def test_the_page_says_what_the_json_says(client: FlaskClient, stated: dict[str, Any]) -> None:
    """Every attribute, and every rule with its citations, under its id."""
    page = read(client)
    said = " ".join("".join(page.texts).split())
    for row in stated["attributes"]:
        assert row["id"] in page.ids
        assert " ".join(row["text"].split()) in said
    for row in stated["rules"]:
        assert row["id"] in page.ids
        assert row["citations"][0]["title"] in said
    assert "awaiting clinical review" in said
    assert "source-attributes.json" in page.links


def test_the_page_runs_nothing_and_asks_nobody(client: FlaskClient) -> None:
    """No script, no picture, no font of others; one style, allowed by its own digest."""
    page = read(client)
    assert {"script", "img", "iframe", "link", "form"}.isdisjoint(page.tags)
    policies = client.get(PAGE).headers.getlist("Content-Security-Policy")
    assert 1 == len(policies), "two policies would forbid what one allows"
    assert policies[0].startswith("default-src 'none'; frame-ancestors 'none'")
    assert "unsafe" not in policies[0]
    assert "no-store" == client.get(PAGE).headers["Cache-Control"]


def test_a_text_of_the_knowledge_is_shown_and_does_nothing(tmp_path: Path) -> None:
    """Markup in a data file is text; a signed file names its reviewer, a changed one does not."""
    from datetime import date  # noqa: PLC0415

    from knowledge.signing import SignOff, signed  # noqa: PLC0415

    folder = copy_of_tiny(tmp_path)
    replace(folder / "source-attributes.toml", 'text = "No."', 'text = "<script>x()</script>"')
    for file in ("rules/potassium.toml", "mitigations.toml"):
        text = (folder / file).read_text(encoding="utf-8")
        done = signed(text, SignOff("B. Reader", "MD", date(2026, 2, 1), date(2027, 2, 1)))
        (folder / file).write_text(done, encoding="utf-8")
    replace(folder / "mitigations.toml", "can_harm = true", "can_harm  = true")
    replace(folder / "mitigations.toml", 'text = "', 'text = "Now: ')
    client = create_app(Settings(), pipeline=Pipeline(_with_constants(folder))).test_client()
    page = client.get(PAGE).get_data(as_text=True)
    assert "&lt;script&gt;x()&lt;/script&gt;" in page
    assert "<script>" not in page
    stated = client.get(JSON).get_json()
    assert {"B. Reader"} == {row.get("reviewed_by") for row in stated["rules"]}
    assert {None} == {row.get("reviewed_by") for row in stated["mitigations"]}
    assert "CHANGED since B. Reader, MD signed it" in stated["mitigations"][0]["review"]


def _with_constants(folder: Path) -> Any:
    """The little knowledge with the constants that assessing needs."""
    from msgspec import structs  # noqa: PLC0415

    return structs.replace(load(folder), constants=default_pipeline().knowledge.constants)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("post", PAGE, 405),
        ("delete", JSON, 405),
        ("get", f"{PAGE}/", 404),
        ("get", f"{PAGE}.xml", 404),
        ("get", f"{PAGE}/../etc/passwd", 404),
    ],
)
def test_another_method_or_path_is_an_operation_outcome(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    """As everywhere."""
    response = client.open(path, method=method.upper())
    assert status == response.status_code
    assert "OperationOutcome" == response.get_json()["resourceType"]


def test_the_front_page_names_the_route(client: FlaskClient) -> None:
    """Who follows a card's source finds it."""
    assert PAGE in client.get("/").get_data(as_text=True)


def test_the_command_line_explains_them(crampcheck: Run) -> None:
    """All by one name, one by its id; the list counts them."""
    said = crampcheck("explain", "source-attributes").out
    assert 13 == said.count(" - source attribute ")
    one = crampcheck("explain", "race").out
    assert one.startswith("race - source attribute 5 of 45 CFR 170.315(b)(11)(iv)(A)")
    assert "Review of source-attributes.toml: awaiting review" in one
    assert "source attributes 13" in crampcheck("knowledge", "list").out.splitlines()
