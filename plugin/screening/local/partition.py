"""Stage 2: the patients of one partition, sorted by reference, each through the job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from plugin.reading.source import RawEntry
from plugin.screening.job import OnePatient
from plugin.screening.local import parts
from plugin.screening.local.entries import (
    Held,
    as_they_were,
    entries_of,
    is_of_a_patient,
    is_patient,
)
from plugin.screening.local.join import joined, spilled
from plugin.screening.local.memory import without_searches
from plugin.screening.local.shared import Shared
from plugin.screening.local.spill import rows, segments, text_of
from plugin.screening.local.work import JoinDone, PartitionDone, Work, leave, left, written
from plugin.screening.placing.partitions import partition_of


def screen_partition(number: int, work: Work, do: OnePatient) -> PartitionDone:
    """Do the job for each patient of one partition, or give what an earlier call left.

    `do` never raises for a patient; what it returns goes into the part as it is.
    """
    done = left(work.partition_done(number), PartitionDone)
    if done is not None:
        return done
    patients = entries = size = 0
    with without_searches(), written(work.part(number)) as file:
        for reference, held in patients_of(number, work):
            size += file.write(parts.packed(reference, do(reference, held)))
            patients += 1
            entries += len(held)
    done = PartitionDone(number, patients, entries, size)
    leave(work.partition_done(number), done)
    return done


def patients_of(number: int, work: Work) -> Iterator[tuple[str, tuple[RawEntry, ...]]]:
    """Each patient of a partition by reference, sorted, with own entries and shared ones.

    Entries that the sieve set aside are left out, unless they may change the answer.
    """
    done = joined(work)
    known = Shared(work.shared, resources=bool(done.shared), aliases=bool(done.aliases))
    with closing(known):
        found = _grouped(number, work, known)
        if done.aliases:
            _follow(known.aliases(number), found, number, work.partitions)
            _take_in(done, found, number, work)
        add_implied(found)
        for key in sorted(found):
            yield text_of(key), entries_of(found.pop(key), known)


def _grouped(number: int, work: Work, known: Shared) -> dict[bytes, list[Held]]:
    found: dict[bytes, list[Held]] = {}
    for path, data in spilled(work, known, number):
        for key, kind, payload in rows(data):
            held = found.get(key)
            if held is None:
                found[key] = [(kind, payload, path)]
            else:
                held.append((kind, payload, path))
    return found


def _follow(
    aliases: dict[bytes, bytes], found: dict[bytes, list[Held]], number: int, partitions: int
) -> None:
    """Bring the entries under an address to its patient, or leave them where they went.

    An address that is the id of a Patient is that Patient's, whoever else claims it.
    """
    for address, patient in aliases.items():
        if is_of_a_patient(address, found.get(address, [])):
            continue
        held = found.pop(address, [])
        if held and partition_of(text_of(patient), partitions) == number:
            whole = ((kind, payload, "") for kind, payload in as_they_were(held))
            found.setdefault(patient, []).extend(whole)


def _take_in(done: JoinDone, found: dict[bytes, list[Held]], number: int, work: Work) -> None:
    moved = [one for one in done.moved if one.partition == number]
    for data in segments(work.moved, moved) if moved else ():
        for key, kind, payload in rows(data):
            found.setdefault(key, []).append((kind, payload, ""))


def add_implied(found: dict[bytes, list[Held]]) -> None:
    """Bring the entries under `urn:uuid:1` to the Patient whose id is 1, if there is one."""
    addresses = {key for key in found if key.startswith(b"urn:")}
    if not addresses:
        return
    for key in sorted(found.keys() - addresses):
        address = f"urn:uuid:{text_of(key).partition('/')[2]}".lower().encode()
        if address in addresses and any(map(is_patient, found[key])):
            found[key] += found.pop(address, [])
