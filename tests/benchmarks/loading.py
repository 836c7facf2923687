"""How long the knowledge takes to load, with its compiled file and without: `make bench`.

Each load is of a process of its own, as at a start; the two take turns, so that a change of the
machine's speed touches both. What both import anyway is not part of it.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

_LOAD = """
import sys, time
import knowledge.load, knowledge.terminology.resolver
started = time.perf_counter()
known = knowledge.load.load(compiled=sys.argv[1] == "compiled")
loaded = time.perf_counter()
knowledge.terminology.resolver.Resolver(known)
print(loaded - started, time.perf_counter() - loaded)
"""


def main() -> None:
    """Measure, and print the medians and their ratio."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    _load("compiled")  # writes the compiled file where it is not there
    turns = [(_load("compiled"), _load("anew")) for _ in range(rounds)]
    compiled, anew = (statistics.median(turn[which][0] for turn in turns) for which in (0, 1))
    names = statistics.median(turn[0][1] for turn in turns)
    print(
        f"knowledge: loads in {compiled:.3f} s from its compiled file, in {anew:.3f} s without; "
        f"the names of drugs take {names:.3f} s more"
    )
    ratio = compiled / anew
    print(f"knowledge: time as a ratio to loading without a compiled file {ratio:.3f} (median)")


def _load(how: str) -> tuple[float, float]:
    command = [sys.executable, "-c", _LOAD, how]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    loaded, resolved = map(float, done.stdout.split())
    return loaded, resolved


if __name__ == "__main__":
    main()
