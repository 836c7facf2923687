"""The fast way of placing: a line that is one resource of a patient, as FHIR has it.

Nearly all lines of an export are. It places them as `placing.placed.place` does; what it is not
sure of it leaves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from plugin.reading.context import is_id
from plugin.reading.references import key_of
from plugin.screening.local.aside import packed_place
from plugin.screening.local.spill import ASIDE_PROBLEM, ASIDE_RESULT, HEAD, PLACE, RAW, Spill
from plugin.screening.placing.heads import (
    FAULTS,
    Condition,
    Observation,
    Patient,
    decode_head,
    other_type,
)
from plugin.screening.placing.sieve import Sieve
from plugin.screening.source.lines import Batch

_PATIENT = "Patient/"
_MOST = 65536  # patients that are remembered
_Target = tuple[bytearray, bytes]  # the buffer of a patient's partition, and the key


class Fast:
    """Places lines, and counts them by type."""

    def __init__(self, spill: Spill, sieve: Sieve | None) -> None:
        self.set_aside: Counter[str] = Counter()
        self._spill = spill
        self._sieve = sieve
        self._counts: dict[type, int] = {}
        self._targets: dict[str, _Target] = {}

    def kept(self) -> Counter[str]:
        """How many resources of each type were given to patients."""
        return Counter({kind.__name__: count for kind, count in self._counts.items()})

    def take(self, batch: Batch) -> Iterator[int]:
        """Place the lines of a batch. Gives the numbers of those that were left."""
        sieve = self._sieve if batch.text else None
        offsets = batch.offsets if sieve else []
        counts, targets, pack = self._counts, self._targets, HEAD.pack
        for number, line in enumerate(batch.lines):
            try:
                head = decode_head(line)
            except FAULTS:
                if line and not self._other(line):
                    yield number
                continue
            kind = type(head)
            if kind is Patient:
                reference = _PATIENT + head.id if is_id(head.id) else ""
            else:
                pointer = head.subject
                if pointer is None and kind is not Observation:
                    pointer = head.patient
                reference = pointer.reference if pointer is not None else ""
            target = targets.get(reference) or self._target(reference)
            if target is None or not (line.isascii() or _is_text(line)):
                yield number
                continue
            counts[kind] = counts.get(kind, 0) + 1
            buffer, key = target
            if sieve is not None and b"\\" not in line:
                if kind is Observation:
                    if not sieve.keeps_result(head):
                        _note(buffer, key, ASIDE_RESULT, offsets[number], head.id)
                        continue
                elif kind is Condition and not sieve.keeps_problem(head):
                    _note(buffer, key, ASIDE_PROBLEM, offsets[number], head.id)
                    continue
            buffer += pack(RAW, len(key), len(line))
            buffer += key
            buffer += line

    def _target(self, reference: str) -> _Target | None:
        """Where the rows of a patient go; None for a reference that is to no Patient."""
        key = key_of(reference)
        if not key.startswith(_PATIENT) or reference.startswith("#"):
            return None
        if len(self._targets) >= _MOST:
            self._targets.clear()
        target = self._targets[reference] = self._spill.target(key)
        return target

    def _other(self, line: bytes) -> bool:
        """Count a resource of a type that the reading does not use. False for all else."""
        name = other_type(line)
        if not name or not _is_text(line):
            return False
        self.set_aside[name] += 1
        return True


def _note(buffer: bytearray, key: bytes, kind: int, offset: int, id_: str) -> None:
    """Note a resource that is set aside: where it stands, should another have its id."""
    buffer += HEAD.pack(kind, len(key), PLACE.size)
    buffer += key
    buffer += packed_place(offset, id_)


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
