"""Whoever uses a keyboard, a screen reader or other colours can use the pages."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import Page
from tests.browser.trying import choose, open_try, send

LEAST = 4.5  # of WCAG 2.1, 1.4.3, for text of usual size
# Texts with their colour and that of what is painted behind them.
TEXTS = """
const seen = [];
const painted = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!/rgba\\(.*, 0\\)|transparent/.test(colour)) return colour;
  }
  return 'rgb(255, 255, 255)';
};
for (const element of document.querySelectorAll('body *')) {
  const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  if (own && element.checkVisibility()) {
    seen.push([getComputedStyle(element).color, painted(element), element.tagName + '.' +
      element.className + ': ' + element.textContent.trim().slice(0, 30)]);
  }
}
return seen;
"""
NAMELESS = """
const named = (e) => e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim() ||
  e.getAttribute('aria-labelledby');
return [...document.querySelectorAll('select, textarea, input, button, a, summary')]
  .filter(e => !named(e)).map(e => e.outerHTML);
"""
IDS = """
const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
const uses = ['aria-labelledby', 'aria-describedby', 'aria-controls'];
const used = [...document.querySelectorAll('*')].flatMap(e => uses
    .flatMap(a => (e.getAttribute(a) || '').split(' ').filter(Boolean)));
return [ids.length - new Set(ids).size, used.filter(id => !ids.includes(id))];
"""
HEADINGS = "return [...document.querySelectorAll('h1,h2,h3,h4')].map(e => Number(e.tagName[1]))"


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG defines it, of `rgb(...)` both."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def show(page: Page, path: str, scheme: str = "light") -> None:
    """A page as it is used: `/try` with cards."""
    if path != "/try":
        page.open(path, scheme=scheme)
        return
    open_try(page, scheme=scheme)
    choose(page, "free-text-list")
    send(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/try", "/docs"])
def test_every_text_stands_out_from_its_ground(page: Page, path: str, scheme: str) -> None:
    """In both colour schemes, and the two differ."""
    show(page, path, scheme)
    texts = page.run(TEXTS)
    assert len(texts) > 20
    faint = [(what, ink, ground) for ink, ground, what in texts if contrast(ink, ground) < LEAST]
    assert [] == faint
    ground = page.run("return getComputedStyle(document.body).backgroundColor")
    assert (_luminance(ground) < 0.2) is (scheme == "dark")


@pytest.mark.parametrize("path", ["/try", "/docs"])
def test_everything_that_can_be_used_has_a_name(page: Page, path: str) -> None:
    """Ids are unique and those referred to exist; no level of headings is left out."""
    show(page, path)
    assert [] == page.run(NAMELESS)
    assert [0, []] == page.run(IDS)
    levels = page.run(HEADINGS)
    assert 1 == levels[0]
    assert 1 == levels.count(1)
    assert all(later - before <= 1 for before, later in pairwise(levels))
    assert "en" == page.run("return document.documentElement.lang")
    assert 1 == len(page.all("main"))


def test_the_keyboard_reaches_everything_in_the_order_of_the_page(page: Page) -> None:
    """From the link that skips the navigation, through the form, to the button that sends."""
    open_try(page)
    order = []
    for _ in range(9):
        ActionChains(page.driver).send_keys(Keys.TAB).perform()
        element = page.driver.switch_to.active_element
        order.append(element.get_attribute("id") or element.text or element.tag_name)
        outline = page.run("return getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", order[-1]
    assert "Skip to the content" == order[0]
    assert ["sample", "service", "body", "Send the call"] == order[-4:]


def test_the_answer_is_announced(page: Page) -> None:
    """Status and time are in a live region, and a fault of the request in an alert."""
    open_try(page)
    assert "status" == page.one("#progress").get_attribute("role")
    assert "alert" == page.one("#body-fault").get_attribute("role")


def test_black_and_white_are_as_far_apart_as_can_be() -> None:
    """Guards the test of contrast, by the two ends and a grey between them."""
    assert 21 == pytest.approx(contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)"))
    assert 1 == pytest.approx(contrast("rgb(9, 9, 9)", "rgb(9, 9, 9)"))
    assert contrast("rgb(150, 150, 150)", "rgb(255, 255, 255)") < LEAST
