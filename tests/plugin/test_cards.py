"""An assessment becomes at most two cards, in the shape of the protocol, with everything said."""

from __future__ import annotations

import unicodedata
import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Level
from knowledge.review import FileReview
from plugin.cards import cards_for
from plugin.cards.shape import SUMMARY_LIMIT, shorten
from plugin.model import (
    EntryKind,
    Evidence,
    NotAssessed,
    Unread,
    UnreadReason,
    Withheld,
)
from tests.plugin.card_cases import (
    FINDING,
    FOUND,
    KNOWLEDGE,
    NO_LABS,
    PILL,
    QUIET,
    cards,
    knowledge_with,
    review,
    unread,
    with_unread,
)


def test_a_patient_with_nothing_found_and_all_read_gets_no_card() -> None:
    """Silence is the answer for most patients."""
    assert cards(QUIET) == []


def test_what_was_found_is_one_card_that_says_why_what_and_on_what_basis() -> None:
    """Evidence, options, what is held back, sources, status: so that a clinician can judge it."""
    [card] = cards(FOUND)
    assert card["summary"] == FINDING.summary
    assert card["indicator"] == "warning"
    assert card["detail"].splitlines() == [
        "**Why**",
        "",
        "- **Warning**: Hydrochlorothiazide with potassium 3.3 mmol/L (2026-10-25): low. "
        "The class effect is not proven for this drug. "
        "*On file:* hydrochlorothiazide as “HCTZ 25mg”.",
        "",
        "**Options to consider**",
        "",
        "- Repeat potassium in one to two weeks.",
        "",
        "**Not offered, and why**",
        "",
        "- Held back (dialysis (2025-01-02)): “Consider potassium replacement.”",
        "",
        "**Also taken, weaker link**",
        "",
        "- amlodipine",
        "",
        "**Basis**",
        "",
        "- Garrison et al. 2012",
        "",
        "*These are options for a clinician's decision, not orders.*",
        "",
        "*Knowledge 2026.11, awaiting clinical review.*",
    ]


def test_a_card_has_an_id_of_its_own_a_static_topic_and_reasons_to_override() -> None:
    """EHRs remember overrides by the topic's code, and report feedback by the id."""
    [first], [second] = cards(FOUND), cards(FOUND)
    assert first["uuid"] != second["uuid"]
    assert uuid.UUID(first["uuid"]).version == 4
    assert first["source"] == second["source"]
    assert first["source"]["topic"]["code"].isalnum()
    assert all(reason["display"] for reason in first["overrideReasons"])
    assert "url" not in first["source"]


def test_a_card_links_to_the_service_when_its_address_is_known() -> None:
    """Only then: the protocol wants absolute addresses."""
    made = cards_for(with_unread(FOUND, PILL), KNOWLEDGE, "https://cramp.example.org/")
    assert [card["source"]["url"] for card in made] == ["https://cramp.example.org/evidence"] * 2


def test_several_findings_are_one_card_with_the_highest_first() -> None:
    """The summary is of the highest, and says that there is more."""
    worse = msgspec.structs.replace(
        FINDING, rule="worse", level=Level.CRITICAL, summary="Worse", notes=(), sources=()
    )
    both = msgspec.structs.replace(FOUND, findings=(FINDING, worse), level=Level.CRITICAL)
    [card] = cards(both)
    assert (card["summary"], card["indicator"]) == ("Worse (+1 more)", "critical")
    lines = [line for line in card["detail"].splitlines() if line.startswith("- **")]
    assert [line.split(":")[0] for line in lines] == ["- **Critical**", "- **Warning**"]
    assert card["detail"].count("HCTZ 25mg") == 1


def test_a_medication_that_may_act_and_was_not_read_gets_a_card_of_its_own() -> None:
    """With the text that a person must look for, and why it was not read."""
    [card] = cards(with_unread(QUIET, PILL))
    assert card["indicator"] == "info"
    assert card["summary"] == "Cramp check incomplete: 1 medication entry could not be read"
    assert "“blue pill” (MedicationRequest/m9): names no drug that is known" in card["detail"]


@pytest.mark.parametrize(
    "entry",
    [
        unread(UnreadReason.SUPPLY, EntryKind.MEDICATIONS),
        unread(UnreadReason.NO_KNOWN_MEDICATION, EntryKind.MEDICATIONS),
        unread(UnreadReason.SUPERSEDED, EntryKind.MEDICATIONS),
        unread(UnreadReason.NO_DRUG_NAMED, EntryKind.MEDICATIONS, systemic=False),
        unread(UnreadReason.NO_DRUG_NAMED, EntryKind.MEDICATIONS, current=False),
        unread(UnreadReason.UNIT_NOT_KNOWN, EntryKind.LABS, analyte="potassium"),
        unread(UnreadReason.MALFORMED, EntryKind.CONDITIONS),
        unread(UnreadReason.NOT_SENT, EntryKind.ALLERGIES),
        unread(UnreadReason.INCOMPLETE, EntryKind.OTHER),
    ],
)
def test_what_cannot_change_the_answer_much_raises_no_card_and_is_a_line_in_the_found_one(
    entry: Unread,
) -> None:
    """Supplies, local routes, orders that are not taken, optional parts."""
    assert cards(with_unread(QUIET, entry)) == []
    [card] = cards(with_unread(FOUND, entry))
    assert "**Not read**" in card["detail"]
    assert "blue pill" in card["detail"]


@pytest.mark.parametrize("reason", [UnreadReason.NOT_SENT, UnreadReason.INCOMPLETE])
@pytest.mark.parametrize("kind", [EntryKind.MEDICATIONS, EntryKind.LABS, EntryKind.CONDITIONS])
def test_a_needed_part_of_the_record_that_is_missing_gets_a_card(
    reason: UnreadReason, kind: EntryKind
) -> None:
    """No card would have meant that everything was read."""
    [card] = cards(with_unread(QUIET, unread(reason, kind)))
    assert card["summary"] == "Cramp check incomplete: not fully sent by the EHR: blue pill"


def test_found_and_not_read_are_two_cards_and_nothing_is_said_twice() -> None:
    """What deserves the second card is on it; the rest is a line on the first."""
    bandage = unread(UnreadReason.SUPPLY, EntryKind.MEDICATIONS)
    found, missing = cards(with_unread(FOUND, NO_LABS, bandage, PILL))
    assert "is a supply" in found["detail"]
    assert "not sent by the EHR" not in found["detail"]
    assert "- potassium: not sent by the EHR" in missing["detail"]
    assert "names no drug" in missing["detail"]
    assert "is a supply" not in missing["detail"]


def test_parts_that_were_not_sent_share_one_line() -> None:
    """Ten analytes are one thing to mend."""
    sodium = msgspec.structs.replace(NO_LABS, text="sodium", reference="prefetch sodium")
    [card] = cards(with_unread(QUIET, NO_LABS, sodium))
    assert "- potassium, sodium: not sent by the EHR" in card["detail"].splitlines()
    assert card["summary"] == "Cramp check incomplete: not fully sent by the EHR: potassium, sodium"


def test_a_failure_of_the_ehr_is_said_with_its_code() -> None:
    """So that an engineer knows what to mend."""
    failed = msgspec.structs.replace(NO_LABS, detail="OperationOutcome (forbidden)")
    [card] = cards(with_unread(QUIET, failed))
    assert "not sent by the EHR (OperationOutcome (forbidden))" in card["detail"]


def test_a_thousand_unread_entries_make_a_short_card_that_counts_them() -> None:
    """A card is small; the count is not dropped."""
    [card] = cards(with_unread(QUIET, *[PILL] * 1000))
    assert card["summary"] == "Cramp check incomplete: 1000 medication entries could not be read"
    assert "- and 990 more" in card["detail"].splitlines()
    assert card["detail"].count("blue pill") == 10


def test_the_text_of_another_patients_entry_is_not_shown() -> None:
    """It is set aside and said, by reference only."""
    [card] = cards(with_unread(QUIET, unread(UnreadReason.OTHER_PATIENT, EntryKind.MEDICATIONS)))
    assert "blue pill" not in card["detail"]
    assert "MedicationRequest/m9: belongs to another patient" in card["detail"]


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        (NotAssessed.UNDER_18, "the patient is under 18; what is known here is known of adults."),
        (NotAssessed.DECEASED, "the record says that the patient has died."),
    ],
)
def test_a_patient_who_is_not_assessed_gets_one_short_card_that_says_so(
    reason: NotAssessed, says: str
) -> None:
    """And no other, whatever else is in the record."""
    assessment = msgspec.structs.replace(with_unread(QUIET, PILL), not_assessed=reason)
    [card] = cards(assessment)
    assert card["indicator"] == "info"
    assert card["summary"] == f"Not checked for drugs linked to muscle cramps: {says}"


def test_markup_in_a_drug_name_is_shown_and_does_nothing() -> None:
    """In both cards."""
    evil = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) **HCTZ**"
    listed = msgspec.structs.replace(FOUND.medications[0], text=evil)
    pill = msgspec.structs.replace(PILL, text=evil)
    assessment = msgspec.structs.replace(FOUND, medications=(listed,), unread=(pill,))
    for card in cards(assessment):
        assert "<" not in card["detail"]
        assert "](" not in card["detail"]
        assert "**HCTZ**" not in card["detail"]
        assert "onerror=alert(1)" in card["detail"]


@pytest.mark.parametrize(
    ("evidence", "says"),
    [
        (Evidence("potassium:unknown"), "potassium: no current result"),
        (
            Evidence("potassium:suspect", "Observation/1", 5.9, "mmol/L", "2026-10-01"),
            "potassium 5.9 mmol/L: the result must be repeated (2026-10-01)",
        ),
        (Evidence("potassium:unread", "Observation/1"), "potassium: could not be read"),
        (
            Evidence("egfr<60", "Observation/1", 45, "mL/min", "2026-10-01", "from creatinine"),
            "egfr 45 mL/min (from creatinine) (2026-10-01)",
        ),
        (Evidence("potassium<3.5", note="<b>"), "potassium &#60; 3.5"),
        (Evidence("potassium<3.5"), "potassium &#60; 3.5"),
        (Evidence("sodium>=135", value=140, unit="mmol/L"), "sodium 140 mmol/L"),
        (Evidence("cramp"), "muscle cramps"),
        (Evidence("has:dialysis", "Condition/1"), "dialysis"),
        (Evidence("has:gout"), "gout"),
        (Evidence("no-such-term"), "no-such-term"),
        (Evidence("takes:mra", "m/1"), "takes mineralocorticoid receptor antagonists"),
        (Evidence("takes:digoxin", "m/1"), "takes digoxin"),
        (Evidence("count:mra>=2"), "2 or more mineralocorticoid receptor antagonists"),
        (Evidence("age>=65", "Patient/1", 70, "a"), "age 70"),
        (Evidence("age>=65"), "age &#62;= 65"),
        (Evidence("unread:conditions"), "conditions that could not be read"),
        (Evidence("drug:dispensed>=3/12mo", "d/1", 2, "{package}"), "dispensed: 2"),
        (Evidence("drug:daily-dose>40mg", "m/1", 80, "mg/d"), "daily dose 80 mg/d"),
        (Evidence("drug:taken-for>=365d", "m/1", date="2024-01-01"), "taken since (2024-01-01)"),
        (Evidence("drug:taken-for>=365d"), "taken for 365 days or more"),
        (
            Evidence("drug:onset-after-start<=12wk", "c/1", date="2026-09-01"),
            "symptom within 12 weeks of the start (2026-09-01)",
        ),
        (Evidence("no fact at all <b>"), "no fact at all &#60;b&#62;"),
    ],
)
def test_evidence_is_said_in_words(evidence: Evidence, says: str) -> None:
    """With the value, its unit as reported, and its date."""
    finding = msgspec.structs.replace(FINDING, because=(evidence,))
    [card] = cards(msgspec.structs.replace(FOUND, findings=(finding,), medications=()))
    assert f"*On file:* {says}." in card["detail"]


@pytest.mark.parametrize(
    ("reason", "fact", "says"),
    [
        (UnreadReason.NOT_SENT, "potassium:unread", "potassium: was not sent"),
        (UnreadReason.INCOMPLETE, "potassium:unread", "potassium: was sent in part"),
        (UnreadReason.VALUE_NOT_READ, "potassium:unread", "potassium: could not be read"),
        (UnreadReason.NOT_SENT, "unread:conditions", "conditions that were not sent"),
        (UnreadReason.INCOMPLETE, "unread:conditions", "conditions that were sent in part"),
        (UnreadReason.MALFORMED, "unread:conditions", "conditions that could not be read"),
    ],
)
def test_a_part_that_was_not_sent_is_not_called_one_that_could_not_be_read(
    reason: UnreadReason, fact: str, says: str
) -> None:
    """In what was found, and in what is held back."""
    because = (Evidence(fact, NO_LABS.reference),)
    finding = msgspec.structs.replace(FINDING, because=because)
    withheld = (Withheld("potassium", because),)
    found = msgspec.structs.replace(FOUND, findings=(finding,), medications=(), withheld=withheld)
    card = cards(with_unread(found, msgspec.structs.replace(NO_LABS, reason=reason)))[0]
    assert f"*On file:* {says}." in card["detail"]
    assert f"Held back ({says}):" in card["detail"]


def test_a_part_that_lacks_two_things_is_named_once_in_the_summary() -> None:
    """The detail says both."""
    cut = unread(UnreadReason.INCOMPLETE, EntryKind.LABS)
    broken = msgspec.structs.replace(cut, detail="1 of the entries cannot be read")
    [card] = cards(with_unread(QUIET, cut, broken))
    assert card["summary"] == "Cramp check incomplete: not fully sent by the EHR: blue pill"
    assert "- blue pill: sent in part: the EHR holds more than it sent" in card["detail"]
    assert "- blue pill: not complete (1 of the entries cannot be read)" in card["detail"]


def test_a_part_without_a_name_is_named_by_its_kind() -> None:
    """Such as a page of a Bundle."""
    cut = msgspec.structs.replace(unread(UnreadReason.INCOMPLETE, EntryKind.LABS), text="")
    [card] = cards(with_unread(QUIET, cut))
    assert card["summary"] == "Cramp check incomplete: not fully sent by the EHR: labs"


# Of each of Unicode's categories C: control, format, private use, not assigned, half of a pair.
UNSHOWN = [
    "\x00", "\x1b", "\x85", "\u200b", "\u202e", "\u2066", "\ufeff",
    "\ue000", "\u0378", "\U000e0041", "\U0010ffff", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("char", UNSHOWN, ids=ascii)
def test_characters_that_are_not_shown_reach_no_card(char: str) -> None:
    """They can turn the order of what is read, or hide a part of it."""
    text = f"a{char}b"
    evidence = Evidence("potassium<3.5", "r", text, text, text, text)
    finding = msgspec.structs.replace(
        FINDING, summary=f"A {text}", notes=(text,), because=(evidence, Evidence(text))
    )
    listed = msgspec.structs.replace(FOUND.medications[0], text=text)
    odd = msgspec.structs.replace(PILL, text=text, reference=text, detail=text)
    cut = msgspec.structs.replace(NO_LABS, text=text, detail=text)
    found = msgspec.structs.replace(
        FOUND, findings=(finding,), medications=(listed,), also=(text,), unread=(odd, cut)
    )
    for card in cards(found):
        for shown in (card["summary"], *card["detail"].split("\n")):
            assert [one for one in shown if unicodedata.category(one)[0] == "C"] == []


def test_what_only_repeats_the_drug_is_not_said_again() -> None:
    """A group or an interaction of the drug is in the sentence already."""
    finding = msgspec.structs.replace(
        FINDING, because=(Evidence("drug:group=thiazide"), Evidence("interaction:over-cap"))
    )
    [card] = cards(msgspec.structs.replace(FOUND, findings=(finding,), medications=()))
    assert "On file" not in card["detail"]


def test_an_option_held_back_for_want_of_proof_says_so() -> None:
    """No evidence stopped it: evidence for it is missing."""
    [card] = cards(msgspec.structs.replace(FOUND, withheld=(Withheld("potassium", ()),)))
    assert "- Held back (what they need is not proven): “Consider" in card["detail"]


def test_options_held_back_for_one_reason_share_a_line() -> None:
    """Dialysis holds back half a dozen."""
    because = (Evidence("has:dialysis"),)
    [card] = cards(msgspec.structs.replace(FOUND, withheld=(Withheld("potassium", because),) * 2))
    text = "“Consider potassium replacement.”"
    assert f"- Held back (dialysis): {text} {text}" in card["detail"].splitlines()


def test_an_entry_named_as_its_ingredient_or_not_taken_now_is_not_named_again() -> None:
    """The entry is named to be found, so only where it reads differently."""
    plain = msgspec.structs.replace(FOUND.medications[0], text="Hydrochlorothiazide")
    old = msgspec.structs.replace(FOUND.medications[0], text="old HCTZ", current=False)
    [card] = cards(msgspec.structs.replace(FOUND, medications=(plain, old)))
    assert " as “" not in card["detail"]


@pytest.mark.parametrize(
    ("reviews", "says"),
    [
        ([review("awaiting-review")], "awaiting clinical review"),
        ([review("reviewed")], "clinically reviewed"),
        (
            [review("reviewed"), review("awaiting-review")],
            "awaiting clinical review in 1 of 2 files",
        ),
    ],
)
def test_the_card_says_how_far_the_knowledge_was_reviewed(
    reviews: list[FileReview], says: str
) -> None:
    """A clinician must know that nobody has signed it yet."""
    [card] = cards(FOUND, knowledge_with(*reviews))
    assert f"*Knowledge 2026.11, {says}.*" in card["detail"]


def test_a_long_summary_ends_with_a_whole_clause() -> None:
    """Not in the middle of a thought."""
    clause = "A first clause that is long enough to stand alone and be understood by itself"
    assert shorten(f"{clause}; {'and more ' * 20}") == f"{clause}…"


def test_a_long_summary_without_clauses_ends_with_a_whole_word() -> None:
    """Nor in the middle of a word, unless there is only one."""
    assert shorten("word " * 40) == ("word " * 27).strip() + "…"
    assert shorten("x" * 200) == "x" * 138 + "…"


@given(st.text(min_size=1, max_size=400))
def test_a_summary_is_never_longer_than_the_protocol_allows(text: str) -> None:
    """Nor anything but one line."""
    short = shorten(text)
    assert len(short) <= SUMMARY_LIMIT
    assert "\n" not in short
