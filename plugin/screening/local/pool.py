"""A function over many items, here or in worker processes: the results in the order of items."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from plugin.errors import CrampcheckError
from plugin.screening.interrupts import interrupts_held

Item = TypeVar("Item")
Result = TypeVar("Result")
# Enough that no worker waits for the parent.
TASKS_PER_WORKER = 2


class Pool:
    """Worker processes that live until the end of a run, or none where one process is enough.

    `start` is called with `arguments` once in each process that works: in this one, if no other
    does. Raises CrampcheckError if a worker dies.
    """

    def __init__(
        self, workers: int, start: Callable[..., None], arguments: tuple[Any, ...]
    ) -> None:
        self._executor: ProcessPoolExecutor | None = None
        self._at_once = workers * TASKS_PER_WORKER
        if workers <= 1:
            start(*arguments)
            return
        # Spawned, not forked: the parent has threads (the progress bar), and forking those can
        # hang.
        context = multiprocessing.get_context("spawn")
        self._executor = ProcessPoolExecutor(workers, context, start, arguments)

    def map(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Generator[Result, None, None]:
        """The result for each item, in the order of items."""
        if self._executor is None:
            yield from map(function, items)
            return
        try:
            yield from self._spread(self._executor, function, items)
        except BrokenProcessPool as error:
            raise CrampcheckError(
                "a worker process died, probably for lack of memory; use fewer --workers."
            ) from error

    def close(self) -> None:
        """Bring what runs to its end, so that no worker is orphaned, and start nothing more."""
        if self._executor is not None:
            with interrupts_held():
                self._executor.shutdown(cancel_futures=True)

    def _spread(
        self,
        executor: ProcessPoolExecutor,
        function: Callable[[Item], Result],
        items: Iterable[Item],
    ) -> Iterator[Result]:
        handed_out: deque[Future[Result]] = deque()
        for item in items:
            with interrupts_held():  # this is where worker processes are started
                handed_out.append(executor.submit(function, item))
            if len(handed_out) >= self._at_once:
                yield handed_out.popleft().result()
        while handed_out:
            yield handed_out.popleft().result()
