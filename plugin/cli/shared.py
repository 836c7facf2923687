"""What several commands need: the date option, the knowledge, and output as bytes."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from plugin.pipeline import Pipeline

Command = TypeVar("Command", bound=Callable[..., Any])


class _Day(click.DateTime):
    """A day as people write it here; a refusal shows how, in place of a pattern of Python's."""

    def __init__(self) -> None:
        super().__init__(formats=["%Y-%m-%d"])

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The day at midnight, without a zone."""
        try:
            day: datetime = super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no day; write it like 2026-11-01.", param, ctx)
        return day


DAY = _Day()


class _Folder(click.Path):
    """A folder for results, there or not; a refusal of a file says what to name instead."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path, with nothing made yet."""
        folder = Path(super().convert(value, param, ctx))  # type: ignore[arg-type]
        # Not Path.exists: what may not be looked at is said where it is to be written.
        if os.path.exists(folder) and not os.path.isdir(folder):
            said = f"{str(folder)!r} is a file; name a folder, which is made if it is not there."
            self.fail(said, param, ctx)
        return folder


FOLDER = _Folder()


def _as_date(_: click.Context, __: click.Parameter, value: datetime | None) -> date:
    return value.date() if value else date.today()


def as_of_option(what: str = "Judge the record") -> Callable[[Command], Command]:
    """`--as-of`: the day on which a record is judged, or `what` else is done."""
    return click.option(
        "--as-of",
        type=DAY,
        callback=_as_date,
        metavar="DATE",
        help=f"{what} as of this day (YYYY-MM-DD); today if not given.",
    )


def packaged_pipeline() -> Pipeline:
    """The pipeline over the packaged knowledge. Raises KnowledgeInvalid with every fault."""
    from plugin.pipeline import default_pipeline  # noqa: PLC0415 - slow, not always needed

    return default_pipeline()


class _Closed(io.RawIOBase):
    """Stands for a file that is closed: who first writes to it gets the system's error.

    After that it takes all: what waits in a buffer is written once more when Python lets go of it,
    where nobody can be told.
    """

    _told = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self._told:
            return len(data)
        self._told = True
        raise OSError(errno.EBADF, "it is closed")


def closed_output() -> io.TextIOWrapper:
    """What to put for a standard output that was closed, so that a lost answer is an error."""
    return io.TextIOWrapper(io.BufferedWriter(_Closed()), encoding="utf-8")


def write_line(data: bytes) -> None:
    """One line of data on standard output, as UTF-8 whatever the terminal is set to."""
    sys.stdout.buffer.write(data + b"\n")
