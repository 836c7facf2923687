"""Things that are done side by side by a few threads, in the order in which they end."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

from plugin.screening.remote.pace import Pace, Stopped

T = TypeVar("T")
R = TypeVar("R")

_LOOK_EVERY = 0.5  # seconds in which Ctrl-C is heard
_PARTING = 5.0  # seconds for threads to end that were told to


def side_by_side(
    items: Sequence[T], work: Callable[[T], R], pace: Pace, at_once: int
) -> Generator[tuple[T, R | Exception], None, None]:
    """Each item with what came of it, or the fault. No more results wait than there are threads.

    Who stops taking before the end stops the pace, and with it the threads. They are daemons: a run
    that ends does not wait for a server that is silent.
    """
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    done: queue.Queue[tuple[T, R | Exception]] = queue.Queue(at_once)
    for item in items:
        waiting.put(item)
    threads = [
        threading.Thread(target=_work, args=(work, waiting, done, pace), daemon=True)
        for _ in range(min(at_once, len(items)))
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in items:
            yield _next(done)
    except BaseException:
        pace.stop.set()
        for thread in threads:
            thread.join(_PARTING / len(threads))
        raise


def _next(done: queue.Queue[tuple[T, R | Exception]]) -> tuple[T, R | Exception]:
    while True:
        try:
            return done.get(timeout=_LOOK_EVERY)
        except queue.Empty:
            continue


def _work(
    work: Callable[[T], R],
    waiting: queue.SimpleQueue[T],
    done: queue.Queue[tuple[T, R | Exception]],
    pace: Pace,
) -> None:
    while not pace.stop.is_set():
        try:
            item = waiting.get_nowait()
        except queue.Empty:
            return
        result: R | Exception
        try:
            result = work(item)
        except Stopped:
            return
        except Exception as error:  # the other side decides what it means
            result = error
        _deliver(done, (item, result), pace)


def _deliver(
    done: queue.Queue[tuple[T, R | Exception]], result: tuple[T, R | Exception], pace: Pace
) -> None:
    while not pace.stop.is_set():
        try:
            done.put(result, timeout=_LOOK_EVERY)
        except queue.Full:
            continue
        return
