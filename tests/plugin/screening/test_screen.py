"""A patient list through `crampcheck screen`: files, order, totals."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.golden import PATIENTS, SHARED, all_cases, case
from tests.plugin.screening.conftest import AS_OF, Export, export, golden_resources, lines, ndjson

__all__ = ["crampcheck", "export"]  # fixtures that the tests below name

SYNTHEA = SHARED / "data" / "synthea-100"
BUNDLES = SHARED / "data" / "synthea-bundles"
RUN = "from plugin.cli.main import run; run()"


def test_every_patient_gets_the_answer_that_assess_gives(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Byte for byte, sorted by patient, whichever file a resource stands in."""
    resources = golden_resources()
    by_type = {
        kind: [row for row in resources if row["resourceType"] == kind]
        for kind in {row["resourceType"] for row in resources}
    }
    source = export({f"{kind}.ndjson.gz": rows for kind, rows in by_type.items()})
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    assert (0, "") == (ran.code, ran.out)
    expected = [
        crampcheck(
            "assess", "-", "--as-of", AS_OF, "--format", "json", stdin=ndjson(patient.resources)
        ).out
        for patient in sorted(all_cases(), key=lambda found: found.resources[0]["id"])
    ]
    assert "".join(expected) == (tmp_path / "out" / "assessments.ndjson").read_text()


def test_order_names_and_packing_of_files_change_nothing(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Shuffled lines in odd files, Bundles on a line, a Bundle over many lines: the same bytes."""
    resources = golden_resources()
    random.Random(4).shuffle(resources)  # noqa: S311 - a fixed order, no secret
    plain = export({"all.ndjson": golden_resources()})
    crampcheck("screen", plain, "--out", tmp_path / "one", "--as-of", AS_OF)
    third = len(resources) // 3
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in resources[:third]],
    }
    (tmp_path / "export" / "all.ndjson").unlink()
    mixed = export(
        {
            "part-00001": json.dumps(bundle).encode(),
            "deep/2.Any.Name.ndjson.gz": resources[third : 2 * third],
            "pretty.json": json.dumps({**bundle, "entry": []}, indent=2).encode(),
            "last.ndjson": b"\xef\xbb\xbf" + ndjson(resources[2 * third :]).replace(b"\n", b"\r\n"),
        }
    )
    ran = crampcheck("screen", mixed, "--out", tmp_path / "two", "--as-of", AS_OF)
    assert 0 == ran.code
    for name in ("assessments.ndjson", "summary.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_workers_change_nothing(crampcheck: Run, export: Export, tmp_path: Path) -> None:
    """Two processes write the same files as one."""
    source = export({"all.ndjson": golden_resources()})
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        assert (
            0
            == crampcheck(
                "screen", source, "--out", folder, "--as-of", AS_OF, "--workers", workers
            ).code
        )
    for name in ("assessments.ndjson", "summary.csv", "quarantine.ndjson", "failed.ndjson"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_standard_input_and_one_file_are_sources(crampcheck: Run, tmp_path: Path) -> None:
    """`-` and a file give what a folder gives."""
    data = ndjson(case("thiazide-low-potassium").resources)
    one = tmp_path / "one.ndjson"
    one.write_bytes(data)
    crampcheck("screen", one, "--out", tmp_path / "a", "--as-of", AS_OF)
    ran = crampcheck("screen", "-", "--out", tmp_path / "b", "--as-of", AS_OF, stdin=data)
    assert 0 == ran.code
    rows = [lines(tmp_path / folder / "assessments.ndjson") for folder in "ab"]
    assert rows[0] == rows[1]
    assert ["warning"] == [row["level"] for row in rows[0]]


def test_the_summary_has_a_row_for_each_patient(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Level, rules, drugs and options as assessed, the count of unread, and why not assessed."""
    source = export({"all.ndjson": golden_resources()})
    crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    assessed = lines(tmp_path / "out" / "assessments.ndjson")
    with (tmp_path / "out" / "summary.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["patient"] for row in assessed] == [row["patient"] for row in rows]
    assert [row["level"] for row in assessed] == [row["level"] for row in rows]
    by_patient = {row["patient"]: row for row in rows}
    stack = by_patient["Patient/ines"]
    assert ("critical", "spironolactone") == (stack["level"], stack["ingredients"])
    assert "recheck-potassium-creatinine" in stack["mitigations"].split(";")
    assert "1" == by_patient["Patient/walter"]["unread"]
    assert "under-18" == by_patient["Patient/mila"]["not_assessed"]


def test_what_cannot_be_used_is_quarantined_and_the_rest_is_written(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Bad lines are listed by file, line and reason, without a word of the record."""
    good = ndjson(case("on-hold-order").resources)
    bad = (
        b'{"resourceType": "Patient", "id": "sec\n'
        b'{"name": "secret"}\n'
        b'["secret"]\n'
        b'{"resourceType": "Observation", "id": "secret", "status": "final"}\n'
        b'{"resourceType": "Patient", "name": [{"text": "secret"}]}\n'
        b'{"resourceType": "Patient", "id": "secret-\xff"}\n' + b"[" * 20_000 + b"\n"
    )
    source = export({"bad.ndjson": good + bad, "torn.ndjson.gz": b""})
    (source / "torn.ndjson.gz").write_bytes(b"\x1f\x8b\x08\x00\x00\x00")
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    rows = lines(tmp_path / "out" / "quarantine.ndjson")
    first = good.count(b"\n")
    assert 13 == ran.code
    assert [*[("bad.ndjson", first + row) for row in range(1, 8)], ("torn.ndjson.gz", 1)] == [
        (row["file"], row["line"]) for row in rows
    ]
    assert all(row["reason"] for row in rows)
    assert "secret" not in (tmp_path / "out" / "quarantine.ndjson").read_text() + ran.err
    assert ["Patient/lena"] == [
        row["patient"] for row in lines(tmp_path / "out" / "assessments.ndjson")
    ]
    assert "8 lines, entries or files" in ran.err


def test_a_bad_first_line_costs_that_line_only(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """It is not taken for a document over many lines."""
    data = b"\n{oops\n" + ndjson(case("on-hold-order").resources)
    source = export({"a.ndjson": data})
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    assert 13 == ran.code
    assert [2] == [row["line"] for row in lines(tmp_path / "out" / "quarantine.ndjson")]
    assert 1 == len(lines(tmp_path / "out" / "assessments.ndjson"))


def test_a_patient_that_fails_is_listed_and_the_totals_add_up(
    crampcheck: Run, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One patient's internal error is that patient's: the others are written, the code is 13."""
    from plugin.pipeline import Pipeline  # noqa: PLC0415 - the class that is changed below

    glance_at = Pipeline.glance_at

    def fail_for_one(self: Pipeline, entries: Any, as_of: Any, patient: str = "") -> Any:
        if patient == "Patient/lena":
            raise RuntimeError("secret")
        return glance_at(self, entries, as_of, patient)

    monkeypatch.setattr(Pipeline, "glance_at", fail_for_one)
    source = export({"all.ndjson": golden_resources()})
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    total = len(all_cases())
    assert 13 == ran.code
    assert f"patients {total} = screened {total - 1} + failed 1" in ran.err
    assert [
        {"patient": "Patient/lena", "reason": "internal error (RuntimeError); please report it."}
    ] == lines(tmp_path / "out" / "failed.ndjson")
    assert total - 1 == len(lines(tmp_path / "out" / "assessments.ndjson"))
    assert "secret" not in ran.err


def test_progress_is_shown_on_a_terminal_and_only_there(export: Export, tmp_path: Path) -> None:
    """A bar on standard error; standard output stays empty."""
    source = export({"a.ndjson": golden_resources()})
    terminal, side = os.openpty()
    try:
        ran = subprocess.run(
            [sys.executable, "-c", RUN, "screen", str(source), "--out", str(tmp_path / "out")],
            stdout=subprocess.PIPE,
            stderr=side,
            check=True,
            env={**os.environ, "PYTHONPATH": str(PATIENTS.parents[1]), "TERM": "xterm"},
        )
        shown = os.read(terminal, 1 << 16).decode()
    finally:
        os.close(terminal)
        os.close(side)
    total = len(all_cases())
    assert b"" == ran.stdout
    assert f"{total} of {total} patients" in shown


def test_what_is_of_no_use_is_counted_and_never_quarantined(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Other types are set aside and said; notes are passed over."""
    source = export(
        {
            "a.ndjson": [
                *case("on-hold-order").resources,
                {"resourceType": "Encounter", "id": "e", "subject": {"reference": "Patient/lena"}},
            ],
            "README.md": b"notes",
        }
    )
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    assert 0 == ran.code
    assert "set aside, of no use here: 1 Encounter\n" in ran.err
    assert "passed over by their names: README.md" in ran.err
    assert b"" == (tmp_path / "out" / "quarantine.ndjson").read_bytes()


def test_results_in_the_source_folder_are_never_read_back(crampcheck: Run, export: Export) -> None:
    """A second run over a folder that holds the results of the first gives the same."""
    source = export({"a.ndjson": case("on-hold-order").resources})
    codes = [crampcheck("screen", source, "--out", source, "--as-of", AS_OF).code for _ in "12"]
    assert [0, 0] == codes
    assert 1 == len(lines(source / "assessments.ndjson"))
    assert not list(source.glob("*.tmp"))


@pytest.mark.parametrize(
    ("output", "name"), [("json", "assessments.ndjson"), ("csv", "summary.csv")]
)
def test_one_format_writes_one_file(
    crampcheck: Run, export: Export, tmp_path: Path, output: str, name: str
) -> None:
    """`--format` chooses the answers; what was left out is always listed, and the run told."""
    source = export({"a.ndjson": case("on-hold-order").resources})
    crampcheck("screen", source, "--out", tmp_path / "out", "--format", output)
    assert {name, "quarantine.ndjson", "failed.ndjson", "run.json"} == {
        path.name for path in (tmp_path / "out").iterdir()
    }


@pytest.mark.parametrize("option", [("--suppress-below", 11), ("--report-patients", 5)])
def test_an_option_of_the_report_without_a_report_is_2(
    crampcheck: Run, export: Export, tmp_path: Path, option: tuple[str, int]
) -> None:
    """Who asks for suppression must not be left with a summary that names patients."""
    source = export({"a.ndjson": case("on-hold-order").resources})
    ran = crampcheck("screen", source, "--out", tmp_path / "out", *option)
    assert 2 == ran.code
    assert f"{option[0]} is about report.html alone" in ran.err
    assert not (tmp_path / "out").exists()


def test_results_of_another_run_in_the_folder_are_named(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """An old summary beside a new report must not pass for new; a repeat says nothing."""
    source, out = export({"a.ndjson": case("on-hold-order").resources}), tmp_path / "out"
    said = "of an earlier run, and left as they were: "
    first = crampcheck("screen", source, "--out", out, "--as-of", AS_OF)
    again = crampcheck("screen", source, "--out", out, "--as-of", AS_OF)
    assert said not in first.err + again.err
    other = crampcheck("screen", source, "--out", out, "--as-of", AS_OF, "--format", "report")
    assert f"{said}assessments.ndjson, summary.csv" in other.err.splitlines()


def test_a_day_that_is_none_shows_how_to_write_one(crampcheck: Run, tmp_path: Path) -> None:
    ran = crampcheck("screen", tmp_path, "--out", tmp_path / "out", "--as-of", "1/11/2026")
    assert 2 == ran.code
    assert "'1/11/2026' is no day; write it like 2026-11-01." in ran.err


def test_a_source_that_holds_nothing_is_11(crampcheck: Run, tmp_path: Path) -> None:
    """Missing, empty folder, empty file: a sentence each, and no results."""
    empty = tmp_path / "empty"
    empty.mkdir()
    nothing = tmp_path / "nothing.ndjson"
    nothing.write_bytes(b"\n")
    for source in (tmp_path / "missing", empty, nothing):
        ran = crampcheck("screen", source, "--out", tmp_path / "out")
        assert (11, "") == (ran.code, ran.out)
        assert str(source) in ran.err
    assert not (tmp_path / "out").exists()


def test_results_that_cannot_be_written_are_said(crampcheck: Run, export: Export) -> None:
    """The folder is named, with what to do."""
    source = export({"a.ndjson": case("on-hold-order").resources})
    ran = crampcheck("screen", source, "--out", "/dev/null/out")
    assert (1, "") == (ran.code, ran.out)
    assert "name another folder with --out" in ran.err


@pytest.mark.skipif(not SYNTHEA.is_dir(), reason=f"{SYNTHEA} is not there")
def test_a_bulk_export_agrees_with_assess_patient_by_patient(
    crampcheck: Run, tmp_path: Path
) -> None:
    """100 synthetic patients: each line is what `assess` says of that patient's resources."""
    import gzip  # noqa: PLC0415 - only this test reads the export itself

    ran = crampcheck("screen", SYNTHEA, "--out", tmp_path / "out", "--as-of", "2020-06-01")
    assert 0 == ran.code
    assert "patients 100 = screened 100 + failed 0" in ran.err
    rows = [
        (_owner(json.loads(line)), line)
        for path in sorted(SYNTHEA.iterdir())
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    rows.sort(key=lambda row: row[0])
    expected = [
        crampcheck(
            "assess", "-", "--as-of", "2020-06-01", "--format", "json",
            stdin=b"\n".join(line for _, line in group),
        ).out
        for _, group in groupby(rows, key=lambda row: row[0])
    ]  # fmt: skip
    assert expected == (tmp_path / "out" / "assessments.ndjson").read_text().splitlines(True)


@pytest.mark.skipif(not BUNDLES.is_dir(), reason=f"{BUNDLES} is not there")
def test_a_folder_of_raw_bundles_agrees_with_assess(crampcheck: Run, tmp_path: Path) -> None:
    """Twelve transaction Bundles with `urn:uuid` references, a file each."""
    ran = crampcheck("screen", BUNDLES, "--out", tmp_path / "out", "--as-of", "2020-06-01")
    expected = [
        crampcheck("assess", path, "--as-of", "2020-06-01", "--format", "json").out
        for path in BUNDLES.iterdir()
    ]
    assert 0 == ran.code
    found = (tmp_path / "out" / "assessments.ndjson").read_text().splitlines(True)
    assert sorted(expected) == sorted(found)
    assert 12 == len(found)


def _owner(resource: dict[str, Any]) -> str:
    if resource["resourceType"] == "Patient":
        return f"Patient/{resource['id']}"
    reference = resource.get("subject") or resource["patient"]
    return str(reference["reference"])


@pytest.mark.parametrize("command", ["screen", "signal"])
def test_a_file_in_place_of_the_folder_of_results_is_refused_with_the_remedy(
    crampcheck: Run, export: Export, tmp_path: Path, command: str
) -> None:
    """And is left as it was."""
    source, file = export({"a.ndjson": []}), tmp_path / "results"
    file.write_text("mine")
    ran = crampcheck(command, source, "--out", file)
    assert (2, "mine") == (ran.code, file.read_text())
    assert f"'{file}' is a file; name a folder, which is made if it is not there." in ran.err
