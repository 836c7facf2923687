"""What holds for the whole suite.

How much the generated tests generate: the same tests, larger, under `make soak`. And that every
response of a test client is held to the protocol, whatever the test is about.
"""

from __future__ import annotations

import gc
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
_HERE = Path(__file__).parent
# Where the cases of the clinical logic are written.
_CLINICAL = tuple(
    _HERE / path
    for path in (
        "plugin/guards",
        "plugin/heart",
        "plugin/ordering",
        "plugin/reading",
        "knowledge/test_knowledge.py",
        "knowledge/test_load.py",
        "knowledge/test_logic.py",
        "knowledge/test_vocabulary.py",
    )
)

# The same examples every time, so that a change is judged by what it changed. No test is timed:
# how long one takes says more of the machine than of the code. A failure is made smaller, which may
# take minutes; why it fails is left to its reader.
settings.register_profile(
    "quick",
    max_examples=40,
    deadline=None,
    derandomize=True,
    print_blob=True,
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
settings.register_profile(
    "soak",
    max_examples=1000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("soak" if os.environ.get(SOAK) == "1" else "quick")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Stop the first of the two measurements that pytest-cov starts in a worker of xdist.

    Whenever the second one rests, as it does for most tests, the first would take over, and make
    them take twice as long.
    """
    measuring = session.config.pluginmanager.getplugin("_cov")
    if hasattr(session.config, "workerinput") and measuring is not None:
        measuring.cov_controller.pause()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Only written cases of the clinical logic count as covering it.

    A branch of it is held by a case that somebody wrote for it, and not by what another test, or a
    generated one, happens to come by. Measuring those would also take longer than running them.
    """
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)) or not _is_clinical(item.path):
            item.add_marker(pytest.mark.no_cover)


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: Python need not search it for cycles again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _is_clinical(path: Path) -> bool:
    return path.parent == _HERE / "plugin" or any(path.is_relative_to(one) for one in _CLINICAL)


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
