"""What can be read once only is copied first, under whatever name it is given."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.screening.run.small import RESULTS, arguments, write_source

__all__ = ["crampcheck"]  # a fixture that the tests below name


@contextmanager
def given(data: bytes) -> Iterator[Path]:
    """A pipe as a shell names it: `crampcheck screen <(zcat export.ndjson.gz)`."""
    out, into = os.pipe()

    def write() -> None:
        with os.fdopen(into, "wb") as stream:
            stream.write(data)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield Path(f"/dev/fd/{out}")
    finally:
        os.close(out)
        thread.join(60)


def test_a_pipe_is_screened_like_a_file(crampcheck: Run, tmp_path: Path) -> None:
    """By several processes too: they cannot read what this one has open."""
    source = write_source(tmp_path / "source")
    data = (source / "b.ndjson").read_bytes()
    one = tmp_path / "b.ndjson"
    one.write_bytes(data)
    expected, out = tmp_path / "expected", tmp_path / "out"
    assert 13 == crampcheck(*arguments(one, expected)).code
    with given(data) as pipe:
        ran = crampcheck(*arguments(pipe, out, "--workers", "2"))
    assert 13 == ran.code, ran.err
    assert set(RESULTS) == {path.name for path in out.iterdir()}
    for name in ("assessments.ndjson", "summary.csv", "failed.ndjson"):
        assert (expected / name).read_bytes() == (out / name).read_bytes(), name


def test_a_named_pipe_is_one_as_well(crampcheck: Run, tmp_path: Path) -> None:
    """It has a name of its own in what is said of it."""
    source = write_source(tmp_path / "source")
    pipe, out = tmp_path / "pipe.ndjson", tmp_path / "out"
    os.mkfifo(pipe)
    data = (source / "b.ndjson").read_bytes()
    thread = threading.Thread(target=pipe.write_bytes, args=(data,), daemon=True)
    thread.start()
    ran = crampcheck(*arguments(pipe, out))
    thread.join(60)
    assert 13 == ran.code, ran.err
    assert b'"file":"pipe.ndjson","line":1,' in (out / "quarantine.ndjson").read_bytes()
