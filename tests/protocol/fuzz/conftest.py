"""The whole application, with a log that is read in the end."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from werkzeug.test import TestResponse

from plugin.app import create_app
from plugin.config import Settings
from tests.conftest import SOAK
from tests.plugin.hook_calls import TODAY
from tests.protocol.fuzz.seeds import NAME, TOKEN

# How many requests of each kind are sent under `make soak`; otherwise a small part of them.
# `described` is for each route of the OpenAPI description, beyond the 20,000.
SHARES = {
    "calls": 13_000,
    "bytes": 3_000,
    "feedback": 3_000,
    "requests": 2_500,
    "described": 400,
}
PART = 1 if os.environ.get(SOAK) == "1" else 1 / 36
ANSWERS = {200, 204, 400, 401, 403, 404, 405, 412, 413, 415}

Send = Callable[..., TestResponse]


def examples(share: str) -> settings:
    """As many as its share, and as slow as they are."""
    return settings(max_examples=int(SHARES[share] * PART), suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of the whole application; in the end, its log tells nothing of the record."""
    log = io.StringIO()
    with redirect_stderr(log):
        data = str(tmp_path_factory.mktemp("data"))
        app = create_app(Settings(data=data), today=lambda: TODAY, remember=True)
    yield app.test_client()
    written = log.getvalue()
    assert '"ready"' in written
    for secret in (NAME, TOKEN, "Traceback"):
        assert secret not in written


@pytest.fixture(scope="module")
def send(client: FlaskClient) -> Send:
    """Sends a request and looks at what came back; its shape is looked at for every client."""

    def sent(url: str, body: bytes, **more: Any) -> TestResponse:
        asked = more or {"method": "POST", "content_type": "application/json"}
        response = client.open(url, data=body, **asked)
        assert response.status_code in ANSWERS
        assert TOKEN not in response.text
        if response.status_code >= 400:
            assert NAME not in response.text + str(response.headers)
        return response

    return sent
