"""All files of an export, some at a time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence

from plugin.screening.remote.bulk.download import Downloader, LinkExpired
from plugin.screening.remote.bulk.manifest import ExportFile
from plugin.screening.remote.bulk.state import FileCard
from plugin.screening.remote.pace import Pace, Stopped

AT_ONCE = 4  # connections; EHRs tend to be busy
_LOOK_EVERY = 0.5  # seconds in which Ctrl-C is heard
_PARTING = 5.0  # seconds for threads to end that were told to

_Done = tuple[ExportFile, FileCard | BaseException]


def fetch_all(
    files: Sequence[ExportFile],
    downloader: Downloader,
    pace: Pace,
    on_file: Callable[[int, int], None],
    at_once: int = AT_ONCE,
) -> tuple[dict[str, FileCard], list[ExportFile]]:
    """The cards of the files that are here by name, and those whose links have expired.

    Raises the first fault of any thread, when the others have stopped. The threads are daemons: a
    run that ends does not wait for a server that is silent.
    """
    waiting: queue.SimpleQueue[ExportFile | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[_Done] = queue.SimpleQueue()
    for file in files:
        waiting.put(file)
    threads = [
        threading.Thread(target=_work, args=(downloader, waiting, done), daemon=True)
        for _ in range(min(at_once, len(files)))
    ]
    for thread in threads:
        waiting.put(None)
        thread.start()
    try:
        return _collect(files, done, on_file)
    except BaseException:
        pace.stop.set()
        for thread in threads:
            thread.join(_PARTING / len(threads))
        raise


def _work(
    downloader: Downloader,
    waiting: queue.SimpleQueue[ExportFile | None],
    done: queue.SimpleQueue[_Done],
) -> None:
    while (file := waiting.get()) is not None:
        try:
            done.put((file, downloader.fetch(file)))
        except Stopped:
            return
        except BaseException as error:
            done.put((file, error))


def _collect(
    files: Sequence[ExportFile],
    done: queue.SimpleQueue[_Done],
    on_file: Callable[[int, int], None],
) -> tuple[dict[str, FileCard], list[ExportFile]]:
    here: dict[str, FileCard] = {}
    expired: list[ExportFile] = []
    on_file(0, len(files))
    while len(here) + len(expired) < len(files):
        try:
            file, outcome = done.get(timeout=_LOOK_EVERY)
        except queue.Empty:
            continue
        if isinstance(outcome, LinkExpired):
            expired.append(file)
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            here[file.name] = outcome
            on_file(len(here), len(files))
    return here, expired
