"""The page `/try`, used as a person does."""

from __future__ import annotations

from selenium.webdriver.support.ui import Select

from tests.browser.chromium import DESKTOP, Page


def open_try(page: Page, size: tuple[int, int] = DESKTOP, scheme: str = "light") -> None:
    """Open the page, and wait for the first sample to stand in it."""
    page.open("/try", size, scheme)
    page.wait("document.getElementById('body').value.length > 2")


def choose(page: Page, sample: str) -> None:
    """Choose a sample, and wait until it stands in the page."""
    page.run("document.getElementById('body').value = ''")
    select = Select(page.one("#sample"))
    others = [one.get_attribute("value") for one in select.options]
    if select.first_selected_option.get_attribute("value") == sample:
        # Choosing what is chosen says nothing to a page.
        select.select_by_value(str(next(one for one in others if one != sample)))
        page.wait("document.getElementById('body').value.length > 2")
        page.run("document.getElementById('body').value = ''")
    select.select_by_value(sample)
    page.wait("document.getElementById('body').value.length > 2")


def paste(page: Page, text: str) -> None:
    """Put a request of one's own into the page."""
    page.run("document.getElementById('body').value = arguments[0]", text)


def send(page: Page) -> None:
    """Send the call, and wait until its answer is shown."""
    page.run("document.getElementById('answer').replaceChildren()")
    page.one("button.send").click()
    page.wait("document.querySelector('#answer .raw')")


def cards(page: Page) -> list[dict[str, str]]:
    """What is seen of each card."""
    seen: list[dict[str, str]] = page.run(
        "return [...document.querySelectorAll('#answer .card')].map(card => ({"
        "summary: card.querySelector('h3').innerText,"
        "level: card.querySelector('.level').innerText.trim(),"
        "kind: card.classList[1],"
        "detail: card.querySelector('.detail').innerText,"
        "source: card.querySelector('.source').innerText}))"
    )
    return seen
