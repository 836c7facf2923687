"""Extensions: we send none, and read past those of others."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.plugin.hook_calls import Json, call, order, potassium, prefetch, searchset
from tests.protocol.corpus import THIAZIDE, alike
from tests.protocol.requirement import requirement

OF_EPIC = {
    "com.epic.cdshooks.request.bpa-trigger-action": "23",
    "com.epic.cdshooks.request.cds-hooks-specification-version": "1.1",
    "com.epic.cdshooks.request.fhir-version": "R4",
    "internal.epic.cdshooks.request.epic-version": "10.1",
}


@requirement(214, 215)
def test_no_extension_is_sent(services: list[Json], answers: dict[str, Json]) -> None:
    """So none could lack an object as its value, or a name that is unique in the world."""
    assert '"extension"' not in json.dumps([services, answers])


@requirement(214)
def test_extensions_of_a_client_change_nothing(ask: Callable[..., list[Json]]) -> None:
    sent = prefetch(order(THIAZIDE), potassium=searchset(potassium(3.1)))
    assert alike(ask(call(sent, extension=OF_EPIC))) == alike(ask(call(sent)))
    assert ask(call(sent, extension=["of", "the wrong", "kind"]))
