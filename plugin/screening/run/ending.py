"""How a run ends that does not come to its end: in a sentence, and with what is worth keeping."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from plugin.errors import CrampcheckError, FolderTaken, InputUnreadable, Stopped
from plugin.screening.remote.bulk.unfinished import keeps_export
from plugin.screening.run.state import FETCHED, clear, has_fetched, is_begun, remove
from plugin.screening.sinks.files import remedy


@contextmanager
def in_sentences(out: Path, folder: Path) -> Iterator[None]:
    """Say what went wrong with the folder, and whether the run can go on."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise Stopped(_with_way_on("stopped.", folder)) from error
    except (InputUnreadable, FolderTaken):  # there is nothing of this run to go on with
        raise
    except CrampcheckError as error:
        error.message = _with_way_on(error.message, folder)
        raise
    except MemoryError as error:
        said = "there is not enough memory; use fewer --workers."
        raise CrampcheckError(_with_way_on(said, folder)) from error
    except OSError as error:
        fault = (error.strerror or "unknown fault").lower()
        raise CrampcheckError(
            _with_way_on(f"{out}: cannot be written ({fault}); {remedy(error)}.", folder)
        ) from error


@contextmanager
def nothing_left_of_nothing(
    out: Path, folder: Path, *, made: bool, fetches: bool = False
) -> Iterator[None]:
    """A run that never began leaves no folder behind: not its own, nor `out` where it made that.

    What was fetched from a server, by a run that `fetches`, stays to go on with; and so does what
    is known of an export that its server still keeps.
    """
    try:
        yield
    except BaseException:
        kept = fetches and has_fetched(folder)
        if not is_begun(folder) and not kept and not keeps_export(folder / FETCHED):
            with suppress(OSError):
                remove(folder)
                if made:
                    os.rmdir(out)
        raise


@contextmanager
def left_if_it_goes_on(folder: Path, *, goes_on: bool) -> Iterator[None]:
    """What was done is of no use to an engine that always starts anew."""
    try:
        yield
    except BaseException:
        if not goes_on:
            clear(folder)
        raise


def _with_way_on(sentence: str, folder: Path) -> str:
    if not is_begun(folder):
        return sentence
    return (
        f"{sentence} What was done is kept in {folder}: start the same command again to go on, "
        "or with --fresh to begin anew."
    )
