"""For any entries, however odd: nothing raises, the tally adds up, and order changes nothing."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import InputUnreadable
from plugin.model import PatientRecord
from tests.plugin.reading.build import read, read_bytes
from tests.plugin.reading.odd import resources as odd


def _outcome(resources: list[Any]) -> PatientRecord | str:
    """The record, whose tally `read` checks, or the sentence that refuses it."""
    try:
        return read(*resources)
    except InputUnreadable as error:
        return error.message


@given(st.lists(odd(), max_size=8), st.randoms(use_true_random=False))
def test_any_entries_are_read_or_said(resources: list[Any], random: Any) -> None:
    """Only the wrong number of patients is refused; order and repetition change nothing."""
    again = [*resources, *random.sample(resources, len(resources) // 2)]
    random.shuffle(again)
    first, second = _outcome(resources), _outcome(again)
    if isinstance(first, str) or isinstance(second, str):
        assert first == second
        assert "crampcheck screen" in str(first)
        return
    parts = set(PatientRecord.__struct_fields__) - {"tally"}
    assert [] == [part for part in parts if getattr(first, part) != getattr(second, part)]
    tally, more = first.tally, second.tally
    assert (tally.read, tally.unread, tally.set_aside) == (more.read, more.unread, more.set_aside)
    assert len(again) - len(resources) == more.duplicates - tally.duplicates


@given(st.lists(odd(), max_size=4), st.integers(0, 4000), st.binary(max_size=4))
def test_a_broken_file_is_read_or_refused(resources: list[Any], cut: int, noise: bytes) -> None:
    """A file with anything written over any place of it."""
    data = json.dumps({"resourceType": "Bundle", "entry": [{"resource": r} for r in resources]})
    broken = data.encode()[:cut] + noise + data.encode()[cut + len(noise) :]
    assert _read_or_refused(broken)


@given(st.binary(max_size=60))
def test_noise_is_read_or_refused(data: bytes) -> None:
    """Never anything but a record or a sentence."""
    assert _read_or_refused(data)


def _read_or_refused(data: bytes) -> bool:
    try:
        return read_bytes(data).tally.entries >= 0
    except InputUnreadable as error:
        return error.message[-1] == "."
