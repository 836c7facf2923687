"""The report of a screening run, opened as a file: on a screen, on a telephone, on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.browser.chromium import DESKTOP, MOBILE, Page, chromium, programs
from tests.browser.reports import CROWDED, EMPTY, FULL, MEETING, write_reports
from tests.browser.test_access import HEADINGS, IDS, LEAST, NAMELESS, TEXTS, contrast
from tests.servers.local import not_installed

A4, LETTER = (8.27, 11.69), (8.5, 11.0)
_MARGINS = 28 / 25.4  # inches, left and right together, of the report's style
ALL = [FULL, MEETING, EMPTY, CROWDED]
# Elements that stick out of the window, or of the page, and are not in a part that scrolls.
SPILT = """
return [...document.querySelectorAll('body *')].filter(e => !e.closest('.wide, svg') &&
  e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.tagName + ' ' + e.textContent.trim().slice(0, 40));
"""
DRAWN = """
const painted = (e) => getComputedStyle(e.closest('section')).backgroundColor;
return [...document.querySelectorAll('svg text')].map(e => [getComputedStyle(e).fill, painted(e)]);
"""
TABLES = """
return [...document.querySelectorAll('table')].filter(t => !t.caption || !t.tHead ||
  [...t.querySelectorAll('th')].some(h => !h.scope)).map(t => t.outerHTML.slice(0, 80));
"""
# How large the letters of the drawings are, in pixels of the window.
LETTERS = """
return [...document.querySelectorAll('svg text')].map(t =>
  parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getBoundingClientRect().width
  / t.ownerSVGElement.viewBox.baseVal.width);
"""
# Texts of a drawing that run into each other, or out of it.
COLLIDING = """
const out = [];
for (const svg of document.querySelectorAll('svg')) {
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')];
  const boxes = texts.map(t => [t.textContent, t.getBoundingClientRect()]);
  for (const [i, [text, one]] of boxes.entries()) {
    if (one.left < frame.left - 1 || one.right > frame.right + 1) out.push(text);
    for (const [other, two] of boxes.slice(i + 1)) {
      if (one.left < two.right && two.left < one.right && one.top + 2 < two.bottom &&
        two.top + 2 < one.bottom) out.push(text + ' / ' + other);
    }
  }
}
return out;
"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return write_reports(tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def opened() -> Iterator[Page]:
    """A browser of its own: these pages need no service."""
    if None in programs():
        not_installed(
            "chromium and chromedriver are not installed; `make test` as root installs them"
        )
    with chromium("") as page:
        yield page


@pytest.mark.parametrize("name", ALL)
def test_it_asks_for_nothing_and_keeps_to_its_policy(
    opened: Page, reports: dict[str, str], name: str
) -> None:
    """The file alone is loaded, and nothing was refused: no style or drawing breaks the policy."""
    opened.open(reports[name])
    assert [] == opened.said()
    assert [reports[name]] == opened.requested()
    assert opened.driver.title.startswith("Crampcheck: screening report as of")


@pytest.mark.parametrize("size", [DESKTOP, MOBILE])
@pytest.mark.parametrize("name", ALL)
def test_nothing_sticks_out_of_the_window(
    opened: Page, reports: dict[str, str], name: str, size: tuple[int, int]
) -> None:
    """Not with a reference of 168 letters from right to left, nor with findings of one word."""
    opened.open(reports[name], size)
    assert [] == opened.run(SPILT)
    width, window = opened.run("return [document.documentElement.scrollWidth, innerWidth]")
    assert width <= window


@pytest.mark.parametrize("paper", [A4, LETTER])
@pytest.mark.parametrize(("name", "most"), [(FULL, 16), (MEETING, 10), (EMPTY, 2), (CROWDED, 32)])
def test_it_prints_on_either_paper_and_nothing_is_cut(
    opened: Page, reports: dict[str, str], paper: tuple[float, float], name: str, most: int
) -> None:
    """No row is parted, a table goes on under its head, nothing is beyond the margin."""
    opened.open(reports[name])
    pages = re.findall(rb"/Type\s*/Page\b", opened.paper(*paper))
    assert 1 <= len(pages) <= most
    opened.open(reports[name], (round((paper[0] - _MARGINS) * 96), round(paper[1] * 96)))
    opened.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert [] == opened.run(SPILT)
    style = "return [...document.querySelectorAll('{}')].map(e => getComputedStyle(e).{})"
    assert {"avoid"} == set(opened.run(style.format("tr", "breakInside")))
    assert {"table-header-group"} == set(opened.run(style.format("thead", "display")))
    assert {"visible"} >= set(opened.run(style.format(".wide", "overflowX")))
    opened.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [FULL, MEETING])
def test_every_text_stands_out_also_in_the_drawings(
    opened: Page, reports: dict[str, str], name: str, scheme: str
) -> None:
    """By the contrast of WCAG, in both colour schemes; and no text runs into another."""
    opened.open(reports[name], scheme=scheme)
    texts = opened.run(TEXTS)
    faint = [(what, ink) for ink, ground, what in texts if contrast(ink, ground) < LEAST]
    assert [] == faint
    drawn = opened.run(DRAWN)
    assert len(drawn) > 20
    assert all(contrast(ink, ground) >= LEAST for ink, ground in drawn)
    assert [] == opened.run(COLLIDING)


@pytest.mark.parametrize("name", ALL)
def test_drawings_are_read_on_a_telephone_without_enlarging(
    opened: Page, reports: dict[str, str], name: str
) -> None:
    """Letters of 11 pixels and more, and none that runs into another."""
    opened.open(reports[name], MOBILE)
    sizes = opened.run(LETTERS)
    assert name == EMPTY or sizes
    assert [] == [one for one in sizes if one < 11]
    assert [] == opened.run(COLLIDING)


@pytest.mark.parametrize("name", ALL)
def test_a_screen_reader_finds_its_way(opened: Page, reports: dict[str, str], name: str) -> None:
    """Headings in order, tables with captions and heads, drawings with words, names and ids."""
    opened.open(reports[name])
    assert [] == opened.run(NAMELESS)
    assert [0, []] == opened.run(IDS)
    assert [] == opened.run(TABLES)
    levels = opened.run(HEADINGS)
    assert 1 == levels[0]
    assert 1 == levels.count(1)
    assert all(later - before <= 1 for before, later in pairwise(levels))
    assert "en" == opened.run("return document.documentElement.lang")
    assert 1 == len(opened.all("main"))
    drawings = opened.all("svg")
    assert all(one.get_attribute("role") == "img" for one in drawings)
    assert all(one.get_attribute("aria-label") for one in drawings)
