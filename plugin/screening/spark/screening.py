"""Stage 2, in executors: the rows of one patient after the other, each through the job."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter

import pandas as pd

from plugin.reading.repair import decode
from plugin.reading.source import RawEntry
from plugin.screening.job import Job, OnePatient
from plugin.screening.local.entries import Found, Held, done_with, fault, is_patient, opened
from plugin.screening.local.memory import without_searches
from plugin.screening.local.partition import add_implied
from plugin.screening.local.shared import digest_of
from plugin.screening.local.spill import FAULT, LINES, entry_of, lines_of, text_of
from plugin.screening.outcome import Failed
from plugin.screening.placing.claims import disputed, implied_address, is_by_id
from plugin.screening.placing.ownership import needs_of
from plugin.screening.spark.rows import KNOWN, frame, rows_of

NEEDS = "name binary, need binary"
CLAIMS = "key binary, patient binary, name binary, by_id boolean"
OUTCOMES = "key binary, entries int, payload binary"
_AT_ONCE = 4 * 1024 * 1024  # bytes of outcomes that are held
_READ = ("name", "key", "kind", "payload")
_of_process: dict[bytes, OnePatient] = {}


def needs(_: bytes, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """The keys of the shared resources that rows of patients point to, with the patient's name."""
    for one in frames:
        found = {
            (name, need.encode("utf-8", "surrogatepass"))
            for name, kind, payload in rows_of([one], ("name", "kind", "payload"))
            for need in _needs(kind, payload)
        }
        yield pd.DataFrame(sorted(found), columns=["name", "need"])


def persons(_: bytes, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """The addresses that Patients among rows are (`by_id`, if it is the id of one) or imply."""
    for one in frames:
        found: set[tuple[bytes, bytes, bytes, bool]] = set()
        for name, key, kind, payload in rows_of([one], _READ):
            if is_patient((kind, payload)):
                found |= {(key, key, name, is_by_id(key)), (implied_address(key), key, name, False)}
        yield pd.DataFrame(sorted(found), columns=["key", "patient", "name", "by_id"])


def disputes(_: bytes, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """A FAULT for each address that two Patients claim."""
    for one in frames:
        claims = rows_of([one], ("name", "key", "patient", "other"))
        yield frame(
            (name, key, FAULT, -1, 0, fault(disputed((patient, other)))[1])
            for name, key, patient, other in claims
        )


def screen(given: bytes, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Outcomes of the patients whose rows come together, sorted by name. `given`: the job."""
    do = _started(given)
    held: list[tuple[bytes, int, bytes]] = []
    size = 0
    with without_searches():
        for _, rows in groupby(rows_of(frames, _READ), key=itemgetter(0)):
            for reference, found in _patients(rows):
                outcome = done_with(do, text_of(reference), found)
                held.append((reference, 0 if isinstance(found, Failed) else len(found), outcome))
                size += len(outcome)
            if size >= _AT_ONCE:
                yield _outcomes(held)
                held, size = [], 0
        yield _outcomes(held)


class _Shared:
    """What patients share and those of one name may need."""

    def __init__(self) -> None:
        self._known: dict[str, list[RawEntry]] = {}

    def add(self, key: bytes, entry: RawEntry) -> None:
        """List a resource under a key."""
        self._known.setdefault(text_of(key), []).append(entry)

    def find(self, key: str) -> list[RawEntry]:
        """Every resource under a key, in the order that the local engine has."""
        return sorted(self._known.get(key, ()), key=digest_of)


def _patients(
    rows: Iterable[tuple[bytes, bytes, int, bytes]],
) -> Iterator[tuple[bytes, Found]]:
    found: dict[bytes, list[Held]] = {}
    known = _Shared()
    for _, key, kind, payload in rows:
        if kind == KNOWN:
            known.add(key, entry_of(payload))
        else:
            found.setdefault(key, []).append((kind, payload))
    add_implied(found)
    for key in sorted(found):
        yield key, opened(text_of(key), found.pop(key), known)


def _needs(kind: int, payload: bytes) -> Iterator[str]:
    if kind == FAULT:
        return
    entries = lines_of(payload) if kind == LINES else [entry_of(payload).raw]
    for raw in entries:
        resource = decode(raw).resource
        if resource is not None:
            yield from needs_of(resource)


def _started(given: bytes) -> OnePatient:
    """The job, started once in each process that Spark uses again and again."""
    name = blake2b(given, digest_size=16).digest()
    do = _of_process.get(name)
    if do is None:
        job: Job = pickle.loads(given)  # noqa: S301 - our own bytes
        _of_process.clear()
        do = _of_process[name] = job.start()
    return do


def _outcomes(held: list[tuple[bytes, int, bytes]]) -> pd.DataFrame:
    return pd.DataFrame(held, columns=["key", "entries", "payload"])
