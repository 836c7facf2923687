"""What a stream is packed with, and its contents block by block.

The first bytes say what a file is, never its name: exports are renamed, and servers pack what they
call `.ndjson`. Of packed data that is cut short or damaged, what comes before is given.

Formats: RFC 1952 (gzip), RFC 8878 (zstd). Both may hold several members or frames one after the
other, as `cat a.gz b.gz` makes them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Protocol

import zstandard
from msgspec import Struct

# Bytes: so large that a call costs nothing, and so small that its lines stay in the cache.
BLOCK = 1 << 18
_START = 8  # bytes that are enough to tell what a file is
_MIB = 1 << 20
_Zlib = type(zlib.decompressobj())
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = b"\x2a\x4d\x18"  # after a first byte 0x50 to 0x5f: a frame of zstd that holds no data
# As much as zstd itself takes unless it is told otherwise.
_ZSTD_WINDOW = 128 * _MIB
# What cannot be lines of JSON: one sentence says more than a row for each "line".
_FOREIGN = {
    b"PK\x03\x04": "is a ZIP archive; unpack it first.",
    b"7z\xbc\xaf\x27\x1c": "is a 7z archive; unpack it first.",
    b"\xfd7zXZ\x00": "is compressed with xz; unpack it first, or use gzip or zstd.",
    b"BZh": "is compressed with bzip2; unpack it first, or use gzip or zstd.",
    b"PAR1": "is a Parquet file; give the FHIR resources as NDJSON.",
}
_UTF_16 = "is UTF-16; save it as UTF-8."
_ENDS_EARLY = "the {} data ends early, so that the rest is missing; fetch the file again."
_DAMAGED = "the {} data is damaged, here or before; fetch the file again."
_TRAILING = "the {} data is followed by something else, which is not read; fetch the file again."

_TOO_WIDE = (
    "the zstd data takes more than 128 MiB of memory to unpack; compress it again without --long."
)


class Damaged(Exception):  # noqa: N818
    """Packed data breaks off here. Its text is the end of a sentence about the file."""


class Readable(Protocol):
    """A stream of bytes: it may give fewer than it is asked for, and none at its end."""

    def read(self, size: int, /) -> bytes | None: ...


class _Member(Protocol):
    """What unpacks one member or frame."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


class _Format(Struct, frozen=True):
    """How one format is unpacked. No `step` bytes of input unpack to more than 32 MiB."""

    name: str
    begins: Callable[[bytes], bool]
    member: Callable[[], _Member]
    step: int
    first: frozenset[int]  # bytes that a member begins with
    padding: bytes  # what may fill up the end, and means nothing


def is_gzip(start: bytes) -> bool:
    """Whether a file that begins so holds gzip members."""
    return start.startswith(_GZIP)


def is_zstd(start: bytes) -> bool:
    """Whether a file that begins so holds zstd frames."""
    return start.startswith(_ZSTD) or (start[1:4] == _SKIPPABLE and start[0] >> 4 == 5)  # noqa: PLR2004


# Deflate packs to a thousandth at best; zstd packs a block of 128 KiB into 4 bytes.
_FORMATS = (
    _Format(
        "gzip", is_gzip, lambda: zlib.decompressobj(wbits=31), 16 << 10, frozenset({0x1F}), b"\0"
    ),
    _Format(
        "zstd",
        is_zstd,
        lambda: zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj(),
        1 << 10,
        frozenset({0x28, *range(0x50, 0x60)}),
        b"",
    ),
)


def is_packed(start: bytes) -> bool:
    """Whether a file that begins so has to be unpacked from its beginning."""
    return any(packing.begins(start) for packing in _FORMATS)


def foreign(start: bytes) -> str:
    """Why a file whose contents begin so holds no lines of JSON; empty where it may."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") and b"\0" in start[2:4]:
        return _UTF_16
    return next((why for magic, why in _FOREIGN.items() if start.startswith(magic)), "")


def contents(stream: Readable, at_most: int = BLOCK) -> Iterator[bytes]:
    """The contents, unpacked where they are packed, in blocks of 256 KiB (or `at_most`) at most.

    Raises Damaged after the last byte that could be unpacked, OSError where reading fails.
    """
    start = b""
    while len(start) < _START and (more := stream.read(BLOCK)):
        start += more
    for packing in _FORMATS:
        if packing.begins(start):
            for block in _unpacked(packing, start, stream):
                yield from pieces(block, at_most)
            return
    for block in _blocks(start, stream):
        yield from pieces(block, at_most)


def _blocks(start: bytes, stream: Readable) -> Iterator[bytes]:
    if start:
        yield start
    while block := stream.read(BLOCK):
        yield block


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """The data again, `size` bytes at a time."""
    if len(data) <= size:
        return iter((data,) if data else ())
    return (data[at : at + size] for at in range(0, len(data), size))


def _unpacked(packing: _Format, start: bytes, stream: Readable) -> Iterator[bytes]:
    """Each member after the other. Between two of them there is none."""
    member: _Member | None = None
    for block in _blocks(start, stream):
        for piece in pieces(block, packing.step):
            left = piece
            while left := left if member else left.lstrip(packing.padding):
                if member is None:
                    if left[0] not in packing.first:
                        raise Damaged(_TRAILING.format(packing.name))
                    member = packing.member()
                yield from _decompressed(packing.name, member, left)
                left, member = (member.unused_data, None) if member.eof else (b"", member)
    if member is not None:
        raise Damaged(_ENDS_EARLY.format(packing.name))


def _decompressed(name: str, member: _Member, packed: bytes) -> Iterator[bytes]:
    """What some input unpacks to, in one block but for damage."""
    # A call that fails gives nothing of what it unpacked before the damage: zlib can go back.
    before = member.copy() if isinstance(member, _Zlib) else None
    try:
        yield member.decompress(packed)
    except (zlib.error, zstandard.ZstdError) as error:
        if before:
            yield from _up_to_the_damage(before, packed)
        too_wide = "too much memory" in str(error)
        raise Damaged(_TOO_WIDE if too_wide else _DAMAGED.format(name)) from None


def _up_to_the_damage(member: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    with suppress(zlib.error):
        for byte in pieces(packed, 1):
            yield member.decompress(byte)
