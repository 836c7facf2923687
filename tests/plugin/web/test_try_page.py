"""`/try` for this machine alone: who gets it, what it shows of an answer, and what it lets be."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cds_hooks.errors import register_errors
from cds_hooks.model import Service
from plugin.addresses.machine import is_this_machine
from plugin.app import create_app
from plugin.config import Settings
from plugin.pipeline import Pipeline, default_pipeline
from plugin.samples import WRITTEN_FOR, order_sample_names, sample, sample_names
from plugin.web.try_page import samples, try_pages

PATHS = ("/try", "/try/samples/thiazide-low-potassium", "/try/cards")


def get(client: FlaskClient, path: str, **environ: Any) -> int:
    method = "POST" if path == "/try/cards" else "GET"
    body = {"status": 200, "body": "{}"} if method == "POST" else None
    return client.open(path, method=method, json=body, environ_overrides=environ).status_code


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
    assert get(client, path, **environ) in (403, 404)


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
    """CRAMPCHECK_TRY_PAGE."""
    monkeypatch.setenv("CRAMPCHECK_TRY_PAGE", "false")
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
    assert own == is_this_machine(host)


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
