"""What is shown of work while it runs, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

import click

from knowledge.terminology.release.build import OnStep, Step
from plugin.cli.pace import Pace, said
from plugin.screening.run.progress import OnProgress, Progress, unwatched


class Shown(StrEnum):
    """How a screening shows how far it is."""

    AUTO = "auto"
    LINES = "lines"
    NONE = "none"


@contextmanager
def watching(shown: Shown = Shown.AUTO) -> Iterator[OnProgress]:
    """Give the function that a run reports to."""
    if shown is Shown.LINES and sys.stderr is not None:
        yield _lines()
    elif shown is Shown.AUTO and _terminal():
        with _bar() as report:
            yield report
    else:
        yield unwatched


@contextmanager
def progress_bar() -> Iterator[OnProgress]:
    """The same for a command that has a bar and nothing else."""
    with watching() as report:
        yield report


def _terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _lines() -> Callable[[Progress], None]:
    pace = Pace()

    def report(progress: Progress) -> None:
        line = pace.line(progress)
        if line:
            with suppress(OSError):  # a log that is full stops no run
                click.echo(line, err=True)

    return report


@contextmanager
def _bar() -> Iterator[OnProgress]:
    """A bar for each stage; elapsed time is shown, no guess of the rest."""
    # Not loaded for a run in the background.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415
    from rich.progress import TimeElapsedColumn as Elapsed  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        Elapsed(),
        TextColumn("{task.fields[said]}"),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        stages: dict[str, int] = {}
        pace = Pace()

        def report(progress: Progress) -> None:
            pace.see(progress)
            if progress.stage not in stages:
                stages[progress.stage] = bar.add_task(progress.stage, total=progress.total, said="")
            bar.update(
                stages[progress.stage],  # type: ignore[arg-type]
                completed=progress.done,
                said=said(progress, pace),
            )

        yield report


@contextmanager
def byte_bar() -> Iterator[OnStep]:
    """Give the function that an import reports to: a bar for each file, by bytes."""
    if not _terminal():
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
