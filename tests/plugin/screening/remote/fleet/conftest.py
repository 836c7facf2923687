"""A clinic to be asked, and the command line with its token."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.cli.conftest import Ran, crampcheck
from tests.plugin.screening.conftest import AS_OF
from tests.plugin.screening.remote.bulk_server import TOKEN
from tests.plugin.screening.remote.conftest import screen
from tests.plugin.screening.remote.fleet.clinic import Clinic, as_files, people
from tests.servers.scripted import scripted

__all__ = ["crampcheck", "screen"]

Answers = Callable[[Sequence[dict[str, Any]]], bytes]


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAMPCHECK_FHIR_TOKEN", TOKEN)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is about the usual rate."""
    monkeypatch.setattr("plugin.screening.remote.pace.PER_SECOND", 1000.0)


@pytest.fixture
def clinic() -> Iterator[Clinic]:
    """Three patients on a thiazide, each with three potassium results on two pages."""
    with scripted() as server:
        yield Clinic(server, people("a", "b", "c"))


@pytest.fixture
def from_files(crampcheck: Callable[..., Ran], tmp_path: Path) -> Answers:
    """The bytes of `assessments.ndjson` for resources in files."""

    def run(resources: Sequence[dict[str, Any]]) -> bytes:
        source = as_files(tmp_path / "files", resources)
        ran = crampcheck("screen", source, "--out", tmp_path / "of-files", "--as-of", AS_OF)
        assert 0 == ran.code, ran.err
        return (tmp_path / "of-files" / "assessments.ndjson").read_bytes()

    return run
