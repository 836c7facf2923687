"""Which hooks are answered under which id, and what their templates may refer to."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.plugin.hook_calls import URL, Json, call, order, potassium, prefetch, searchset
from tests.protocol.conftest import Post
from tests.protocol.corpus import CHECK, THIAZIDE, USER, checks, ordered
from tests.protocol.requirement import HOOKS, requirement

Ask = Callable[..., list[Json]]
ANSWERED = {
    ("cramp-review", "patient-view"),
    ("cramp-review", "encounter-discharge"),
    ("cramp-review", "medication-refill"),
    ("cramp-order-check", "order-select"),
    ("cramp-order-check", "order-sign"),
}
# By the tables of the hooks: primitive fields of the context, of which the client has a value.
TOKENS = {
    "patient-view": {"userId", "patientId", "encounterId"},
    "encounter-discharge": {"userId", "patientId", "encounterId"},
    "medication-refill": {"userId", "patientId", "encounterId"},
    "order-select": {"userId", "patientId", "encounterId"},
    "order-sign": {"userId", "patientId", "encounterId"},
}
LOW = prefetch(order(THIAZIDE), potassium=searchset(potassium(3.1)))


@requirement(211)
def test_each_service_stands_under_its_hooks_with_one_id(services: list[Json]) -> None:
    assert {(one["id"], one["hook"]) for one in services} == ANSWERED
    assert len(services) == len(ANSWERED)


@requirement(4, 8, 12, 16, 48, 52, 56, 77, 81, 85, 89, 93, of=HOOKS)
def test_templates_use_only_tokens_that_their_hook_allows(services: list[Json]) -> None:
    assert {one["hook"] for one in services} == set(TOKENS)
    for one in services:
        used = {
            token
            for query in one["prefetch"].values()
            for token in re.findall(r"\{\{context\.(\w+)\}\}", query)
        }
        assert used
        assert used <= TOKENS[one["hook"]]


@requirement(210)
def test_one_id_under_several_hooks_is_answered_by_the_hook_of_the_call(
    ask: Ask, post: Post
) -> None:
    (viewed,) = ask(call(LOW))
    (leaving,) = ask(call(LOW, hook="encounter-discharge", context=USER))
    assert viewed["summary"] == leaving["summary"]
    assert viewed["uuid"] != leaving["uuid"]
    assert viewed["source"]["topic"] == leaving["source"]["topic"]
    for url, hook in (
        (URL, "order-sign"),
        (URL, "order-select"),
        (CHECK, "patient-view"),
        (CHECK, "medication-refill"),
        (URL, "appointment-book"),
    ):
        refused = post(url, call(LOW, hook=hook, context=USER))
        assert refused.status_code == 400
        assert "does not answer that hook" in refused.get_json()["issue"][0]["diagnostics"]


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_an_order_hook_says_what_the_order_changes_and_nothing_else(ask: Ask, hook: str) -> None:
    drafted = order(THIAZIDE, "d1", status="draft")
    low = prefetch(potassium=searchset(potassium(3.1)))
    assert ask(ordered(hook, drafted, low), CHECK)
    assert ask(ordered(hook, order("amoxicillin", "d1", status="draft"), LOW), CHECK) == []


@pytest.mark.parametrize("missing", ["draftOrders", "selections", "userId", "patientId"])
def test_a_field_that_the_hook_requires_is_named_when_it_is_missing(
    post: Post, missing: str
) -> None:
    body = checks()["order-select: amoxicillin"].replace(
        f'"{missing}"'.encode(), f'"no{missing}"'.encode()
    )
    refused = post(CHECK, body)
    assert refused.status_code == 400
    assert missing in refused.get_json()["issue"][0]["diagnostics"]


def test_a_refill_needs_no_user_and_a_discharge_needs_an_encounter(ask: Ask, post: Post) -> None:
    context = {"patientId": USER["patientId"], "medications": searchset(order(THIAZIDE))}
    assert ask(call(LOW, hook="medication-refill", context=context))
    without = {"userId": USER["userId"], "patientId": USER["patientId"]}
    refused = post(URL, call(LOW, hook="encounter-discharge", context=without))
    assert refused.status_code == 400
    assert "encounterId" in refused.get_json()["issue"][0]["diagnostics"]
