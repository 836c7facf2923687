"""A sound call is read in one pass, and whatever is odd is left to be read piece by piece."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cds_hooks.decode import decode_call
from cds_hooks.model import Need, PrefetchKey, Sent, State
from cds_hooks.whole import WholeReader

# A service that knows nothing of medicine.
QUERIES = {
    "person": "Person/{{context.patientId}}",
    "notes": "Note?patient={{context.patientId}}",
    "again": "Note?patient={{context.patientId}}&_count=5",
    "more": "Other?patient={{context.patientId}}",
}
WHOLE = WholeReader(PrefetchKey(name, query, Need.WANTED) for name, query in QUERIES.items())
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


def _raw(resource: Any) -> bytes:
    return json.dumps(resource).encode()


def test_the_resources_of_a_sound_call_come_with_their_address_and_place() -> None:
    notes = [_note(), _note("n2", status="x"), {"id": "late", "resourceType": "Note"}]
    prefetch = {"more": None, "person": PERSON, "notes": _page(*notes)}
    body = _body(prefetch)
    assert WHOLE.read(body) is not None
    request = decode_call(body, {"patient-view"}, whole=WHOLE)
    assert (Sent(_raw(PERSON)),) == request.value("person").sent
    assert request.value("notes").sent == (
        Sent(_raw(notes[0]), "urn:x:0", 1),
        Sent(_raw(notes[1]), "urn:x:1", 2),
        Sent(_raw(notes[2]), "urn:x:2", 3),
    )
    assert request.value("notes").state is State.PRESENT
    assert not request.value("notes").incomplete
    assert request.value("more").state is State.NULL
    assert request.value("again").state is State.ABSENT
    assert request == decode_call(body, {"patient-view"})


def test_a_call_without_prefetch_is_a_sound_one() -> None:
    empty: tuple[Any, ...] = ({}, None)
    for prefetch in empty:
        read = WHOLE.read(_body(prefetch))
        assert read is not None
        assert {} == read.prefetch


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
        {"notes": _page({"resourceType": "OperationOutcome", "issue": []})},
        {"notes": {"resourceType": "OperationOutcome", "issue": []}},
        {"notes": _page({"id": "b", "resourceType": "Bundle", "entry": []})},
        {"notes": _page(_page(_note()))},
        {"notes": {"entry": [{"resource": _note()}]}},
        {"notes": {"resourceType": "bundle", "entry": [{"resource": _note()}]}},
        {"notes": {"resourceType": "Bundle", "entry": [{"fullUrl": "urn:x:1"}]}},
        {"notes": {"resourceType": "Bundle", "entry": [{"fullUrl": 5, "resource": _note()}]}},
        {"notes": {"resourceType": "Bundle", "type": "searchset", "Entry": []}},
        {"notes": _page(meta={"entries": []})},
        {"notes": {"resourceType": "Bundle", "type": "message"}},
        {"notes": _note()},
        {"unasked": _page(_note())},
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


def test_too_many_entries_are_refused_in_the_same_words() -> None:
    from cds_hooks.errors import TooMany  # noqa: PLC0415 - of this test alone

    body = _body({"notes": _page(), "again": _page()})
    body = body.replace(
        b'"entry": []', b'"entry": [' + b",".join([b'{"resource":{}}'] * 25_001) + b"]"
    )
    said = []
    for whole in (None, WHOLE):
        with pytest.raises(TooMany) as refused:
            decode_call(body, {"patient-view"}, whole=whole)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_drafts_are_taken_out_of_the_context_either_way() -> None:
    context = {"userId": "u", "patientId": "p", "draftOrders": _page(_note("d"))}
    body = _body({"person": PERSON}, hook="order-sign", context=context)
    request = decode_call(body, {"order-sign"}, whole=WHOLE)
    assert request == decode_call(body, {"order-sign"})
    assert _raw(_note("d")) == request.bundles["draftOrders"].sent[0].raw
