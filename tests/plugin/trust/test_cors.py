"""Calls of web pages: of the origins that the site lists, and of no other."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from plugin.app import create_app
from plugin.config import Settings, SettingsInvalid, settings_from_environment
from tests.plugin.hook_calls import URL

PAGE = "https://sandbox.example.org"
OTHER = "https://evil.example.org"
ASKS = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    """A service that one page may call."""
    settings = Settings(cors_origins=(PAGE, "http://localhost:8080"))
    return create_app(settings).test_client()


def allowed(headers: object) -> dict[str, str]:
    """The header fields that a browser goes by."""
    named: list[tuple[str, str]] = list(headers)  # type: ignore[call-overload]
    return {name: value for name, value in named if name.startswith("Access-Control-")}


@pytest.mark.parametrize("path", [URL, "/cds-services", f"{URL}/feedback"])
def test_a_preflight_of_a_listed_page_is_answered_without_a_token(
    client: FlaskClient, path: str
) -> None:
    """A browser sends it before the call, and never with a token."""
    answer = client.options(path, headers={"Origin": PAGE, **ASKS})
    assert (204, b"") == (answer.status_code, answer.data)
    assert {
        "Access-Control-Allow-Origin": PAGE,
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": "600",
    } == allowed(answer.headers)
    assert ["Origin"] == answer.headers.getlist("Vary")
    assert "no-store" == answer.headers["Cache-Control"]


def test_a_listed_page_may_read_answers_and_refusals(client: FlaskClient) -> None:
    """Also the reason why its call was wrong; nothing of the browser's own is asked for."""
    for answer in (
        client.get("/cds-services", headers={"Origin": PAGE}),
        client.post(URL, json={}, headers={"Origin": PAGE}),
        client.post("/cds-services/none", json={}, headers={"Origin": PAGE}),
    ):
        assert {"Access-Control-Allow-Origin": PAGE} == allowed(answer.headers)
        assert ["Origin"] == answer.headers.getlist("Vary")


@pytest.mark.parametrize(
    "origin",
    [OTHER, f"{PAGE}.evil.example.org", f"{PAGE}:444", "null", "*", "", PAGE.upper(), f"{PAGE}/"],
)
def test_another_page_is_told_nothing(client: FlaskClient, origin: str) -> None:
    """Letter by letter; its browser then keeps the answer from it."""
    for answer in (
        client.options(URL, headers={"Origin": origin, **ASKS}),
        client.get("/cds-services", headers={"Origin": origin}),
    ):
        assert {} == allowed(answer.headers)
        assert ["Origin"] == answer.headers.getlist("Vary")


def test_what_is_not_of_the_protocol_is_for_no_page(client: FlaskClient) -> None:
    """Metrics and the rest of the pages."""
    for path in ("/metrics", "/readyz", "/", "/cds-servicesx"):
        assert {} == allowed(client.get(path, headers={"Origin": PAGE}).headers)
        assert {} == allowed(client.options(path, headers={"Origin": PAGE, **ASKS}).headers)


def test_without_a_list_no_page_may_call() -> None:
    """The default; and an EHR that is no browser notices nothing."""
    client = create_app(Settings()).test_client()
    answer = client.options(URL, headers={"Origin": PAGE, **ASKS})
    assert ({}, []) == (allowed(answer.headers), answer.headers.getlist("Vary"))
    assert 200 == client.get("/cds-services").status_code


@pytest.mark.parametrize(
    "value",
    [
        "*",
        "null",
        "sandbox.example.org",
        f"{PAGE}/",
        f"{PAGE},*",
        "https://A.example.org",
        "file://",
    ],
)
def test_what_is_no_origin_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """Every page, and spellings that no browser sends."""
    monkeypatch.setenv("CRAMPCHECK_CORS_ORIGINS", value)
    with pytest.raises(SettingsInvalid, match="CORS_ORIGINS"):
        settings_from_environment()


def test_origins_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Separated by commas, with or without spaces; empty is none."""
    monkeypatch.setenv("CRAMPCHECK_CORS_ORIGINS", f"{PAGE}, http://localhost:8080")
    assert (PAGE, "http://localhost:8080") == settings_from_environment().cors_origins
    monkeypatch.setenv("CRAMPCHECK_CORS_ORIGINS", "")
    assert () == settings_from_environment().cors_origins
