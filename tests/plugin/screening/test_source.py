"""All that stands in a source is read, or named with what became of it."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugin.cli.conftest import Ran, Run, crampcheck
from tests.plugin.golden import PATIENTS, case
from tests.plugin.screening.conftest import AS_OF, Export, export, lines

__all__ = ["crampcheck", "export"]  # fixtures that the tests below name

RUN = "from plugin.cli.main import run; run()"
RECORDS = case("on-hold-order").resources
# Root reads everything: it takes a process without that power to meet what cannot be read.
POWERLESS = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]


def without_power(*arguments: object) -> Ran:
    """A command line as a user for whom file permissions hold."""
    prefix = [] if os.geteuid() else POWERLESS
    if prefix and not shutil.which(prefix[0]):
        pytest.skip("run as root, and there is no setpriv to do without its power")
    ran = subprocess.run(
        [*prefix, sys.executable, "-c", RUN, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(PATIENTS.parents[1])},
    )
    assert "Traceback" not in ran.stderr
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def quarantined(out: Path) -> dict[str, str]:
    """The reasons of whole files and folders, by name."""
    rows = lines(out / "quarantine.ndjson")
    assert all(row["line"] == 0 for row in rows)
    return {row["file"]: row["reason"] for row in rows}


def test_what_is_no_readable_file_is_quarantined_by_name(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Links to folders or to nothing, links in a circle, pipes: the rest is screened, code 13."""
    source = export({"a.ndjson": RECORDS})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (source / "linked").symlink_to(elsewhere)
    (source / "around").symlink_to(source)
    (source / "gone.ndjson").symlink_to(tmp_path / "nothing")
    (source / "loop.ndjson").symlink_to(source / "loop.ndjson")
    os.mkfifo(source / "pipe.ndjson")
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    reasons = quarantined(tmp_path / "out")
    assert 13 == ran.code
    assert "5 lines, entries or files" in ran.err
    assert ["around", "gone.ndjson", "linked", "loop.ndjson", "pipe.ndjson"] == list(reasons)
    assert "link to a folder, which is not followed" in reasons["linked"]
    assert "link to a folder, which is not followed" in reasons["around"]
    assert "link to something that is not there" in reasons["gone.ndjson"]
    assert "too many levels of symbolic links" in reasons["loop.ndjson"]
    assert "is no regular file" in reasons["pipe.ndjson"]
    assert 1 == len(lines(tmp_path / "out" / "assessments.ndjson"))


def test_a_link_to_a_file_is_read(crampcheck: Run, export: Export, tmp_path: Path) -> None:
    """So can an export be put together without copying it."""
    kept = export({"a.ndjson": RECORDS})
    source = tmp_path / "source"
    source.mkdir()
    (source / "b.ndjson").symlink_to(kept / "a.ndjson")
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    assert 0 == ran.code
    assert 1 == len(lines(tmp_path / "out" / "assessments.ndjson"))


def test_a_folder_that_may_not_be_entered_is_quarantined(export: Export, tmp_path: Path) -> None:
    """Its records are missing, and it is said which folder that is."""
    source = export({"a.ndjson": RECORDS, "shut/b.ndjson": RECORDS})
    (source / "shut").chmod(0)
    try:
        ran = without_power("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    finally:
        (source / "shut").chmod(0o700)
    assert 13 == ran.code
    assert ["shut"] == list(quarantined(tmp_path / "out"))
    assert "permission denied" in quarantined(tmp_path / "out")["shut"]


@pytest.mark.parametrize("name", ["", "a.ndjson"])
def test_a_source_that_may_not_be_reached_is_11(export: Export, tmp_path: Path, name: str) -> None:
    """The folder itself, or the folder that a file stands in: a sentence with the path."""
    source = export({"a.ndjson": RECORDS})
    source.chmod(0)
    try:
        ran = without_power("screen", source / name, "--out", tmp_path / "out")
    finally:
        source.chmod(0o700)
    assert (11, "") == (ran.code, ran.out)
    assert f"{source / name}: cannot be read (permission denied)" in ran.err
    assert not (tmp_path / "out").exists()


def test_hidden_files_are_named_and_are_no_fault(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """What other programs leave behind is not read, and not passed over in silence."""
    source = export({"a.ndjson": RECORDS, ".DS_Store": b"\0", ".git/b.ndjson": b"{oops\n"})
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    assert 0 == ran.code
    assert "hidden files and folders passed over: .DS_Store, .git\n" in ran.err


def test_a_folder_of_nothing_but_what_is_left_alone_says_what_that_is(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Code 11, and the names."""
    source = export({"notes.txt": b"x", ".hidden.ndjson": b"{}"})
    ran = crampcheck("screen", source, "--out", tmp_path / "out")
    assert (11, "") == (ran.code, ran.out)
    assert "left alone: notes.txt, .hidden.ndjson" in ran.err


def test_results_of_an_earlier_run_are_named_and_not_read(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Another `--out` within the source, packed or not: no line of it is quarantined."""
    source = export({"a.ndjson": [*RECORDS, {"resourceType": "Patient"}]})
    earlier = source / "earlier"
    crampcheck("screen", source, "--out", earlier, "--as-of", AS_OF)
    packed = gzip.compress((earlier / "assessments.ndjson").read_bytes())
    (earlier / "last-week.ndjson.gz").write_bytes(packed)
    failed = {"patient": "Patient/x", "reason": "internal error (KeyError); please report it."}
    (earlier / "failed.ndjson").write_text(json.dumps(failed) + "\n")
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    assert [("a.ndjson", "a Patient has no id")] == [
        (row["file"], row["reason"]) for row in lines(tmp_path / "out" / "quarantine.ndjson")
    ]
    named = (
        "assessments.ndjson",
        "failed.ndjson",
        "last-week.ndjson.gz",
        "quarantine.ndjson",
        "run.json",
    )
    assert (
        "results of an earlier run passed over: "
        + ", ".join(f"earlier/{name}" for name in named)
        + "\n"
        in ran.err
    )
    assert "passed over by their names: earlier/summary.csv\n" in ran.err
    assert 1 == len(lines(tmp_path / "out" / "assessments.ndjson"))


def test_a_record_in_a_file_named_like_a_result_is_read(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """A line is known as ours by what it holds, not by the name of its file."""
    source = export({"failed.ndjson": RECORDS, "quarantine.ndjson": b'{"file": "x"}\n'})
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    assert 13 == ran.code
    assert ["quarantine.ndjson"] == [
        row["file"] for row in lines(tmp_path / "out" / "quarantine.ndjson")
    ]
    assert 1 == len(lines(tmp_path / "out" / "assessments.ndjson"))


def test_a_file_name_of_any_bytes_is_named_safely(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """No UTF-8, and an escape that a terminal would obey."""
    source = export({"a.ndjson": RECORDS})
    Path(os.fsdecode(os.fsencode(source) + b"/b\xff\x1b[2J.ndjson")).write_bytes(b"{oops\n")
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    assert 13 == ran.code
    assert ["b\ufffd [2J.ndjson"] == [
        row["file"] for row in lines(tmp_path / "out" / "quarantine.ndjson")
    ]


def test_the_summary_holds_no_character_that_is_obeyed(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """An id of control characters is a row of a spreadsheet like any other; so is a type."""
    patient = {"resourceType": "Patient", "id": "a\r\n\x1b[31mb\u202ec\u2028\ufeff\U000e0041"}
    source = export({"a.ndjson": [patient, {"resourceType": "Odd\x1b[2J"}]})
    ran = crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF)
    written = (tmp_path / "out" / "summary.csv").read_bytes().decode()
    rows = written.split("\n")
    assert "\x1b" not in ran.err
    assert 3 == len(rows)
    assert rows[1].startswith("Patient/a%0D%0A%1B%5B31mb%E2%80%AEc%E2%80%A8%EF%BB%BF%F3%A0%81%81,")
    assert not set("\r\x1b\u202e\u2028\ufeff\U000e0041") & set(written)
