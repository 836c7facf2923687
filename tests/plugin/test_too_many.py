"""Lists with more in them than any patient has: refused, however few bytes each entry takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_hooks.decode import MOST_ORDERS
from cds_hooks.feedback import decode_feedback
from cds_hooks.prefetch import MOST_ENTRIES
from tests.plugin.hook_calls import URL, call, order, prefetch, searchset
from tests.plugin.ordering.calls import ORDER_CHECK, REVIEW, chart, choose, draft, refill, sign
from tests.servers.asking import LOW, app, ask, said
from tests.servers.client import Asking, answering, bundle
from tests.servers.scripted import Json, Reply, fhir, scripted

_HALF = MOST_ENTRIES // 2 + 1
_MANY = b'{"resourceType":"Bundle","type":"searchset","entry":[' + b"{}," * MOST_ENTRIES + b"{}]}"


def entries(count: int) -> Json:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{}] * count}


@pytest.mark.parametrize(
    "keys",
    [
        {"medications": entries(MOST_ENTRIES + 1)},
        {"conditions": entries(_HALF), "statements": entries(_HALF)},
        {"nothing-of-ours": entries(_HALF), "nor-this": entries(_HALF)},
        {"conditions": searchset(*[entries(_HALF)] * 2)},
    ],
    ids=["one key", "two keys", "keys that are not read", "Bundles in a Bundle"],
)
def test_a_call_with_more_entries_than_a_patient_has_is_a_413(
    client: FlaskClient, keys: dict[str, Any]
) -> None:
    """Counted together; the answer names the limit and holds no card."""
    body = call(prefetch(order("simvastatin 40 MG")) | keys)
    answer = client.post(URL, data=body, content_type="application/json")
    assert 413 == answer.status_code
    [issue] = answer.get_json()["issue"]
    assert ("too-long", True) == (issue["code"], str(MOST_ENTRIES) in issue["diagnostics"])


_DRAFTS = [draft("simvastatin 40 MG", f"d{number}") for number in range(MOST_ORDERS + 1)]
_CHOSEN = [f"MedicationRequest/d{number}" for number in range(MOST_ORDERS + 1)]


@pytest.mark.parametrize(
    ("url", "sent", "named"),
    [
        (ORDER_CHECK, sign(_DRAFTS, chart()), "draftOrders"),
        (ORDER_CHECK, choose(_DRAFTS[:1], chart(), *_CHOSEN), "selections"),
        (REVIEW, refill(_DRAFTS, chart()), "medications"),
    ],
)
def test_a_call_with_more_orders_than_are_ever_signed_is_a_413(
    client: FlaskClient, url: str, sent: Json, named: str
) -> None:
    """A draft may bring a suggestion of its own, and so an answer grows with them."""
    answer = client.post(url, json=sent)
    assert 413 == answer.status_code
    assert f"context.{named}" in answer.get_json()["issue"][0]["diagnostics"]


def test_as_many_orders_and_selections_as_are_taken_are_answered(client: FlaskClient) -> None:
    """Each is found among the others."""
    answer = client.post(ORDER_CHECK, json=choose(_DRAFTS[:-1], chart(), *_CHOSEN[:-1]))
    assert 200 == answer.status_code
    assert "not hold it" not in json.dumps(answer.get_json())


def test_a_page_with_too_many_entries_is_no_answer_of_a_fhir_server() -> None:
    """As the first page, a fault; later, what was found counts, and is said not to be all."""
    with scripted(answering(Reply(_MANY))) as server:
        assert "too many entries" in Asking(server.url).fault().message
    with scripted() as server:
        first = fhir(bundle("m1", next_page=f"{server.url}/MedicationRequest?p=2"))
        server.script = answering(first, Reply(_MANY))
        value = Asking(server.url).client.search("MedicationRequest?patient=zora")
    assert (1, True) == (len(value.sent), "too many entries" in value.problem)
    with scripted(answering(Reply(_MANY))) as server:
        sent = prefetch(order("hydrochlorothiazide 25 MG"), potassium=searchset(LOW))
        del sent["conditions"]
        assert "too many entries" in said(ask(sent, server.url, app()))


def test_of_a_million_accepted_suggestions_a_few_are_kept() -> None:
    """The outcome counts all the same, and no worker spends its time on the rest."""
    body = b'{"feedback":[{"card":"c1","outcome":"accepted","acceptedSuggestions":['
    body += b'"a",' * 1_000_000 + b'"b"]}]}'
    [entry] = decode_feedback(body).entries
    assert ("a",) == entry.suggestions
