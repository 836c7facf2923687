"""Ids of what we say, which are the same each time we say it.

A finding is known by its patient, its rule, the drugs that it is about and those that it names
beside them. Its level and its evidence may change: it is then the same finding, said anew. The ids
are digests (UUID version 5) and hold no text; as a digest without a key does, one tells who knows
all of a finding that it is this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias
from uuid import UUID, uuid5

# Of ours: uuid5 of `urn:crampcheck:issue` in the namespace of URLs, written out.
NAMESPACE = UUID("2fa951fb-1625-582c-9e0b-a39af0e749c4")
_SEPARATOR = "\x1f"
# Rule, drugs, partners.
Named: TypeAlias = tuple[str, Sequence[str], Sequence[str]]


def finding_ids(patient: str, findings: Iterable[Named]) -> list[str]:
    """The id of each finding of one patient, in their order. No two are the same."""
    ids: list[str] = []
    seen: dict[str, int] = {}
    for rule, drugs, partners in findings:
        name = _SEPARATOR.join((patient, rule, ",".join(drugs), ",".join(partners)))
        again = seen.get(name, 0)
        seen[name] = again + 1
        ids.append(str(uuid5(NAMESPACE, f"{name}{_SEPARATOR}{again}" if again else name)))
    return ids


def patient_id(patient: str) -> str:
    """The id of what is said of a patient as a whole."""
    return str(uuid5(NAMESPACE, patient))
