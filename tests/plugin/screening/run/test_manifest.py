"""`run.json`: what was read, by what it was judged, and what came of it."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.golden import all_cases
from tests.plugin.screening.conftest import lines
from tests.plugin.screening.run.small import arguments, write_source
from tests.plugin.screening.run.told import manifest

__all__ = ["crampcheck"]  # a fixture that the tests below name


def test_it_says_what_was_read_and_written(crampcheck: Run, tmp_path: Path) -> None:
    """Files with size and SHA-256, as `sha256sum` has it, on both sides."""
    source, out = write_source(tmp_path / "source"), tmp_path / "out"
    crampcheck(*arguments(source, out))
    told = json.loads((out / "run.json").read_bytes())
    for folder, files in ((source, told["source"]["files"]), (out, told["results"])):
        for file in files:
            data = (folder / file["name"]).read_bytes()
            assert (len(data), hashlib.sha256(data).hexdigest()) == (file["size"], file["sha256"])
    assert ["a.ndjson", "b.ndjson"] == [file["name"] for file in told["source"]["files"]]
    assert ("crampcheck.run/1", "2026-11-01") == (told["schema"], told["as_of"])
    assert 1 == told["times"]["sittings"]
    assert {"reading", "joining", "screening", "writing"} == set(told["times"]["seconds"])


def test_its_counts_add_up_to_the_files(crampcheck: Run, tmp_path: Path) -> None:
    """Lines, patients, levels and what was left out, by reason."""
    source, out = write_source(tmp_path / "source"), tmp_path / "out"
    crampcheck(*arguments(source, out))
    counts = json.loads((out / "run.json").read_bytes())["counts"]
    data = b"".join((source / name).read_bytes() for name in ("a.ndjson", "b.ndjson"))
    assert (data.count(b"\n"), len(data)) == (counts["lines"], counts["bytes"])
    used = sum(counts["resources_used"].values())
    aside = sum(counts["resources_set_aside"].values())
    assert counts["lines"] == used + aside + counts["quarantined"]["rows"]
    assert 2 == counts["quarantined"]["rows"] == sum(counts["quarantined"]["by_reason"].values())
    assert len(lines(out / "quarantine.ndjson")) == counts["quarantined"]["rows"]
    assert len(all_cases()) == counts["patients"] == counts["screened"]
    assert counts["screened"] == sum(counts["by_level"].values())


def test_a_run_over_the_same_content_has_the_same_id(crampcheck: Run, tmp_path: Path) -> None:
    """Whenever and wherever it runs, and whatever it writes; another day is another run."""
    source = write_source(tmp_path / "source")
    crampcheck(*arguments(source, tmp_path / "one"))
    os.utime(source / "a.ndjson", (1, 1))
    crampcheck(*arguments(source, tmp_path / "two"))
    assert manifest(tmp_path / "one") == manifest(tmp_path / "two")
    crampcheck(*arguments(source, tmp_path / "csv", "--format", "csv"))
    crampcheck("screen", source, "--out", tmp_path / "day", "--as-of", "2026-10-01")
    ids = [manifest(tmp_path / name)["id"] for name in ("one", "csv", "day")]
    assert ids[0] == ids[1] != ids[2]


def test_it_holds_nothing_of_a_patient(crampcheck: Run, tmp_path: Path) -> None:
    """No id, name or reference, and no path of the machine."""
    source, out = write_source(tmp_path / "source"), tmp_path / "out"
    crampcheck(*arguments(source, out))
    told = (out / "run.json").read_text()
    patients = {row["patient"].partition("/")[2] for row in lines(out / "assessments.ndjson")}
    assert [] == [patient for patient in patients if f'"{patient}' in told]
    assert "Patient/" not in told
    assert str(tmp_path) not in told


def test_a_type_that_is_none_is_counted_and_not_repeated(crampcheck: Run, tmp_path: Path) -> None:
    """Where the type belongs a broken export may have anything, a name and a birthday as well."""
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    odd = ["Jane Roe, born 1950", "<b>", "x" * 100_000, "\x1b[31m"]
    rows = [{"resourceType": name, "id": "1"} for name in [*odd, "Encounter"]]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": row} for row in rows]}
    text = "".join(json.dumps(row) + "\n" for row in [*rows, bundle])
    (source / "a.ndjson").write_text(text)
    ran = crampcheck(*arguments(source, out))
    assert 0 == ran.code, ran.err
    told = (out / "run.json").read_text()
    counted = json.loads(told)["counts"]["resources_set_aside"]
    assert {"Encounter": 2, "no type of FHIR": 8} == counted
    for name in odd:
        assert json.dumps(name)[1:-1] not in told
        assert name not in ran.err


def test_its_own_folder_as_source_is_not_read_back(crampcheck: Run, tmp_path: Path) -> None:
    """A manifest, of this or of another folder, is a result and no resource."""
    source = write_source(tmp_path / "source")
    for _ in "12":
        crampcheck(*arguments(source, source / "out"))
        crampcheck(*arguments(source, source))
    told = manifest(source)
    assert 2 == told["counts"]["quarantined"]["rows"]
    assert "run.json" in told["source"]["earlier_results"]
    assert [] == told["source"]["hidden"]


def test_quarantine_is_in_the_order_of_files_and_lines(crampcheck: Run, tmp_path: Path) -> None:
    """Each with the place where the line begins, whatever the files are cut into."""
    source, out = write_source(tmp_path / "source", patients=2), tmp_path / "out"
    crampcheck(*arguments(source, out))
    rows = lines(out / "quarantine.ndjson")
    assert [("a.ndjson", False), ("b.ndjson", True)] == [
        (row["file"], row["line"] == 1) for row in rows
    ]
    for row in rows:
        data = (source / row["file"]).read_bytes()
        assert row["line"] == 1 + data.count(b"\n", 0, row["offset"])
        assert data[row["offset"] :].startswith((b"{oops", b'{"resourceType": "Patient"}'))


def test_what_is_kept_for_the_worklist_is_no_result(
    crampcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is gone once the list has it."""
    monkeypatch.setenv("CRAMPCHECK_DATABASE", f"sqlite:///{tmp_path / 'list.sqlite'}")
    source, out = write_source(tmp_path / "source"), tmp_path / "out"
    ran = crampcheck(*arguments(source, out, "--format", "csv,worklist"))
    assert 13 == ran.code, ran.err
    named = [one["name"] for one in manifest(out)["results"]]
    assert ["failed.ndjson", "quarantine.ndjson", "summary.csv"] == named
    assert sorted([*named, "run.json"]) == sorted(path.name for path in out.iterdir())


def test_names_of_types_without_end_are_summed(crampcheck: Run, tmp_path: Path) -> None:
    """A file of damage may have another name on each line; as lines, and as a Bundle."""
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    names = [
        f"T{chr(97 + one % 26)}{chr(97 + one // 26 % 26)}{'x' * (one // 676)}" for one in range(900)
    ]
    rows = [{"resourceType": name} for name in names]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": row} for row in rows]}
    for file, held in (("a.ndjson", rows), ("b.ndjson", [bundle])):
        (source / file).write_text("".join(json.dumps(row) + "\n" for row in held))
    assert 0 == crampcheck(*arguments(source, out)).code
    counted = json.loads((out / "run.json").read_bytes())["counts"]["resources_set_aside"]
    assert 2 * len(names) == sum(counted.values())
    assert len(counted) == 501
    assert counted["other types"] == 2 * (len(names) - 500)


def test_which_types_keep_their_names_does_not_hang_on_how_files_are_cut(
    crampcheck: Run, tmp_path: Path
) -> None:
    """The first by the alphabet do, in one file or in many, in whatever order they come."""
    names = [f"{chr(65 + one % 26)}{chr(97 + one // 26)}x" for one in range(26 * 26)]
    lines = [json.dumps({"resourceType": name}) + "\n" for name in names]
    counted = []
    for number, order in enumerate((lines, lines[::-1], sorted(lines))):
        source, out = tmp_path / f"source-{number}", tmp_path / f"out-{number}"
        source.mkdir()
        for start in range(number + 1):
            (source / f"{start}.ndjson").write_text("".join(order[start :: number + 1]))
        assert 0 == crampcheck(*arguments(source, out)).code
        manifest_said = json.loads((out / "run.json").read_bytes())["counts"]
        counted.append(manifest_said["resources_set_aside"])
    assert counted[0] == counted[1] == counted[2]
    assert {*sorted(names)[:500], "other types"} == set(counted[0])
