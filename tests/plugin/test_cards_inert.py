"""Labels, descriptions and reasons are plain text that no client can be made to act on."""

from __future__ import annotations

import json
import re

import msgspec
import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Knowledge, LabCode, Status
from plugin.cards import CardSite, cards_for
from plugin.cards.escape import inert
from plugin.cards.shape import shorten
from plugin.model import LabOrder
from plugin.resources import LabRequests, lab_requests
from tests.plugin.card_cases import FINDING, FOUND, KNOWLEDGE, QUIET
from tests.plugin.test_cards_escape import ATTACKS, render

LOINC = LabCode("2823-3", "Potassium", Status.VERIFIED)
MORE = [
    "<svg/onload=alert(1)>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "</p><iframe srcdoc='x'>",
    "<!--",
    "<?php x ?>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)",
    "[a]: http://evil.example 'x'",
    "![i](data:text/html,x)",
    "<http://evil.example>",
    "a@evil.example.org",
    "HTTPS://EVIL.EXAMPLE/x",
    "ftp://evil.example/x",
    "javascript:alert(1)",
    "\\[x\\](javascript:alert(1))",
    "~~not~~ `x` __y__ ***z***",
    "a | b\n--- | ---\n1 | 2",
    "\u202egnirts\u202c \u200b<b>",
]


@pytest.mark.parametrize("text", [*ATTACKS, *MORE])
def test_a_hostile_drug_name_in_a_label_is_one_plain_text_for_every_client(text: str) -> None:
    """For one that shows it as HTML, in an attribute of HTML, or as Markdown."""
    label = f"Remove the draft order of {inert(text)}"
    assert nh3.clean(label, tags=set()) == nh3.clean(label)
    assert not re.search(r"<[A-Za-z/!?]", label)
    assert not set(label) & set("[]`\"'*_~|\\\n")
    page = render(label)
    assert re.fullmatch(r"<p>[^<>]*</p>\n", page), page
    assert not re.search(r"www\.\w|:/|@\S+\.\w", label)


@given(st.text(max_size=150))
def test_any_text_at_all_stays_plain(text: str) -> None:
    """Whatever the characters."""
    label = f"Order {inert(text)}"
    assert not re.search(r"<[A-Za-z/!?]", label)
    assert re.fullmatch(r"<p>[^<>]*</p>\n", render(label))
    assert "\n" not in label


def test_what_a_reader_needs_stays_as_it_is() -> None:
    """Numbers, units, dates and their signs."""
    for text in (
        "Potassium <2.0 mmol/L (2026-10-25): low",
        "Hydrochlorothiazide 12.5 MG Oral Tablet, 1/2 daily; K >6",
        "eGFR 45 mL/min/1.73 m2",
    ):
        assert inert(text) == text


def test_a_long_text_is_shortened() -> None:
    """A label is small."""
    assert inert("x" * 500, 20) == "x" * 20 + "…"


def test_a_summary_begins_no_element_and_keeps_its_numbers() -> None:
    """Clients show it as it stands; some put it into a page."""
    assert shorten("Potassium <2.0 mmol/L") == "Potassium <2.0 mmol/L"
    assert "<" not in shorten("Potassium 3 <img src=x onerror=alert(1)>")


@pytest.mark.parametrize("text", [*ATTACKS, *MORE])
def test_nothing_of_a_record_acts_in_an_order(text: str) -> None:
    """The reason of a ServiceRequest is shown in the chart for as long as the order is."""
    knowledge, requests = _with_lab("potassium")
    finding = msgspec.structs.replace(FINDING, summary=f"Low potassium {text}")
    found = msgspec.structs.replace(
        FOUND, findings=(finding,), orders=(LabOrder("potassium", ("recheck",)),)
    )
    site = CardSite(requests=requests, patient_id="zora")
    [card] = cards_for(found, knowledge, site)
    [suggestion] = card["suggestions"]
    [action] = suggestion["actions"]
    reason = action["resource"]["reasonCode"][0]["text"]
    for shown in (suggestion["label"], action["description"], reason):
        assert nh3.clean(shown, tags=set()) == nh3.clean(shown)
        assert re.fullmatch(r"<p>[^<>]*</p>\n", render(shown))
    assert text not in (suggestion["label"], action["description"])
    assert "Low potassium" in reason


def test_markup_in_the_name_of_a_lab_does_nothing_either() -> None:
    """An overlay names none, but who edits the files may."""
    knowledge, requests = _with_lab("<b>potassium</b>")
    found = msgspec.structs.replace(FOUND, orders=(LabOrder("potassium", ("recheck",)),))
    [card] = cards_for(found, knowledge, CardSite(requests=requests, patient_id="zora"))
    assert "<b" not in json.dumps(card["suggestions"][0]["label"])


def _with_lab(label: str) -> tuple[Knowledge, LabRequests]:
    """The small knowledge with an option that orders potassium."""
    recheck = msgspec.structs.replace(
        KNOWLEDGE.mitigations["potassium"], id="recheck", text="Repeat potassium.",
        orders=("potassium",),
    )  # fmt: skip
    code = msgspec.structs.replace(
        KNOWLEDGE.labs["potassium"], label=label, order_loinc="2823-3", codes=(LOINC,)
    )
    known = msgspec.structs.replace(
        KNOWLEDGE,
        labs={"potassium": code},
        mitigations={**KNOWLEDGE.mitigations, "recheck": recheck},
    )
    return known, lab_requests(known)


def test_a_quiet_patient_stays_quiet_whatever_is_suggested() -> None:
    """Suggestions stand on the card about what was found, and make none."""
    assert cards_for(QUIET, KNOWLEDGE, suggestions=[{"label": "x", "uuid": "1"}]) == []
