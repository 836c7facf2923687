"""The page of `crampcheck signal` in a browser: whole by itself, at a desk, a phone, on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import DESKTOP, MOBILE, Page, chromium, programs
from tests.browser.signalling import made
from tests.servers.local import not_installed

_PAPER = (794, 1123)  # A4 at 96 dots an inch


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("signal"), patients=300)


@pytest.fixture(scope="module")
def local() -> Iterator[Page]:
    """A browser that reads files."""
    if None in programs():
        not_installed(
            "chromium and chromedriver are not installed; `make test` as root installs them"
        )
    with chromium("file://") as opened:
        yield opened


@pytest.mark.parametrize("size", [DESKTOP, MOBILE, _PAPER], ids=["desk", "phone", "paper"])
def test_the_page_fits_asks_nobody_and_breaks_no_policy(
    local: Page, result: Path, size: tuple[int, int]
) -> None:
    """No wider than the window: wide tables scroll in themselves."""
    local.open(str(result / "signal.html"), size)
    assert local.run("return document.documentElement.scrollWidth") <= size[0]
    assert [] == local.said()
    asked = {one.rpartition("/")[2] for one in local.requested()}
    assert asked <= {"signal.html", "favicon.ico"}


def test_the_page_has_one_heading_a_named_plot_and_rows_with_heads(
    local: Page, result: Path
) -> None:
    """As somebody hears it who cannot see the plot."""
    local.open(str(result / "signal.html"))
    assert "Do first cramps follow" in local.one("h1").text
    assert "Forest plot" in (local.one("figure svg").get_attribute("aria-label") or "")
    assert local.one("figure svg").size["width"] > 300
    groups = json.loads((result / "signal.json").read_bytes())["groups"]
    heads = {one.text for one in local.all("tbody th[scope=row]")}
    assert {one["label"] for one in groups} <= heads


def test_the_plot_keeps_its_size_on_a_telephone_and_scrolls(local: Page, result: Path) -> None:
    local.open(str(result / "signal.html"), MOBILE)
    assert local.one("figure svg").size["width"] >= 800
    assert local.one("figure .wide").size["width"] <= MOBILE[0]
    assert "auto" == local.run(
        "return getComputedStyle(document.querySelector('figure .wide')).overflowX"
    )
