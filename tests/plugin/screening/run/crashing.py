"""Runs of `screen` that kill themselves before the n-th change to the file system, one by one.

`python -m tests.plugin.screening.run.crashing SOURCE FOLDER`: an undisturbed run into FOLDER/whole,
then for n = 1, 2, ... a run into FOLDER/n that is killed there, and is started again. Prints a line
for each: n, which call it was, and the exit code of the second run.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.plugin.screening.run.small import arguments, cut_small

CHANGES = ("mkdir", "replace", "rename", "rmdir", "unlink")
# Of many alike: what was renamed is gone already, and the work folder is cleared file by file.
ALIKE = (".tmp", ".rows")
NEVER = 0


def killed_at(count: int, tell: int) -> None:
    """Have this process die before its `count`-th change, and say to which file that is."""
    seen = 0

    def before(name: str, change: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            nonlocal seen
            seen += not (name == "unlink" and os.fsdecode(given[0]).endswith(ALIKE))
            if seen == count:
                os.write(tell, f"{name} {Path(os.fsdecode(given[0])).name}".encode())
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*given, **named)

        return call

    for name in CHANGES:
        setattr(os, name, before(name, getattr(os, name)))


def run(source: Path, out: Path, count: int) -> tuple[int, str]:
    """One run in a process of its own: its exit code, negative for a signal, and where it died."""
    from plugin.cli.main import execute  # noqa: PLC0415

    listen, tell = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        if count != NEVER:
            killed_at(count, tell)
        os._exit(execute(arguments(source, out, "--workers", "1")))
    os.close(tell)
    with open(listen, "rb") as stream:
        where = stream.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), where


def main(source: Path, folder: Path) -> None:
    """Every point, in order."""
    from plugin.pipeline import default_pipeline  # noqa: PLC0415
    from plugin.screening.run import screen  # noqa: F401, PLC0415 - so that each fork has it

    default_pipeline()
    cut_small()
    run(source, folder / "whole", NEVER)
    count = 0
    while True:
        count += 1
        code, where = run(source, folder / str(count), count)
        if code != -signal.SIGKILL:
            return
        named = " ".join(sorted(path.name for path in (folder / str(count)).glob("*.*")))
        again, _ = run(source, folder / str(count), NEVER)
        print(f"{count}\t{where}\t{again}\t{named}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
