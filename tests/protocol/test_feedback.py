"""Feedback: taken at each service, and told by what the card was about."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from plugin.app import create_app
from plugin.cli.main import execute
from plugin.config import Settings
from tests.plugin.hook_calls import TODAY, URL, Json
from tests.protocol.corpus import CHECK, reviews
from tests.protocol.requirement import requirement


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """An application with a database of its own."""
    return create_app(Settings(data=str(tmp_path)), today=lambda: TODAY, remember=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def overridden(card: str) -> Json:
    return {
        "card": card,
        "outcome": "overridden",
        "overrideReason": {
            "reason": {"system": "urn:crampcheck:override-reason", "code": "not-taking"}
        },
        "outcomeTimestamp": "2026-11-01T10:05:31Z",
    }


@requirement(148)
@pytest.mark.parametrize("service", [URL, CHECK])
def test_feedback_is_taken_at_each_service(client: FlaskClient, service: str) -> None:
    post = {"feedback": [overridden("9368d37b-283f-44a0-93ea-547cebab93ed")]}
    assert client.post(f"{service}/feedback", json=post).status_code == 200
    assert client.post("/cds-services/none/feedback", json=post).status_code == 404
    assert client.get(f"{service}/feedback").status_code == 405


@requirement(82, 148)
def test_feedback_on_a_card_that_was_issued_is_told_by_its_rule(
    client: FlaskClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = client.post(
        URL, data=reviews()["low potassium"], content_type="application/json"
    ).get_json()
    (card,) = answer["cards"]
    taken = client.post(f"{URL}/feedback", json={"feedback": [overridden(card["uuid"])]})
    assert taken.status_code == 200
    monkeypatch.setenv("CRAMPCHECK_DATA", str(tmp_path))
    capsys.readouterr()
    assert execute(["feedback", "report", "--format", "csv"]) == 0
    told = capsys.readouterr().out
    assert "low-potassium-magnesium-not-known" in told
    assert card["uuid"] not in told
    assert execute(["feedback", "report", "--by", "reason", "--format", "csv"]) == 0
    assert "not-taking" in capsys.readouterr().out


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{}",
        b'{"feedback":{}}',
        b'{"feedback":[{}]}',
        b'{"feedback":[{"card":"1"}]}',
        b'{"feedback":[{"card":"1","outcome":"ignored"}]}',
    ],
)
def test_feedback_that_says_nothing_is_a_400(client: FlaskClient, body: bytes) -> None:
    refused = client.post(f"{URL}/feedback", data=body, content_type="application/json")
    assert refused.status_code == 400
