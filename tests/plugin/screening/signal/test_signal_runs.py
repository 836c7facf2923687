"""An analysis is a run: its sources, its lock, and how it goes on after it was stopped."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from plugin.screening.local.partition import screen_partition
from plugin.screening.run.lock import held
from plugin.screening.run.state import ANALYSIS
from tests.plugin.cli.conftest import Ran, Run, crampcheck
from tests.plugin.screening.conftest import AS_OF, Export, export, ndjson
from tests.plugin.screening.remote.bulk_server import TOKEN, BulkServer
from tests.plugin.screening.remote.conftest import bulk, told
from tests.plugin.screening.remote.ward import filled
from tests.plugin.screening.run.small import cut_small
from tests.plugin.screening.signal.exporting import population

__all__ = ["bulk", "crampcheck", "export"]

FILES = ["failed.ndjson", "quarantine.ndjson", "signal.csv", "signal.html", "signal.json"]
STAGES = "plugin.screening.run.stages"


def analyse(crampcheck: Run, source: Path | str, out: Path, *more: str) -> Ran:
    return crampcheck("signal", source, "--out", out, "--as-of", AS_OF, *more)


def same_results(one: Path, other: Path) -> bool:
    assert FILES == sorted(path.name for path in one.iterdir())
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in FILES)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in small pieces, so that a line of a file is many chunks away from its beginning."""
    from plugin.screening.placing import partitions  # noqa: PLC0415
    from plugin.screening.run import cutting  # noqa: PLC0415

    monkeypatch.setattr(cutting, "CHUNK_BYTES", cutting.CHUNK_BYTES)
    monkeypatch.setattr(partitions, "PARTITION_BYTES", partitions.PARTITION_BYTES)
    cut_small()


@pytest.mark.usefixtures("small")
def test_a_stopped_analysis_goes_on_to_the_same_results(
    crampcheck: Run, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With other settings it begins anew, and says why; with --fresh too."""
    source = export({"all.ndjson": ndjson(list(population(200, seed=3))) + b"{oops\n"})
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert 13 == analyse(crampcheck, source, whole).code

    def stopping(number: int, *rest: object) -> object:
        if number:
            raise KeyboardInterrupt
        return screen_partition(number, *rest)  # type: ignore[arg-type]

    def stopped() -> str:
        with monkeypatch.context() as patch:
            patch.setattr(f"{STAGES}.screen_partition", stopping)
            ran = analyse(crampcheck, source, out)
        assert 130 == ran.code
        return ran.err

    assert "start the same command again" in stopped()
    assert [ANALYSIS] == [path.name for path in out.iterdir()]
    ran = analyse(crampcheck, source, out)
    assert (13, True) == (ran.code, "going on with the run" in ran.err)
    assert same_results(out, whole)
    stopped()
    assert "the settings are not the same" in analyse(crampcheck, source, out, "--window", "9").err
    stopped()
    assert "--fresh was given" in analyse(crampcheck, source, out, "--fresh").err
    assert same_results(out, whole)


@pytest.mark.usefixtures("small")
def test_a_bad_line_is_named_as_it_counts_in_its_file(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """By its line and its offset, however many chunks come before."""
    good = ndjson(list(population(200, seed=3)))
    assert len(good) > 100_000
    source = export({"all.ndjson": good + b"{oops\n"})
    assert 13 == analyse(crampcheck, source, tmp_path / "out").code
    [row] = map(json.loads, (tmp_path / "out/quarantine.ndjson").open())
    where = ("all.ndjson", good.count(b"\n") + 1, len(good))
    assert where == (row["file"], row["line"], row["offset"])


def test_two_at_once_in_one_folder_are_refused(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """The second changes nothing of the first."""
    source, out = export({"all.ndjson": list(population(5, seed=3))}), tmp_path / "out"
    with held(out / ANALYSIS):
        ran = analyse(crampcheck, source, out)
        assert "another run is writing into this folder" in ran.err
        assert [ANALYSIS] == [path.name for path in out.iterdir()]
    assert 1 == ran.code
    assert 0 == analyse(crampcheck, source, out).code
    assert FILES == sorted(path.name for path in out.iterdir())


def test_a_pattern_and_a_pipe_are_sources(crampcheck: Run, export: Export, tmp_path: Path) -> None:
    """They give what the folder gives."""
    people = list(population(40, seed=5))
    source = export({"x/all.ndjson": people, "note.md": b"not for us"})
    outs = [tmp_path / name for name in ("folder", "pattern", "pipe")]
    assert 0 == analyse(crampcheck, source, outs[0]).code
    assert 0 == analyse(crampcheck, f"{source}/**/*.ndjson", outs[1]).code
    pipe = tmp_path / "given"
    os.mkfifo(pipe)
    thread = threading.Thread(target=pipe.write_bytes, args=(ndjson(people),), daemon=True)
    thread.start()
    ran = analyse(crampcheck, pipe, outs[2])
    thread.join(60)
    assert 0 == ran.code, ran.err
    assert same_results(outs[0], outs[1])
    assert same_results(outs[0], outs[2])


def test_an_export_of_a_server_is_a_source(
    crampcheck: Run, bulk: BulkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is deleted there once it is here, and no token stays."""
    monkeypatch.setenv("CRAMPCHECK_FHIR_TOKEN", TOKEN)
    out = tmp_path / "out"
    ran = analyse(crampcheck, filled(bulk).url, out, "--export", "system")
    assert 0 == ran.code, ran.err
    assert json.loads((out / "signal.json").read_bytes())["population"]["patients"] > 0
    assert FILES == sorted(path.name for path in out.iterdir())
    assert [] == told(ran.out + ran.err, out)
    assert "DELETE" in {one.method for one in bulk.asked}
    refused = analyse(crampcheck, tmp_path, tmp_path / "no", "--export", "system")
    assert (2, False) == (refused.code, (tmp_path / "no").exists())


def test_packed_and_plain_files_give_the_same(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Of a plain file results and problems of no use are set aside: damaged ones among them."""
    people = list(population(60, seed=5))
    about = {"subject": next(one["subject"] for one in people if "subject" in one)}
    odd: list[dict[str, Any]] = [
        {"resourceType": "Condition", "code": {"text": "hay fever"}, "verificationStatus": [1, 2]},
        {"resourceType": "Condition", "code": {"text": "hay fever"}, "clinicalStatus": [1, 2]},
        {"resourceType": "Condition", "code": {"text": "muscle cramps"}, "clinicalStatus": [1, 2]},
        {"resourceType": "Condition", "code": [1, 2]},
        {"resourceType": "Observation", "code": {"text": "8480-6"}, "status": {}},
    ]
    everything = [*people, *(about | one for one in odd)]
    plain = analyse(crampcheck, export({"a.ndjson": everything}), tmp_path / "plain")
    packed = tmp_path / "packed"
    packed.mkdir()
    (tmp_path / "export/a.ndjson").unlink()
    packed_source = export({"a.ndjson.gz": everything})
    assert plain.code == analyse(crampcheck, packed_source, tmp_path / "packed").code == 0
    found = [
        json.loads((tmp_path / name / "signal.json").read_bytes()) for name in ("plain", "packed")
    ]
    assert found[0] == found[1]
    assert 2 == found[0]["population"]["entries_unread"]
