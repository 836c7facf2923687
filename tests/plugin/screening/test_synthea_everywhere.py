"""One export gives the same bytes, however its lines are cut, packed, ordered and handed over."""

from __future__ import annotations

import gzip
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard

from plugin.screening.run import cutting
from tests.plugin.cli.conftest import Ran, Run, crampcheck
from tests.plugin.screening.conftest import lines, ndjson
from tests.plugin.screening.synthea import ABSENT, DAY, SYNTHEA, Json, owner, resources

__all__ = ["crampcheck"]
pytestmark = pytest.mark.skipif(not SYNTHEA.is_dir(), reason=ABSENT)
OUTPUT = ("assessments.ndjson", "summary.csv", "failed.ndjson", "quarantine.ndjson")


@pytest.fixture(scope="module")
def synthea() -> list[Json]:
    return resources()


def _bundles(given: list[Json]) -> list[Json]:
    by_owner: dict[str, list[Json]] = defaultdict(list)
    for one in given:
        by_owner[owner(one)].append(one)
    return [
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": one} for one in held],
        }
        for held in by_owner.values()
    ]


def _cuttings(given: list[Json]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Names and contents of files."""
    mixed = random.Random(7).sample(given, len(given))  # noqa: S311 - an order
    data = ndjson(mixed)
    yield "one file, in any order", {"x.json": data}
    yield (
        "gzip of many members",
        {"a": b"".join(map(gzip.compress, data.splitlines(True)[:9]))}
        | {"b": gzip.compress(b"".join(data.splitlines(True)[9:]))},
    )
    yield "zstd", {"in/a.ndjson": zstandard.compress(data)}
    yield "many files", {f"{number}.ndjson": ndjson(mixed[number::7]) for number in range(7)}
    yield "a Bundle a line", {"bundles.ndjson": ndjson(_bundles(given))}
    yield "CRLF and a mark", {"w.ndjson": b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n")}


def _screened(crampcheck: Run, source: object, out: Path, *more: Any, **given: Any) -> list[bytes]:
    ran: Ran = crampcheck("screen", source, "--out", out, "--as-of", DAY, *more, **given)
    assert (0, "") == (ran.code, ran.out), ran.err
    return [(out / name).read_bytes() for name in OUTPUT]


def test_files_of_every_kind_and_a_stream_give_the_same_bytes(
    crampcheck: Run, synthea: list[Json], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "CHUNK_BYTES", 1_000_000)
    data = ndjson(synthea)
    expected = _screened(crampcheck, "-", tmp_path / "stream", stdin=data)
    for number, (name, files) in enumerate(_cuttings(synthea)):
        folder = tmp_path / f"in-{number}"
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        workers = ("--workers", 2 if name == "many files" else 1)
        assert expected == _screened(crampcheck, folder, tmp_path / f"out-{number}", *workers), name


def test_every_line_is_what_assess_says_of_the_same_resources(
    crampcheck: Run, synthea: list[Json], tmp_path: Path
) -> None:
    answers, *_ = _screened(crampcheck, "-", tmp_path / "out", stdin=ndjson(synthea))
    said = {
        one["patient"]: line
        for one, line in zip(
            lines(tmp_path / "out" / "assessments.ndjson"), answers.splitlines(True), strict=True
        )
    }
    assert set(said) == {owner(one) for one in synthea}
    assert any(b'"level":"info"' in line for line in said.values())
    for patient, line in said.items():
        own = ndjson([one for one in synthea if owner(one) == patient])
        ran = crampcheck("assess", "-", "--as-of", DAY, "--format", "json", stdin=own)
        assert line.decode() == ran.out
