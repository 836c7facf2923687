"""What holds for the whole suite.

How much the generated tests generate: the same tests, larger, under `make soak`. And that every
response of a test client is held to the protocol, whatever the test is about.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, is_hypothesis_test, settings
from werkzeug.test import TestResponse

from tests.protocol.held import hold

SOAK = "CRAMPCHECK_SOAK"

# The same examples every time, so that a change is judged by what it changed. No test is timed:
# how long one takes says more of the machine than of the code. A failure is made smaller, which may
# take minutes; why it fails is left to its reader.
settings.register_profile(
    "quick",
    max_examples=60,
    deadline=None,
    derandomize=True,
    print_blob=True,
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
settings.register_profile(
    "soak",
    max_examples=5000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("soak" if os.environ.get(SOAK) == "1" else "quick")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Generated tests do not count as covering: a branch is held by a case that somebody wrote.

    Measuring them would also take as long as all other tests together.
    """
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="session", autouse=True)
def held_to_the_protocol() -> Iterator[None]:
    """Every response of every test client is one that the protocol allows."""
    opened = FlaskClient.open

    def open_(self: FlaskClient, *args: Any, **kwargs: Any) -> TestResponse:
        response = opened(self, *args, **kwargs)
        asked = response.request
        mimetype = response.mimetype or ""
        hold(asked.method, asked.path, response.status_code, mimetype, response.data)
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FlaskClient, "open", open_)
        yield
