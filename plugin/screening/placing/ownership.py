"""Whose is a resource, and which shared resources does it point to.

A key is a reference such as `Patient/p1`: the same for a relative reference, an absolute one and
one of a version, so that it can also be hashed into a partition.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from plugin.reading.elements import Reference
from plugin.reading.plain_shapes import PLAIN
from plugin.reading.references import key_of, keys_of
from plugin.reading.repair import decode
from plugin.reading.shapes import Medication, Medicine, Observation, OperationOutcome, Resource
from plugin.reading.source import RawEntry

PATIENT = "Patient"
# They may belong to nobody, or to many: each patient gets those that its entries point to.
SHARED = frozenset({"Medication", "Specimen"})
# About a Bundle or a server's answer, so they belong to a patient only within one patient's Bundle.
ENVELOPES = frozenset({"Bundle", "OperationOutcome"})
_FAULTS = frozenset({"fatal", "error"})


class Owned(Struct, frozen=True):
    """What a resource is, whose it is, and what it needs. References are keys."""

    type: str  # empty for what is no resource
    used: bool  # False for a type that the reading does not use
    keys: tuple[str, ...] = ()  # under which others may point to it; `Type/id` first
    owner: str = ""
    needs: tuple[str, ...] = ()
    fault: str = ""  # an OperationOutcome's, or why a type of ours cannot be decoded


def ownership(entry: RawEntry) -> Owned:
    """Read what placing a resource takes. Never raises."""
    decoded = decode(entry.raw)
    resource = decoded.resource
    if resource is None:
        return Owned(decoded.type, used=False, fault=decoded.broken)
    keys = keys_of(resource, decoded.type, [entry.full_url])
    own = f"{decoded.type}/{resource.id}"
    failed = isinstance(resource, OperationOutcome) and _fails(resource)
    return Owned(
        decoded.type,
        used=True,
        keys=tuple(
            sorted(keys, key=lambda key: (key != own, not key.startswith(f"{decoded.type}/"), key))
        ),
        owner=_outside(resource.owner),
        needs=needs_of(resource),
        fault="it reports an error" if failed else "",
    )


def needs_of(resource: Resource) -> tuple[str, ...]:
    """The keys of the shared resources that one points to, outside itself."""
    if type(resource) in PLAIN:
        return ()  # nearly always
    if isinstance(resource, Medicine):
        if resource.medication_reference is None and resource.medication is None:
            return ()  # nearly always
    elif isinstance(resource, Observation) and resource.specimen is None:
        return ()
    return tuple(key for key in _needs(resource) if key)


def _fails(outcome: OperationOutcome) -> bool:
    return any(issue.severity.strip().lower() in _FAULTS for issue in outcome.issue)


def _needs(resource: Resource) -> Iterator[str]:
    if isinstance(resource, Medicine):
        yield _outside(resource.medication_reference)
        yield _outside(resource.medication.reference if resource.medication else None)
    elif isinstance(resource, Observation):
        yield _outside(resource.specimen)
    elif isinstance(resource, Medication):
        for part in resource.ingredient:
            yield _outside(part.item_reference)
            yield _outside(part.item.reference if part.item else None)


def _outside(reference: Reference | None) -> str:
    """The key of a reference, unless it points into the resource itself."""
    text = reference.reference if reference else ""
    return "" if text.startswith("#") else key_of(text)
