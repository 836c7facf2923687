"""`/try` in a browser: what is sent, what is seen, and what hostile text cannot do."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver.common.keys import Keys

from plugin.samples import sample, sample_names
from tests.browser.chromium import MOBILE, Page
from tests.browser.trying import cards, choose, open_try, paste, send

FIRST = "thiazide-low-potassium"
HOSTILE = [
    "<img src=x onerror=\"document.title='acted'\">",
    "<script>document.title='acted'</script> zzz",
    "[zzz](javascript:document.title='acted')",
    "![zzz](https://example.org/pixel.png)",
    "<svg onload=alert(1)>",
    "</textarea><iframe src='https://example.org'></iframe>",
]


def asked_elsewhere(page: Page) -> list[str]:
    """Requests of the page to anything but the service."""
    return [url for url in page.requested() if not url.startswith((page.base, "data:"))]


def quiet(page: Page) -> None:
    """Nothing was reported, nobody else was asked, no alert is open."""
    assert [] == page.said()
    assert [] == asked_elsewhere(page)
    with pytest.raises(NoAlertPresentException):
        page.driver.switch_to.alert.accept()


def offered(page: Page) -> list[str]:
    """The samples that can be chosen."""
    return [str(one.get_attribute("value")) for one in page.all("#sample option")]


def test_every_sample_gets_its_cards(page: Page) -> None:
    """The first card is the one that the service answers with, in words and in colour."""
    open_try(page)
    names = offered(page)
    assert set(sample_names()) <= set(names)
    for name in names:
        choose(page, name)
        send(page)
        answer = json.loads(page.run("return document.querySelector('.raw code').textContent"))
        seen = cards(page)
        assert seen, name
        assert [card["summary"] for card in answer["cards"]] == [one["summary"] for one in seen]
        assert [card["indicator"] for card in answer["cards"]] == [one["kind"] for one in seen]
        assert all("Crampcheck" in one["source"] for one in seen)
        assert all("awaiting clinical review" in one["detail"] for one in seen)
        assert not any("**" in one["detail"] or "<" in one["detail"] for one in seen)
        assert page.one("#progress").text.startswith("200, ")
    quiet(page)


def test_the_first_sample_is_shown_at_once_and_needs_one_button(page: Page) -> None:
    """What stands in the page is what is sent."""
    open_try(page)
    body = page.run("return document.getElementById('body').value")
    name = page.run("return document.getElementById('sample').value")
    assert sample(name, date.today()).decode() == body
    page.one("button.send").send_keys(Keys.ENTER)
    page.wait("document.querySelector('#answer .card')")
    assert "answer-title" == page.run("return document.activeElement.id")
    quiet(page)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_drug_name_does_nothing(page: Page, text: str) -> None:
    """It is seen as text, runs nothing, asks nobody, and moves nothing."""
    open_try(page)
    body = json.loads(sample(FIRST, date.today()))
    entries = body["prefetch"]["medications"]["entry"]
    for entry in entries:
        entry["resource"]["medicationCodeableConcept"]["text"] += f" {text}"
    stranger = {**entries[0]["resource"], "id": "x", "medicationCodeableConcept": {"text": text}}
    entries.append({"resource": stranger})
    paste(page, json.dumps(body))
    send(page)
    assert cards(page)
    (detail,) = [one["detail"] for one in cards(page)][-1:]
    assert text[:12] in detail
    assert not page.all("#answer :is(img, iframe, script, svg), #answer .detail a")
    assert "Crampcheck: try it" == page.driver.title
    quiet(page)


def test_a_refusal_is_seen_with_its_reason(page: Page) -> None:
    """A 412 and a 400, in the words of the OperationOutcome."""
    open_try(page)
    body: dict[str, Any] = json.loads(sample(FIRST, date.today()))
    del body["prefetch"]["medications"]
    paste(page, json.dumps(body))
    send(page)
    assert page.one("#progress").text.startswith("412, ")
    assert "No advice: the call was refused." in page.one(".refused").text
    assert "medications" in page.one(".refused").text
    paste(page, '{"hook": ')
    send(page)
    assert page.one("#progress").text.startswith("400, ")
    assert page.one("#body-fault").text.startswith("This is not JSON")
    assert "true" == page.one("#body").get_attribute("aria-invalid")
    assert [] == asked_elsewhere(page)
    assert all("status of 4" in line for line in page.said()), "refusals are all that is reported"


def test_a_chart_with_nothing_to_say_is_said_to_be_silent(page: Page) -> None:
    """An empty list of cards is an answer."""
    open_try(page)
    body = json.loads(sample(FIRST, date.today()))
    for name in body["prefetch"]:
        if name != "patient":
            body["prefetch"][name] = None
    paste(page, json.dumps(body))
    send(page)
    assert [] == cards(page)
    assert "Everything was read, and nothing was found" in page.one(".silence").text
    quiet(page)


def test_an_override_is_sent_as_feedback(page: Page) -> None:
    """By the reason that was chosen; the page says what the feedback route answered."""
    open_try(page)
    choose(page, FIRST)
    send(page)
    (card,) = page.all("#answer .card")
    reasons = page.all("#answer .reason option")
    assert reasons
    page.requested()
    page.one("button.override").click()
    page.wait("document.querySelector('.outcome').textContent")
    said = page.one(".outcome").text
    assert said.startswith("overridden: feedback was ")
    assert "dismissed" in str(card.get_attribute("class"))
    assert [f"{page.base}/cds-services/cramp-review/feedback"] == page.requested()
    page.said()


def test_a_suggestion_opens_what_it_would_do(page: Page) -> None:
    """By keyboard too; what is shown of a card that has one is what an EHR would create."""
    open_try(page)
    card = {
        "uuid": "c1",
        "summary": "Made for the test",
        "indicator": "info",
        "detail": "See [this](https://example.org/x).",
        "source": {"label": "Test"},
        "suggestions": [
            {
                "uuid": "s1",
                "label": "Order it",
                "actions": [
                    {
                        "type": "create",
                        "description": "Measure it",
                        "resource": {"resourceType": "ServiceRequest"},
                    }
                ],
            }
        ],
    }
    page.run(
        "fetch('try/cards', {method: 'POST', headers: {'Content-Type': 'application/json'},"
        "body: JSON.stringify({status: 200, body: JSON.stringify({cards: [arguments[0]]})})})"
        ".then(r => r.text()).then(html => { const place = document.getElementById('answer');"
        "place.dataset.service = 'cramp-review';"
        "place.replaceChildren(...new DOMParser().parseFromString(html, 'text/html')"
        ".body.childNodes) })",
        card,
    )
    page.wait("document.querySelector('button.accept')")
    button = page.one("button.accept")
    assert not page.one(".actions").is_displayed()
    button.send_keys(Keys.SPACE)
    assert "true" == button.get_attribute("aria-expanded")
    assert "ServiceRequest" in page.one(".actions").text
    page.wait("document.querySelector('.outcome').textContent")
    assert page.one(".outcome").text.startswith("accepted: feedback was ")
    link = page.one(".detail a")
    assert ("_blank", "noopener noreferrer") == (
        link.get_attribute("target"),
        link.get_attribute("rel"),
    )
    button.send_keys(Keys.ENTER)
    assert "false" == button.get_attribute("aria-expanded")
    page.said()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_window_needs_no_scrolling_sideways(page: Page, scheme: str) -> None:
    """With cards, with a pasted request of one long word, in either colours."""
    open_try(page, MOBILE, scheme)
    body = json.loads(sample(FIRST, date.today()))
    concept = body["prefetch"]["medications"]["entry"][0]["resource"]["medicationCodeableConcept"]
    concept["text"] = "x" * 150
    paste(page, json.dumps(body))
    send(page)
    assert cards(page)
    width, window = page.run("return [document.documentElement.scrollWidth, innerWidth]")
    assert width <= window
    reason = page.all("#answer .card footer select")[0].rect
    assert reason["x"] + reason["width"] < window
    quiet(page)
