"""Calls that arrive damaged, or were never right: an answer in JSON, and no fault of ours.

At least 20,000 of them under `make soak`; a few hundred otherwise.
"""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.protocol.fuzz.conftest import SHARES, Send, examples
from tests.protocol.fuzz.mutations import encoded, mutated_bytes, mutated_calls
from tests.protocol.fuzz.seeds import Seed, feedback_seeds, seeds


def test_the_shares_of_a_soak_add_up_to_what_was_asked_for() -> None:
    assert sum(SHARES.values()) - SHARES["described"] >= 20_000


@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: seed[1]["hook"])
def test_a_call_that_nothing_happened_to_is_answered(send: Send, seed: Seed) -> None:
    """Otherwise the rest would be about calls that never arrive."""
    url, body = seed
    assert send(url, encoded(body)).status_code == 200


def test_whatever_is_changed_in_a_call_it_is_answered_in_json(send: Send) -> None:
    seen: set[int] = set()

    @examples("calls")
    @given(mutated_calls(seeds()))
    def run(call: tuple[str, bytes]) -> None:
        seen.add(send(*call).status_code)

    run()
    assert {200, 400, 412} <= seen


def test_whatever_is_changed_in_its_bytes_it_is_answered_in_json(send: Send) -> None:
    seen: set[int] = set()

    @examples("bytes")
    @given(mutated_bytes(seeds() + feedback_seeds()))
    def run(call: tuple[str, bytes]) -> None:
        seen.add(send(*call).status_code)

    run()
    assert 400 in seen


def test_whatever_is_changed_in_feedback_it_is_answered_in_json(send: Send) -> None:
    seen: set[int] = set()

    @examples("feedback")
    @given(mutated_calls(feedback_seeds()))
    def run(call: tuple[str, bytes]) -> None:
        seen.add(send(*call).status_code)

    run()
    assert {200, 400} <= seen
