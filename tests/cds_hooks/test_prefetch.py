"""What a client did about a prefetch key is told apart, and never guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cds_hooks.decode import decode_call
from cds_hooks.errors import BadRequest
from cds_hooks.model import PrefetchValue, State

PATIENT = {"resourceType": "Patient", "id": "p1"}
OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "forbidden", "diagnostics": "not for Jane Doe"}],
}
HINT = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "warning", "code": "not-supported"}, {"severity": "information"}],
}


def bundle(*resources: Any, **more: Any) -> dict[str, Any]:
    """A search result with these resources."""
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **more}


def read(value: Any) -> PrefetchValue:
    """The value of a key that was sent as this."""
    body = {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "u", "patientId": "p1"},
        "prefetch": {"key": value},
    }
    return decode_call(json.dumps(body).encode(), {"patient-view"}).value("key")


def refuses(value: bytes) -> str:
    """Why a call with this value is refused."""
    body = (
        b'{"hook":"patient-view","hookInstance":"1","context":{"userId":"u","patientId":"p"},'
        b'"prefetch":{"key":' + value + b"}}"
    )
    with pytest.raises(BadRequest) as refused:
        decode_call(body, {"patient-view"})
    return refused.value.diagnostics


def test_a_resource_is_present_and_its_bytes_are_kept() -> None:
    """The reader decodes it, once."""
    value = read(PATIENT)
    assert value.state is State.PRESENT
    assert [json.loads(one.raw) for one in value.sent] == [PATIENT]


def test_null_means_known_to_be_empty_and_absent_means_not_looked_for() -> None:
    """Two different things: null is an answer."""
    assert read(None).state is State.NULL
    assert decode_call(
        b'{"hook":"patient-view","hookInstance":"1","context":{"userId":"u","patientId":"p"}}',
        {"patient-view"},
    ).value("key") == PrefetchValue(State.ABSENT)


def test_an_operation_outcome_is_a_failure_told_by_its_codes_only() -> None:
    """Its text may name the patient."""
    value = read(OUTCOME)
    assert (value.state, value.problem) == (State.FAILED, "OperationOutcome (forbidden)")
    assert value.sent == ()


@pytest.mark.parametrize(
    "issue", [None, [], "x", [{"severity": "error", "code": "<b>"}], [5], [{"code": 5}]]
)
def test_an_operation_outcome_without_readable_codes_is_still_a_failure(issue: Any) -> None:
    """And nothing of it is repeated."""
    value = read({"resourceType": "OperationOutcome", "issue": issue})
    assert (value.state, value.problem) == (State.FAILED, "OperationOutcome")


def test_a_search_with_nothing_but_an_error_failed() -> None:
    """An empty result would have been an answer; this is none."""
    value = read(bundle(OUTCOME))
    assert (value.state, value.problem) == (State.FAILED, "OperationOutcome (forbidden)")


def test_a_search_with_an_error_beside_its_entries_is_present_and_has_a_problem() -> None:
    """What was sent is read, and what failed is said."""
    value = read(bundle(PATIENT, OUTCOME))
    assert (value.state, value.problem) == (State.PRESENT, "OperationOutcome (forbidden)")


def test_hints_and_warnings_of_a_search_are_no_failure() -> None:
    """Servers send them with complete results."""
    assert read(bundle(PATIENT, HINT)).problem == ""
    assert read(bundle(HINT)).state is State.PRESENT


@pytest.mark.parametrize(
    ("more", "incomplete"),
    [
        ({}, False),
        ({"total": 1}, False),
        ({"total": 2}, True),
        ({"total": None}, False),
        ({"total": "1"}, False),
        ({"total": 1.0}, False),
        ({"total": "2"}, True),
        ({"total": " 2 "}, True),
        ({"total": 2.0}, True),
        ({"total": 1.5}, True),
        ({"total": True}, True),
        ({"total": "many"}, True),
        ({"total": "9" * 30}, True),
        ({"total": [1]}, True),
        ({"link": [{"relation": "self", "url": "x"}]}, False),
        ({"link": [{"relation": "self"}, {"relation": "next", "url": "x"}]}, True),
        ({"link": {"relation": "next", "url": "x"}}, True),
        ({"link": {"relation": "self", "url": "https://ehr/next"}}, False),
        ({"link": [{"relation": ["self", "next"]}]}, True),
        ({"link": [{"relation": " Next "}]}, True),
        ({"link": [{"relation": 5}, None, {}]}, False),
        ({"link": "next"}, True),
        ({"link": ["next"]}, True),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_a_page_is_incomplete_when_it_links_to_the_next_or_counts_more(
    more: dict[str, Any], incomplete: bool, inside: bool
) -> None:
    """Some clients drop the link and leave the count. What cannot be read is not taken for no."""
    page = bundle(PATIENT, **more)
    assert read(bundle(page) if inside else page).incomplete is incomplete


@pytest.mark.parametrize("more", [{"total": "5"}, {"total": 5.0}, {"link": {"relation": "next"}}])
def test_an_empty_page_of_something_is_incomplete(more: dict[str, Any]) -> None:
    """Nothing was sent of what the client says that there is."""
    for empty in (bundle(**more), {"resourceType": "Bundle", **more}):
        value = read(empty)
        assert (value.state, value.incomplete, value.sent) == (State.PRESENT, True, ())


@pytest.mark.parametrize(
    "empty",
    [
        {"resourceType": "Bundle"},
        {"resourceType": "Bundle", "type": "searchset", "total": 0},
        {"resourceType": "Bundle", "type": "searchset", "total": "0", "entry": []},
        {"resourceType": "Bundle", "type": None, "link": [{"relation": "self", "url": "entry"}]},
        {"resourceType": "Bundle", "type": "collection", "id": "Entry"},
    ],
)
def test_an_empty_search_result_means_known_to_be_empty(empty: dict[str, Any]) -> None:
    """Also within a batch."""
    nothing = PrefetchValue(State.PRESENT)
    assert (read(empty), read(bundle(empty))) == (nothing, nothing)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"type": "batch-response"}, "no result of a search"),
        ({"type": 5}, "no result of a search"),
        ({"Entry": [{"resource": PATIENT}]}, "without the key entry"),
        ({"ENTRY": [], "entry": []}, "without the key entry"),
        ({"entries": [PATIENT]}, "without the key entry"),
        ({"Resource": [PATIENT]}, "without the key entry"),
    ],
)
def test_an_empty_bundle_that_answers_no_search_is_a_failure(
    more: dict[str, Any], says: str
) -> None:
    """Something may be there that we do not see."""
    empty = {"resourceType": "Bundle", **more}
    for value in (read(empty), read(bundle(empty))):
        assert (value.state, says in value.problem) == (State.FAILED, True)


@pytest.mark.parametrize(
    ("response", "says"),
    [
        ({"status": "500"}, "a response of status 500 in place of a resource"),
        ({"status": "404 Not Found for Jane Doe"}, "a response of status 404 in place"),
        ({"status": "200"}, "a response of status 200 in place"),
        ({"status": 500}, "a response in place of a resource"),
        ({"status": "Jane Doe"}, "a response in place of a resource"),
        ("Jane Doe", "a response in place of a resource"),
        (
            {"status": "500 x", "outcome": OUTCOME},
            "a response of status 500 with OperationOutcome (forbidden) in place of a resource",
        ),
        ({"outcome": 5}, "a response in place of a resource"),
    ],
)
def test_a_response_without_its_resource_is_a_failure_told_by_its_codes(
    response: Any, says: str
) -> None:
    """A batch of which one query failed: alone it is no answer, beside others a problem."""
    entry = {"response": response}
    value = read({"resourceType": "Bundle", "type": "batch-response", "entry": [entry]})
    assert (value.state, value.sent) == (State.FAILED, ())
    beside = read({"resourceType": "Bundle", "entry": [entry, {"resource": PATIENT}]})
    assert (beside.state, beside.problem) == (State.PRESENT, value.problem)
    assert says in value.problem
    assert "Jane" not in value.problem


def test_bundles_in_a_bundle_are_taken_apart() -> None:
    """A batch of searches: their resources in order, and what any of them says of itself."""
    note = {"resourceType": "Condition", "code": {"text": "Bundle"}, "tag": "Bundle"}
    value = read(bundle(HINT, bundle(PATIENT, bundle(note)), bundle(OUTCOME), PATIENT))
    assert [json.loads(one.raw) for one in value.sent] == [PATIENT, note, PATIENT]
    assert [one.place for one in value.sent] == [2, 2, 4]
    assert (value.state, value.problem) == (State.PRESENT, "OperationOutcome (forbidden)")


def test_bundles_in_bundles_without_end_are_refused() -> None:
    """No reader overflows."""
    deep = b'{"resourceType":"Bundle","entry":[{"resource":' * 2_000 + b"{}" + b"}]}" * 2_000
    assert refuses(deep).startswith("The body is nested too deeply")


def test_an_outcome_among_the_entries_is_not_counted_as_a_result() -> None:
    """One Patient and one hint do not make two results."""
    assert read(bundle(PATIENT, HINT, total=2)).incomplete is True


def test_the_word_operation_outcome_in_a_resource_is_no_failure() -> None:
    """Only the type of a resource counts."""
    note = {"resourceType": "Condition", "code": {"text": "OperationOutcome"}}
    assert read(bundle(note, 5, None)).problem == ""


@pytest.mark.parametrize(
    "value", [5, "x", [], [PATIENT], {}, {"resourceType": 5}, {"id": "p1"}, True]
)
def test_what_is_no_resource_is_a_failure(value: Any) -> None:
    """The call is still answered, or refused, by how much the key is needed."""
    answer = read(value)
    assert (answer.state, answer.problem) == (State.FAILED, "no FHIR resource was sent")


@pytest.mark.parametrize("entry", [[5, "x", None], {"resource": PATIENT}, "x"])
def test_a_bundle_with_strange_entries_never_breaks_a_call(entry: Any) -> None:
    """Entries are the reader's to judge; a Bundle whose entry is no list is no Bundle."""
    value = read({"resourceType": "Bundle", "entry": entry})
    assert value.state is (State.PRESENT if isinstance(entry, list) else State.FAILED)
    assert [one.raw for one in value.sent] == ([b"5", b'"x"', b"null"] if value.sent else [])


def test_the_entries_of_a_bundle_keep_their_bytes_and_their_address() -> None:
    """Strange ones and empty ones among them; a bare response tells of no record."""
    entries = [
        {"fullUrl": "urn:uuid:1", "resource": PATIENT},
        {"response": {"status": "200"}},
        {"fullUrl": "urn:uuid:3"},
        {"fullUrl": 4, "resource": PATIENT},
    ]
    value = read({"resourceType": "Bundle", "entry": entries})
    assert [(one.full_url, json.loads(one.raw)) for one in value.sent] == [
        ("urn:uuid:1", PATIENT),
        ("urn:uuid:3", None),
        ("", PATIENT),
    ]


def test_a_bundle_entry_sent_as_the_value_is_unwrapped() -> None:
    """Clients of the first version of the protocol wrap a resource with its response."""
    value = read({"response": {"status": "200 OK"}, "resource": PATIENT})
    assert [json.loads(one.raw) for one in value.sent] == [PATIENT]
