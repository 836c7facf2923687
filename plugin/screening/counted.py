"""A number with its noun, as a person would say it."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "", form: str = "") -> str:
    """`1 line`, `2 lines`; `many` where an s does not do, `form` as `format` takes it."""
    return f"{number:{form}} {one if number == 1 else many or f'{one}s'}"


def left_unread(number: int) -> str:
    """Of what a source holds and could not be read, which of the three is not told apart."""
    return counted(number, "line, entry or file", "lines, entries or files")
