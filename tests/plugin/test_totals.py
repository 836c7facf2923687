"""A total is of matches: what came along with them, or came twice, makes up for none."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.model import State
from cds_hooks.prefetch import read_prefetch
from tests.plugin.conftest import Ask
from tests.plugin.hook_calls import order, prefetch
from tests.servers.client import LIST, Asking, answering, bundle, entry
from tests.servers.scripted import Json, fhir, scripted

MEDICATION = {"resource": {"resourceType": "Medication", "id": "x"}, "search": {"mode": "include"}}


def page(*ids: str, included: int = 0, **more: Any) -> Json:
    """A page of matches, and of Medications that came along."""
    made = bundle(*ids, **more)
    made["entry"] = [entry(one) | {"search": {"mode": "match"}} for one in ids]
    made["entry"] += [
        MEDICATION | {"resource": {"resourceType": "Medication", "id": str(n)}}
        for n in range(included)
    ]
    return made


@pytest.mark.parametrize(
    ("sent", "incomplete"),
    [
        (page("a", "b", total=2), False),
        (page("a", "b", included=3, total=2), False),
        (page("a", "b", included=3, total=4), True),
        (page("a", "b", included=3, total=3), True),
        (page("a", "b", included=3, total=5), False),  # all that was sent was counted
        (page("a", "b", included=3, total=6), True),
        (page("a", "b", included=3), False),
    ],
)
def test_what_came_along_is_no_match(ask: Ask, sent: Json, incomplete: bool) -> None:
    """In one page, whichever way it is read and wherever it is from."""
    with scripted(answering(fhir(sent))) as server:
        assert Asking(server.url).client.search(LIST).incomplete is incomplete
    said = read_prefetch(str(sent).replace("'", '"').encode())
    assert (said.state, said.incomplete) == (State.PRESENT, incomplete)
    sent["entry"][:2] = [{"resource": order("amoxicillin 500 mg", id_)} for id_ in ("a", "b")]
    cards = ask(prefetch(medications=sent))
    assert [card["summary"] for card in cards if "medication orders" in card["summary"]] == (
        ["Cramp check incomplete: not fully sent by the EHR: medication orders"]
        if incomplete
        else []
    )


def test_a_page_that_comes_twice_is_not_two() -> None:
    """A server that loses its place: the total tells."""
    with scripted() as server:
        first = page("a", "b", next_page=f"{server.url}/{LIST}&page=2", total=4)
        server.script = answering(fhir(first), fhir(page("a", "b", total=4)))
        assert Asking(server.url).client.search(LIST).incomplete
        server.script = answering(fhir(first), fhir(page("c", "d", total=4)))
        assert not Asking(server.url).client.search(LIST).incomplete
