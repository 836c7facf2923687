"""Lines of a file of a release, checked one by one, without holding the file. Pure.

UTF-8 with or without a byte order mark, with the line ends of Unix or of Windows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from knowledge.terminology.release.faults import ReleaseUnreadable
from knowledge.terminology.release.layout import FileLayout, rxcui_of

BLOCK = 1 << 22  # bytes read at a time
LONGEST_LINE = 1 << 20  # bytes; the longest of a release has some thousands
_MARK = b"\xef\xbb\xbf"
_AGAIN = "fetch the release again from NLM, and unpack it anew if it was unpacked"


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


def rows(
    stream: Readable,
    layout: FileLayout,
    wanted: str = "",
    on_bytes: Callable[[int], None] = lambda _: None,
) -> Iterator[list[str]]:
    """The columns of each line that holds `wanted`; every line is checked.

    Raises ReleaseUnreadable with the file, the line and the fault.
    """
    number, pipes = 0, layout.columns
    for lines in _blocks(stream, layout, on_bytes):
        for line in lines:
            number += 1
            if line.count("|") != pipes or line[-1] != "|":
                raise _fault(layout, number, _wrong_columns(layout, line))
            if wanted in line:
                columns = line.split("|")
                if layout.keyed and not rxcui_of(columns[0]):
                    begins = f"begins with {columns[0][:20]!r} where a RxCUI belongs"
                    raise _fault(layout, number, begins)
                yield columns
    if not number:
        raise ReleaseUnreadable(f"{layout.name}: is empty; {_AGAIN}.")


def _blocks(
    stream: Readable, layout: FileLayout, on_bytes: Callable[[int], None]
) -> Iterator[list[str]]:
    """Whole lines, many at a time."""
    rest, before, first = b"", 0, True
    while block := stream.read(BLOCK):
        on_bytes(len(block))
        block = rest + block
        if first:
            block, first = block.removeprefix(_MARK), False
        end = block.rfind(b"\n") + 1
        rest = block[end:]
        if end:
            lines = _lines(block[:end], layout, before)
            before += len(lines)
            yield lines
        if len(rest) > LONGEST_LINE:
            raise _fault(layout, before + 1, "is longer than any line of a release")
    if rest:
        yield _lines(rest + b"\n", layout, before)


def _lines(block: bytes, layout: FileLayout, before: int) -> list[str]:
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError as error:
        number = before + block.count(b"\n", 0, error.start) + 1
        what = f"is not UTF-8 (byte 0x{block[error.start]:02x})"
        raise _fault(layout, number, what) from error
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    # Not splitlines, which also parts lines at characters that names may hold.
    return text.removesuffix("\n").split("\n")


def _wrong_columns(layout: FileLayout, line: str) -> str:
    whole = line.endswith("|")
    held = line.count("|") + (not whole and line != "")
    cut = "" if whole or not line else ", the last of them cut short"
    return f"has {held} columns{cut}, and a release has {layout.columns} that each end with |"


def _fault(layout: FileLayout, number: int, what: str) -> ReleaseUnreadable:
    return ReleaseUnreadable(f"{layout.name}, line {number}: {what}; {_AGAIN}.")
