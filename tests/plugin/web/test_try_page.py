"""`/try` for this machine alone: who gets it, what it shows of an answer, and what it lets be."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from cds_hooks.errors import register_errors
from cds_hooks.model import Service
from plugin.app import create_app
from plugin.config import Settings
from plugin.pipeline import Pipeline, default_pipeline
from plugin.samples import WRITTEN_FOR, order_sample_names, sample, sample_names
from plugin.web.card_view import Shown, rendered, shown_answer
from plugin.web.loopback import is_loopback
from plugin.web.try_page import samples, try_pages
from tests.plugin.hook_calls import URL

PATHS = ("/try", "/try/samples/thiazide-low-potassium", "/try/cards")


def get(client: FlaskClient, path: str, **environ: Any) -> int:
    method = "POST" if path == "/try/cards" else "GET"
    body = {"status": 200, "body": "{}"} if method == "POST" else None
    return client.open(path, method=method, json=body, environ_overrides=environ).status_code


def shown(client: FlaskClient, body: Any, status: int = 200) -> str:
    """The piece of a page for an answer of the service."""
    text = body if isinstance(body, str) else json.dumps(body)
    response = client.post("/try/cards", json={"status": status, "body": text})
    assert (200, "text/html") == (response.status_code, response.mimetype)
    return response.get_data(as_text=True)


@pytest.mark.parametrize("path", PATHS)
def test_the_page_is_there_for_this_machine(client: FlaskClient, path: str) -> None:
    """By any of its own addresses."""
    for host, address in (
        ("localhost:8000", "127.0.0.1"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("[::1]:8000", "::1"),
        ("127.0.0.2", "::ffff:127.0.0.1"),
    ):
        assert 200 == get(client, path, HTTP_HOST=host, REMOTE_ADDR=address)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "environ",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "2001:db8::7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_HOST": "crampcheck.example.org"},
        {"HTTP_HOST": "127.0.0.1.example.org:8000"},
        {"HTTP_HOST": "[::1"},
        {"HTTP_HOST": ""},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
        {"HTTP_VIA": "1.1 proxy"},
    ],
)
def test_nobody_else_finds_the_page(
    client: FlaskClient, path: str, environ: dict[str, str]
) -> None:
    """Not from another machine, not by a name that was bent to this one, not through a proxy."""
    assert 404 == get(client, path, **environ)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "settings",
    [Settings(host="0.0.0.0"), Settings(host="::"), Settings(try_page=False)],  # noqa: S104
)
def test_the_page_is_off_where_others_are_listened_to_or_a_site_says_so(
    path: str, settings: Settings
) -> None:
    """Even for this machine; and the page of the routes does not lead to it."""
    app = create_app(settings, pipeline=Pipeline(default_pipeline().knowledge))
    response = app.test_client().open(path)
    assert response.status_code in (404, 405)
    assert 404 == get(app.test_client(), path)
    assert 'href="try"' not in app.test_client().get("/docs").get_data(as_text=True)


def test_the_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """CRAMPCHECK_TRY."""
    monkeypatch.setenv("CRAMPCHECK_TRY", "false")
    app = create_app(pipeline=Pipeline(default_pipeline().knowledge))
    assert 404 == app.test_client().get("/try").status_code


def test_the_page_of_the_routes_leads_to_it(client: FlaskClient) -> None:
    """Here, and not for others."""
    assert 'href="try"' in client.get("/docs").get_data(as_text=True)
    away = client.get("/docs", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert 'href="try"' not in away.get_data(as_text=True)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("fe80::1%eth0", False),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_an_address_is_the_machines_own_or_not(host: str, own: bool) -> None:
    """Names other than localhost are not looked up."""
    assert own == is_loopback(host)


def test_every_sample_of_a_hook_that_is_served_can_be_chosen(client: FlaskClient) -> None:
    """The page names each, gives it as of today, and its service answers it with a card."""
    served = client.get("/cds-services").get_json()["services"]
    hooks = {one["hook"]: one["id"] for one in served}
    page = client.get("/try").get_data(as_text=True)
    chosen = re.findall(r'<option value="([^"]+)" data-service="([^"]+)"', page)
    expected = [
        (name, hooks[hook])
        for name in (*sample_names(), *order_sample_names())
        if (hook := json.loads(sample(name, WRITTEN_FOR))["hook"]) in hooks
    ]
    assert sorted(expected) == sorted(chosen)
    for name, service in chosen:
        body = client.get(f"/try/samples/{name}")
        assert sample(name, WRITTEN_FOR) == body.data
        answer = client.post(f"/cds-services/{service}", json=body.get_json())
        assert answer.get_json()["cards"], name


def test_samples_of_orders_wait_for_their_service() -> None:
    """Nothing is offered that would be refused."""
    view = Service("a", "patient-view", "", "", ())
    sign = Service("b", "order-sign", "", "", ())
    assert {"a"} == {one.service for one in samples([view])}
    offered = samples([view, sign])
    assert {"a", "b"} == {one.service for one in offered}
    assert ["orders/thiazide-beside-reliever"] == [
        one.name for one in offered if one.hook == "order-sign"
    ]
    assert [] == samples([])


@pytest.mark.parametrize("name", order_sample_names())
def test_a_sample_of_orders_names_its_own_drafts(name: str) -> None:
    """What is selected is among the drafts, which are of the patient and are drafts."""
    body = json.loads(sample(name, WRITTEN_FOR))
    context = body["context"]
    drafts = [entry["resource"] for entry in context["draftOrders"]["entry"]]
    ids = {f"{one['resourceType']}/{one['id']}" for one in drafts}
    assert set(context.get("selections", ids)) <= ids
    assert {"draft"} == {one["status"] for one in drafts}
    subjects = {one["subject"]["reference"] for one in drafts}
    assert {f"Patient/{context['patientId']}"} == subjects


@pytest.mark.parametrize("name", ["none", "../config", "orders", "orders/none", "orders/../x"])
def test_no_other_file_is_a_sample(client: FlaskClient, name: str) -> None:
    """Names are compared, no path is opened."""
    assert 404 == client.get(f"/try/samples/{name}").status_code


def test_the_page_obeys_our_script_alone(client: FlaskClient) -> None:
    """No script or style within it; it may ask nobody but us."""
    response = client.get("/try")
    page = response.get_data(as_text=True)
    assert ['<script src="static/try.js" defer>'] == re.findall(r"<script[^>]*>", page)
    assert not re.search(r"<style|\son\w+=|style=|javascript:|https?://", page)
    (policy,) = response.headers.getlist("Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert "no-store" == response.headers["Cache-Control"]
    assert "text/javascript" == client.get("/static/try.js").mimetype


def test_every_field_has_a_label(client: FlaskClient) -> None:
    """For who does not see the page."""
    page = client.get("/try").get_data(as_text=True)
    fields = set(re.findall(r'<(?:select|textarea|input)[^>]* id="([^"]+)"', page))
    assert {"sample", "service", "body"} == fields
    assert fields == set(re.findall(r'<label for="([^"]+)"', page))


def test_a_page_without_a_key_says_so() -> None:
    """Where clients are configured it cannot sign, and offers nothing that would be refused."""
    app = Flask("signed", static_folder=None)
    services = [Service("cramp-review", "patient-view", "", "", ())]
    app.register_blueprint(try_pages(services, offered=True, signed=True))
    register_errors(app, str)
    page = app.test_client().get("/try").get_data(as_text=True)
    assert "signed calls only" in page
    assert not re.search(r"<form|<script|<textarea", page)


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
        }
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
