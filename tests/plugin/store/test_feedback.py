"""Outcomes of cards, told over HTTP: each is in the database once before 200 is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from cds_hooks.errors import BadRequest
from cds_hooks.feedback import MOST_ENTRIES, Outcome, decode_feedback
from cds_hooks.model import Caller
from plugin.app import create_app
from plugin.config import Settings
from plugin.store.opening import open_store
from tests.plugin.hook_calls import TODAY
from tests.plugin.store.feedback_posts import URL, accepted, overridden, post, stored

SCHEMA = Path(__file__).parents[4] / "shared/protocol/cds-hooks-feedback.schema.json"
CARD = "0d7c3a0e-3a53-4b61-9f27-9a86b3a6e6d1"
OTHER = "6b0f3a2c-55a1-4d34-8d0e-3f5c2f1a9b77"

Tell = Callable[[bytes], TestResponse]


@pytest.fixture
def tell(client: FlaskClient) -> Tell:
    """Posts feedback."""
    return lambda body: client.post(URL, data=body, content_type="application/json")


def said(response: TestResponse) -> str:
    """The diagnostics of a refusal, which is an OperationOutcome."""
    outcome = response.get_json()
    assert outcome["resourceType"] == "OperationOutcome"
    text: str = outcome["issue"][0]["diagnostics"]
    return text


def test_a_batch_is_stored_before_it_is_answered(tell: Tell, settings: Settings) -> None:
    response = tell(post(accepted(CARD), overridden(OTHER)))
    assert (response.status_code, response.get_json()) == (200, {"stored": 2, "repeated": 0})
    assert [(row["card"], row["outcome"]) for row in stored(settings)] == [
        (CARD, "accepted"),
        (OTHER, "overridden"),
    ]
    assert stored(settings)[1]["reason_code"] == "benefit-outweighs"


def test_our_sample_posts_are_what_the_protocol_has() -> None:
    """So that the tests above and below speak of posts that clients send."""
    if not SCHEMA.exists():
        pytest.skip(f"{SCHEMA.name} is not beside the repository")
    jsonschema.validate(json.loads(post(accepted(), overridden())), json.loads(SCHEMA.read_bytes()))


def test_a_post_that_is_repeated_counts_once(tell: Tell, settings: Settings) -> None:
    body = post(accepted(CARD), overridden(OTHER))
    assert [tell(body).get_json()["stored"] for _ in range(3)] == [2, 0, 0]
    assert len(stored(settings)) == 2


def test_an_outcome_that_stands_twice_in_a_batch_counts_once(
    tell: Tell, settings: Settings
) -> None:
    entry = overridden(CARD)
    assert tell(post(entry, entry)).get_json() == {"stored": 1, "repeated": 1}
    assert len(stored(settings)) == 1


def test_a_later_outcome_of_a_card_is_another_event(tell: Tell, settings: Settings) -> None:
    """Overridden at noon and accepted at one: both are true, in whichever order they come."""
    late = accepted(CARD, at="2026-11-01T13:00:00Z")
    assert tell(post(late)).get_json()["stored"] == 1
    assert tell(post(overridden(CARD))).get_json()["stored"] == 1
    assert [row["outcome"] for row in stored(settings)] == ["accepted", "overridden"]


@pytest.mark.parametrize(
    "same",
    [
        {"outcomeTimestamp": "2026-11-01T13:00:00+01:00"},
        {"outcomeTimestamp": "2026-11-01T12:00:00.000Z"},
        {"card": CARD.upper()},
        {"card": f"urn:uuid:{CARD}"},
        {"outcome": " Overridden "},
        {"somethingElse": {"of": "a vendor"}},
    ],
)
def test_the_same_event_in_another_spelling_counts_once(tell: Tell, same: dict[str, Any]) -> None:
    entry = overridden(CARD)
    assert tell(post(entry)).get_json()["stored"] == 1
    assert tell(post({**entry, **same})).get_json() == {"stored": 0, "repeated": 1}


@pytest.mark.parametrize(
    "other",
    [
        {"outcomeTimestamp": "2026-11-01T12:00:01Z"},
        {"card": OTHER},
        {"overrideReason": {"reason": {"code": "not-taking"}}},
        {"acceptedSuggestions": [{"id": OTHER}]},
    ],
)
def test_another_event_is_not_taken_for_a_repeat(tell: Tell, other: dict[str, Any]) -> None:
    entry = overridden(CARD)
    assert tell(post(entry)).get_json()["stored"] == 1
    assert tell(post({**entry, **other})).get_json()["stored"] == 1


LENIENT = [
    {"outcomeTimestamp": None},
    {"outcomeTimestamp": 1793534400},
    {"outcomeTimestamp": "yesterday"},
    {"outcomeTimestamp": "2026-11-01"},
    {"outcomeTimestamp": "0001-01-01T00:00:00+14:00"},
    {"overrideReason": None},
    {"overrideReason": {}},
    {"overrideReason": "not-taking"},
    {"overrideReason": {"reason": "not-taking"}},
    {"overrideReason": {"reason": ["not-taking"]}},
    {"overrideReason": {"reason": None, "userComment": None}},
    {"acceptedSuggestions": None},
    {"acceptedSuggestions": []},
    {"acceptedSuggestions": "one"},
    {"acceptedSuggestions": ["one", 2, {"id": None}, {"uuid": "three"}, None]},
    {"overrideReason": {"reason": {"code": "a\u0000b", "display": "\ud7ff\ufffe\u202e"}}},
    {"overrideReason": {"reason": {"code": "x" * 5000}}},
    {"acceptedSuggestions": [{"id": "a\u0000b"}, {"id": "y" * 5000}]},
]


@pytest.mark.parametrize("odd", LENIENT)
def test_what_is_odd_about_the_rest_of_an_entry_loses_no_outcome(
    tell: Tell, settings: Settings, odd: dict[str, Any]
) -> None:
    response = tell(post({**overridden(CARD), **odd}))
    assert response.status_code == 200, said(response)
    (row,) = stored(settings)
    assert (row["card"], row["outcome"]) == (CARD, "overridden")


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"feedback": overridden(CARD)}),
        json.dumps([overridden(CARD)]),
        json.dumps(overridden(CARD)),
        "\ufeff" + json.dumps({"feedback": [overridden(CARD)]}),
    ],
)
def test_an_entry_without_its_list_or_envelope_is_taken(
    tell: Tell, settings: Settings, body: str
) -> None:
    assert tell(body.encode()).status_code == 200
    assert [row["card"] for row in stored(settings)] == [CARD]


def test_no_outcome_at_all_is_nothing_to_store(tell: Tell, settings: Settings) -> None:
    assert tell(post()).get_json() == {"stored": 0, "repeated": 0}


def test_whatever_a_client_calls_its_tenant_the_outcome_is_kept(settings: Settings) -> None:
    """A tenant is a claim of a token: text that PostgreSQL would refuse, and of any length."""
    caller = Caller("https://ehr", "north\u0000wing \ud800" + "x" * 1000)
    entries = decode_feedback(post(overridden(CARD))).entries
    kept = open_store(settings).feedback.keep("cramp-review", entries, caller)
    assert kept.stored == 1
    assert stored(settings)[0]["tenant"].startswith("northwing x")


WRONG = [
    (None, ": Invalid input type"),
    ("card", ": Invalid input type"),
    ({}, ".card: Missing data"),
    ({"card": CARD}, ".outcome: Missing data"),
    ({"card": CARD, "outcome": "ignored"}, ".outcome: Must be one of"),
    ({"card": CARD, "outcome": None}, ".outcome: Field may not be null"),
    ({"card": "", "outcome": "accepted"}, ".card: "),
    ({"card": 7, "outcome": "accepted"}, ".card: Not a valid string"),
    ({"card": "a\u0000b", "outcome": "accepted"}, ".card: "),
    ({"card": "x" * 300, "outcome": "accepted"}, ".card: "),
]


@pytest.mark.parametrize(("entry", "fault"), WRONG)
def test_an_entry_of_no_card_or_no_outcome_is_named_and_the_others_are_stored(
    tell: Tell, settings: Settings, entry: Any, fault: str
) -> None:
    """A client that never mends the one must not lose the others; one that sends all again, may."""
    response = tell(post(overridden(CARD), entry, accepted(OTHER)))
    assert response.status_code == 400
    assert f"feedback[1]{fault}" in said(response)
    assert "2 outcomes were kept, and 1 entry is wrong" in said(response)
    assert {row["card"] for row in stored(settings)} == {CARD, OTHER}
    assert tell(post(overridden(CARD), accepted(OTHER, at=None))).status_code == 200


def test_one_outcome_is_kept_in_the_singular(tell: Tell) -> None:
    assert "1 outcome was kept, and 2 entries are wrong" in said(tell(post({}, accepted(CARD), {})))


def test_of_many_wrong_entries_an_answer_names_the_first(tell: Tell) -> None:
    text = said(tell(post(*[{}] * 100)))
    assert "feedback[19]" in text
    assert "feedback[20]" not in text
    assert "and 80 more" in text


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"7", b'"card"', b"{}", b'{"feedback": "all"}', b"\xff", b"[" * 9999],
)
def test_what_is_no_feedback_is_a_400(tell: Tell, settings: Settings, body: bytes) -> None:
    response = tell(body)
    assert response.status_code == 400
    assert "The body is" in said(response)


def test_a_list_beyond_measure_is_a_413(tell: Tell, settings: Settings) -> None:
    response = tell(post(*[{}] * (MOST_ENTRIES + 1)))
    assert (response.status_code, "10000 outcomes" in said(response)) == (413, True)


def test_feedback_to_an_unknown_service_is_a_404(client: FlaskClient, settings: Settings) -> None:
    response = client.post("/cds-services/none/feedback", data=post(accepted()))
    assert response.status_code == 404
    assert "No service has that id" in said(response)


def test_feedback_that_is_not_declared_as_json_is_a_415(client: FlaskClient) -> None:
    assert client.post(URL, data=post(accepted()), content_type="text/plain").status_code == 415


def test_a_body_over_the_limit_is_a_413(settings: Settings) -> None:
    small = Settings(database=settings.database, data=settings.data, max_body_bytes=200)
    client = create_app(small, remember=True).test_client()
    response = client.post(URL, data=b" " * 201, content_type="application/json")
    assert response.status_code == 413


def test_without_a_database_there_is_no_such_route() -> None:
    client = create_app(Settings(), today=lambda: TODAY).test_client()
    response = client.post(URL, data=post(accepted()), content_type="application/json")
    assert response.status_code == 404


COMMENT = "Mrs Quillfeather told me that she has no cramps"


@pytest.mark.parametrize("keep", [False, True])
def test_what_a_clinician_typed_is_stored_only_where_a_site_asks_for_it(
    settings: Settings, keep: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    """It may name the patient. Neither way does it reach a log or an answer."""
    kept = Settings(database=settings.database, data=settings.data, keep_comments=keep)
    client = create_app(kept, remember=True).test_client()
    entry = overridden(CARD, overrideReason={"reason": {"code": "x"}, "userComment": COMMENT})
    answer = client.post(URL, data=post(entry, {}), content_type="application/json")
    (row,) = stored(settings)
    assert (row["commented"], row["comment"]) == (True, COMMENT if keep else None)
    out, err = capfd.readouterr()
    assert "Quillfeather" not in out + err + answer.get_data(as_text=True)


def test_a_comment_that_is_kept_has_a_bounded_length(settings: Settings) -> None:
    kept = Settings(database=settings.database, data=settings.data, keep_comments=True)
    client = create_app(kept, remember=True).test_client()
    entry = overridden(CARD, overrideReason={"userComment": "long " * 1000})
    client.post(URL, data=post(entry), content_type="application/json")
    assert len(stored(settings)[0]["comment"]) <= 1000


def test_a_time_in_the_far_future_is_that_of_arrival(tell: Tell, settings: Settings) -> None:
    """Else a client with a wrong clock would have the last word for ever."""
    tell(post(overridden(CARD, at="2999-01-01T00:00:00Z")))
    (row,) = stored(settings)
    assert (row["timed"], row["outcome_ms"]) == (False, row["received_ms"])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "card": JSON | st.just(CARD),
        "outcome": JSON | st.sampled_from(["accepted", "overridden"]),
        "acceptedSuggestions": JSON,
        "overrideReason": JSON | st.fixed_dictionaries({"reason": JSON, "userComment": JSON}),
        "outcomeTimestamp": JSON | st.datetimes().map(str),
    },
)


@given(st.lists(ENTRY | JSON, max_size=4) | JSON)
@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_posted_each_entry_is_read_or_named(sent: Any) -> None:
    """As many as came in, and none is both."""
    body = json.dumps({"feedback": sent}).encode()
    if not isinstance(sent, (list, dict)):
        with pytest.raises(BadRequest):
            decode_feedback(body)
        return
    batch = decode_feedback(body)
    count = len(sent) if isinstance(sent, list) else 1
    assert len(batch.entries) + len(batch.faults) == count
    assert all(one.outcome in Outcome for one in batch.entries)
