"""Suggestions: orders for a clinician to take up or leave."""

from __future__ import annotations

import pytest
from fhir.resources.R4B.servicerequest import ServiceRequest

from tests.plugin.hook_calls import PATIENT_ID, Json
from tests.protocol.requirement import requirement


@pytest.fixture(scope="session")
def suggesting(cards: list[Json]) -> list[Json]:
    """The cards that suggest something."""
    found = [card for card in cards if "suggestions" in card]
    assert found
    return found


@pytest.fixture(scope="session")
def suggestions(suggesting: list[Json]) -> list[Json]:
    return [suggestion for card in suggesting for suggestion in card["suggestions"]]


@pytest.fixture(scope="session")
def actions(suggestions: list[Json]) -> list[Json]:
    return [action for suggestion in suggestions for action in suggestion["actions"]]


@requirement(92, 93, 95, 96)
def test_suggestions_are_a_list_under_a_selection_behaviour_that_every_client_has(
    suggesting: list[Json],
) -> None:
    for card in suggesting:
        assert isinstance(card["suggestions"], list)
        assert card["suggestions"]
        assert card["selectionBehavior"] == "any"


@requirement(94, 96)
def test_a_card_without_an_order_to_propose_has_no_suggestions(answers: dict[str, Json]) -> None:
    for name in ("a child", "a drug that nobody knows"):
        for card in answers[name]["cards"]:
            assert "suggestions" not in card
            assert "selectionBehavior" not in card


@requirement(117, 118, 119, 123, 124, 125)
def test_each_suggestion_has_a_label_and_a_uuid_and_one_action(suggestions: list[Json]) -> None:
    """One action each: what is chosen with it is only what it says."""
    ids = [suggestion["uuid"] for suggestion in suggestions]
    assert len(set(ids)) == len(ids)
    for suggestion in suggestions:
        assert isinstance(suggestion["label"], str)
        assert suggestion["label"].strip()
        assert isinstance(suggestion["uuid"], str)
        assert isinstance(suggestion["actions"], list)
        assert len(suggestion["actions"]) == 1


@requirement(120, 121, 122)
def test_what_is_recommended_is_a_boolean_and_bound_by_the_selection_behaviour(
    suggesting: list[Json],
) -> None:
    for card in suggesting:
        recommended = [one.get("isRecommended", False) for one in card["suggestions"]]
        assert all(isinstance(one, bool) for one in recommended)
        assert card["selectionBehavior"] == "any" or sum(recommended) <= 1


@requirement(127, 128, 129)
def test_each_action_has_a_type_and_a_description_that_stands_alone(
    suggestions: list[Json], actions: list[Json]
) -> None:
    """There are clients that show the description and not the label."""
    assert {action["type"] for action in actions} == {"create", "delete"}
    for suggestion in suggestions:
        (action,) = suggestion["actions"]
        assert len(action["description"]) >= len(suggestion["label"])
        assert "<" not in action["description"]


@requirement(130, 131)
def test_what_is_created_is_a_new_valid_order_for_the_patient_of_the_call(
    answers: dict[str, Json],
) -> None:
    made = [
        action["resource"]
        for card in answers["potassium not known"]["cards"]
        for suggestion in card.get("suggestions", ())
        for action in suggestion["actions"]
    ]
    assert made
    for resource in made:
        assert "id" not in resource
        sound = ServiceRequest.model_validate(resource)
        assert sound.status == "draft"
        assert resource["subject"]["reference"] == f"Patient/{PATIENT_ID}"
        assert resource["code"]["coding"][0]["code"]


def test_no_medication_is_ever_ordered(actions: list[Json]) -> None:
    kinds = {action["resource"]["resourceType"] for action in actions if "resource" in action}
    assert kinds == {"ServiceRequest"}


@requirement(132)
def test_a_draft_is_only_ever_deleted_or_sent_back_whole(answers: dict[str, Json]) -> None:
    """We change no order of anybody: so far a draft is only ever deleted."""
    touched = [
        action
        for name, answer in answers.items()
        if name.startswith("order-")
        for card in answer["cards"]
        for suggestion in card.get("suggestions", ())
        for action in suggestion["actions"]
        if action["type"] != "create"
    ]
    assert touched
    assert {action["type"] for action in touched} == {"delete"}


@requirement(133, 134, 135)
def test_a_draft_is_deleted_by_its_type_and_id(actions: list[Json]) -> None:
    deleted = [action for action in actions if action["type"] == "delete"]
    assert deleted
    for action in deleted:
        assert "resource" not in action
        assert action["resourceId"] == "MedicationRequest/d1"
