"""Time and memory of an import, and look-ups a second: `make bench` (a tenth), or at full size

python -m tests.benchmarks.rxnorm --scale 1
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from knowledge.load import load
from knowledge.terminology.concept import Coding, Concept
from knowledge.terminology.release.opening import SqliteRelease
from knowledge.terminology.resolver import Resolver
from tests.rxnorm.full_size import FullSize, write_zip

_TENTH = 0.1
_LOOKED_UP = 20_000
_KIB = 1024
_IMPORT = "from plugin.cli.main import run; run()"


def main() -> None:
    """Write a release, import it as the command does, ask for codes; print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=_TENTH, help="1 is the size of a release")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crampcheck-rxnorm-") as folder:
        release = Path(folder) / "RxNorm_full_11022026.zip"
        write_zip(release, options.scale)
        print(_size_of(release))
        index = Path(folder) / "rxnorm.sqlite"
        print(_import(release, index))
        print(_look_up(index, options.scale))


def _size_of(release: Path) -> str:
    with zipfile.ZipFile(release) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    packed = release.stat().st_size
    return f"release: {packed / 1e6:.0f} MB packed, {unpacked / 1e6:.0f} MB unpacked"


def _import(release: Path, index: Path) -> str:
    command = [sys.executable, "-c", _IMPORT, "knowledge", "import-rxnorm", str(release)]
    started = time.monotonic()
    environment = {**os.environ, "CRAMPCHECK_RXNORM": str(index)}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    took = time.monotonic() - started
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _KIB
    size = index.stat().st_size
    return f"import: {took:.1f} s, {most / 1e6:.0f} MB of memory, index of {size / 1e6:.0f} MB"


def _look_up(index: Path, scale: float) -> str:
    resolver = Resolver(load(), SqliteRelease(index))
    codes = [str(rxcui) for rxcui in FullSize(scale).products()[:_LOOKED_UP]]
    concepts = [Concept((Coding("rxnorm", code),)) for code in codes]
    rates = []
    for _ in ("new", "again"):
        started = time.perf_counter()
        known = sum(bool(resolver.resolve(concept).ingredients) for concept in concepts)
        rates.append(len(concepts) / (time.perf_counter() - started))
    return (
        f"look-up: {rates[0]:.0f} product codes a second when new, {rates[1]:.0f} when seen before "
        f"({known} of {len(concepts)} known)"
    )


if __name__ == "__main__":
    main()
