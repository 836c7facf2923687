"""The documents of one file after the other, and the whole of an input: without chunks.

A document is one line of NDJSON, or a whole file that holds one JSON value over several lines.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from plugin.errors import InputUnreadable
from plugin.screening.source.chunks import Chunk, batches, opened
from plugin.screening.source.lines import reason_of
from plugin.screening.source.listing import STDIN, SourceFile
from plugin.screening.source.packing import Damaged, contents


class Document(Struct, frozen=True):
    """JSON text and where it stands. An `error` says why `raw` is empty.

    `line` counts from 1; 0 stands for the whole of a file or folder. `offset` is where the line
    begins, in bytes of the unpacked file.
    """

    file: str
    line: int
    raw: bytes
    error: str = ""
    offset: int = 0


def read_all(source: str) -> bytes:
    """The whole of a file or standard input, unpacked. Raises InputUnreadable."""
    name = "standard input" if source == STDIN else source
    path = None if source == STDIN else Path(source)
    if path is None and sys.stdin is None:
        raise InputUnreadable("standard input is closed; pipe the input in, or name a file.")
    try:
        with opened(path) as stream:
            return b"".join(contents(stream))
    except (Damaged, OSError) as error:
        raise InputUnreadable(f"{name}: {reason_of(error)}") from error


def documents(file: SourceFile) -> Iterator[Document]:
    """The documents of one file, and in their places the faults. Never raises."""
    for batch in batches(Chunk(0, file)):
        for at, text in enumerate(batch.lines):
            if text:
                yield Document(batch.file, batch.line + at, text, "", batch.offsets[at])
        for fault in batch.faults:
            yield Document(batch.file, fault.line, b"", fault.reason, fault.offset)
