"""What screening a Bulk export costs, beside a bare loop of `orjson.loads`: `make bench-screen`.

The export is generated, the same for the same number of patients. The loop and the command take
turns over the same files; of each the best round counts, so that a machine that others use
disturbs both alike. The command is measured whole, from its start to its last file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.benchmarks.screening import by_spark, population
from tests.benchmarks.screening.tree import Ran, run

_REPOSITORY = Path(__file__).parents[3]
_CLI = "from plugin.cli.main import run; run()"
_AS_OF = "2026-11-01"


class Turn(NamedTuple):
    """A way to screen: its name, and what follows `crampcheck screen SOURCE --out OUT`."""

    name: str
    options: tuple[str, ...]


TURNS = (
    Turn("one process", ("--workers", "1")),
    Turn("two processes", ("--workers", "2")),
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
        lines, bare = _measure(whole, quarter, folder, options.rounds)
        if by_spark.is_installed() and not options.no_spark:
            screen = partial(_screen, folder=folder, options=by_spark.OPTIONS)
            by_spark.report(screen, whole, _export(folder, 1), lines, bare)


def _measure(whole: Path, quarter: Path, folder: Path, rounds: int) -> tuple[int, float]:
    bare: list[float] = []
    ran: dict[str, list[Ran]] = {turn.name: [] for turn in TURNS}
    lines = 0
    for number in range(1, rounds + 1):
        seconds, lines = _bare(whole)
        bare.append(seconds)
        for turn in TURNS:
            ran[turn.name].append(_screen(whole, folder, turn.options))
        said = ", ".join(f"{name} {rows[-1].seconds:.2f}" for name, rows in ran.items())
        print(f"round {number}: seconds: the bare loop {seconds:.2f}, {said}", flush=True)
    best = min(bare)
    print(f"lines: {lines}; the bare loop took {best / lines * 1e6:.2f} us a line")
    small = [_screen(quarter, folder, TURNS[0].options) for _ in range(rounds)]
    for name, rows in ran.items():
        took = min(row.seconds for row in rows)
        print(f"{name}: {took / lines * 1e6:.2f} us a line")
        print(f"{name}: throughput as a ratio to the bare loop {best / took:.3f} (best of each)")
        print(f"{name}: peak memory of all processes {max(row.peak for row in rows):.0f} MiB")
    one = ran[TURNS[0].name]
    grown = min(row.seconds for row in one) / min(row.seconds for row in small)
    print(f"growth from a quarter to the whole: time {grown:.2f} times as long (linear is 4)")
    peaks = [max(row.peak for row in rows) for rows in (small, one)]
    print(f"growth from a quarter to the whole: memory {peaks[0]:.0f} to {peaks[1]:.0f} MiB")
    return lines, best


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


def _bare(export: Path) -> tuple[float, int]:
    command = [sys.executable, "-m", "tests.benchmarks.screening.bare", str(export)]
    seconds, lines = run(command, _REPOSITORY).out.split()
    return float(seconds), int(lines)


def _screen(export: Path, folder: Path, options: Sequence[str]) -> Ran:
    with TemporaryDirectory(dir=folder) as out:
        command = [sys.executable, "-c", _CLI, "screen", str(export), "--out", out]
        return run([*command, "--as-of", _AS_OF, *options], _REPOSITORY)


if __name__ == "__main__":
    main()
