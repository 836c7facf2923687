"""A real browser before the real service."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.browser.chromium import Page, chromium, programs
from tests.deploy.service import HOST, running


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """One browser for all tests; each opens what it needs."""
    if None in programs() and os.environ.get("CI") != "true":
        pytest.skip(
            "chromium and chromedriver are not installed; `make test` as root installs them"
        )
    folder = tmp_path_factory.mktemp("service")
    with running(folder) as service, chromium(f"http://{HOST}:{service.port}") as opened:
        yield opened
