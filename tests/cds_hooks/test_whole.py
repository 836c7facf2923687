"""A sound call is read in one pass, and whatever is odd is left to be read piece by piece."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from cds_hooks.decode import decode_call
from cds_hooks.model import Sent, State
from cds_hooks.whole import WholeReader


class _Resource(msgspec.Struct, tag_field="resourceType", frozen=True):
    id: str = ""
    status: str = ""


class Note(_Resource, tag="Note", frozen=True):
    """A resource of a service that knows nothing of medicine."""


class Person(_Resource, tag="Person", frozen=True):
    """Another."""


WHOLE = WholeReader((Note, Person))
PERSON = {"resourceType": "Person", "id": "p"}


def _note(id_: str = "n1", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Note", "id": id_, **more}


def _page(*resources: Any, **more: Any) -> dict[str, Any]:
    entries = [{"fullUrl": f"urn:x:{n}", "resource": one} for n, one in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **more}


def _body(prefetch: Any, **more: Any) -> bytes:
    call = {
        "hook": "patient-view",
        "hookInstance": "i",
        "context": {"userId": "Practitioner/1", "patientId": "p"},
        "prefetch": prefetch,
        **more,
    }
    return json.dumps(call).encode()


def test_the_resources_of_a_sound_call_come_decoded_with_their_address_and_place() -> None:
    prefetch = {"person": PERSON, "notes": _page(_note(), _note("n2", status="x")), "more": None}
    request = decode_call(_body(prefetch), {"patient-view"}, whole=WHOLE)
    assert (Sent(b"", "", 1, Person("p")),) == request.value("person").sent
    assert request.value("notes").sent == (
        Sent(b"", "urn:x:0", 1, Note("n1")),
        Sent(b"", "urn:x:1", 2, Note("n2", "x")),
    )
    assert request.value("notes").state is State.PRESENT
    assert not request.value("notes").incomplete
    assert request.value("more").state is State.NULL
    assert request.value("other").state is State.ABSENT


@pytest.mark.parametrize(
    "more",
    [{"total": 3}, {"link": [{"relation": "self"}, {"relation": "next", "url": "u"}]}],
)
def test_a_page_that_is_not_all_there_is_says_so(more: dict[str, Any]) -> None:
    for page in (_page(_note(), _note("n2"), **more), _page(**more)):
        read = WHOLE.read(_body({"notes": page}))
        assert read is not None
        assert read.prefetch["notes"].incomplete


def test_an_empty_search_result_is_an_answer() -> None:
    read = WHOLE.read(_body({"notes": _page(total=0, meta={"lastUpdated": "2026-01-01"})}))
    assert read is not None
    assert (State.PRESENT, (), False) == (
        read.prefetch["notes"].state,
        read.prefetch["notes"].sent,
        read.prefetch["notes"].incomplete,
    )


@pytest.mark.parametrize(
    "prefetch",
    [
        {"notes": _page({"resourceType": "Note"})},  # without an id
        {"notes": _page(_note(), _note())},
        {"notes": _page(_note()), "again": _page(_note(status="x"))},
        {"notes": _page({"resourceType": "Other", "id": "o"})},
        {"notes": _page({"resourceType": "OperationOutcome", "issue": []})},
        {"notes": {"resourceType": "OperationOutcome", "issue": []}},
        {"notes": _page(_page(_note()))},
        {"notes": _page(None)},
        {"notes": _page(_note(status=None))},
        {"notes": _page(_note(status=5))},
        {"notes": {"resourceType": "Bundle", "type": "searchset", "Entry": []}},
        {"notes": _page(meta={"entries": []})},
        {"notes": {"resourceType": "Bundle", "type": "message"}},
        {"notes": _page(_note(), total="3")},
        {"notes": {"resourceType": "Bundle", "entry": [{"response": {"status": "404"}}]}},
        {"notes": {"resource": _note()}},
        {"notes": []},
        {"notes": "text"},
        [],
    ],
)
def test_what_is_odd_is_left_to_be_read_piece_by_piece(prefetch: Any) -> None:
    assert WHOLE.read(_body(prefetch)) is None


def test_a_body_that_is_no_call_is_refused_in_the_same_words() -> None:
    from cds_hooks.errors import BadRequest  # noqa: PLC0415 - of this test alone

    for body in (b"", b"{", b"[]", b'{"hook": 5}', b"\xff", b'{"prefetch": ' + b"[" * 5000):
        said = []
        for whole in (None, WHOLE):
            with pytest.raises(BadRequest) as refused:
                decode_call(body, {"patient-view"}, whole=whole)
            said.append(str(refused.value))
        assert said[0] == said[1]


def test_a_call_with_drafts_comes_as_its_json() -> None:
    """A draft may be of what was sent, so that both are held against one another as sent."""
    context = {"userId": "u", "patientId": "p", "draftOrders": _page(_note("d"))}
    body = _body({"person": PERSON}, hook="order-sign", context=context)
    request = decode_call(body, {"order-sign"}, whole=WHOLE)
    assert json.loads(request.value("person").sent[0].raw) == PERSON
    assert request.value("person").sent[0].resource is None
    assert json.loads(request.bundles["draftOrders"].sent[0].raw) == _note("d")
