"""An answer is held to CDS Hooks 2.0 before it leaves: every part of a card, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from cds_hooks.answer import answer_of

Json = dict[str, Any]


def card(**more: Any) -> Json:
    """A sound card with everything that a card may have."""
    made = {
        "uuid": "u1",
        "summary": "Low potassium",
        "indicator": "warning",
        "detail": "why",
        "source": {
            "label": "Crampcheck",
            "url": "https://cramp.example.org/evidence",
            "topic": {"system": "urn:x", "code": "Topic", "display": "Topic"},
        },
        "overrideReasons": [{"system": "urn:x", "code": "r", "display": "Reason"}],
        "suggestions": [create(), update(), delete()],
        "selectionBehavior": "any",
        "links": [
            {
                "label": "Evidence",
                "url": "https://cramp.example.org/e?rules=a,b",
                "type": "absolute",
            },
            {
                "label": "App",
                "url": "https://app.example.org/launch",
                "type": "smart",
                "appContext": '{"rules":["a"]}',
            },
        ],
    }
    return {name: value for name, value in {**made, **more}.items() if value != "LEFT OUT"}


def suggestion(action: Json, **more: Any) -> Json:
    return {"label": "Order potassium", "uuid": "s1", "actions": [action], **more}


def create(**more: Any) -> Json:
    resource = {"resourceType": "ServiceRequest", "status": "draft"}
    return suggestion({"type": "create", "description": "Order it", "resource": resource, **more})


def update(**more: Any) -> Json:
    resource = {"resourceType": "MedicationRequest", "id": "m1", "status": "draft"}
    return suggestion({"type": "update", "description": "Lower it", "resource": resource, **more})


def delete(**more: Any) -> Json:
    return suggestion(
        {"type": "delete", "description": "Drop it", "resourceId": "MedicationRequest/m1", **more}
    )


def smart(**more: Any) -> Json:
    return {"label": "App", "url": "https://app.example.org/launch", "type": "smart", **more}


def absolute(**more: Any) -> Json:
    return {"label": "Evidence", "url": "https://cramp.example.org/", "type": "absolute", **more}


def test_a_card_with_everything_leaves_as_it_was_made() -> None:
    """No field is dropped or added on the way."""
    assert json.loads(answer_of([card()])) == {"cards": [card()]}


@pytest.mark.parametrize(
    "name",
    ["detail", "overrideReasons", "links", "selectionBehavior"],
)
def test_what_is_optional_may_be_left_out(name: str) -> None:
    """And no cards at all is an answer."""
    sound = card(suggestions="LEFT OUT") if name == "selectionBehavior" else card()
    answer_of([{key: value for key, value in sound.items() if key != name}])
    answer_of([card(suggestions=[{"label": "Think of it", "uuid": "s1"}])])
    answer_of([card(suggestions=[suggestion(create()["actions"][0], isRecommended=True)])])
    assert answer_of([]) == b'{"cards":[]}'


@pytest.mark.parametrize(
    "broken",
    [
        card(uuid="LEFT OUT"),
        card(uuid=""),
        card(summary="x" * 140),
        card(summary=""),
        card(summary=None),
        card(detail=""),
        card(detail=None),
        card(indicator="hard-stop"),
        card(source={"label": ""}),
        card(source={"label": "x", "url": "/relative"}),
        card(source={"label": "x", "topic": {"code": "x"}}),
        card(overrideReasons=[]),
        card(overrideReasons=[{"system": "urn:x", "code": "r"}]),
        card(unknown=1),
        card(systemActions=[]),
    ],
)
def test_a_card_without_what_it_needs_never_leaves(broken: Json) -> None:
    """A fault of ours, which becomes a 500."""
    with pytest.raises(msgspec.ValidationError):
        answer_of([broken])


@pytest.mark.parametrize(
    "broken",
    [
        card(selectionBehavior="LEFT OUT"),
        card(selectionBehavior="all"),
        card(suggestions=[]),
        card(suggestions=[{"uuid": "s1"}]),
        card(suggestions=[{"label": ""}]),
        card(suggestions=[suggestion({}, actions=[])]),
        card(suggestions=[suggestion(create()["actions"][0], isRecommended="yes")]),
        card(suggestions=[create(type="remove")]),
        card(suggestions=[create(type="delete")]),
        card(suggestions=[create(type="update")]),
        card(suggestions=[create(description="")]),
        card(suggestions=[create(resource={"status": "draft"})]),
        card(suggestions=[create(resource={"resourceType": "service request"})]),
        card(suggestions=[create(resource="ServiceRequest/1")]),
        card(suggestions=[create(resourceId="ServiceRequest/1")]),
        card(suggestions=[delete(resource="MedicationRequest/m1")]),
        card(suggestions=[delete(resourceId="m1")]),
        card(suggestions=[delete(resourceId="https://ehr.example.org/MedicationRequest/m1")]),
        card(suggestions=[delete(resourceId="MedicationRequest/m1 m2")]),
        card(suggestions=[suggestion({"type": "create", "resource": {"resourceType": "X"}})]),
    ],
)
def test_a_suggestion_that_breaks_the_protocol_never_leaves(broken: Json) -> None:
    """What each type of action needs, and may not have."""
    with pytest.raises(msgspec.ValidationError):
        answer_of([broken])


def test_of_suggestions_that_exclude_each_other_one_is_recommended_at_most() -> None:
    """The specification: several only where any number may be taken."""
    both = [suggestion(one["actions"][0], isRecommended=True) for one in (create(), delete())]
    answer_of([card(suggestions=both)])
    answer_of([card(suggestions=[both[0], delete()], selectionBehavior="at-most-one")])
    with pytest.raises(msgspec.ValidationError):
        answer_of([card(suggestions=both, selectionBehavior="at-most-one")])


@pytest.mark.parametrize(
    "link",
    [
        absolute(appContext="x"),
        absolute(url="/relative"),
        absolute(url="javascript:alert(1)"),
        absolute(label=""),
        absolute(type="other"),
        smart(appContext=""),
        smart(appContext={"rules": []}),
        smart(url="app.example.org"),
        {"url": "https://x.example", "type": "absolute"},
    ],
)
def test_a_link_that_breaks_the_protocol_never_leaves(link: Json) -> None:
    """Absolute addresses only, and context for a SMART app alone."""
    answer_of([card(links=[absolute(), smart(), smart(appContext="{}")])])
    with pytest.raises(msgspec.ValidationError):
        answer_of([card(links=[link])])


def test_a_draft_is_named_as_the_client_named_it() -> None:
    """Clients send ids that are longer than FHIR allows, and need theirs back."""
    for id_ in ("m" * 256, "a_b.c-D"):
        answer_of([card(suggestions=[delete(resourceId=f"MedicationRequest/{id_}")])])
    with pytest.raises(msgspec.ValidationError):
        answer_of([card(suggestions=[delete(resourceId=f"MedicationRequest/{'m' * 257}")])])
