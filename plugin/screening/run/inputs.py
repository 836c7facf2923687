"""What goes into a run, file by file: enough to see that it is still the same."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from plugin.screening.run.durable import write_whole
from plugin.screening.source.listing import Source, SourceFile

_AT_ONCE = 4 * 1024 * 1024  # bytes: few enough turns that a busy interpreter does not hold it up
_KEPT_EVERY = 2.0  # seconds: what is lost with a kill is not more


class Input(Struct, frozen=True):
    """A file of the source, as it was found. `sha256` is empty until the file was read for it."""

    name: str
    size: int
    modified: int  # nanoseconds since 1970
    sha256: str = ""


def inputs_of(source: Source) -> tuple[Input, ...]:
    """The files of a source as they are now; one that cannot be looked at has size -1."""
    return tuple(_as_is(file) for file in source.files)


def changed(source: Source, inputs: Sequence[Input]) -> frozenset[str]:
    """The names of the files that are not as they were when the run began.

    Where no time is known the file is ours, and does not change; one without a path we cannot see.
    """
    return frozenset(
        file.name
        for file, before in zip(source.files, inputs, strict=True)
        if before.modified and file.path is not None and not _same(_as_is(file), before)
    )


def _same(now: Input, before: Input) -> bool:
    return (now.size, now.modified) == (before.size, before.modified)


def _as_is(file: SourceFile) -> Input:
    with suppress(OSError):
        found = Path(file.path or "").stat()
        return Input(file.name, found.st_size, found.st_mtime_ns)
    return Input(file.name, -1, 0)


class Hashing:
    """Reads the files once more beside the workers, for the SHA-256 that a user can check.

    The files come in the order in which they are screened, so that most are still in memory. What
    was hashed is kept in `kept`, for a run that goes on after a kill.
    """

    def __init__(self, source: Source, inputs: Sequence[Input], kept: Path) -> None:
        self._kept = kept
        self._inputs = list(inputs)
        self._paths = [file.path for file in source.files]
        self._stop = threading.Event()
        self._fault: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="sha256", daemon=True)

    def __enter__(self) -> Hashing:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def result(self) -> tuple[Input, ...]:
        """The files with their SHA-256; waits for it. It stays empty where one cannot be read."""
        self._thread.join()
        if self._fault is not None:
            raise self._fault
        return tuple(self._inputs)

    def _run(self) -> None:
        try:
            known, kept = _known(self._kept), time.monotonic()
            for place, (before, path) in enumerate(zip(self._inputs, self._paths, strict=True)):
                found = before.sha256 or known.get(before.name, "")
                if not found and path is not None:
                    found = _sha256(path, self._stop.is_set)
                if self._stop.is_set():
                    return
                self._inputs[place] = msgspec.structs.replace(before, sha256=found)
                if found:
                    known[before.name] = found
                if time.monotonic() > kept + _KEPT_EVERY:
                    write_whole(self._kept, msgspec.msgpack.encode(known))
                    kept = time.monotonic()
        except Exception as error:  # raised where the result is asked for
            self._fault = error


def _sha256(path: Path, stopped: Callable[[], bool]) -> str:
    """Empty for a file that cannot be read, which the screening says with its reason."""
    digest = hashlib.sha256()
    buffer = bytearray(_AT_ONCE)
    view = memoryview(buffer)
    try:
        with path.open("rb", buffering=0) as stream:
            while (size := stream.readinto(buffer)) and not stopped():
                digest.update(view[:size])
    except OSError:
        return ""
    return digest.hexdigest()


def _known(kept: Path) -> dict[str, str]:
    try:
        return msgspec.msgpack.decode(kept.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError):
        return {}
