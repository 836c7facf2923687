"""`cramp-order-check`: what the orders change is said, and what was there before is not."""

from __future__ import annotations

import pytest

from tests.plugin.hook_calls import order, patient, potassium, searchset
from tests.plugin.ordering.calls import (
    ALBUTEROL,
    AMOXICILLIN,
    CLARITHROMYCIN,
    SIMVASTATIN,
    THIAZIDE,
    Ask,
    Json,
    chart,
    choose,
    deleted,
    draft,
    said,
    sign,
)

NIGHTLY: Json = {"dosageInstruction": [{"text": "take 1 tablet by mouth at bedtime"}]}


def test_what_the_chart_said_before_is_not_repeated(check: Ask) -> None:
    """A patient on simvastatin and clarithromycin gets a thiazide."""
    sent = chart(order(SIMVASTATIN, "m1"), order(CLARITHROMYCIN, "m2"))
    [card] = check(sign([draft(THIAZIDE)], sent))
    assert "ydrochlorothiazide" in card["summary"]
    assert "imvastatin" not in said([card])


@pytest.mark.parametrize("text", [SIMVASTATIN, "Zocor 40 mg"])
def test_a_renewal_in_the_same_dose_is_quiet(check: Ask, text: str) -> None:
    """Under another id and another name, above the cap beside amlodipine as before."""
    sent = chart(order(SIMVASTATIN, "m1", **NIGHTLY), order("amlodipine 5 MG Oral Tablet", "m2"))
    assert check(sign([draft(text, **NIGHTLY)], sent)) == []


def test_a_renewal_of_what_is_critical_is_said_and_not_offered_for_deletion(check: Ask) -> None:
    """Contraindicated with clarithromycin: who signs it again goes on with it."""
    sent = chart(order(SIMVASTATIN, "m1", **NIGHTLY), order(CLARITHROMYCIN, "m2"))
    [card] = check(sign([draft(SIMVASTATIN, **NIGHTLY)], sent))
    assert card["indicator"] == "critical"
    assert deleted([card]) == []
    assert check(sign([draft("amoxicillin 500 MG Oral Capsule")], sent)) == []


def test_a_higher_dose_above_the_cap_is_said_though_the_lower_was_above_it_too(check: Ask) -> None:
    """And one as high as before, or lower, is not."""
    sent = chart(order(SIMVASTATIN, "m1", **NIGHTLY), order("amlodipine 5 MG Oral Tablet", "m2"))
    [card] = check(sign([draft("simvastatin 80 MG Oral Tablet", **NIGHTLY)], sent))
    assert "80 mg" in card["detail"]
    for same_or_less in (40, 20):
        again = draft(f"simvastatin {same_or_less} MG Oral Tablet", **NIGHTLY)
        assert check(sign([again], sent)) == []


def test_an_order_signed_again_is_judged_as_if_it_were_new(check: Ask) -> None:
    """It is active, and the medication list has it already under the same id."""
    again = order(SIMVASTATIN, "m1")
    [card] = check(sign([again], chart(again, order(CLARITHROMYCIN, "m2"))))
    assert card["indicator"] == "critical"
    assert deleted([card]) == []  # it is no draft


def test_a_draft_under_the_id_of_another_drug_ends_nothing_of_the_chart(check: Ask) -> None:
    """Two orders that came to one id: both are taken, and neither is deleted by it."""
    sent = chart(order(SIMVASTATIN, "m1", **NIGHTLY))
    [card] = check(sign([draft(CLARITHROMYCIN, "m1")], sent))
    assert card["indicator"] == "critical"
    [card] = check(sign([draft(SIMVASTATIN, "m2")], chart(order(CLARITHROMYCIN, "m2"))))
    assert card["indicator"] == "critical"
    assert deleted([card]) == []


@pytest.mark.parametrize("text", ["simvastatin 20 MG Oral Tablet", "Zocor 20 mg"])
def test_a_draft_under_the_id_of_the_same_drug_speaks_for_it(check: Ask, text: str) -> None:
    """A dose that is lowered within the order: 20 mg beside amlodipine is at the cap."""
    sent = chart(order(SIMVASTATIN, "m1", **NIGHTLY))
    orders = [draft(text, "m1", **NIGHTLY), draft("amlodipine 5 MG Oral Tablet", "d2")]
    assert check(sign(orders, sent)) == []
    assert check(sign(orders[1:], sent)) != []


def test_stopping_a_drug_with_the_orders_ends_its_interactions(check: Ask) -> None:
    """The chart's own entry of that id no longer counts."""
    sent = chart(order(CLARITHROMYCIN, "m2"))
    orders = [order(CLARITHROMYCIN, "m2", status="stopped"), draft(SIMVASTATIN)]
    assert check(sign(orders, sent)) == []
    assert check(sign(orders[1:], sent)) != []


@pytest.mark.parametrize(
    "more",
    [{"doNotPerform": True}, {"status": "cancelled"}, {"status": "stopped"}, {"status": "on-hold"}],
)
def test_an_order_under_which_nothing_is_taken_is_quiet(check: Ask, more: dict[str, str]) -> None:
    """Not to give, withdrawn, or held."""
    sent = chart(order(CLARITHROMYCIN))
    assert check(sign([draft(SIMVASTATIN, **more)], sent)) == []


def test_two_drafts_that_harm_together_are_said(check: Ask) -> None:
    """Neither is in the chart."""
    [card] = check(sign([draft(SIMVASTATIN), draft(CLARITHROMYCIN, "d2")], chart()))
    assert card["indicator"] == "critical"
    assert deleted([card]) == ["MedicationRequest/d1"]


def test_an_unselected_draft_is_context_and_not_the_subject(check: Ask) -> None:
    """Simvastatin and clarithromycin are drafted; of an antibiotic without a link, nothing."""
    drafts = [draft(SIMVASTATIN), draft(CLARITHROMYCIN, "d2"), draft(AMOXICILLIN, "d3")]
    assert check(choose(drafts, chart(), "MedicationRequest/d3")) == []
    [card] = check(choose(drafts, chart(), "MedicationRequest/d2"))
    assert card["indicator"] == "critical"
    assert deleted([card]) == []  # what is selected is the partner


def test_a_finding_of_the_chart_that_the_order_raises_is_said(check: Ask) -> None:
    """A thiazide at a potassium of 2.8 was a warning; with digoxin it is critical."""
    sent = chart(order(THIAZIDE), potassium=searchset(potassium(2.8)))
    digoxin = draft("digoxin 0.125 MG Oral Tablet")
    for call in (sign([digoxin], sent), choose([digoxin], sent, "d1")):
        [card] = check(call)
        assert card["indicator"] == "critical"
        assert "ydrochlorothiazide" in card["summary"]
        assert deleted([card]) == []  # the finding is of the thiazide, which is no draft


def test_a_note_that_the_order_adds_to_a_finding_of_the_chart_is_said(check: Ask) -> None:
    """Licorice is taken; of the two drafts it is the diuretic that matters with it."""
    sent = chart(order("licorice"), potassium=searchset(potassium(3.3)))
    drafts = [draft(THIAZIDE), draft(AMOXICILLIN, "d2")]
    assert "small amounts of licorice" in said(check(choose(drafts, sent, "d1")))
    assert check(choose(drafts, sent, "d2")) == []


def test_what_came_up_because_a_greater_finding_gave_way_is_not_said(check: Ask) -> None:
    """Of the beta-agonist alone nothing is new but what the thiazide adds to it."""
    sent = chart(order(ALBUTEROL), potassium=searchset(potassium(3.3)))
    [card] = check(sign([draft(THIAZIDE)], sent))
    assert "both can lower potassium" in card["detail"]
    assert "Albuterol: linked" not in card["detail"]


def test_each_summary_says_that_it_is_about_the_order(check: Ask) -> None:
    """A clinician sees it in the middle of ordering."""
    cards = check(sign([draft(THIAZIDE), draft("xqzzt blue", "d2")], chart()))
    assert len(cards) == 2
    assert all(card["summary"].startswith("Order: ") for card in cards)


@pytest.mark.parametrize(
    "text", [SIMVASTATIN, "furosemide 40 mg daily", "salmeterol 50 mcg inhaler", "ramipril 5 mg"]
)
def test_that_a_drug_is_linked_to_cramps_interrupts_no_order(check: Ask, text: str) -> None:
    """Nothing follows from it; the review of the chart says it."""
    sent = chart(potassium=searchset(potassium(4.2)))
    assert check(sign([draft(text)], sent)) == []


@pytest.mark.parametrize("text", ["ibuprofen 400 MG Oral Tablet", "trimethoprim 200 mg"])
def test_an_order_whose_part_is_told_of_another_drug_is_named(check: Ask, text: str) -> None:
    """In the summary and in the reasons: a clinician sees what the card has to do with it."""
    name = text.split(maxsplit=1)[0]
    sent = chart(order("spironolactone 25 mg daily"), potassium=searchset(potassium(5.2)))
    [card] = check(sign([draft(text)], sent))
    assert card["summary"].startswith(f"Order of {name}: Spironolactone with potassium 5.2")
    assert f"Beside it: {name}." in card["detail"]


def test_two_orders_are_both_named_and_many_are_not(check: Ask) -> None:
    """A summary has 139 characters."""
    sent = chart(order("spironolactone 25 mg daily"), potassium=searchset(potassium(5.2)))
    both = [draft("ibuprofen 400 MG Oral Tablet"), draft("trimethoprim 200 mg", "d2")]
    [card] = check(sign(both, sent))
    assert card["summary"].startswith("Order of ibuprofen and trimethoprim: ")
    [card] = check(sign([*both, draft("ramipril 5 mg", "d3")], sent))
    assert card["summary"].startswith("Order: ")


def test_a_child_is_not_assessed_and_that_is_said_of_a_linked_drug_only(check: Ask) -> None:
    """The knowledge is of adults."""
    sent = chart(patient=patient(birthDate="2015-01-01"))
    [card] = check(sign([draft(THIAZIDE)], sent))
    assert "under 18" in card["summary"]
    assert check(sign([draft(AMOXICILLIN)], sent)) == []


# --- what may be deleted -----------------------------------------------------------------------


def test_the_deletion_of_a_draft_stands_alone(check: Ask) -> None:
    """One action; it names the draft and says why."""
    [card] = check(sign([draft(SIMVASTATIN)], chart(order(CLARITHROMYCIN))))
    [suggestion] = card["suggestions"]
    [action] = suggestion["actions"]
    assert card["selectionBehavior"] == "any"
    assert suggestion["uuid"]
    assert "isRecommended" not in suggestion
    assert action["type"] == "delete"
    assert action["resourceId"] == "MedicationRequest/d1"
    assert SIMVASTATIN in action["description"]
    assert "with clarithromycin" in action["description"]
    assert "resource" not in action


@pytest.mark.parametrize(
    "more",
    [{"status": "active"}, {"id": ""}, {"id": "not an id"}],
    ids=["signed before", "no id", "an id that FHIR does not allow"],
)
def test_what_no_action_can_name_is_not_offered_for_deletion(
    check: Ask, more: dict[str, str]
) -> None:
    """The finding is said all the same."""
    [card] = check(sign([draft(SIMVASTATIN, **more)], chart(order(CLARITHROMYCIN))))
    assert card["indicator"] == "critical"
    assert "suggestions" not in card
    assert "selectionBehavior" not in card


def test_a_draft_without_status_may_be_deleted(check: Ask) -> None:
    """Nobody signed it."""
    unsigned = {k: v for k, v in draft(SIMVASTATIN).items() if k not in ("status", "intent")}
    assert deleted(check(sign([unsigned], chart(order(CLARITHROMYCIN))))) == [
        "MedicationRequest/d1"
    ]


def test_a_rescue_inhaler_is_never_offered_for_deletion(check: Ask) -> None:
    """Not at a potassium of 2.2 either, which is an emergency and said."""
    [card] = check(sign([draft(ALBUTEROL)], chart(potassium=searchset(potassium(2.2)))))
    assert card["indicator"] == "critical"
    assert deleted([card]) == []


def test_a_bystander_of_an_emergency_is_not_offered_for_deletion(check: Ask) -> None:
    """A potassium of 2.2 beside a statin: deleting the statin would mend nothing."""
    sent = chart(potassium=searchset(potassium(2.2)))
    [card] = check(sign([draft("atorvastatin 20 MG Oral Tablet")], sent))
    assert card["indicator"] == "critical"
    assert deleted([card]) == []


def test_a_renewal_of_what_was_critical_before_is_not_offered_for_deletion(check: Ask) -> None:
    """Only the drug that is new here."""
    sent = chart(order("spironolactone 25 MG Oral Tablet"), potassium=searchset(potassium(6.8)))
    drafts = [
        draft("spironolactone 25 MG Oral Tablet"),
        draft("potassium chloride 20 MEQ Extended Release Oral Tablet", "d2"),
    ]
    assert deleted(check(sign(drafts, sent))) == ["MedicationRequest/d2"]


def test_a_name_with_markup_does_not_reach_an_action(check: Ask) -> None:
    """Clients render what they are sent."""
    named = draft(SIMVASTATIN)
    coding = {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "36567"}
    named["medicationCodeableConcept"] = {
        "coding": [coding],
        "text": "simvastatin <img src=x onerror=alert(1)>",
    }
    cards = check(sign([named], chart(order(CLARITHROMYCIN))))
    assert cards
    assert "<img" not in str(cards)


# --- what may be ordered -----------------------------------------------------------------------


def created(cards: list[Json]) -> list[str]:
    """The names of the labs that the suggestions of the cards would order."""
    actions = [
        one for card in cards for each in card.get("suggestions", ()) for one in each["actions"]
    ]
    return [one["resource"]["code"]["text"] for one in actions if one["type"] == "create"]


def test_a_lab_that_a_draft_orders_already_is_not_offered_again(check: Ask) -> None:
    """A thiazide is ordered at a potassium that is not known, with a potassium or without."""
    codes = {"coding": [{"system": "http://loinc.org", "code": "2823-3"}]}
    lab = {"resourceType": "ServiceRequest", "id": "s1", "status": "draft", "code": codes}
    low = chart(potassium=searchset(potassium(3.2)))
    alone = created(check(sign([draft(THIAZIDE)], low)))
    beside = created(check(sign([draft(THIAZIDE), lab], low)))
    assert [name for name in alone if "otassium" in name]
    assert beside == [name for name in alone if "otassium" not in name]


def test_care_that_is_all_an_order_brings_is_told(check: Ask) -> None:
    """Magnesium for who takes levothyroxine and a diuretic: nothing else is new."""
    taken = [order("levothyroxine 100 mcg", "m1"), order("furosemide 40 mg daily", "m2")]
    sent = chart(*taken, potassium=searchset(potassium(4.2)))
    [card] = check(sign([draft("magnesium oxide 400 mg")], sent))
    assert "hours apart" in card["summary"]
    assert "Levothyroxine: four hours." in card["detail"]
