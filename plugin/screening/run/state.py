"""What a work folder says of the run in it, and whether that run goes on."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from plugin.screening.run.durable import write_whole
from plugin.screening.run.identity import Identity, difference
from plugin.screening.run.lock import LOCK, WORKERS
from plugin.screening.run.progress import OnNotice
from plugin.screening.sinks.files import there

FOLDER = ".crampcheck-run"
ANALYSIS = ".crampcheck-signal"  # that of an analysis, which may stand beside a screening
FOLDERS = frozenset({FOLDER, ANALYSIS})
SPARK = "spark"  # in it: what belongs to a session of Spark, which has begun before the run
FETCHED = "source"  # in it: what was fetched to be read, which outlives a run that begins anew
_STATE = "state"
_KEPT = frozenset({LOCK, WORKERS, SPARK})


class State(Struct, frozen=True):
    """The run of a work folder."""

    identity: Identity
    started: str  # ISO 8601, UTC
    sittings: int = 1


class Begun(Struct, frozen=True):
    """The run as it begins or goes on. `why_anew` says why what was there is not gone on with."""

    state: State
    goes_on: bool
    why_anew: str = ""


def begin(folder: Path, identity: Identity, now: str, *, fresh: bool, anew: str = "") -> Begun:
    """Go on with the run in a folder that is held, or clear it out and note a new one.

    `anew` says why it may not go on, if so. Raises OSError where the folder cannot be written.
    """
    earlier = _read(folder)
    why = ""
    if earlier is not None:
        why = "--fresh was given" if fresh else anew or difference(earlier.identity, identity)
        if not why:
            state = msgspec.structs.replace(earlier, sittings=earlier.sittings + 1)
            _note(folder, state)
            for left in folder.glob("*.tmp"):  # what a killed process was writing
                left.unlink()
            return Begun(state, goes_on=True)
    # The note goes first: what is left without one is of no run.
    clear(folder, keep=frozenset({FETCHED}))
    state = State(identity, now)
    _note(folder, state)
    return Begun(state, goes_on=False, why_anew=why)


def say_how_it_begins(begun: Begun, on_notice: OnNotice) -> None:
    """Tell where a run begins otherwise than anew in an empty folder."""
    if begun.goes_on:
        on_notice(f"going on with the run that began {begun.state.started}")
    elif begun.why_anew:
        on_notice(f"starting anew, not going on with the run that was stopped: {begun.why_anew}")


def clear(folder: Path, keep: frozenset[str] = frozenset()) -> None:
    """Empty a work folder that is held, its note first. `keep` are names that stay."""
    with suppress(FileNotFoundError):
        (folder / _STATE).unlink()
    for path in sorted(folder.iterdir()):
        if path.name in _KEPT | keep:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def remove(folder: Path) -> None:
    """Remove a work folder that is held, the lock last."""
    clear(folder)
    for name in (WORKERS, LOCK):
        (folder / name).unlink(missing_ok=True)
    with suppress(OSError):  # another run has begun in it
        os.rmdir(folder)


def is_begun(folder: Path) -> bool:
    """Whether there is a run to go on with."""
    return there(folder / _STATE)


def has_fetched(folder: Path) -> bool:
    """Whether something lies there that was fetched to be read."""
    with suppress(OSError):
        return any((folder / FETCHED).iterdir())
    return False


def _note(folder: Path, state: State) -> None:
    write_whole(folder / _STATE, msgspec.msgpack.encode(state))


def _read(folder: Path) -> State | None:
    try:
        return msgspec.msgpack.decode((folder / _STATE).read_bytes(), type=State)
    except (OSError, msgspec.MsgspecError):
        return None
