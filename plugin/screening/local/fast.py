"""The fast way of placing: lines that are one resource of a patient each, as FHIR has it.

Nearly all lines of an export are. It places them as `placing.placed.place` does; what it is not
sure of it leaves. Most batches are of one type, and are placed together: what is done for each line
is then left to calls that do it for all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress
from operator import attrgetter, not_
from typing import Any, cast

from plugin.reading.context import is_id
from plugin.reading.references import key_of
from plugin.screening.local.spill import Owner, Spill
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
# What is its own key, as nearly all references are.
_is_key = re.compile(rf"{_PATIENT}[A-Za-z0-9.-]{{1,64}}").fullmatch
_MOST = 8192  # patients that are remembered by name
_ID = attrgetter("id")
_SUBJECT = attrgetter("subject.reference")
_CODE = attrgetter("code")
_PARTS = attrgetter("component")


class Fast:
    """Places lines, and counts them by type."""

    def __init__(self, spill: Spill) -> None:
        self.set_aside: Counter[str] = Counter()
        self._spill = spill
        self._owners = _Owners(spill.owner)
        self._sieve: Sieve | None = None
        self._path = b""
        self._kinds: dict[type, int] = dict.fromkeys(HEADS, 0)

    def begin(self, sieve: Sieve | None, path: bytes) -> None:
        """What comes now is of another file. With a sieve, its lines can be read again."""
        self._sieve, self._path = sieve, path

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
        """Place a batch whose lines are all of patients. False if nothing of it was placed."""
        rows = batch.raw if batch.is_tidy else [line + b"\n" for line in batch.lines]
        heads = _decoded(batch, rows)
        kinds = Counter(map(type, heads))
        try:
            known = list(map(self._owners.__getitem__, _named(kinds, heads)))
        except AttributeError:  # one has no subject
            return False
        if not heads or not all(known):
            return False
        owners = cast("list[Owner]", known)
        kept = self._kept(next(iter(kinds)), heads) if len(kinds) == 1 else self._each_kept(heads)
        if kept:
            self._sift(batch, owners, rows, kept, heads)
        else:
            self._spill.lines(owners, rows)
        for kind, count in kinds.items():
            self._kinds[kind] += count
        return True

    def _each_kept(self, heads: Sequence[Head]) -> list[bool]:
        """Which of several types are kept; empty where all are."""
        if self._sieve is None:
            return []
        told: dict[type, Iterator[bool]] = {
            kind: iter(self._kept(kind, [head for head in heads if type(head) is kind]))
            for kind in (Condition, Observation)
        }
        return [next(told.get(type(head), iter(())), True) for head in heads]

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
        owners: Sequence[Owner],
        rows: Sequence[bytes],
        kept: Iterable[bool],
        heads: Iterable[Head],
    ) -> None:
        # An escape may hide half a character, which only the reading can judge.
        if b"\\" in batch.text:
            kept = [keep or b"\\" in row for keep, row in zip(kept, rows, strict=True)]
        keep = list(kept)
        leave = list(map(not_, keep))
        self._spill.lines(list(compress(owners, keep)), list(compress(rows, keep)))
        self._spill.aside(
            list(compress(owners, leave)),
            list(map(_ID, compress(heads, leave))),
            list(compress(batch.offsets, leave)),
            self._path,
        )

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
            owner = self._owners[reference]
            if owner is None or not (is_ascii or _is_text(line)):
                yield number
                continue
            self._kinds[type(head)] += 1
            if b"\\" in line or all(self._kept(type(head), (head,))):
                self._spill.lines([owner], [line + b"\n"])
            else:
                self._spill.aside([owner], [head.id], [batch.offsets[number]], self._path)

    def _other(self, line: bytes) -> bool:
        """Count a resource of a type that the reading does not use. False for all else."""
        name = other_type(line)
        if not name or not _is_text(line):
            return False
        add_types(self.set_aside, {counted_as(name): 1})
        return True


class _Owners(dict[str, "Owner | None"]):
    """Whose rows a resource's are, by how it names its patient; None for what names no Patient."""

    def __init__(self, owner: Callable[[str], Owner]) -> None:
        super().__init__()
        self._owner = owner

    def __missing__(self, reference: str) -> Owner | None:
        if len(self) >= _MOST:
            self.clear()
        key = reference if _is_key(reference) else key_of(reference)
        whose = key.startswith(_PATIENT) and not reference.startswith("#")
        found = self[reference] = self._owner(key) if whose else None
        return found


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


def _named(kinds: Iterable[type], heads: Iterable[Head]) -> Iterator[str]:
    """How each names its patient. Raises AttributeError where most are quickly asked."""
    known = set(kinds)
    if len(known) > 1 or Patient in known:
        return map(_reference, heads)
    return map(_SUBJECT, heads)


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
