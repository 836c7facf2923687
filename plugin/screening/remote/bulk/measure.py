"""How many resources a downloaded file has, counted as its lines; and whether its gzip is whole."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import BinaryIO, cast

_PIECE = 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


def lines_of(path: Path) -> int:
    """The lines that are not empty. Raises EOFError or zlib.error for gzip that is not whole."""
    with path.open("rb") as file:
        packed = file.peek(2).startswith(_GZIP_MAGIC)
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file
        return _count(stream)


def _count(stream: BinaryIO) -> int:
    lines, before = 0, b"\n"
    try:
        while piece := stream.read(_PIECE):
            # An empty line is an end that follows an end; three in a row are counted too high,
            # which hides nothing but that.
            lines += piece.count(b"\n") - piece.count(b"\n\n")
            lines -= before == b"\n" and piece.startswith(b"\n")
            before = piece[-1:]
    except gzip.BadGzipFile as error:  # an OSError, as if the disk were at fault
        raise zlib.error from error
    return lines + (before != b"\n")
