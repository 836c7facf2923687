"""Does tasks in worker processes, or here where one process is asked for.

A worker has one task at a time, so that a process that dies is known by its task. Whatever a task
leaves behind is whole or not there, which is why workers may be killed at any moment.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Generic, NoReturn, Protocol, TypeVar

from plugin.errors import CrampcheckError
from plugin.screening.interrupts import interrupts_held
from plugin.screening.run.lock import share

Kit = TypeVar("Kit")
KitOf_co = TypeVar("KitOf_co", covariant=True)
Task = TypeVar("Task")
Result = TypeVar("Result")
RARELY = (20_000, 20, 20)  # searches for cycles of objects, of which starting makes none
_GONE = (EOFError, BrokenPipeError, ConnectionResetError)
_DEBUG = "CRAMPCHECK_DEBUG"


class Hands(Protocol[KitOf_co]):
    """Does what it is asked to. Every process has the kit: what all tasks need, sent once."""

    def do(
        self, work: Callable[[KitOf_co, Task], Result], tasks: Iterable[Task]
    ) -> Iterator[Result]:
        """What each task comes to, in the order in which they are done.

        `work` is a function of a module. Raises what a task raises, and CrampcheckError if a
        process dies.
        """
        ...


class Here(Generic[Kit]):
    """This process, one task after the other."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def do(self, work: Callable[[Kit, Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """As in Hands."""
        return (work(self._kit, task) for task in tasks)


@contextmanager
def hands(workers: int, folder: Path, kit: Kit) -> Iterator[Hands[Kit]]:
    """As many processes as asked for; `folder` is the work folder that they share.

    A process is started when there is a task for it; none is left in the end.
    """
    if workers <= 1:
        yield Here(kit)
        return
    processes = _Processes(workers, folder, kit)
    try:
        yield processes
    finally:
        processes.end()


class _Worker:
    def __init__(self, process: BaseProcess, connection: Connection) -> None:
        self.process = process
        self.connection = connection
        self.busy = False


class _Processes(Generic[Kit]):
    def __init__(self, most: int, folder: Path, kit: Kit) -> None:
        self._most = most
        self._folder = folder
        self._kit = kit
        # Spawned, not forked: the parent has threads (the progress bar), and forks of those hang.
        self._context = multiprocessing.get_context("spawn")
        # Where it starts, Ctrl-C is let through again: not while interrupts are held for a worker.
        resource_tracker.ensure_running()
        self._workers: list[_Worker] = []

    def do(self, work: Callable[[Kit, Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """As in Hands."""
        for task in tasks:
            while (worker := self._idle()) is None:
                yield from self._answers()
            worker.busy = True
            with suppress(*_GONE):  # it died: that is said where we listen to it
                worker.connection.send((work, task))
        while any(worker.busy for worker in self._workers):
            yield from self._answers()

    def end(self) -> None:
        """Stop every process, whatever it is doing."""
        with interrupts_held():
            for worker in self._workers:
                worker.process.kill()
            for worker in self._workers:
                worker.process.join()
                worker.connection.close()

    def _idle(self) -> _Worker | None:
        for worker in self._workers:
            if not worker.busy:
                return worker
        return self._started() if len(self._workers) < self._most else None

    def _started(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._folder), daemon=True)
        with interrupts_held():  # whoever is started in here never hears Ctrl-C
            try:
                process.start()
            except OSError as error:
                fault = (error.strerror or "unknown fault").lower()
                raise CrampcheckError(
                    f"a worker process cannot be started ({fault}); use fewer --workers."
                ) from error
            worker = _Worker(process, ours)
            self._workers.append(worker)
        theirs.close()
        # Not with the arguments: whoever sends those waits for ever if the process dies meanwhile.
        with suppress(*_GONE):
            worker.connection.send(self._kit)
        return worker

    def _answers(self) -> Iterator[Any]:
        """Of every worker that has one by now; waits for the first."""
        busy = {worker.connection: worker for worker in self._workers if worker.busy}
        for ready in wait(list(busy)):
            worker = next(held for connection, held in busy.items() if connection is ready)
            try:
                fault, answer = worker.connection.recv()
            except _GONE:
                _say_how_it_died(worker.process)
            if fault:
                raise answer
            worker.busy = False
            yield answer


def _say_how_it_died(process: BaseProcess) -> NoReturn:
    process.join()
    code = process.exitcode or 0
    if code == -signal.SIGKILL:
        raise CrampcheckError(
            "a worker process was killed from outside, probably for lack of memory; use fewer "
            "--workers."
        )
    how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
    raise CrampcheckError(f"a worker process ended unexpectedly, {how}; use fewer --workers.")


def _serve(connection: Connection, folder: Path) -> None:
    """What a worker process does: tasks, until its parent is gone."""
    gc.set_threshold(*RARELY)
    share(folder)
    # Only now: a parent that dies before is found dead here, one that dies later is waited for.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(*_GONE):
        kit = connection.recv()
        while True:
            work, task = connection.recv()
            try:
                answer = (False, work(kit, task))
            except Exception as error:
                answer = (True, _sendable(error))
            connection.send(answer)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)


def _sendable(error: Exception) -> Exception:
    """The fault as the parent may raise it; where it cannot travel, one that names its type."""
    if os.environ.get(_DEBUG) == "1":
        error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    except Exception:
        return RuntimeError(type(error).__name__)
    return error
