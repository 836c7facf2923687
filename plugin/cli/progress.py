"""Progress bars on standard error, only where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from knowledge.terminology.release.build import OnStep, Step
from plugin.screening.run import Progress


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """Give the function that a run reports to; elapsed time is shown, no guess of the rest."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    # Not loaded for a run in the background.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415
    from rich.progress import TimeElapsedColumn as Elapsed  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, Elapsed(), console=Console(stderr=True)) as bar:
        stages: dict[str, int] = {}

        def report(progress: Progress) -> None:
            if progress.stage not in stages:
                stages[progress.stage] = bar.add_task(progress.stage, total=progress.total)
            bar.update(stages[progress.stage], completed=progress.done)  # type: ignore[arg-type]

        yield report


@contextmanager
def byte_bar() -> Iterator[OnStep]:
    """Give the function that an import reports to: a bar for each file, by bytes."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, DownloadColumn, TextColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415
    from rich.progress import TimeElapsedColumn as Elapsed  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(binary_units=True))
    with Bar(*columns, Elapsed(), console=Console(stderr=True)) as bar:
        stages: dict[str, int] = {}

        def report(step: Step) -> None:
            if step.stage not in stages:
                stages[step.stage] = bar.add_task(step.stage, total=step.total)
            bar.update(stages[step.stage], completed=step.done)  # type: ignore[arg-type]

        yield report
