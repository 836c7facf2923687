"""Asks the order check, and holds what it answers to the schema of the protocol."""

from __future__ import annotations

import json

import jsonschema
import pytest
from flask.testing import FlaskClient

from tests.plugin.conftest import SCHEMA
from tests.plugin.ordering.calls import ORDER_CHECK, REVIEW, Ask, Json


def _asking(client: FlaskClient, address: str) -> Ask:
    schema = json.loads(SCHEMA.read_bytes()) if SCHEMA.exists() else {}

    def ask(call: Json) -> list[Json]:
        response = client.post(address, json=call)
        assert response.status_code == 200, response.get_data(as_text=True)
        jsonschema.validate(response.get_json(), schema)
        cards: list[Json] = response.get_json()["cards"]
        return cards

    return ask


@pytest.fixture
def check(client: FlaskClient) -> Ask:
    """The cards of `cramp-order-check`."""
    return _asking(client, ORDER_CHECK)


@pytest.fixture
def review(client: FlaskClient) -> Ask:
    """The cards of `cramp-review`."""
    return _asking(client, REVIEW)
