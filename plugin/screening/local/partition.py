"""Stage 2: the patients of one partition, sorted by reference, each through the job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import TypeAlias

from plugin.reading.repair import decode
from plugin.reading.source import RawEntry
from plugin.screening.job import OnePatient
from plugin.screening.local import parts
from plugin.screening.local.join import joined, spilled
from plugin.screening.local.shared import Shared
from plugin.screening.local.spill import NEAR, entry_of, rows
from plugin.screening.local.work import PartitionDone, Work, leave, left, written
from plugin.screening.placing.ownership import PATIENT, needs_of, ownership
from plugin.screening.placing.partitions import partition_of

_Row: TypeAlias = tuple[int, bytes]  # kind and payload


def screen_partition(
    number: int, work: Work, chunks: Sequence[int], do: OnePatient
) -> PartitionDone:
    """Do the job for each patient of one partition, or give what an earlier call left.

    `do` never raises for a patient; what it returns goes into the part as it is.
    """
    done = left(work.partition_done(number), PartitionDone)
    if done is not None:
        return done
    patients = entries = size = 0
    with written(work.part(number)) as file:
        for reference, held in patients_of(number, work, chunks):
            size += file.write(parts.packed(reference, do(reference, held)))
            patients += 1
            entries += len(held)
    done = PartitionDone(number, patients, entries, size)
    leave(work.partition_done(number), done)
    return done


def patients_of(
    number: int, work: Work, chunks: Sequence[int]
) -> Iterator[tuple[str, tuple[RawEntry, ...]]]:
    """Each patient of a partition by reference, sorted, with own entries and shared ones."""
    done = joined(work)
    known = Shared(work.shared, resources=bool(done.shared), aliases=bool(done.aliases))
    with closing(known):
        found = _grouped(number, work, chunks, known.aliases(number))
        moved = (one for one in done.moved if one.partition == number)
        for key, kind, payload in rows(work.moved, moved) if done.moved else ():
            found.setdefault(key, []).append((kind, payload))
        _add_implied(found)
        for key in sorted(found):
            yield key, _entries(found.pop(key), known)


def _grouped(
    number: int, work: Work, chunks: Sequence[int], aliases: dict[str, str]
) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for key, kind, payload in spilled(work, chunks, number):
        found.setdefault(key, []).append((kind, payload))
    for address, patient in aliases.items():
        held = found.pop(address, [])
        if held and partition_of(patient, work.partitions) == number:  # else it was moved
            found.setdefault(patient, []).extend(held)
    return found


def _add_implied(found: dict[str, list[_Row]]) -> None:
    """Bring the entries under `urn:uuid:1` to the Patient whose id is 1, if there is one."""
    addresses = {key for key in found if key.startswith("urn:")}
    if not addresses:
        return
    for key in sorted(found.keys() - addresses):
        address = f"urn:uuid:{key.partition('/')[2]}".lower()
        if address in addresses and any(_is_patient(row) for row in found[key]):
            found[key] += found.pop(address, [])


def _is_patient(row: _Row) -> bool:
    return ownership(entry_of(*row)).type == PATIENT


def _entries(held: Iterable[_Row], known: Shared) -> tuple[RawEntry, ...]:
    """A patient's entries, decoded where that succeeds, and the shared ones they point to."""
    entries: list[RawEntry] = []
    near: set[str] = set()
    needs: set[str] = set()
    for kind, payload in held:
        entry = entry_of(kind, payload)
        if kind == NEAR:
            near.update(ownership(entry).keys)
        entries.append(_decoded(entry, needs))
    needs -= near
    if needs:
        _add_shared(entries, needs, near, known)
    return tuple(entries)


def _decoded(entry: RawEntry, needs: set[str]) -> RawEntry:
    """The entry with its resource, unless that needed a repair: then the reading does it."""
    decoded = decode(entry.raw)
    if decoded.resource is None:
        return entry
    needs.update(needs_of(decoded.resource))
    if decoded.broken:
        return entry
    return RawEntry(entry.raw, entry.full_url, "", decoded.resource)


def _add_shared(entries: list[RawEntry], needs: set[str], near: set[str], known: Shared) -> None:
    """Add what is needed and was in no document of the patient, and what that needs in turn."""
    given = {(entry.raw, entry.full_url) for entry in entries}
    seen: set[str] = set(near)
    waiting = sorted(needs)
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        for shared in known.find(key):
            more: set[str] = set()
            decoded = _decoded(shared, more)
            waiting += sorted(more)
            if (shared.raw, shared.full_url) not in given:
                given.add((shared.raw, shared.full_url))
                entries.append(decoded)
