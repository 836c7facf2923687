"""Whatever is wrong with a file is said with its place; what is sound in it is read."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.screening.source.chunks import CHANGED, WHOLE, Chunk, batches, plan
from plugin.screening.source.lines import Fault
from plugin.screening.source.listing import SourceFile, find

LINES = [b'{"n":%d,"x":"%s"}' % (number, os.urandom(30).hex().encode()) for number in range(2000)]
DATA = b"\n".join(LINES) + b"\n"
BUNDLE = {"resourceType": "Bundle", "entry": [{"resource": {"id": str(n)}} for n in range(300)]}


def read(
    path: Path, chunk_bytes: int = 1 << 30, limit: int = 1 << 20
) -> tuple[list[bytes], list[Fault]]:
    """The lines that are not blank, and the faults, of all chunks of a file."""
    return read_chunks(plan([SourceFile("a", path)], chunk_bytes), limit)


def read_chunks(chunks: tuple[Chunk, ...], limit: int = 1 << 20) -> tuple[list[bytes], list[Fault]]:
    lines: list[bytes] = []
    faults: list[Fault] = []
    for chunk in chunks:
        for batch in batches(chunk, limit):
            lines += [line for line in batch.lines if line]
            faults += batch.faults
    return lines, faults


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_packed_data_cut_short_gives_what_came_and_says_where(
    tmp_path: Path, pack: Callable[[bytes], bytes], part: float
) -> None:
    """In the middle of a line: that line is named, and those before it are read."""
    path = tmp_path / "a"
    packed = pack(DATA)
    path.write_bytes(pack(DATA) + packed[: int(part * len(packed))])
    lines, faults = read(path)
    assert LINES == lines[:2000]
    assert LINES[: len(lines) - 2000] == lines[2000:]
    (fault,) = faults
    assert len(lines) + 1 == fault.line
    assert sum(map(len, lines)) + len(lines) == fault.offset
    assert "data ends early" in fault.reason


def test_of_gzip_all_comes_that_stands_before_the_cut(tmp_path: Path) -> None:
    """A cut in the last bytes costs no line: all of them had come."""
    path = tmp_path / "a"
    path.write_bytes(gzip.compress(DATA.removesuffix(b"\n"))[:-1])
    assert LINES == read(path)[0]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.floats(0.05, 1), value=st.integers(1, 255), pack=st.sampled_from("gz"))
def test_damage_never_goes_unsaid(tmp_path: Path, place: float, value: int, pack: str) -> None:
    """A byte that is another: either a fault, or (in what means nothing) all lines as they were."""
    path = tmp_path / "a"
    compress = zstandard.ZstdCompressor(write_checksum=True).compress
    packed = bytearray(gzip.compress(DATA) if pack == "g" else compress(DATA))
    packed[min(int(place * len(packed)), len(packed) - 1)] ^= value
    path.write_bytes(packed)
    lines, faults = read(path)
    assert faults or lines == LINES


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (gzip.compress(DATA) + b"xyz", "followed by something else"),
        (zstandard.compress(DATA) + b"xyz", "followed by something else"),
        (gzip.compress(DATA)[:-6] + b"\0\0\0\0\0\0", "gzip data is damaged"),
    ],
)
def test_what_stands_behind_sound_data_is_said(tmp_path: Path, packed: bytes, reason: str) -> None:
    """All lines are read, and the fault is behind the last."""
    path = tmp_path / "a"
    path.write_bytes(packed)
    lines, faults = read(path)
    assert LINES == lines
    assert [(2001, len(DATA))] == [(fault.line, fault.offset) for fault in faults]
    assert reason in faults[0].reason


def test_zeros_behind_gzip_and_frames_without_data_mean_nothing(tmp_path: Path) -> None:
    """A tape fills up with zeros; zstd has frames for somebody's own notes."""
    path = tmp_path / "a"
    skippable = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"
    whole = zstandard.compress(DATA)
    for packed in (gzip.compress(DATA) + bytes(70_000), skippable + whole + skippable):
        path.write_bytes(packed)
        assert (LINES, []) == read(path)


def test_zstd_that_asks_for_too_much_memory_is_refused(tmp_path: Path) -> None:
    """A window of 512 MiB, as `zstd --long=29` makes it."""
    path = tmp_path / "a"
    wide = zstandard.ZstdCompressionParameters(window_log=29)
    packer = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    path.write_bytes(packer.compress(DATA) + packer.flush())
    lines, faults = read(path)
    assert [] == lines
    assert [1] == [fault.line for fault in faults]
    assert "more than 128 MiB of memory" in faults[0].reason


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (b"PK\x03\x04", "is a ZIP archive"),
        (b"BZh9", "compressed with bzip2"),
        (b"\xfd7zXZ\x00", "compressed with xz"),
        (b"PAR1", "is a Parquet file"),
        (b'\xff\xfe{\0"\0', "is UTF-16"),
        (b'\xfe\xff\0{\0"', "is UTF-16"),
    ],
)
def test_what_is_no_json_at_all_is_one_fault(tmp_path: Path, start: bytes, reason: str) -> None:
    """Not a row for each of its lines; in chunks of any size, packed or not."""
    path = tmp_path / "a"
    for data in (start + b"\nxyz" * 100, gzip.compress(start + b"\nxyz" * 100)):
        path.write_bytes(data)
        lines, faults = read(path, chunk_bytes=50)
        assert ([], [0]) == (lines, [fault.line for fault in faults])
        assert reason in faults[0].reason


def test_a_bad_first_line_that_begins_as_another_format_does_not_cost_the_file(
    tmp_path: Path,
) -> None:
    """Bytes that are no UTF-8 are found where they are decoded."""
    path = tmp_path / "a"
    path.write_bytes(b'\xff\xfe"a": 1}\n' + DATA)
    assert LINES == read(path)[0][1:]


@pytest.mark.parametrize("indent", [1, 2, "\t"])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n\n \n"])
def test_one_value_over_many_lines_is_never_cut(
    tmp_path: Path, indent: int | str, before: bytes
) -> None:
    """A Bundle as people indent it, larger than a chunk: one document, at its first line."""
    path = tmp_path / "a"
    text = json.dumps(BUNDLE, indent=indent).encode()
    for data in (before + text, before + text + b"\r\n\n", gzip.compress(before + text)):
        path.write_bytes(data)
        (chunk,) = plan([SourceFile("a", path)], 100)
        assert WHOLE == chunk.end
        (batch,) = batches(chunk)
        assert ([text], ()) == (batch.lines, batch.faults)
        assert 1 + before.count(b"\n") == batch.line


@pytest.mark.parametrize(
    "first",
    [
        b'{"a": "b',
        b'{"a": [',
        b"{",
        b"[",
        b"{oops",
        b"[" * 20_000,
        b'{"a": [1, 2',
        b'{"a": {"b": 1},',
        b"\0",
        b"\xff",
    ],
)
def test_a_bad_first_line_is_one_line(tmp_path: Path, first: bytes) -> None:
    """Wherever it was cut off, it is no beginning of a value over many lines."""
    path = tmp_path / "a"
    path.write_bytes(first + b"\n" + DATA)
    for chunk_bytes in (5000, 1 << 30):
        lines, faults = read(path, chunk_bytes)
        assert ([first, *LINES], []) == (lines, faults)


def test_a_value_over_many_lines_longer_than_what_is_held_is_one_fault(tmp_path: Path) -> None:
    """Not a row for each of its lines."""
    path = tmp_path / "a"
    path.write_bytes(json.dumps(BUNDLE, indent=1).encode())
    lines, faults = read(path, limit=1000)
    assert ([], [0]) == (lines, [fault.line for fault in faults])
    assert "one JSON value over many lines, longer than 1000 bytes" in faults[0].reason


def test_a_value_over_many_lines_that_breaks_off_is_one_fault(tmp_path: Path) -> None:
    """Packed and cut short: nothing of it can be told from lines."""
    path = tmp_path / "a"
    packed = gzip.compress(json.dumps(BUNDLE, indent=1).encode())
    path.write_bytes(packed[: len(packed) // 2])
    lines, faults = read(path)
    assert ([], [0]) == (lines, [fault.line for fault in faults])
    assert "data ends early" in faults[0].reason


@pytest.mark.parametrize("limit", [5000, 65536])
def test_a_line_that_is_too_long_is_named_and_its_neighbours_are_read(
    tmp_path: Path, limit: int
) -> None:
    """First, in the middle, last; in one chunk and in many; the limit itself is not too long."""
    path = tmp_path / "a"
    long = b"x" * (limit + 1)
    rows = [long, LINES[0], b"y" * limit, long + long, LINES[1], long]
    path.write_bytes(b"\n".join(rows))
    for chunk_bytes in (300, limit, 1 << 30):
        lines, faults = read(path, chunk_bytes, limit)
        assert [rows[1], rows[2], rows[4]] == lines
        offsets = [sum(len(row) + 1 for row in rows[:place]) for place in (0, 3, 5)]
        assert offsets == [fault.offset for fault in faults]
        assert all("longer than" in fault.reason for fault in faults)


def test_a_file_that_changes_is_said(tmp_path: Path) -> None:
    """Grown, shrunk or written anew between the plan and the reading: what is there is read."""
    path = tmp_path / "a"
    for after in (DATA + b'{"more": 1}\n', DATA[:1000], DATA.replace(b"n", b"m")):
        path.write_bytes(DATA)
        os.utime(path, ns=(1, 1))
        chunks = plan([SourceFile("a", path)], 10_000)
        path.write_bytes(after)
        lines, faults = read_chunks(chunks)
        assert {Fault(0, 0, CHANGED)} == set(faults)
        assert after.split(b"\n")[:10] == lines[:10]


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    """Between the plan and the reading: a sentence, whatever the chunk."""
    path = tmp_path / "a"
    path.write_bytes(DATA)
    chunks = plan([SourceFile("a", path)], 10_000)
    path.unlink()
    lines, faults = read_chunks(chunks)
    assert [] == lines
    assert {0} == {fault.line for fault in faults}
    assert "no such file or directory" in faults[0].reason
    assert plan([SourceFile("a", path)], 10) == (Chunk(0, SourceFile("a", path)),)


def test_a_folder_in_the_place_of_a_file_is_said(tmp_path: Path) -> None:
    """It was a file when it was listed."""
    lines, faults = read(tmp_path)
    assert [] == lines
    assert ["is a directory" in fault.reason for fault in faults] == [True]


def test_results_that_no_line_gives_away_are_known(tmp_path: Path) -> None:
    """Parquet, FHIR and manifests of an earlier run, packed, half written; not namesakes."""
    ours = {
        "assessments.parquet": b"PAR1...",
        "detected-issues.ndjson.zst": zstandard.compress(b'{"resourceType":"DetectedIssue"}\n'),
        "guidance-responses.ndjson.tmp": b'{"resourceType":"GuidanceResponse","id":"1"}\n',
        "deep/run.json": b'{\n "schema": "crampcheck.run/1"}',
    }
    theirs = {"x/run.json": b'{"resourceType": "Patient"}', "x/detected-issues.ndjson": b""}
    for name, content in (ours | theirs).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    found = find(str(tmp_path))
    assert tuple(sorted(ours)) == tuple(sorted(found.results))
    assert sorted(theirs) == sorted(file.name for file in found.files)
