"""The whole application, called as a CDS client calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.config import Settings
from tests.plugin.hook_calls import TODAY, URL, Json
from tests.protocol.corpus import answered

BASE = "https://cds.example.org"

Post = Callable[..., TestResponse]


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application of a site that has set its address."""
    data = str(tmp_path_factory.mktemp("data"))
    return create_app(Settings(base_url=BASE, data=data), today=lambda: TODAY, remember=True)


@pytest.fixture(scope="session")
def client(app: Flask) -> FlaskClient:
    """A client of it."""
    return app.test_client()


@pytest.fixture(scope="session")
def post(client: FlaskClient) -> Post:
    """Posts a body, JSON unless headers say otherwise."""

    def send(url: str, body: bytes, **headers: str) -> TestResponse:
        named = {"Content-Type": "application/json", **headers}
        return client.post(url, data=body, headers=named)

    return send


@pytest.fixture(scope="session")
def answers(post: Post) -> dict[str, Json]:
    """Answers of every kind, by what the call was about."""
    return dict(answered(post))


@pytest.fixture(scope="session")
def cards(answers: dict[str, Json]) -> list[Json]:
    """The cards of them all."""
    return [card for answer in answers.values() for card in answer["cards"]]


@pytest.fixture(scope="session")
def services(client: FlaskClient) -> list[dict[str, Any]]:
    """What discovery lists."""
    listed: list[dict[str, Any]] = client.get("/cds-services").get_json()["services"]
    return listed


@pytest.fixture
def ask(post: Post) -> Callable[..., list[Json]]:
    """Sends a call to `cramp-review`, and gives its cards."""

    def cards_of(body: bytes, url: str = URL) -> list[Json]:
        response = post(url, body)
        assert response.status_code == 200, response.get_data(as_text=True)
        made: list[Json] = response.get_json()["cards"]
        return made

    return cards_of
