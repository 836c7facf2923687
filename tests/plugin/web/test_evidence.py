"""The pages of the evidence: what `explain` says, to follow link by link, about no patient."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from knowledge.load import load
from knowledge.model import Knowledge
from knowledge.sheets.catalog import catalog
from knowledge.sheets.sheet import text_lines
from plugin.app import create_app
from plugin.config import Settings
from plugin.pipeline import Pipeline, default_pipeline
from plugin.web.evidence import evidence_pages
from plugin.web.evidence_view import KINDS, MOST_RULES, sheet_of, shown
from tests.knowledge.knowledge_copy import copy_of_tiny, replace
from tests.knowledge.site_files import change, overlay
from tests.plugin.hook_calls import TODAY, URL, call, order, potassium, prefetch, searchset


class _Reader(HTMLParser):
    """The words of a page, its tags in order, ids, links and the texts of its marks."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.marks: list[str] = []
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes[tag] = dict(attrs)
        for name, value in attrs:
            assert not name.startswith("on")
            assert name != "style"
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "src"}:
                self.links.append(value or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.tags and self.tags[-1] == "mark":
            self.marks.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def read(client: FlaskClient, address: str, status: int = 200) -> _Reader:
    response = client.get(address)
    assert (status, "text/html") == (response.status_code, response.mimetype), address
    return _Reader(response.get_data(as_text=True))


def known() -> Knowledge:
    return default_pipeline().knowledge


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/evidence/rules/low-potassium", "Suggests potassium-repletion-review"),
        ("/evidence/drugs/simvastatin", "Tier 1: may raise a card alone."),
        ("/evidence/drugs/Simvastatin", "Tier 1: may raise a card alone."),
        ("/evidence/drugs/coenzyme%20q10", "coenzyme q10"),
        (
            "/evidence/mitigations/recheck-potassium-magnesium",
            "Orders potassium whatever is on file, as LOINC 2823-3 (verified).",
        ),
        (
            "/evidence/mitigations/check-tsh",
            "where no result of the last 30 days is on file, as LOINC 3016-3 (verified).",
        ),
        ("/evidence/labs/potassium", "Ordered by: LOINC 2823-3 (verified)."),
        ("/evidence/sources/garrison-2012", "Arch Intern Med"),
    ],
)
def test_each_entry_has_a_page_that_says_what_explain_says(
    client: FlaskClient, address: str, says: str
) -> None:
    """With its sources, locators and the review of its file."""
    page = read(client, address)
    assert says in page.text
    assert "Knowledge 2026.11: awaiting clinical review." in page.text
    _, _, segment, name = address.split("/")
    sheet = sheet_of(segment, name.replace("%20", " "), known())
    assert sheet is not None
    for line in text_lines(sheet.lines):
        assert " ".join(line.split()).removeprefix("Says: ") in page.text


def test_the_sentence_of_a_rule_is_its_heading_and_its_id_stands_below(client: FlaskClient) -> None:
    """A clinician reads words first."""
    page = read(client, "/evidence/rules/low-potassium")
    assert "[drug] with potassium [potassium result]: low" in page.words
    assert "low-potassium - a rule (warning)" in page.words


def test_what_nothing_confirms_is_marked(client: FlaskClient) -> None:
    """So that no reader overlooks it."""
    assert "UNCONFIRMED" in read(client, "/evidence/labs/tsh").marks
    assert read(client, "/evidence/labs/potassium").marks == []


def test_the_link_of_a_card_shows_the_rules_that_the_card_tells_of_and_no_other() -> None:
    """Each with its sources; the address holds ids and nothing of the patient."""
    app = create_app(Settings(base_url="https://cramp.example.org"), today=lambda: TODAY)
    client = app.test_client()
    sent = prefetch(
        order("hydrochlorothiazide 25 MG Oral Tablet"), potassium=searchset(potassium(3.2))
    )
    answer = client.post(URL, data=call(sent), content_type="application/json").get_json()
    [link] = answer["cards"][0]["links"]
    split = urlsplit(link["url"])
    assert split.query.startswith("rules=low-potassium")
    assert "zora" not in link["url"]
    page = read(client, f"{split.path}?{split.query}")
    assert "low-potassium - a rule (warning)" in page.text
    assert page.text.count(" - a rule (") == len(split.query.split(","))
    assert "Source: " in page.text


def test_several_rules_stand_on_one_page_under_headings_with_a_list_of_them(
    client: FlaskClient,
) -> None:
    """In the order in which they were asked for, each once; what is unknown is counted."""
    page = read(client, "/evidence?rules=statin-over-dose-cap,low-potassium,low-potassium,nope,,")
    assert page.ids == ["statin-over-dose-cap", "low-potassium"]
    assert {"#statin-over-dose-cap", "#low-potassium"} < set(page.links)
    assert page.tags.count("h1") == 1
    assert page.tags.count("h2") == 2
    assert "1 of the rules that were asked for is not shown" in page.text
    assert "nope" not in page.text


def test_a_page_holds_a_bounded_number_of_rules(client: FlaskClient) -> None:
    """Whatever is asked for."""
    ids = [rule.id for rule in known().rules]
    assert len(ids) > MOST_RULES
    page = read(client, f"/evidence?rules={','.join([*ids, *('x' * n for n in range(1, 200))])}")
    assert len(page.ids) == MOST_RULES
    assert f"{len(ids) - MOST_RULES + 199} of the rules that were asked for are not shown" in (
        page.text
    )


def test_the_index_lists_every_rule_mitigation_and_drug(client: FlaskClient) -> None:
    """Each with a link."""
    page = read(client, "/evidence")
    assert page.ids == ["rules", "mitigations", "drugs"]
    count = len(known().rules) + len(known().mitigations) + len(known().ingredients)
    assert len([link for link in page.links if link.startswith("evidence/")]) == count


@pytest.mark.parametrize(
    ("start", "reached"),
    [
        ("/evidence", {"rules", "drugs", "mitigations"}),
        ("/evidence?rules=statin-over-dose-cap", set(KINDS)),
    ],
)
def test_the_links_of_a_page_lead_to_pages_and_so_do_theirs(
    client: FlaskClient, start: str, reached: set[str]
) -> None:
    """One of each kind of entry is followed."""
    kinds: set[str] = set()
    waiting = [start]
    while waiting:
        address = waiting.pop()
        for link in read(client, address).links:
            target = urlsplit(urljoin(f"https://here.example{address}", link))
            folder = target.path.rpartition("/")[0]
            if target.netloc == "here.example" and folder not in kinds:
                kinds.add(folder)
                assert client.get(target.path).status_code == 200, link
                if folder.startswith("/evidence/"):
                    waiting.append(target.path)
    assert {f"/evidence/{kind}" for kind in reached} <= kinds


@pytest.mark.parametrize("segment", sorted(KINDS))
def test_every_entry_is_shown_and_links_to_entries_that_are_there(segment: str) -> None:
    """Of every kind. Other addresses are those of sources."""
    entries = catalog(known())
    addresses = {
        f"../{other}/{quote(id_, safe='')}"
        for other, kind in KINDS.items()
        for entry, id_ in entries
        if entry is kind
    }
    for kind, id_ in entries:
        if kind is KINDS[segment]:
            sheet = sheet_of(segment, id_, known())
            assert sheet is not None
            page = shown(sheet, known(), "../")
            assert page["lines"]
            for link in _links(page["lines"]):
                assert link in addresses or link.startswith(("https://", "http://", "../../"))


def _links(lines: list[dict[str, Any]]) -> Iterator[str]:
    for line in lines:
        yield from (piece["link"] for piece in line["parts"] if piece.get("link"))
        yield from _links(line["below"])


@pytest.mark.parametrize(
    "address",
    [
        "/evidence/rules/nope",
        "/evidence/patients/zora",
        "/evidence/drugs/",
        "/evidence/drugs/a/b/c",
        "/evidence/rules/<script>alert(1)</script>",
        "/evidence?rules=",
        "/evidence?rules=%3Cb%3E,nope",
        "/evidence?rules=" + "a" * 100_000,
    ],
)
def test_what_is_not_known_is_a_page_that_says_so(client: FlaskClient, address: str) -> None:
    """Or, where the address is no page of ours, the OperationOutcome of every route. Nothing of
    what was asked is repeated.
    """
    response = client.get(address)
    assert response.status_code == 404
    text = response.get_data(as_text=True)
    assert "<script" not in text
    assert "<b>" not in text
    if response.mimetype == "text/html":
        page = _Reader(text)
        assert "Nothing of that name is in the knowledge" in page.text
        [back, home] = page.links
        path = urlsplit(address).path
        assert urljoin(f"https://here.example{path}", back) == "https://here.example/evidence"
        assert back == home


@pytest.mark.parametrize(
    "address", ["/evidence", "/evidence?rules=low-potassium", "/evidence/rules/nope"]
)
def test_the_pages_need_nothing_of_another_host_and_run_no_script(
    client: FlaskClient, address: str
) -> None:
    """The one style is allowed by its digest; no form, frame or image is."""
    response = client.get(address)
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; frame-ancestors 'none'")
    assert "style-src 'sha256-" in policy
    assert "unsafe" not in policy
    page = _Reader(response.get_data(as_text=True))
    assert not {"script", "link", "img", "iframe", "form", "base"} & set(page.tags)


@pytest.mark.parametrize("address", ["/evidence", "/evidence?rules=low-potassium,high-potassium"])
def test_the_pages_can_be_read_by_everybody(client: FlaskClient, address: str) -> None:
    """Language, width of the device, one main heading, landmarks, lists that are lists."""
    page = read(client, address)
    assert page.attributes["html"]["lang"] == "en"
    assert page.attributes["meta"]["name"] == "viewport"
    assert page.tags.count("h1") == 1
    assert page.tags.index("h1") < page.tags.index("h2")
    assert {"header", "main", "footer", "nav", "title"} <= set(page.tags)
    assert len(page.ids) == len(set(page.ids))


def test_the_changes_of_a_site_are_named_on_every_page_and_where_they_are(tmp_path: Path) -> None:
    """Whose they are, by whom, when and why; a rule that is off can still be read."""
    path = overlay(
        tmp_path,
        change("rule", 'id = "low-potassium"\nlevel = "info"'),
        change("order_code", 'lab = "potassium"\nsystem = "urn:oid:1.2"\ncode = "P"\nname = "P"'),
        change("rule", 'id = "potassium-not-known"\noff = true'),
    )
    client = create_app(Settings(), pipeline=Pipeline(load(overlay=path))).test_client()
    with_site = "With the changes of Example Hospital (overlay example-hospital)."
    page = read(client, "/evidence/rules/low-potassium")
    assert with_site in page.text
    assert (
        "Changed by the site: rule: from warning to info, by P. Example on 2026-11-01: agreed in "
        "the medicines committee"
    ) in page.text
    other = read(client, "/evidence/rules/high-potassium")
    assert with_site in other.text
    assert "Changed by the site" not in other.text
    lab = read(client, "/evidence/labs/potassium")
    assert "Ordered by: urn:oid:1.2 P (the site's own code)." in lab.text
    assert "Changed by the site: order_code: to urn:oid:1.2 P" in lab.text
    assert "Changed by the site" in read(client, "/evidence/rules/potassium-not-known").text


def test_a_lab_that_nobody_can_order_says_so_and_odd_text_stays_text(tmp_path: Path) -> None:
    """Knowledge is text on a page, whatever is written there."""
    folder = copy_of_tiny(tmp_path)
    replace(
        folder / "mitigations.toml", 'text = "Consider potassium."', 'text = "A <b>bold</b> one"'
    )
    tiny = load(folder, compiled=False)
    app = Flask(__name__)
    app.register_blueprint(evidence_pages(lambda: tiny))
    client = app.test_client()
    page = read(client, "/evidence/mitigations/potassium-review")
    assert "A <b>bold</b> one" in page.text
    assert "b" not in page.tags
    assert "https://example.org/1" in read(client, "/evidence/sources/study").links
    assert "Ordered by: no code." in read(client, "/evidence/labs/ck").text
