"""JSON, and nothing else, in both directions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.plugin.hook_calls import URL, Json
from tests.protocol.conftest import Post
from tests.protocol.corpus import reviews
from tests.protocol.requirement import requirement


@requirement(1)
@pytest.mark.parametrize(
    "sent", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "text/json", ""]
)
def test_a_call_that_is_not_declared_as_json_is_refused(post: Post, sent: str) -> None:
    refused = post(URL, reviews()["low potassium"], **{"Content-Type": sent})
    assert refused.status_code == 415
    assert "application/json" in refused.get_json()["issue"][0]["diagnostics"]


@requirement(1)
@pytest.mark.parametrize(
    "wanted", ["application/json", "*/*", "application/fhir+json", "text/html"]
)
def test_whatever_a_client_accepts_it_gets_json(client: FlaskClient, wanted: str) -> None:
    accept = {"Accept": wanted, "Content-Type": "application/json"}
    for response in (
        client.get("/cds-services", headers=accept),
        client.post(URL, data=reviews()["low potassium"], headers=accept),
        client.post(URL, data=b"{", headers=accept),
        client.post("/cds-services/none", data=b"{}", headers=accept),
    ):
        assert response.mimetype == "application/json"
        assert json.loads(response.data)


@requirement(3)
def test_no_element_that_is_sent_is_null_or_empty(
    services: list[Json], answers: dict[str, Json]
) -> None:
    assert list(_empty("services", services)) == []
    for name, answer in answers.items():
        found = [path for path in _empty(name, answer) if path != f"{name}.cards"]
        assert found == []


@requirement(3)
def test_an_empty_list_of_cards_is_sent_where_there_is_nothing_to_say(
    answers: dict[str, Json],
) -> None:
    assert answers["nothing taken"] == {"cards": []}


def _empty(path: str, value: Any) -> Iterator[str]:
    if value is None or value in ("", [], {}):
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _empty(f"{path}.{key}", inner)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _empty(f"{path}[{place}]", inner)
