"""Resources of every type that is read, with anything written over any of their elements."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from tests.plugin.reading.build import (
    Json,
    allergy,
    dispense,
    lab,
    order,
    person,
    problem,
    statement,
)

SEEDS: tuple[Json, ...] = (
    person(),
    order(authoredOn="2026-08-15", dosageInstruction=[{"timing": {"repeat": {"frequency": 1}}}]),
    order(
        id="m2", medicationCodeableConcept=None, medicationReference={"reference": "Medication/x"}
    ),
    {"resourceType": "Medication", "id": "x", "code": {"text": "furosemide"}},
    statement(effectivePeriod={"start": "2026-01-01", "end": "2026-02-01"}),
    dispense(quantity={"value": 2, "unit": "inhaler"}),
    lab(),
    lab("2160-0", 0.8, "mg/dL", id="o2"),
    lab(id="o3", component=[{"code": {"coding": [{"code": "2951-2"}]}, "valueString": ">60"}]),
    problem(),
    allergy(),
    {"resourceType": "Encounter", "id": "e"},
    {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]},
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() |
    st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
    | st.sampled_from(["active", "final", "Patient/p2", "#a", "2026-02-30", "urn:uuid:1", "1e999"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["coding", "text", "code", "value", "reference"]), inner),
    max_leaves=6,
)  # fmt: skip


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys: list[Any] = []
    if isinstance(node, dict):
        keys = list(node)
    elif isinstance(node, list):
        keys = list(range(len(node)))
    return [(*path, key) for key in keys] + [
        place for key in keys for place in _places(node[key], (*path, key))
    ]


@st.composite
def resources(draw: st.DrawFn, seeds: tuple[Json, ...] = SEEDS) -> Any:
    """A resource with up to three elements dropped or replaced by anything."""
    resource = copy.deepcopy(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, 3))):
        places = _places(resource)
        if not places:
            break
        *path, last = draw(st.sampled_from(places))
        target = resource
        for key in path:
            target = target[key]
        if draw(st.booleans()) and isinstance(target, dict):
            del target[last]
        else:
            target[last] = draw(JUNK)
    return resource
