"""Stage 2: the patients of one partition, sorted by reference, each through the job."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

from plugin.screening.local import parts
from plugin.screening.local.entries import (
    Found,
    Held,
    as_they_were,
    fault,
    is_patient,
    opened,
    persons_among,
)
from plugin.screening.local.join import joined, spilled
from plugin.screening.local.memory import without_searches
from plugin.screening.local.shared import Shared
from plugin.screening.local.spill import FAULT, rows, segments, text_of
from plugin.screening.local.work import JoinDone, PartitionDone, Work, leave, left, written
from plugin.screening.outcome import Failed
from plugin.screening.placing.claims import Claim, disputed, implied_address, settled
from plugin.screening.placing.partitions import partition_of


def screen_partition(number: int, work: Work, do: Callable[[str, Found], bytes]) -> PartitionDone:
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
            entries += 0 if isinstance(held, Failed) else len(held)
    done = PartitionDone(number, patients, entries, size)
    leave(work.partition_done(number), done)
    return done


def patients_of(number: int, work: Work) -> Iterator[tuple[str, Found]]:
    """Each patient of a partition by reference, sorted, with own entries and shared ones.

    Entries that the sieve set aside are left out, unless they may change the answer. A patient
    whose entries cannot be told is a failure, and so is an address that is nobody's.
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
            reference = text_of(key)
            yield reference, opened(reference, found.pop(key), known)


def _grouped(number: int, work: Work, known: Shared) -> dict[bytes, list[Held]]:
    found: dict[bytes, list[Held]] = {}
    for data in spilled(work, known, number):
        for key, kind, payload in rows(data):
            held = found.get(key)
            if held is None:
                found[key] = [(kind, payload)]
            else:
                held.append((kind, payload))
    return found


def _follow(
    aliases: dict[bytes, Claim], found: dict[bytes, list[Held]], number: int, partitions: int
) -> None:
    """Bring the entries under an address to its patient, or leave them where they went."""
    own = ((key, held) for key, rows_of_key in found.items() for held in rows_of_key)
    for address, claim in settled(aliases, persons_among(aliases, own)).items():
        if address not in found:
            continue
        patient, other = claim
        if patient != other:
            found[address].append(fault(disputed(claim)))
            continue
        held = found.pop(address)
        if partition_of(text_of(patient), partitions) == number:
            found.setdefault(patient, []).extend(as_they_were(held))


def _take_in(done: JoinDone, found: dict[bytes, list[Held]], number: int, work: Work) -> None:
    moved = [one for one in done.moved if one.partition == number]
    for data in segments(work.moved, moved) if moved else ():
        for key, kind, payload in rows(data):
            found.setdefault(key, []).append((kind, payload))


def add_implied(found: dict[bytes, list[Held]]) -> None:
    """Bring the entries under `urn:uuid:1` to the Patient whose id is 1, if there is one."""
    addresses = {key for key in found if key.startswith(b"urn:")}
    if not addresses:
        return
    claims: dict[bytes, list[bytes]] = {}
    for key in sorted(found.keys() - addresses):
        address = implied_address(key)
        if address in addresses and any(map(is_patient, found[key])):
            claims.setdefault(address, []).append(key)
    for address, patients in claims.items():
        if any(kind == FAULT for kind, *_ in found[address]):
            continue
        if len(patients) > 1:
            last = address if any(map(is_patient, found[address])) else patients[-1]
            found[address].append(fault(disputed((patients[0], last))))
        else:
            found[patients[0]] += found.pop(address)
