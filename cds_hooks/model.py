"""The values of the protocol: what a service offers, and what a call brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias

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
    """A resource as it was sent, undecoded, and its address in a Bundle."""

    resource: ClassVar[None] = None  # of other entries, what they were decoded as

    raw: bytes  # `null` for an entry without a resource
    full_url: str = ""
    place: int = 1  # of its entry in the Bundle that was sent, from 1


class PrefetchValue(Struct, frozen=True, gc=False):
    """One prefetch key of a call.

    `sent` are its resources, a Bundle's entries without the OperationOutcomes, Bundles in Bundles
    taken apart; empty unless the state is PRESENT. A present value can still lack something:
    `incomplete` when the client holds more than it sent, or when it cannot be told whether it does;
    `problem` when a search result carries an error beside its entries. Present, and empty, without
    either of the two: the client looked, and there is nothing. Absent with a `problem`: we looked
    in the client's place, and could not get it either.
    """

    state: State
    sent: tuple[Sent, ...] = ()
    incomplete: bool = False
    problem: str = ""  # codes only, never text of the record


ABSENT = PrefetchValue(State.ABSENT)


NO_PREFETCH: Mapping[str, PrefetchValue] = {}


class FhirAccess(Struct, frozen=True):
    """The client's FHIR server, and what it lets us do there: `fhirServer`, `fhirAuthorization`.

    `token` is empty where none was sent, and never shown. `problem` says why what was sent as
    authorization cannot be used.
    """

    server: str  # its base address, without a slash at the end
    token: str = ""
    expires_in: int | None = None  # seconds from the call
    scope: str = ""
    subject: str = ""
    patient: str = ""  # the id of the only patient whose data the token opens, if it is so limited
    problem: str = ""

    def __repr__(self) -> str:
        """Without the token: a value is easily logged."""
        return f"FhirAccess(server={self.server!r}, token={'***' if self.token else ''!r})"


class Caller(Struct, frozen=True):
    """The client that signed a call. `fhir_servers` are the base addresses it may point us to."""

    issuer: str
    tenant: str = ""
    fhir_servers: tuple[str, ...] = ()


class HookRequest(Struct, frozen=True):
    """A call whose envelope and context are sound. `prefetch` holds every key that was sent.

    `context` holds plain values under snake case names; the Bundles of a context, such as
    `draftOrders`, are in `bundles` under the protocol's own names. `referred` are resources that
    others refer to and that were fetched. `caller` is None where clients need not sign.
    """

    hook: str
    hook_instance: str
    context: Mapping[str, Any]
    prefetch: Mapping[str, PrefetchValue]
    bundles: Mapping[str, PrefetchValue] = NO_PREFETCH
    referred: tuple[Sent, ...] = ()
    fhir: FhirAccess | None = None
    caller: Caller | None = None

    def value(self, name: str) -> PrefetchValue:
        """The value of a key; ABSENT when the client left it out."""
        return self.prefetch.get(name, ABSENT)


Handler: TypeAlias = Callable[[HookRequest], Sequence[Card]]
# The Authorization header and the path that was called -> who calls. Raises HookError for who may
# not; gives None where everybody may.
Gate: TypeAlias = Callable[[str, str], Caller | None]


class Endpoint(Struct, frozen=True):
    """A service with what answers its calls."""

    service: Service
    handle: Handler
