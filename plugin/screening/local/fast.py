"""The fast way of placing: a line that is one resource of a patient, as FHIR has it.

Nearly all lines of an export are. It places them as `placing.placed.place` does; what it is not
sure of it leaves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from plugin.reading.context import is_id
from plugin.reading.references import key_of
from plugin.screening.local.aside import place_of
from plugin.screening.local.spill import Spill, Target
from plugin.screening.placing.heads import (
    FAULTS,
    HEADS,
    SIEVED,
    Condition,
    Head,
    Observation,
    Patient,
    decode_head,
    other_type,
)
from plugin.screening.placing.sieve import Sieve
from plugin.screening.source.lines import Batch

_PATIENT = "Patient/"
_MOST = 65536  # patients that are remembered


class Fast:
    """Places lines, and counts them by type."""

    def __init__(self, spill: Spill, sieve: Sieve | None) -> None:
        self.set_aside: Counter[str] = Counter()
        self._spill = spill
        self._sieve = sieve
        self._kinds: dict[type, int] = dict.fromkeys(HEADS, 0)
        self._targets: dict[str, Target] = {}

    def kept(self) -> Counter[str]:
        """How many resources of each type were given to patients."""
        return Counter({kind.__name__: count for kind, count in self._kinds.items() if count})

    def take(self, batch: Batch) -> Iterator[int]:
        """Place the lines of a batch. Gives the numbers of those that were left.

        Decoding a line costs about as much as ten calls of a function, so there are few here.
        """
        if not batch.text:  # no lines of a file, but one value: it may have newlines
            yield from range(len(batch.lines))
            return
        is_ascii = batch.text.isascii()
        is_plain = is_ascii and b"\\" not in batch.text
        targets, kinds, active = self._targets, self._kinds, self._spill.active
        for number, line in enumerate(batch.lines):
            try:
                head = decode_head(line)
            except FAULTS:
                if line and not self._other(line):
                    yield number
                continue
            kind = type(head)
            if kind is Observation:
                pointer = head.subject
                reference = pointer.reference if pointer is not None else ""
            else:
                reference = _reference(head)
            target = targets.get(reference) or self._target(reference)
            if target is None or not (is_ascii or _is_text(line)):
                yield number
                continue
            kinds[kind] += 1
            if not target.lines and not target.places:
                active.append(target)
            # An escape may hide half a character, which only the reading can judge.
            if kind in SIEVED and (is_plain or b"\\" not in line) and self._is_aside(head):
                target.places.append(place_of(batch.offsets[number], head))
            else:
                target.lines.append(line)

    def _is_aside(self, head: Observation | Condition) -> bool:
        """True for what no rule names, in a file in which it can be found again."""
        sieve = self._sieve
        if sieve is None:
            return False
        if type(head) is Condition:
            return not sieve.problems[bytes(head.code)]
        if sieve.results[bytes(head.code)]:
            return False
        return not head.component or not sieve.keeps_parts(head)

    def _target(self, reference: str) -> Target | None:
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


def _reference(head: Head) -> str:
    """How a resource names its patient; empty if it does not."""
    if isinstance(head, Patient):
        return _PATIENT + head.id if is_id(head.id) else ""
    pointer = head.subject
    if pointer is None and not isinstance(head, Observation):
        pointer = head.patient
    return pointer.reference if pointer is not None else ""


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
