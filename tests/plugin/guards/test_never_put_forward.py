"""No answer puts forward quinine and its like, in any of its shapes, whoever the patient is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given

from plugin.answer import to_json
from plugin.cards import cards_for
from plugin.model import Assessment
from plugin.resources import to_bundle
from tests.oracle.sketch import Sketch
from tests.plugin.guards.chart import TODAY, lab, takes
from tests.plugin.guards.judged import read
from tests.plugin.guards.never import (
    BY_NAME,
    WARNINGS,
    flat,
    named,
    not_suggested,
    resource_types,
)
from tests.plugin.guards.statins import VITAMIN_K_ANTAGONISTS
from tests.plugin.heart.front_door import answer, effort, pipeline
from tests.plugin.heart.strategies import sketches

SHAPES = ("json", "cards", "fhir")
EMITTED = {"Bundle", "DetectedIssue", "OperationOutcome"}
ORDERS_OF_DRUGS = re.compile(r"^Medication")


def shapes(found: Assessment) -> dict[str, Any]:
    """An answer in each shape in which it leaves."""
    knowledge = pipeline().knowledge
    return {
        "json": to_json(found),
        "cards": cards_for(found, knowledge),
        "fhir": to_bundle(found, knowledge),
    }


def options(shape: str, said: Any) -> Iterator[str]:
    """The texts of what is offered, as each shape has them."""
    if shape == "json":
        yield from (one["text"] for one in said["mitigations"])
    elif shape == "cards":
        for card in said:
            _, _, rest = card["detail"].partition("**Options to consider**")
            yield from rest.partition("\n\n**")[0].splitlines()
            yield from (flat(suggestion) for suggestion in card.get("suggestions", ()))
    else:
        for entry in said["entry"]:
            resource = entry["resource"]
            words = [*resource.get("detail", "").splitlines()]
            words += [one["action"]["text"] for one in resource.get("mitigation", ())]
            words += [one["diagnostics"] for one in resource.get("issue", ())]
            yield from (line for line in words if line.startswith("Option"))


def _without_sources(text: str) -> str:
    """Without the names of publications: a trial may have been one of quinine."""
    text = re.sub(r'"sources": \[[^]]*\]', "", text)
    text = re.sub(r"\*\*Basis\*\*\\n\\n(?:- .*?\\n)+", "", text)
    return re.sub(r"Source: .*?(?=\\n)", "", text)


def _about_somebody_who_takes_it(id_: str, found: Assessment) -> bool:
    """Is quinine there to be stopped, or a vitamin K antagonist on which it would act?"""
    taken = {name for m in found.medications if m.current for name in m.ingredients}
    needed = {"quinine-stop-review": {"quinine", "hydroquinine"}}
    return bool(taken & needed.get(id_, {*VITAMIN_K_ANTAGONISTS}))


def check(found: Assessment) -> None:
    """What must hold of the answer about anybody."""
    knowledge = pipeline().knowledge
    warnings = 0
    for one in found.mitigations:
        proposed = knowledge.mitigations[one.id].proposes
        assert not {name for p in proposed for name in knowledge.members(p)} & BY_NAME.keys()
        assert not not_suggested(one.text)
        if named(one.text):
            warnings += 1
            assert one.id in WARNINGS
            assert _about_somebody_who_takes_it(one.id, found)
        assert not named(one.id.replace("-", " ")) or one.id == "quinine-stop-review"
    for shape, said in shapes(found).items():
        naming = [line for line in options(shape, said) if named(line)]
        # A resource says each in its text and in an element, a finding at a time.
        times = 2 * max(1, len(found.findings)) if shape == "fhir" else max(1, len(found.findings))
        assert len(naming) <= warnings * times
        assert not [t for t in resource_types(said) if ORDERS_OF_DRUGS.match(t)]
    assert set(resource_types(shapes(found)["fhir"])) <= EMITTED


@effort(50)
@given(sketches())
def test_no_answer_puts_forward_what_is_never_proposed(sketch: Sketch) -> None:
    """No id, no list, no sentence of an option, as JSON, on a card, in a resource; no order."""
    check(answer(sketch))


@effort(40)
@given(sketches())
def test_not_even_where_every_option_is_weighed(sketch: Sketch) -> None:
    """Whatever rule may come to propose it."""
    check(answer(sketch, propose_all=True))


@effort(50)
@given(sketches())
def test_where_nobody_takes_any_of_them_no_answer_names_them(sketch: Sketch) -> None:
    """Not as a finding, not as an option, not as what was withheld, in no shape at all.

    A vitamin K antagonist apart: beside one, quinine would need its INR watched.
    """
    apart = {*BY_NAME, *VITAMIN_K_ANTAGONISTS}
    if any(apart & set(med.ingredients) for med in sketch.meds):
        return
    handed, reacted = sketch.handed, sketch.reacted
    if apart & ({h.ingredient for h in handed} | {r.ingredient for r in reacted}):
        return
    for said in shapes(answer(sketch)).values():
        assert not named(_without_sources(flat(said)))


@pytest.mark.parametrize("shape", SHAPES)
def test_an_option_that_did_would_be_seen(shape: str) -> None:
    """The checks above can fail: an option with another text shows in every shape."""
    found = read_and_assessed()
    spoilt = tuple(
        msgspec.structs.replace(one, text="A glass of tonic water at night.")
        for one in found.mitigations
    )
    wrong = msgspec.structs.replace(found, mitigations=spoilt)
    assert any(named(line) for line in options(shape, shapes(wrong)[shape]))
    assert not any(named(line) for line in options(shape, shapes(found)[shape]))
    with pytest.raises(AssertionError):
        check(wrong)


def read_and_assessed() -> Assessment:
    """The answer about somebody with options to offer."""
    chart = takes("furosemide") + lab("potassium", "3.2") + lab("egfr", "75")
    return pipeline().assessor.assess(read(chart), TODAY)
