"""The answer that the OpenAPI document shows is one that the service gives."""

from __future__ import annotations

import json

from tests.docs.openapi_example import PLACE, answer


def test_the_example_is_what_the_service_answers_now() -> None:
    """When it differs for good: `make docs`."""
    assert json.loads(answer()) == json.loads(PLACE.read_bytes())
