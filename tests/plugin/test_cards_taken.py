"""Where a rule speaks of a group of drugs, the card names the drugs."""

from __future__ import annotations

from tests.plugin.conftest import Ask
from tests.plugin.hook_calls import LABS, order, prefetch, searchset


def test_the_drugs_of_a_group_and_of_a_count_are_named(ask: Ask) -> None:
    """Who reads that several drugs raise potassium wants to know which."""
    taken = [
        order("spironolactone 25 mg daily", "m1"),
        order("ramipril 5 mg daily", "m2"),
        order("trimethoprim 200 mg", "m3"),
    ]
    problem = {
        "resourceType": "Condition",
        "id": "c1",
        "subject": {"reference": "Patient/zora"},
        "code": {"text": "chronic kidney disease stage 4"},
    }
    [card] = ask(prefetch(*taken, conditions=searchset(problem)))
    assert (
        "drugs that can raise potassium: ramipril, spironolactone, trimethoprim" in card["detail"]
    )
    assert "takes mineralocorticoid receptor antagonists" not in card["detail"]


def test_a_partner_that_the_sentence_names_is_not_repeated_as_its_group(ask: Ask) -> None:
    """Warfarin is a vitamin K antagonist to whoever reads the card."""
    [card] = ask(prefetch(order("coenzyme Q10 100 mg", "m1"), order("warfarin 3 mg", "m2")))
    assert "Coenzyme q10 with warfarin" in card["detail"]
    assert "takes vitamin K antagonists" not in card["detail"]


def test_many_results_that_were_not_sent_are_counted_in_a_summary(ask: Ask) -> None:
    """So that it still has room for the conditions, and is not cut in a list."""
    sent = prefetch(order("lisinopril 10 mg"))
    for key in ("conditions", *LABS):
        del sent[key]
    [card] = ask(sent)
    assert card["summary"] == (
        "Cramp check incomplete: not fully sent by the EHR: conditions, "
        "11 kinds of laboratory result"
    )
