"""What screening a Bulk export costs, beside a bare loop of `orjson.loads`: `make bench-screen`.

The export is generated, the same for the same number of patients. The loop and the command take
turns over the same files, and a ratio is of one round: a machine that others use disturbs both
alike. The median of the rounds counts. The command is measured whole, from its start to its last
file, by the clock and by the time of processors; the loop without the start of Python.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from operator import attrgetter
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.benchmarks.screening import by_spark, population
from tests.benchmarks.screening.tree import Ran, run

_REPOSITORY = Path(__file__).parents[3]
_CLI = "from plugin.cli.main import run; run()"
_AS_OF = "2026-11-01"


BARE, ONE, TWO = "the bare loop", "one process", "two processes"
QUARTER, FIXED = "a quarter", "one patient"
_SECONDS, _PROCESSOR, _PEAK = map(attrgetter, ("seconds", "processor", "peak"))


class Exports(NamedTuple):
    """Folders of exports."""

    whole: Path
    quarter: Path
    single: Path


class Turn(NamedTuple):
    """A way to screen: its name, of which export, and what follows `crampcheck screen`."""

    name: str
    export: str
    options: tuple[str, ...]


TURNS = (
    Turn(ONE, "whole", ("--workers", "1")),
    Turn(TWO, "whole", ("--workers", "2")),
    Turn(QUARTER, "quarter", ("--workers", "1")),
    Turn(FIXED, "single", ("--workers", "1")),
)


def main() -> None:
    """Measure, and print what came of it, one line for each."""
    parser = argparse.ArgumentParser(prog="make bench-screen", description=__doc__)
    parser.add_argument("--patients", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the exports are kept between runs")
    parser.add_argument("--no-spark", action="store_true", help="leave Spark out")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(TemporaryDirectory()))
        whole = _export(folder, options.patients)
        quarter = _export(folder, max(1, options.patients // 4))
        single = _export(folder, 1)
        lines, bare = _measure(Exports(whole, quarter, single), folder, options.rounds)
        if by_spark.is_installed() and not options.no_spark:
            screen = partial(_screen, folder=folder, options=by_spark.OPTIONS)
            by_spark.report(screen, whole, single, lines, bare)


def _measure(exports: Exports, folder: Path, rounds: int) -> tuple[int, float]:
    for turn in TURNS:
        _screen(exports.single, folder, turn.options)  # modules are compiled once, as installed
    rows: dict[str, list[Ran]] = {}
    lines = 0
    for number in range(1, rounds + 1):
        bare, lines = _bare(exports.whole)
        rows.setdefault(BARE, []).append(bare)
        for turn in TURNS:
            export = getattr(exports, turn.export)
            rows.setdefault(turn.name, []).append(_screen(export, folder, turn.options))
        said = ", ".join(f"{name} {ran[-1].seconds:.2f}" for name, ran in rows.items())
        busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
        print(f"round {number}: seconds: {said} (load {busy})", flush=True)
    _say(rows, lines)
    return lines, min(map(_SECONDS, rows[BARE]))


def _say(rows: dict[str, list[Ran]], lines: int) -> None:
    bare = rows[BARE]
    a_line = 1e6 / lines
    print(f"lines: {lines}; {BARE} took {_median(bare, _SECONDS) * a_line:.2f} us a line")
    for turn in TURNS[:2]:
        ran = rows[turn.name]
        best = min(map(_SECONDS, bare)) / min(map(_SECONDS, ran))
        wall, processor = (
            median(of(loop) / of(run) for loop, run in zip(bare, ran, strict=True))
            for of in (_SECONDS, _PROCESSOR)
        )
        took, used = (_median(ran, of) * a_line for of in (_SECONDS, _PROCESSOR))
        print(f"{turn.name}: {took:.2f} us a line, {used:.2f} us of processors")
        print(
            f"{turn.name}: throughput as a ratio to the bare loop {wall:.3f} "
            f"(median of rounds; best against best {best:.3f})"
        )
        print(f"{turn.name}: the same by the time of processors {processor:.3f}")
        print(f"{turn.name}: peak memory of all processes {max(map(_PEAK, ran)):.0f} MiB")
    one, quarter, fixed = rows[ONE], rows[QUARTER], rows[FIXED]
    print(
        f"one patient: {_median(fixed, _SECONDS):.2f} s, {_median(fixed, _PROCESSOR):.2f} s of "
        "processors: what a run costs whatever its size"
    )
    grown = _median(one, _SECONDS) / _median(quarter, _SECONDS)
    print(f"growth from a quarter to the whole: time {grown:.2f} times as long (linear is 4)")
    rest = _median(fixed, _PROCESSOR)
    used = (_median(one, _PROCESSOR) - rest) / (_median(quarter, _PROCESSOR) - rest)
    print(
        "growth from a quarter to the whole: processors "
        f"{used:.2f} times, without what one patient costs"
    )
    peaks = [max(map(_PEAK, ran)) for ran in (quarter, one)]
    print(f"growth from a quarter to the whole: memory {peaks[0]:.0f} to {peaks[1]:.0f} MiB")


def _median(rows: Sequence[Ran], of: Callable[[Ran], float]) -> float:
    return median(map(of, rows))


def _export(folder: Path, patients: int) -> Path:
    """The export of so many patients: made, unless it is there already."""
    path = folder / f"export-{patients}"
    if not path.is_dir():
        making = folder / f"making-{patients}"
        making.mkdir(parents=True)
        count = population.write(making, patients)
        making.rename(path)
        size = sum(file.stat().st_size for file in path.iterdir())
        print(f"{patients} patients, {count} resources of {size / count:.0f} bytes", flush=True)
    return path


def _bare(export: Path) -> tuple[Ran, int]:
    command = [sys.executable, "-m", "tests.benchmarks.screening.bare", str(export)]
    ran = run(command, _REPOSITORY)
    seconds, processor, lines = ran.out.split()
    return ran._replace(seconds=float(seconds), processor=float(processor)), int(lines)


def _screen(export: Path, folder: Path, options: Sequence[str]) -> Ran:
    with TemporaryDirectory(dir=folder) as out:
        command = [sys.executable, "-c", _CLI, "screen", str(export), "--out", out]
        return run([*command, "--as-of", _AS_OF, *options], _REPOSITORY)


if __name__ == "__main__":
    main()
