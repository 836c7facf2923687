"""What a run puts on the list, and what the list holds."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

UNREAD = "unread"  # stands for a rule, where nothing was found and not everything was read


class Status(StrEnum):
    """What became of an item."""

    NEW = "new"
    SEEN = "seen"
    DONE = "done"
    DISMISSED = "dismissed"

    @property
    def open(self) -> bool:
        """True while somebody has still to act."""
        return self in (Status.NEW, Status.SEEN)


class ListedRun(Struct, frozen=True):
    """The run that brings patients to the list."""

    run: str
    as_of: str
    knowledge: str


class ListedFinding(Struct, frozen=True, array_like=True):
    """A finding as a run brings it. `evidence` is a digest."""

    issue: str
    rule: str
    level: str
    drugs: tuple[str, ...]
    partners: tuple[str, ...]
    summary: str
    options: tuple[str, ...]
    evidence: bytes


class ListedPatient(Struct, frozen=True, array_like=True):
    """A patient whom a run screened. One without findings ends what earlier runs found.

    Where not everything of such a patient could be read, that is an item of its own, `UNREAD`.
    """

    patient: str
    unread: int
    findings: tuple[ListedFinding, ...] = ()


class Recorded(Struct, frozen=True):
    """What a run changed on the list."""

    patients: int = 0
    findings: int = 0
    added: int = 0
    returned: int = 0
    gone: int = 0


class Mark(Struct, frozen=True):
    """A status that an item was given: by a person, or by a run that opened it again."""

    status: str
    reason: str
    by: str
    at_ms: int


class Item(Struct, frozen=True):
    """A finding on the list, with its latest mark."""

    number: int
    issue: str
    patient: str
    rule: str
    level: str
    drugs: tuple[str, ...]
    partners: tuple[str, ...]
    summary: str
    options: tuple[str, ...]
    unread: int
    first_run: str
    last_run: str
    as_of: str
    gone: bool
    status: str
    reason: str
    marked_by: str
    marked_ms: int
