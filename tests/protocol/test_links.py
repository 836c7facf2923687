"""Links of a card: to its evidence, and to the site's own SMART app."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from plugin.app import create_app
from plugin.config import Settings
from tests.plugin.hook_calls import PATIENT_ID, TODAY, URL, Json
from tests.protocol.conftest import BASE
from tests.protocol.corpus import reviews
from tests.protocol.requirement import requirement

APP = "https://app.example.org/launch"

Ask = Callable[..., list[Json]]


def links_under(**settings: object) -> list[Json]:
    """The links of a card about a low potassium, under these settings."""
    app = create_app(Settings(**settings), today=lambda: TODAY)  # type: ignore[arg-type]
    response = app.test_client().post(
        URL, data=reviews()["low potassium"], content_type="application/json"
    )
    (card,) = response.get_json()["cards"]
    links: list[Json] = card.get("links", [])
    return links


@requirement(103, 138, 139, 141, 142)
def test_each_link_has_a_label_an_address_and_a_type(cards: list[Json]) -> None:
    links = [link for card in cards for link in card.get("links", ())]
    assert links
    for link in links:
        assert isinstance(link["label"], str)
        assert link["label"].strip()
        assert urlsplit(link["url"]).scheme == "https"
        assert link["type"] in ("absolute", "smart")


@requirement(110, 140)
def test_what_a_card_rests_on_is_a_link_of_the_card(
    client: FlaskClient, answers: dict[str, Json]
) -> None:
    (card,) = answers["low potassium"]["cards"]
    (link,) = card["links"]
    assert link["type"] == "absolute"
    assert link["url"].startswith(f"{BASE}/")
    parts = urlsplit(link["url"])
    page = client.get(f"{parts.path}?{parts.query}")
    assert page.status_code == 200
    assert "thiazide" in page.text.lower()
    assert PATIENT_ID not in link["url"]


@requirement(104, 108)
def test_without_an_address_of_its_own_a_service_sends_no_links() -> None:
    assert links_under() == []


@requirement(142)
def test_a_smart_link_is_sent_where_a_site_has_set_one() -> None:
    links = links_under(base_url=BASE, smart_launch_url=APP)
    assert [link["type"] for link in links] == ["absolute", "smart"]
    assert links[1]["url"] == APP


@requirement(144, 145, 146, 147)
def test_only_a_smart_link_may_have_an_app_context() -> None:
    plain = links_under(base_url=BASE, smart_launch_url=APP)
    assert not any("appContext" in link for link in plain)
    absolute, smart = links_under(base_url=BASE, smart_launch_url=APP, smart_app_context=True)
    assert "appContext" not in absolute
    assert isinstance(smart["appContext"], str)
    assert PATIENT_ID not in json.dumps(smart)


@pytest.mark.parametrize("name", ["a child", "a drug that nobody knows"])
def test_every_link_leads_to_a_page_of_ours(
    client: FlaskClient, answers: dict[str, Json], name: str
) -> None:
    for card in answers[name]["cards"]:
        for link in card.get("links", ()):
            parts = urlsplit(link["url"])
            assert client.get(f"{parts.path}?{parts.query}").status_code == 200
