"""Whose records are fetched, and which Observations of them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from hashlib import blake2b

from msgspec import Struct

from plugin.addresses.fhir import Base
from plugin.screening.source.listing import NotRead


class Whose(StrEnum):
    """Where the patients are named."""

    GROUP = "Group"
    LIST = "List"
    FILE = "file"


class Observations(StrEnum):
    """Which are asked for: all, as in an export, or those of the laboratory.

    A server finds neither a component by its code nor a code under another name of LOINC, so none
    are chosen by code.
    """

    ALL = "all"
    LABORATORY = "laboratory"


class FleetRequest(Struct, frozen=True):
    """`name` is the id of the Group or List, or the name of the file; `ids` are of a file only."""

    whose: Whose
    name: str
    as_of: date  # on which a member has to be one
    ids: tuple[str, ...] = ()
    not_read: tuple[NotRead, ...] = ()  # lines of the file
    repeated: int = 0  # lines of the file that name a patient again
    observations: Observations = Observations.ALL

    def about(self, base: Base) -> str:
        """The same for the same request to the same server, and without patients."""
        day = self.as_of.isoformat() if self.whose is Whose.GROUP else ""
        lost = (f"{one.name} {one.reason}" for one in self.not_read)
        words = (base.url, self.whose, self.name, day, self.observations, *self.ids, *lost)
        return blake2b("\0".join(words).encode(), digest_size=16).hexdigest()

    def query(self, resource_type: str, patient: str) -> str:
        """The search for what a patient has of a type. The id is one that `is_id` holds of."""
        more = ""
        if resource_type == "Observation" and self.observations is Observations.LABORATORY:
            more = "&category=laboratory"
        return f"{resource_type}?patient={patient}{more}&_count={_PAGE}"


_PAGE = 500  # entries; a server that gives fewer has more pages
