"""An answer as `/try` shows it: everything in it is seen, and nothing in it acts."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from plugin.app import create_app
from plugin.config import Settings
from plugin.pipeline import Pipeline, default_pipeline
from plugin.samples import WRITTEN_FOR, sample
from plugin.web.card_view import Shown, rendered, shown_answer
from tests.plugin.hook_calls import URL


def shown(client: FlaskClient, body: Any, status: int = 200) -> str:
    """The piece of a page for an answer of the service."""
    text = body if isinstance(body, str) else json.dumps(body)
    response = client.post("/try/cards", json={"status": status, "body": text})
    assert (200, "text/html") == (response.status_code, response.mimetype)
    return response.get_data(as_text=True)


def test_cards_are_shown_as_they_came(client: FlaskClient) -> None:
    """Those of a real answer: summary, level, source, detail, reasons, and the JSON as sent."""
    body = sample("thiazide-low-potassium", WRITTEN_FOR)
    answer = client.post(URL, data=body, content_type="application/json").get_data(as_text=True)
    (card,) = json.loads(answer)["cards"]
    text = shown(client, answer)
    assert card["summary"] in text
    assert f'data-card="{card["uuid"]}"' in text
    assert '<article class="card warning"' in text
    assert "<strong>Why</strong>" in text
    assert all(reason["display"] in text for reason in card["overrideReasons"])
    assert "The answer in JSON: 200 OK" in text


FULL = {
    "uuid": "c1",
    "summary": "Two things",
    "indicator": "critical",
    "detail": "Some *text*",
    "source": {"label": "Us", "url": "https://example.org/evidence"},
    "selectionBehavior": "any",
    "suggestions": [
        {
            "uuid": "s1",
            "label": "Order a test",
            "isRecommended": True,
            "actions": [
                {
                    "type": "create",
                    "description": "Measure it",
                    "resource": {"resourceType": "ServiceRequest", "status": "draft"},
                }
            ],
        },
        {
            "uuid": "s2",
            "label": "Leave it out",
            "actions": [
                {
                    "type": "delete",
                    "description": "Remove the order",
                    "resourceId": "MedicationRequest/draft",
                }
            ],
        },
    ],
    "overrideReasons": [{"system": "urn:x", "code": "r", "display": 'It\'s "known"'}],
    "links": [
        {"label": "Read", "url": "https://example.org/read", "type": "absolute"},
        {"label": "App", "url": "https://example.org/launch", "type": "smart"},
    ],
}


def test_suggestions_links_and_reasons_are_shown(client: FlaskClient) -> None:
    """Each suggestion is a button for its actions; a SMART link says what it is."""
    text = shown(client, {"cards": [FULL]})
    assert 'data-suggestion="s1" aria-expanded="false"' in text
    assert "Measure it" in text
    assert "&#34;ServiceRequest&#34;" in text
    assert "any of them" in text
    assert "<code>MedicationRequest/draft</code>" in text
    assert "null" not in text.partition("The answer in JSON")[0]
    assert 1 == text.count("SMART app")
    assert 'href="https://example.org/evidence"' in text
    (reason,) = re.findall(r"<option value=\"([^\"]*)\"", text)
    assert "&#34;code&#34;: &#34;r&#34;" in reason


@pytest.mark.parametrize("status", [400, 401, 404, 412, 500])
def test_a_refusal_is_shown_with_its_reason(client: FlaskClient, status: int) -> None:
    """And never as if there were nothing to say."""
    issue = {"severity": "error", "code": "invalid", "diagnostics": "Because of this."}
    text = shown(client, {"resourceType": "OperationOutcome", "issue": [issue]}, status)
    assert "No advice: the call was refused." in text
    assert "Because of this." in text
    assert "No cards" not in text
    assert f"The answer in JSON: {status}" in text
    assert ("no key to sign with" in text) is (status == 401)
    assert ("Prefetch has to bring" in text) is (status == 412)


def test_no_cards_is_said_in_words(client: FlaskClient) -> None:
    """An empty list is an answer; anything else is not taken for one."""
    assert "<strong>No cards.</strong>" in shown(client, {"cards": []})
    for body in ("", "{}", "[]", "null", "not JSON", '{"cards": null}', "[" * 5000):
        text = shown(client, body)
        assert "No cards" not in text
        assert "neither cards nor a reason" in text


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    '<a href="javascript:alert(1)" onclick="alert(1)" style="position:fixed">x</a>',
    "![x](https://example.org/pixel.png)",
    "<svg onload=alert(1)><style>*{display:none}</style></svg>",
    '<iframe src="https://example.org"></iframe><form action="https://example.org"><input></form>',
    '<base href="https://example.org/"><meta http-equiv="refresh" content="0;url=https://a.b">',
    '"><img src=x onerror=alert(1)>',
    "</textarea></pre></article><script>alert(1)</script>",
]
LOADS = {"img", "script", "svg", "style", "iframe", "form", "input", "base", "meta", "object"}


class Harmless(HTMLParser):
    """Fails at whatever in a piece of a page runs, loads, or leads off to where it should not."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in LOADS
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in ("style", "src", "srcdoc", "action")
            if name == "href":
                assert re.match(r"https?://|cds-services\Z", value or "")


def harmless(html: str) -> None:
    reader = Harmless()
    reader.feed(html)
    reader.close()


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_card_holds_cannot_act(client: FlaskClient, text: str) -> None:
    """In any of its texts, whoever wrote the card."""
    card = {
        **FULL,
        "uuid": text,
        "summary": text,
        "detail": text,
        "source": {"label": text, "url": text},
        "suggestions": [
            {"uuid": text, "label": text, "actions": [{"type": text, "description": text}]}
        ],
        "links": [{"label": text, "url": text}, {"label": text, "url": f"javascript:{text}"}],
        "overrideReasons": [{"code": text, "display": text, "system": text}],
    }
    harmless(shown(client, {"cards": [card]}))
    issue = {"severity": text, "code": text, "diagnostics": text}
    harmless(shown(client, {"issue": [issue]}, 400))
    harmless(shown(client, text))


def test_the_search_for_what_acts_finds_it() -> None:
    """Guards the tests above and below."""
    for text in ("<img src=x>", "<b onclick=x>", "<a href='javascript:x'>", "<p style='x'>"):
        with pytest.raises(AssertionError):
            harmless(text)


@given(st.text(alphabet="<>[]()!`*_~|#&;:/\"'= \nabijnoprstx", max_size=60))
def test_no_markdown_becomes_anything_that_acts(text: str) -> None:
    """Any text of the characters that Markdown and HTML are made of."""
    harmless(rendered(text))
    harmless(rendered(f"<a href='{text}'>x</a> [x]({text}) <b {text}>"))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["cards", "issue", "detail", "links", "url", "source", "suggestions",
                         "actions", "uuid", "summary", "indicator", "overrideReasons"]),
        inner, max_size=4),
)  # fmt: skip


@given(st.integers(), _json)
def test_whatever_came_is_shown(status: int, body: Any) -> None:
    """An answer of any shape: lists where texts belong, and the reverse."""
    view = shown_answer(Shown(status, json.dumps({"cards": [body, {"links": body, "uuid": body}]})))
    assert view["answered"]
    assert isinstance(shown_answer(Shown(status, json.dumps(body)))["pretty"], str)


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"status": "x", "body": ""}', "application/json", 400),
        (b"[" * 5000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"{}", "text/plain", 415),
    ],
)
def test_a_body_that_is_no_answer_is_refused(
    client: FlaskClient, body: bytes, media: str, status: int
) -> None:
    """With an OperationOutcome, as everywhere."""
    response = client.post("/try/cards", data=body, content_type=media)
    assert status == response.status_code
    assert "OperationOutcome" == response.get_json()["resourceType"]


def test_an_answer_above_the_limit_is_refused() -> None:
    """The limit of a call holds here too."""
    settings = Settings(max_body_bytes=100)
    app = create_app(settings, pipeline=Pipeline(default_pipeline().knowledge))
    response = app.test_client().post("/try/cards", json={"status": 200, "body": "x" * 200})
    assert 413 == response.status_code
