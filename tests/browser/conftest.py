"""A real browser before the real service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.chromium import Page, chromium, programs
from tests.deploy.service import running
from tests.servers.local import HOST, not_installed


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """One browser for all tests; each opens what it needs."""
    if None in programs():
        not_installed(
            "chromium and chromedriver are not installed; `make test` as root installs them"
        )
    folder = tmp_path_factory.mktemp("service")
    with running(folder) as service, chromium(f"http://{HOST}:{service.port}") as opened:
        yield opened
