"""What a call is answered with: cards, or a status that says why there are none."""

from __future__ import annotations

import pytest

from tests.plugin.hook_calls import URL, Json, call, order, prefetch
from tests.protocol.conftest import Post
from tests.protocol.corpus import THIAZIDE
from tests.protocol.requirement import requirement


@requirement(74)
def test_a_successful_call_is_a_200_with_an_array_of_cards(answers: dict[str, Json]) -> None:
    for answer in answers.values():
        assert isinstance(answer["cards"], list)
    assert any(answer["cards"] for answer in answers.values())


@requirement(75)
def test_nothing_is_done_without_the_clinician_so_no_system_actions_are_sent(
    answers: dict[str, Json],
) -> None:
    assert all(list(answer) == ["cards"] for answer in answers.values())


@requirement(77)
@pytest.mark.parametrize("name", ["nothing linked", "nothing taken"])
def test_without_advice_the_list_of_cards_is_empty(answers: dict[str, Json], name: str) -> None:
    assert answers[name]["cards"] == []


@requirement(76)
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"context": None}, 400),
        ({"context": {}}, 400),
        ({"hook": "appointment-book"}, 400),
        ({"hookInstance": ""}, 400),
        ({"prefetch": {}}, 412),
    ],
)
def test_what_cannot_be_answered_has_a_status_and_no_cards(
    post: Post, change: Json, status: int
) -> None:
    refused = post(URL, call(prefetch(order(THIAZIDE)), **change))
    assert refused.status_code == status
    assert "cards" not in refused.get_json()
