"""The values of the protocol: what a service offers, and what a call brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeAlias

from msgspec import Struct

Card: TypeAlias = dict[str, Any]  # a card as CDS Hooks 2.0 writes it, in plain JSON values


class Need(StrEnum):
    """How much a service needs a prefetch key."""

    REQUIRED = "required"  # without it there is no answer: 412
    WANTED = "wanted"  # without it there is an answer, and the card says what is missing
    OPTIONAL = "optional"  # without it there is an answer, and its detail says so


class PrefetchKey(Struct, frozen=True):
    """A key that a service asks the client to fill, and the FHIR query that fills it."""

    name: str
    query: str
    need: Need


class Service(Struct, frozen=True):
    """A service as discovery describes it. The same id may stand under several hooks."""

    id: str
    hook: str
    title: str
    description: str
    prefetch: tuple[PrefetchKey, ...]
    usage_requirements: str = ""
    version: str = ""  # of what the service answers with; CDS Hooks 3.0 has the field


class State(StrEnum):
    """What the client did about a prefetch key."""

    PRESENT = "present"  # sent a resource
    NULL = "null"  # sent null: looked, and there is nothing
    ABSENT = "absent"  # left the key out: did not look
    FAILED = "failed"  # sent an OperationOutcome, or something that is no answer to a query


class Sent(Struct, frozen=True, gc=False):
    """A resource as it was sent: its JSON, undecoded, and its address in a Bundle."""

    raw: bytes  # `null` for an entry without a resource
    full_url: str = ""
    place: int = 1  # of its entry in the Bundle that was sent, from 1


class PrefetchValue(Struct, frozen=True, gc=False):
    """One prefetch key of a call.

    `sent` are its resources, a Bundle's entries without the OperationOutcomes, Bundles in Bundles
    taken apart; empty unless the state is PRESENT. A present value can still lack something:
    `incomplete` when the client holds more than it sent, or when it cannot be told whether it does;
    `problem` when a search result carries an error beside its entries. Present, and empty, without
    either of the two: the client looked, and there is nothing.
    """

    state: State
    sent: tuple[Sent, ...] = ()
    incomplete: bool = False
    problem: str = ""  # codes only, never text of the record


ABSENT = PrefetchValue(State.ABSENT)


class HookRequest(Struct, frozen=True):
    """A call whose envelope and context are sound. `prefetch` holds every key that was sent."""

    hook: str
    hook_instance: str
    context: Mapping[str, Any]
    prefetch: Mapping[str, PrefetchValue]

    def value(self, name: str) -> PrefetchValue:
        """The value of a key; ABSENT when the client left it out."""
        return self.prefetch.get(name, ABSENT)


Handler: TypeAlias = Callable[[HookRequest], Sequence[Card]]


class Endpoint(Struct, frozen=True):
    """A service with what answers its calls."""

    service: Service
    handle: Handler
