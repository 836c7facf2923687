"""What holds for the whole suite.

How much the generated tests generate: the same tests, larger, under `make soak`. And that every
response of a test client is held to the protocol, whatever the test is about.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, is_hypothesis_test, settings
from werkzeug.test import TestResponse

from tests.protocol.held import hold

SOAK = "CRAMPCHECK_SOAK"
_SCREENING = Path(__file__).parent / "plugin" / "screening"

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
    """Neither generated tests nor whole screenings count as covering the clinical logic.

    A branch of it is held by a case that somebody wrote for it. Measuring the others would also
    take longer than running them.
    """
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)) or _SCREENING in item.path.parents:
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
