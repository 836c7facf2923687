"""What every card has, whatever it is about."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlsplit

from markdown_it import MarkdownIt

from tests.plugin.hook_calls import Json
from tests.protocol.conftest import BASE
from tests.protocol.requirement import requirement

MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})
TOPIC_CODE = re.compile(r"[A-Za-z0-9]{1,100}")


@requirement(80, 81)
def test_every_card_has_a_uuid_of_its_own(cards: list[Json]) -> None:
    """Clients that have no use for it leave it alone; for feedback they need it."""
    ids = [card["uuid"] for card in cards]
    assert len(set(ids)) == len(ids) > 1
    assert all(str(uuid.UUID(id_)) == id_ for id_ in ids)


@requirement(83)
def test_a_summary_is_plain_text_of_fewer_than_140_characters(cards: list[Json]) -> None:
    for card in cards:
        assert isinstance(card["summary"], str)
        assert 0 < len(card["summary"].strip()) < 140
        assert not re.search(r"[\n*<>`]", card["summary"])


@requirement(84, 85)
def test_the_detail_is_markdown_without_any_html(cards: list[Json]) -> None:
    """Clients render what is HTML in it."""
    for card in cards:
        rendered = {token.type for token in MARKDOWN.parse(card["detail"])}
        assert "paragraph_open" in rendered
        assert "html_block" not in rendered
        assert "code_block" not in rendered
        inline = MARKDOWN.parse(card["detail"])
        kinds = {child.type for token in inline for child in token.children or ()}
        assert "html_inline" not in kinds
        assert "image" not in kinds


@requirement(87, 88)
def test_the_indicator_is_one_of_three_and_each_is_used(cards: list[Json]) -> None:
    assert {card["indicator"] for card in cards} == {"info", "warning", "critical"}


@requirement(90, 105)
def test_every_card_names_its_source(cards: list[Json]) -> None:
    for card in cards:
        assert isinstance(card["source"], dict)
        assert card["source"]["label"] == "Crampcheck"


@requirement(106, 107, 108)
def test_the_address_of_the_source_is_absolute(cards: list[Json]) -> None:
    for card in cards:
        assert card["source"]["url"].startswith(f"{BASE}/")


@requirement(109)
def test_the_address_of_the_source_says_nothing_of_the_patient_or_the_card(
    cards: list[Json],
) -> None:
    """One address for all cards: what is behind it cannot depend on the card."""
    addresses = {card["source"]["url"] for card in cards}
    assert len(addresses) == 1
    parts = urlsplit(addresses.pop())
    assert not parts.query
    assert not parts.fragment


@requirement(113)
def test_no_icon_is_sent(cards: list[Json]) -> None:
    assert not any("icon" in card["source"] for card in cards)


@requirement(115, 116, 216, 217, 218, 220)
def test_the_topic_is_a_static_coding_of_letters_and_digits(cards: list[Json]) -> None:
    """EHRs remember by it what a clinician overrode, so it may not vary with the patient."""
    topics = [card["source"]["topic"] for card in cards]
    for topic in topics:
        assert TOPIC_CODE.fullmatch(topic["code"])
        assert isinstance(topic["system"], str)
        assert topic["system"]
        assert isinstance(topic["display"], str)
    assert 1 < len({topic["code"] for topic in topics}) < len(topics)


@requirement(98, 99, 100, 136, 216, 217, 218, 219)
def test_the_reasons_for_an_override_are_codings_with_a_text_each(cards: list[Json]) -> None:
    for card in cards:
        reasons = card["overrideReasons"]
        assert len(reasons) > 1
        for reason in reasons:
            assert set(reason) == {"system", "code", "display"}
            assert all(isinstance(text, str) and text.strip() for text in reason.values())
        assert len({reason["code"] for reason in reasons}) == len(reasons)
