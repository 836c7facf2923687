"""Any chunks give the lines that a simple reader gives, each with its number and its place."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.screening.source.chunks import WHOLE, Chunk, batches, plan
from plugin.screening.source.lines import Batch
from plugin.screening.source.listing import SourceFile

BOM = b"\xef\xbb\xbf"
LIMIT = 40
ON_FILES = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Line(NamedTuple):
    """A line that is not blank, or (for a fault) its reason."""

    number: int
    offset: int
    text: bytes | str


def naive(data: bytes, limit: int) -> list[Line]:
    """The lines of a file, one at a time."""
    found, offset = [], 0
    for number, raw in enumerate(data.split(b"\n"), start=1):
        text = (raw.removeprefix(BOM) if number == 1 else raw).strip()
        if len(raw) > limit:
            found.append(Line(number, offset, "too long"))
        elif text:
            found.append(Line(number, offset, text))
        offset += len(raw) + 1
    return found


def read(chunks: tuple[Chunk, ...], limit: int) -> Iterator[Line]:
    """The lines of all chunks of one file, numbered as a run numbers them."""
    before = 0
    for chunk in chunks:
        last = 0
        for batch in batches(chunk, limit):
            rows = [
                Line(before + batch.line + at, offset, text)
                for at, (text, offset) in enumerate(zip(batch.lines, batch.offsets, strict=True))
                if text
            ]
            for fault in batch.faults:
                assert "is longer than" in fault.reason
                rows.append(Line(before + fault.line, fault.offset, "too long"))
            yield from sorted(rows)
            last = batch.line + len(batch.lines) - 1
        before += last


pieces_of_lines = st.sampled_from(
    [b"\n", b"\r\n", b" ", b"{}", b'{"a":1}', b"\xff", b"\0", b"x" * 30, b"y" * 90, "ä".encode()]
)
contents = st.lists(pieces_of_lines, max_size=40).map(b"".join)


@ON_FILES
@given(data=contents, mark=st.booleans(), chunk_bytes=st.integers(1, 120))
def test_any_chunks_give_the_lines_of_the_file(
    tmp_path: Path, data: bytes, mark: bool, chunk_bytes: int
) -> None:
    """Blank and overlong lines, carriage returns, a mark, no newline at the end."""
    data = b"{}\n" + data  # lines, so that the chunks are not one
    data = BOM + data if mark else data
    path = tmp_path / "a"
    path.write_bytes(data)
    chunks = plan([SourceFile("a", path)], chunk_bytes)
    assert naive(data, LIMIT) == list(read(chunks, LIMIT))
    assert list(range(len(chunks))) == [chunk.number for chunk in chunks]
    assert len(data) == sum(chunk.size for chunk in chunks)


@ON_FILES
@given(data=contents, packed_twice=st.booleans())
def test_packed_lines_are_those_of_the_plain_file(
    tmp_path: Path, data: bytes, packed_twice: bool
) -> None:
    """gzip and zstd, of one member and of several."""
    path = tmp_path / "a"
    parts = [data[: len(data) // 2], data[len(data) // 2 :]] if packed_twice else [data]
    for pack in (gzip.compress, zstandard.compress):
        path.write_bytes(b"".join(pack(part) for part in parts))
        chunks = plan([SourceFile("a", path)], 10)
        assert [WHOLE] == [chunk.end for chunk in chunks]
        unpacked = list(read(chunks, LIMIT))
        path.write_bytes(data)
        assert list(read((Chunk(0, SourceFile("a", path)),), LIMIT)) == unpacked


@pytest.mark.parametrize("size", [1, 7, 1000, 1 << 20, 5 << 20])
def test_lines_longer_than_a_block_are_whole(tmp_path: Path, size: int) -> None:
    """In chunks of any size, a line of 3 MiB among short ones."""
    data = b'{"a": 1}\n' * 3 + b'"' + b"x" * (3 << 20) + b'"\n' + b'{"b": 2}\n' * 3
    path = tmp_path / "a"
    path.write_bytes(data)
    size = max(size, len(data) // 500)
    assert naive(data, 64 << 20) == list(read(plan([SourceFile("a", path)], size), 64 << 20))


def test_many_lines_come_at_once(tmp_path: Path) -> None:
    """So that a line costs next to nothing: blocks of 256 KiB."""
    path = tmp_path / "a"
    path.write_bytes((b"{" + b" " * 1298 + b"}\n") * 4000)
    (chunk,) = plan([SourceFile("a", path)], 1 << 30)
    found: list[Batch] = list(batches(chunk))
    assert 4000 == sum(len(batch.lines) for batch in found)
    assert len(found) < 50
