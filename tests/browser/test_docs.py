"""`/docs` in a browser: it works without a script, without a network, and in a narrow window."""

from __future__ import annotations

from tests.browser.chromium import MOBILE, Page


def test_the_page_of_the_routes_asks_for_nothing_but_its_own_parts(page: Page) -> None:
    """And its policy is not breached."""
    page.open("/docs")
    assert "The routes of the service" == page.one("h1").text
    assert [] == page.said()
    own = ("docs", "static/pages.css", "static/mark.svg")
    expected = {f"{page.base}/{name}" for name in own}
    assert {f"{page.base}/docs"} <= set(page.requested()) <= expected


def test_a_link_of_the_page_leads_to_a_shape_and_examples_open(page: Page) -> None:
    """What an integrator does first: look at the call and at its body."""
    page.open("/docs")
    page.one("a[href='#post-cds-services-service_id']").click()
    assert page.driver.current_url.endswith("#post-cds-services-service_id")
    example = page.all("#post-cds-services-service_id details")[0]
    assert not example.find_element("css selector", "pre").is_displayed()
    example.find_element("css selector", "summary").click()
    assert '"hook": "patient-view"' in example.find_element("css selector", "pre").text
    page.all("a[href='#shape-card']")[0].click()
    assert "indicator" in page.one("#shape-card").text
    assert [] == page.said()


def test_the_page_of_the_routes_fits_a_narrow_window(page: Page) -> None:
    """Wide tables scroll by themselves."""
    page.open("/docs", MOBILE)
    width, window = page.run("return [document.documentElement.scrollWidth, innerWidth]")
    assert width <= window


def test_the_pages_of_the_evidence_fit_a_narrow_window(page: Page) -> None:
    """Their tables become lists there, and no word is cut."""
    for path in ("/source-attributes", "/evidence", "/evidence/drugs/simvastatin"):
        page.open(path, MOBILE)
        width, window = page.run("return [document.documentElement.scrollWidth, innerWidth]")
        assert width <= window, path
