"""The fast way of placing: lines that are one resource of a patient each, as FHIR has it.

Nearly all lines of an export are. It places them as `placing.placed.place` does; what it is not
sure of it leaves. Most batches are of one type, and are placed together: what is done for each line
is then left to calls that do it for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, cast

from plugin.reading.context import is_id
from plugin.reading.references import key_of
from plugin.screening.local.spill import Spill, Target
from plugin.screening.placing.heads import (
    FAULTS,
    HEADS,
    Condition,
    Head,
    Observation,
    Patient,
    add_types,
    counted_as,
    decode_head,
    decode_heads,
    other_type,
)
from plugin.screening.placing.sieve import Sieve
from plugin.screening.source.lines import Batch, Buffer, are_objects

_PATIENT = "Patient/"
_ID = attrgetter("id")
_SUBJECT = attrgetter("subject.reference")
_CODE = attrgetter("code")
_PARTS = attrgetter("component")


class Fast:
    """Places lines, and counts them by type."""

    def __init__(self, spill: Spill, sieve: Sieve | None) -> None:
        self.set_aside: Counter[str] = Counter()
        self._spill = spill
        self._sieve = sieve
        self._kinds: dict[type, int] = dict.fromkeys(HEADS, 0)

    def kept(self) -> Counter[str]:
        """How many resources of each type were given to patients."""
        return Counter({kind.__name__: count for kind, count in self._kinds.items() if count})

    def take(self, batch: Batch) -> Iterator[int]:
        """Place the lines of a batch. Gives the numbers of those that were left."""
        if not batch.text:  # no lines of a file, but one value: it may have newlines
            yield from range(len(batch.raw))
        elif not self._together(batch):
            yield from self._one_by_one(batch)

    def _together(self, batch: Batch) -> bool:
        """Place a batch whose lines are all of one type. False if nothing of it was placed."""
        rows = batch.raw if batch.is_tidy else [line + b"\n" for line in batch.lines]
        heads = _decoded(batch, rows)
        kinds = set(map(type, heads))
        if len(kinds) != 1:
            return False
        kind = kinds.pop()
        try:
            named = map(_reference, heads) if kind is Patient else map(_SUBJECT, heads)
            know = self._spill.targets.get
            targets = [know(name) or self._target(name) for name in named]
        except AttributeError:  # one has no subject
            return False
        if None in targets:
            return False
        found = cast("list[Target]", targets)
        kept = self._kept(kind, heads)
        if kept:
            self._sift(batch, found, rows, kept, map(_ID, heads))
        else:
            for target, row in zip(found, rows, strict=True):
                target.lines.append(row)
        self._kinds[kind] += len(heads)
        return True

    def _kept(self, kind: type, heads: Sequence[Head]) -> list[bool]:
        """Which are kept; empty where all are."""
        sieve = self._sieve
        if sieve is None:
            return []
        if kind is Condition:
            return list(map(sieve.problems.__getitem__, _codes(heads)))
        if kind is not Observation:
            return []
        kept = list(map(sieve.results.__getitem__, _codes(heads)))
        if any(map(_PARTS, heads)):
            for number, parts in enumerate(map(_PARTS, heads)):
                if parts and not kept[number]:
                    kept[number] = any(sieve.results[bytes(part.code)] for part in parts)
        return kept

    def _sift(
        self,
        batch: Batch,
        targets: Iterable[Target],
        rows: Iterable[bytes],
        kept: Iterable[bool],
        ids: Iterable[str],
    ) -> None:
        # An escape may hide half a character, which only the reading can judge.
        escapes = b"\\" in batch.text
        placed = zip(targets, rows, kept, ids, batch.offsets, strict=True)
        for target, row, keep, id_, place in placed:
            if keep or (escapes and b"\\" in row):
                target.lines.append(row)
            else:
                target.ids.append(id_)
                target.places.append(place)

    def _one_by_one(self, batch: Batch) -> Iterator[int]:
        """Place what is sure among lines of several types."""
        is_ascii = batch.text.isascii()
        for number, line in enumerate(batch.lines):
            try:
                head = decode_head(line)
            except FAULTS:
                if line and not self._other(line):
                    yield number
                continue
            reference = _reference(head)
            target = self._spill.targets.get(reference) or self._target(reference)
            if target is None or not (is_ascii or _is_text(line)):
                yield number
                continue
            self._kinds[type(head)] += 1
            if b"\\" in line or all(self._kept(type(head), (head,))):
                target.lines.append(line + b"\n")
            else:
                target.ids.append(head.id)
                target.places.append(batch.offsets[number])

    def _target(self, reference: str) -> Target | None:
        """Where the rows of a patient go; None for a reference that is to no Patient."""
        key = key_of(reference)
        if not key.startswith(_PATIENT) or reference.startswith("#"):
            return None
        return self._spill.target(reference, key)

    def _other(self, line: bytes) -> bool:
        """Count a resource of a type that the reading does not use. False for all else."""
        name = other_type(line)
        if not name or not _is_text(line):
            return False
        add_types(self.set_aside, {counted_as(name): 1})
        return True


def _decoded(batch: Batch, rows: Sequence[bytes]) -> Sequence[Head]:
    """All lines of a batch; none if one of them is not one resource as FHIR has it."""
    if rows is not batch.raw and not are_objects(rows):
        return ()
    # Behind the last line there may be the beginning of the next.
    text = memoryview(batch.text)[: batch.size]
    try:
        heads = decode_heads(text)
    except FAULTS:
        return ()
    # As many as there are lines, each of which holds one at least.
    whole = len(heads) == len(rows) and (batch.text.isascii() or _is_text(text))
    return heads if whole else ()


def _codes(heads: Sequence[Any]) -> list[bytes]:
    """The codes of results or problems as they stand: joined and parted, in a few calls."""
    codes = b"\0".join(map(_CODE, heads)).split(b"\0")
    return codes if len(codes) == len(heads) else list(map(bytes, map(_CODE, heads)))


def _reference(head: Head) -> str:
    """How a resource names its patient; empty if it does not."""
    if isinstance(head, Patient):
        return _PATIENT + head.id if is_id(head.id) else ""
    pointer = head.subject
    if pointer is None and not isinstance(head, Observation):
        pointer = head.patient
    return pointer.reference if pointer is not None else ""


def _is_text(line: Buffer) -> bool:
    try:
        str(line, "utf-8")
    except UnicodeDecodeError:
        return False
    return True
