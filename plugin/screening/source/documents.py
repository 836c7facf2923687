"""The documents of a file or of standard input, plain or gzip.

A document is one line of NDJSON, or a whole file that holds one JSON value over several lines.
Nothing is held but the document at hand.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import msgspec
from msgspec import Struct

from plugin.errors import InputUnreadable
from plugin.screening.source.listing import STDIN, SourceFile, unreadable

GZIP_MAGIC = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Document(Struct, frozen=True):
    """JSON text and where it stands. An `error` says why `raw` is empty.

    `line` counts from 1; 0 stands for the whole of a file or folder.
    """

    file: str
    line: int
    raw: bytes
    error: str = ""


def read_all(source: str) -> bytes:
    """The whole of a file or standard input, unpacked. Raises InputUnreadable."""
    name = "standard input" if source == STDIN else source
    path = None if source == STDIN else Path(source)
    if path is None and sys.stdin is None:
        raise InputUnreadable("standard input is closed; pipe the input in, or name a file.")
    try:
        with _opened(path) as stream:
            return stream.read()
    except (OSError, EOFError, zlib.error) as error:
        raise InputUnreadable(f"{name}: {_why(error)}") from error


def documents(file: SourceFile) -> Iterator[Document]:
    """The documents of one file. A file that breaks off gives what came before, then the error."""
    line, begun = 0, False
    try:
        with _opened(file.path) as stream:
            for line, raw in enumerate(stream, start=1):
                text = raw.removeprefix(BYTE_ORDER_MARK).strip() if line == 1 else raw.strip()
                if not text:
                    continue
                if not begun and not _is_json(text):
                    yield from _whole(file.name, line, raw.removeprefix(BYTE_ORDER_MARK), stream)
                    return
                begun = True
                yield Document(file.name, line, text)
    except (OSError, EOFError, zlib.error) as error:
        yield Document(file.name, line + 1, b"", _why(error))


def _whole(name: str, line: int, first: bytes, stream: BinaryIO) -> Iterator[Document]:
    """A file whose first line is no JSON: one value over many lines, or a bad first line."""
    text = first + stream.read()
    if _is_json(text):
        yield Document(name, line, text.strip())
        return
    for number, raw in enumerate(text.split(b"\n"), start=line):
        if raw.strip():
            yield Document(name, number, raw.strip())


def _is_json(text: bytes) -> bool:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


@contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO]:
    """The stream of a file (standard input for None), unpacked if it starts like gzip."""
    if path is None:
        yield _unpacked(cast("BinaryIO", sys.stdin.buffer))
        return
    with path.open("rb") as stream:
        yield _unpacked(stream)


def _unpacked(stream: BinaryIO) -> BinaryIO:
    peek = getattr(stream, "peek", None)
    start = peek(len(GZIP_MAGIC)) if peek else b""
    if start.startswith(GZIP_MAGIC):
        return cast("BinaryIO", gzip.GzipFile(fileobj=stream))
    return stream


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return unreadable(error)
    return "the gzip data is damaged or ends early; fetch the file again."
