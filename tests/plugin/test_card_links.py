"""A card links to its evidence and to the site's app, and says what was told on it to who asks."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest

from knowledge.model import Level, Source
from plugin.cards import LASTING, CardSite, cards_for, issue_cards
from plugin.cards.reasons import REASONS
from plugin.cards.shape import FOUND as FOUND_TOPIC
from plugin.cards.shape import NOT_ASSESSED, NOT_READ
from plugin.model import Assessment, NotAssessed
from tests.plugin.card_cases import (
    FINDING,
    FOUND,
    KNOWLEDGE,
    PILL,
    QUIET,
    SCHEMA,
    with_unread,
)

BASE = "https://cramp.example.org"
APP = "https://app.example.org/launch"


def made(assessment: Assessment, site: CardSite) -> list[dict[str, Any]]:
    """The cards, held to the schema of the protocol."""
    found = cards_for(assessment, KNOWLEDGE, site)
    if SCHEMA.exists():
        jsonschema.validate({"cards": found}, json.loads(SCHEMA.read_bytes()))
    return found


def test_a_card_about_what_was_found_links_to_the_evidence_of_its_rules() -> None:
    """By `links`: the address of the source is the same for every card."""
    worse = msgspec.structs.replace(FINDING, rule="worse", level=Level.CRITICAL)
    both = msgspec.structs.replace(FOUND, findings=(FINDING, worse, FINDING))
    [card] = made(both, CardSite(BASE))
    assert card["links"] == [
        {
            "label": "Evidence and sources",
            "url": f"{BASE}/evidence?rules=worse,low-potassium",
            "type": "absolute",
        }
    ]
    assert card["source"]["url"] == f"{BASE}/evidence"


def test_a_card_about_what_was_not_read_or_assessed_has_nothing_to_drill_into() -> None:
    """No rule was told on it."""
    child = msgspec.structs.replace(QUIET, not_assessed=NotAssessed.UNDER_18)
    for assessment in (with_unread(QUIET, PILL), child):
        [card] = made(assessment, CardSite(BASE, APP))
        assert "links" not in card
        assert "suggestions" not in card


def test_without_an_address_there_is_no_link() -> None:
    """None is guessed."""
    [card] = made(FOUND, CardSite())
    assert "links" not in card
    assert "url" not in card["source"]


def test_the_app_of_the_site_is_linked_and_told_the_rules_only_where_that_is_set() -> None:
    """There are clients without appContext; and none of the patient goes into either."""
    [card] = made(FOUND, CardSite(smart_url=APP))
    assert card["links"] == [{"label": "Open the app", "url": APP, "type": "smart"}]
    [card] = made(FOUND, CardSite(BASE, APP, smart_context=True, patient_id="zora"))
    evidence, app = card["links"]
    assert json.loads(app["appContext"]) == {"rules": ["low-potassium"]}
    assert "zora" not in json.dumps([evidence, app])


def test_an_address_stays_short_however_much_was_found() -> None:
    """The rules that count most come first."""
    many = tuple(
        msgspec.structs.replace(FINDING, rule=f"a-rule-with-a-long-name-{n:03d}")
        for n in range(300)
    )
    [card] = made(msgspec.structs.replace(FOUND, findings=many), CardSite(BASE))
    url = card["links"][0]["url"]
    assert 1000 < len(url) < 1600
    assert url.startswith(f"{BASE}/evidence?rules=a-rule-with-a-long-name-000,")


def test_linked_to_the_evidence_the_basis_names_what_calls_for_action_and_counts_the_rest() -> None:
    """All of it, where there is no link."""
    known = msgspec.structs.replace(
        KNOWLEDGE,
        sources={f"s{n}": Source(f"s{n}", f"Study {n}", "study") for n in range(6)},
    )
    acting = msgspec.structs.replace(FINDING, sources=("s0", "s1"))
    info = msgspec.structs.replace(
        FINDING, rule="info", level=Level.INFO, sources=("s1", "s2", "s3", "s4", "s5")
    )
    both = msgspec.structs.replace(FOUND, findings=(info, acting))
    alone = msgspec.structs.replace(FOUND, findings=(info,), level=Level.INFO)

    def basis(assessment: Assessment, site: CardSite) -> str:
        [card] = cards_for(assessment, known, site)
        lines: list[str] = card["detail"].splitlines()
        return lines[lines.index("**Basis**") + 2]

    every = "- Study 0; Study 1; Study 2; Study 3; Study 4; Study 5"
    assert basis(both, CardSite()) == every
    linked = CardSite(BASE)
    assert basis(both, linked) == "- Study 0; Study 1. And 4 more, by the link to the evidence."
    assert basis(alone, linked) == (
        "- Study 1; Study 2; Study 3. And 2 more, by the link to the evidence."
    )
    few = msgspec.structs.replace(FOUND, findings=(acting,))
    assert basis(few, linked) == "- Study 0; Study 1"
    bare = msgspec.structs.replace(FOUND, findings=(msgspec.structs.replace(FINDING, sources=()),))
    assert "Basis" not in cards_for(bare, known, linked)[0]["detail"]


def test_what_was_told_on_each_card_is_kept_apart_from_it() -> None:
    """For feedback: which rules, at what level."""
    cards, issued = issue_cards(with_unread(FOUND, PILL), KNOWLEDGE, CardSite(BASE))
    assert [card["uuid"] for card in cards] == [one.card for one in issued]
    found, missing = issued
    assert (found.topic, found.level) == (FOUND_TOPIC["code"], "warning")
    assert (found.rules, dict(found.suggestions)) == (("low-potassium",), {})
    assert (missing.topic, missing.level, missing.rules) == (NOT_READ["code"], "info", ())
    child = msgspec.structs.replace(QUIET, not_assessed=NotAssessed.UNDER_18)
    _, [told] = issue_cards(child, KNOWLEDGE)
    assert (told.topic, told.rules) == (NOT_ASSESSED["code"], ())
    assert issue_cards(QUIET, KNOWLEDGE) == ([], [])


@pytest.mark.parametrize("topic", [FOUND_TOPIC, NOT_READ, NOT_ASSESSED])
def test_each_topic_has_a_short_plain_code_and_reasons_of_its_own(topic: dict[str, str]) -> None:
    """EHRs remember what was overridden by the code: letters and digits, at most 100."""
    assert topic["code"].isascii()
    assert topic["code"].isalnum()
    assert len(topic["code"]) <= 100
    reasons = REASONS[topic["code"]]
    assert reasons
    assert all(one["display"] and one["system"] and one["code"] for one in reasons)
    assert len({one["code"] for one in reasons}) == len(reasons)


def test_of_the_reasons_some_last_and_those_that_ask_for_a_better_record_do_not() -> None:
    """What silences a card later must be as true then."""
    offered = {one["code"] for reasons in REASONS.values() for one in reasons}
    assert offered > LASTING
    assert not LASTING & {"not-taking", "record-wrong", "not-now"}
    assert {"already-managed", "benefit-outweighs", "other-cause"} < LASTING
    found = {one["code"] for one in REASONS[FOUND_TOPIC["code"]]}
    assert "benefit-outweighs" in found
    assert "benefit-outweighs" not in {one["code"] for one in REASONS[NOT_READ["code"]]}


def test_reasons_of_one_card_are_not_those_of_the_next() -> None:
    """Who changes one changes no other."""
    [first], [second] = made(FOUND, CardSite()), made(FOUND, CardSite())
    first["overrideReasons"][0]["code"] = "changed"
    assert second["overrideReasons"][0]["code"] != "changed"
