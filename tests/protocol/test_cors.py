"""Calls from a page in a browser: of the origins that a site lists, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from plugin.app import create_app
from plugin.config import Settings
from tests.plugin.hook_calls import TODAY, URL
from tests.protocol.corpus import reviews
from tests.protocol.requirement import requirement

LISTED = "https://sandbox.example.org"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    data: Path = tmp_path_factory.mktemp("data")
    settings = Settings(cors_origins=(LISTED,), data=str(data))
    return create_app(settings, today=lambda: TODAY).test_client()


@requirement(208)
@pytest.mark.parametrize("path", ["/cds-services", URL, f"{URL}/feedback"])
def test_a_listed_origin_may_call_with_its_token_and_json(client: FlaskClient, path: str) -> None:
    asked = {
        "Origin": LISTED,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    allowed = client.options(path, headers=asked)
    assert allowed.status_code == 204
    assert allowed.headers["Access-Control-Allow-Origin"] == LISTED
    headers = {name.strip() for name in allowed.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"Authorization", "Content-Type"} <= headers
    assert "POST" in allowed.headers["Access-Control-Allow-Methods"]
    answer = client.post(
        URL,
        data=reviews()["low potassium"],
        content_type="application/json",
        headers={"Origin": LISTED},
    )
    assert answer.headers["Access-Control-Allow-Origin"] == LISTED
    assert "Origin" in answer.headers["Vary"]


@requirement(208)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{LISTED}.evil.example", "*"])
def test_an_origin_that_is_not_listed_is_told_nothing(client: FlaskClient, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for response in (
        client.options(URL, headers=asked),
        client.get("/cds-services", headers=asked),
    ):
        assert "Access-Control-Allow-Origin" not in response.headers
