"""The patients of a Group or a List, with those of the Groups and Lists in it."""

from __future__ import annotations

from collections import Counter, deque
from datetime import date

from msgspec import Struct

from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.screening.counted import counted
from plugin.screening.remote.asking import Asker
from plugin.screening.remote.fleet.getting import TokenRefused, read
from plugin.screening.remote.fleet.members import ELSEWHERE, read_members
from plugin.screening.remote.fleet.request import FleetRequest, Whose
from plugin.screening.source.listing import NotRead

_MOST_GROUPS = 1000
_MOST_PATIENTS = 5_000_000


class Roster(Struct, frozen=True):
    """Who is to be fetched, each once, what may be missing, and what there is to say of it."""

    patients: tuple[str, ...]
    missing: tuple[NotRead, ...] = ()
    lines: tuple[str, ...] = ()


def roster_of(asker: Asker, request: FleetRequest) -> Roster:
    """Everybody whom a request means.

    Raises FetchFault where a Group or List cannot be read: nobody knows then who is missing.
    """
    if request.whose is Whose.FILE:
        lines_name = counted(request.repeated, "line names", "lines name")
        again = f"{request.name}: {lines_name} a patient again"
        return Roster(request.ids, request.not_read, (again,) if request.repeated else ())
    return _followed(asker, f"{request.whose}/{request.name}", request.as_of)


def _followed(asker: Asker, first: str, as_of: date) -> Roster:
    patients: dict[str, None] = {}
    missing: list[NotRead] = []
    left_out: Counter[str] = Counter()
    waiting, seen = deque([first]), {first}
    while waiting:
        place = waiting.popleft()
        kind, _, id_ = place.partition("/")
        try:
            found = read_members(kind, read(asker, kind, id_), asker.server.base, as_of)
        except TokenRefused:
            raise
        except FetchFault as fault:
            raise FetchFault(fault.outcome, f"{place}: {fault.message}") from None
        patients.update(dict.fromkeys(found.patients))
        left_out += found.left_out
        if found.lost:
            missing.append(NotRead(place, f"has {found.lost} members {ELSEWHERE}"))
        for inner in found.nested:
            if inner not in seen:
                seen.add(inner)
                waiting.append(inner)
        if len(seen) > _MOST_GROUPS or len(patients) > _MOST_PATIENTS:
            raise FetchFault(Outcome.TOO_LARGE, f"{first} names too many groups or patients")
    said = ", ".join(f"{count} {what}" for what, count in sorted(left_out.items()))
    inside = f"{first} leads to {len(seen) - 1} more groups or lists" if len(seen) > 1 else ""
    lines = (inside, f"left out of {first}: {said}" if said else "")
    return Roster(tuple(patients), tuple(missing), tuple(one for one in lines if one))
