"""Prefetch: templates that every client can fill, and what is done with what comes of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.plugin.hook_calls import URL, Json, call, order, potassium, prefetch, searchset
from tests.protocol.conftest import Post
from tests.protocol.corpus import THIAZIDE
from tests.protocol.requirement import requirement

TOKEN = re.compile(r"\{\{(.*?)\}\}")
USER_TOKENS = {
    "userPractitionerId",
    "userPractitionerRoleId",
    "userPatientId",
    "userRelatedPersonId",
}
# Search parameters: references and tokens of equality, and two of the result.
ALLOWED = {"patient", "code", "_sort", "_count"}
MOST = 200  # results of one template

Ask = Callable[..., list[Json]]
Services = list[dict[str, Any]]


def queries(services: Services) -> list[str]:
    found = [query for service in services for query in service["prefetch"].values()]
    assert found
    return found


@requirement(35, 55, 56, 57, 59)
def test_tokens_are_root_fields_of_the_context_in_double_braces(services: Services) -> None:
    used = set()
    for query in queries(services):
        used |= set(TOKEN.findall(query))
        rest = TOKEN.sub("", query)
        assert "{" not in rest
        assert "}" not in rest
        assert "%7B" not in rest
    assert used
    for token in used - USER_TOKENS:
        assert re.fullmatch(r"context\.[A-Za-z]+", token), token


@requirement(58)
def test_templates_stay_within_the_recommended_subset_of_search(services: Services) -> None:
    for query in queries(services):
        kind, mark, parameters = query.partition("?")
        if not mark:
            assert re.fullmatch(r"[A-Z][A-Za-z]+/\{\{context\.[A-Za-z]+\}\}", kind), query
            continue
        assert re.fullmatch(r"[A-Z][A-Za-z]+", kind), query
        pairs = dict(parse_qsl(parameters, strict_parsing=True))
        assert set(pairs) <= ALLOWED, query  # no modifier, no chain, no date
        assert pairs["patient"] == "{{context.patientId}}"
        assert pairs.get("_sort", "-date") == "-date"
        assert 1 <= int(pairs["_count"]) <= MOST


@requirement(28, 34)
def test_what_is_prefetched_is_all_that_an_answer_needs(ask: Ask) -> None:
    """No server is named in the call."""
    (card,) = ask(call(prefetch(order(THIAZIDE), potassium=searchset(potassium(3.1)))))
    assert card["indicator"] == "warning"
    assert "3.1 mmol/L" in card["detail"]
    assert "not sent" not in card["detail"]


OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "timeout", "diagnostics": "Ada timed out"}],
}


@requirement(52)
@pytest.mark.parametrize("value", [OUTCOME, searchset(OUTCOME)], ids=["alone", "in a Bundle"])
def test_an_operation_outcome_is_not_taken_for_an_empty_result(
    ask: Ask, post: Post, value: Json
) -> None:
    cards = ask(call(prefetch(order(THIAZIDE), potassium=value)))
    said = "".join(card["detail"] for card in cards)
    assert "timeout" in said
    assert "Ada" not in said
    assert post(URL, call(prefetch(medications=value))).status_code == 412


@requirement(54)
@pytest.mark.parametrize("key", ["patient", "medications"])
def test_required_data_that_cannot_be_had_is_a_412_that_names_the_key(post: Post, key: str) -> None:
    sent = prefetch(order(THIAZIDE))
    del sent[key]
    refused = post(URL, call(sent))
    assert refused.status_code == 412
    (issue,) = refused.get_json()["issue"]
    assert issue["code"] == "required"
    assert key in issue["diagnostics"]


@requirement(54)
def test_a_412_names_no_key_that_was_sent(post: Post) -> None:
    sent = prefetch(order(THIAZIDE))
    del sent["patient"]
    text = post(URL, call(sent)).get_json()["issue"][0]["diagnostics"]
    assert "medications (" not in text
    assert "conditions (" not in text
