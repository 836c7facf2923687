"""Exit codes and sentences: what a user sees when something is wrong."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.faults import Fault, KnowledgeError
from plugin import pipeline
from plugin.cli.main import UNFORESEEN, execute
from tests.plugin.cli.conftest import Run
from tests.plugin.golden import PATIENTS, case

BUNDLE = PATIENTS / "thiazide-low-potassium" / "bundle.json"


def _raise(*_: object) -> None:
    raise KeyError("Jane")


RUN = "from plugin.cli.main import run; run()"


def test_help_and_version_are_data(crampcheck: Run) -> None:
    """`-h` and `--version` go to standard output and succeed."""
    assert "Usage: crampcheck" in crampcheck("-h").out
    assert crampcheck("--version").out.startswith("crampcheck, version ")
    assert 0 == crampcheck("assess", "-h").code


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("assess",),
        ("assess", "x.json", "--format", "xml"),
        ("assess", "x.json", "--as-of", "yesterday"),
        ("screen", "folder"),
        ("screen", "folder", "--out", "o", "--workers", "0"),
        ("serve", "--port", "70000"),
        ("knowledge", "grow"),
    ],
)
def test_wrong_usage_is_2(crampcheck: Run, arguments: tuple[str, ...]) -> None:
    """The fault is named, with a hint at the help, and nothing is on standard output."""
    ran = crampcheck(*arguments)
    assert (2, "") == (ran.code, ran.out)
    assert "Usage:" in ran.err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("s3a://bucket/export",), "s3a://bucket/export is an address that only --engine spark"),
        ((".", "--spark-write", "file:///answers"), "--spark-write is for --engine spark"),
        ((".", "--engine", "cloud"), "'cloud' is not one of 'local', 'spark'"),
        (
            (".", "--engine", "spark", "--spark-write", "file:///answers"),
            "--spark-write writes --format json, parquet, or json,parquet",
        ),
    ],
)
def test_what_only_spark_does_is_said_before_any_work(
    crampcheck: Run, tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    ran = crampcheck("screen", *more, "--out", tmp_path / "out")
    assert 2 == ran.code
    assert said in ran.err
    assert not (tmp_path / "out").exists()


def test_spark_without_java_is_said_in_a_sentence(
    crampcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark", reason="needs pip install 'crampcheck[spark]'")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    asked = ("screen", tmp_path, "--out", tmp_path / "out", "--engine", "spark")
    ran = crampcheck(*asked)
    assert 2 == ran.code
    assert 1 == ran.err.count("\n")
    assert "Spark needs a Java runtime, 17 or later" in ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (BUNDLE.read_bytes()[:900], ""),
        (b"", ""),
        (b"not json", ""),
        (b'{"resourceType": "Patient", "id": "\xff\xfe"}', ""),
        (gzip.compress(BUNDLE.read_bytes())[:200], "gzip"),
    ],
    ids=["truncated", "empty", "prose", "not-utf-8", "broken-gzip"],
)
def test_unreadable_input_is_11(crampcheck: Run, data: bytes, said: str) -> None:
    """One sentence on standard error that names the input, and no data."""
    ran = crampcheck("assess", "-", stdin=data)
    assert (11, "") == (ran.code, ran.out)
    assert ran.err.startswith("crampcheck: standard input: ")
    assert said in ran.err


def test_a_file_that_is_not_there_is_11(crampcheck: Run, tmp_path: Path) -> None:
    """The path is named."""
    ran = crampcheck("assess", tmp_path / "none.json")
    assert 11 == ran.code
    assert "none.json: cannot be read (no such file or directory)" in ran.err


def test_two_patients_in_one_record_are_11_and_screen_is_named(crampcheck: Run) -> None:
    """`assess` is for one patient; the sentence says what to use."""
    two = b"\n".join(
        json.dumps(row).encode()
        for name in ("thiazide-low-potassium", "on-hold-order")
        for row in case(name).resources
    )
    ran = crampcheck("assess", "-", stdin=two)
    assert (11, "") == (ran.code, ran.out)
    assert "screen" in ran.err


def test_invalid_knowledge_is_10_with_every_fault(
    crampcheck: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each fault is listed by file and key, whichever command met them."""

    def load(**_: object) -> None:
        raise KnowledgeError(
            "data", [Fault("labs.toml", "lab.ck.unit", "is missing"), Fault("terms.toml", "a", "b")]
        )

    monkeypatch.setattr(pipeline, "_MADE", {})
    monkeypatch.setattr(pipeline, "load", load)
    ran = crampcheck("assess", BUNDLE)
    assert (10, "") == (ran.code, ran.out)
    assert "labs.toml: lab.ck.unit: is missing" in ran.err
    assert "terms.toml: a: b" in ran.err


def test_an_unexpected_error_is_1_and_quotes_nothing(
    crampcheck: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The type is named, the message is not: it may hold a patient's record."""
    monkeypatch.setattr("plugin.pipeline.Pipeline.assess_entries", _raise)
    ran = crampcheck("assess", BUNDLE)
    assert (1, "") == (ran.code, ran.out)
    assert "internal error (KeyError)" in ran.err
    assert "CRAMPCHECK_DEBUG=1" in ran.err
    assert "Jane" not in ran.err


def test_debug_shows_where(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With CRAMPCHECK_DEBUG=1 the traceback is printed, for whoever asked for it."""
    monkeypatch.setenv("CRAMPCHECK_DEBUG", "1")
    monkeypatch.setattr("plugin.pipeline.Pipeline.assess_entries", _raise)
    assert 1 == execute(["assess", str(BUNDLE)])
    assert "Traceback" in capfd.readouterr().err


def test_a_reader_that_goes_away_is_no_fault_of_ours() -> None:
    """`crampcheck ... | head` ends quietly."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        ran = subprocess.run(
            [sys.executable, "-c", RUN, "assess", str(BUNDLE), "--format", "json"],
            stdout=gone,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "PYTHONPATH": str(PATIENTS.parents[1])},
        )
    assert (UNFORESEEN, b"") == (ran.returncode, ran.stderr)


def _with_streams(redirection: str, *arguments: str) -> tuple[int, str]:
    """Exit code and standard error of a command line whose streams a shell has set up."""
    ran = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-c", RUN, *arguments],
        stderr=subprocess.PIPE,
        check=False,
        env={**os.environ, "PYTHONPATH": str(PATIENTS.parents[1])},
    )
    return ran.returncode, ran.stderr.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ("assess", str(BUNDLE)),
        ("assess", str(BUNDLE), "--format", "json"),
        ("explain", "furosemide"),
        ("--help",),
    ],
    ids=["table", "json", "explain", "help"],
)
@pytest.mark.parametrize(
    ("redirection", "fault"),
    [(">&-", "it is closed"), (">/dev/full", "no space left on device")],
    ids=["closed", "full"],
)
def test_an_answer_that_cannot_be_written_is_1_and_said(
    arguments: tuple[str, ...], redirection: str, fault: str
) -> None:
    """Not a success without an answer, and no internal error: the fault and the remedy."""
    assert (
        1,
        f"crampcheck: standard output cannot be written ({fault}); send it to a file or a pipe.\n",
    ) == _with_streams(redirection, *arguments)


@pytest.mark.parametrize("command", ["assess", "resolve", "screen"])
def test_a_closed_standard_input_is_11(command: str, tmp_path: Path) -> None:
    """It is said that it is closed, and what to do."""
    out = ("--out", str(tmp_path / "out")) if command == "screen" else ()
    code, said = _with_streams("<&-", command, "-", *out)
    assert 11 == code
    assert said.startswith("crampcheck: standard input is closed; pipe ")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-"])
def test_a_screening_needs_no_open_output(redirection: str, tmp_path: Path) -> None:
    """Its results are files; whoever closed the streams wants no word of it."""
    out = tmp_path / "out"
    assert 0 == _with_streams(redirection, "screen", str(BUNDLE), "--out", str(out))[0]
    assert 1 == len((out / "assessments.ndjson").read_bytes().splitlines())


def test_a_command_that_is_stopped_while_it_is_imported_is_130() -> None:
    """The first tenth of a second goes into imports, and showed where they had come to."""
    program = (
        "import sys\n"
        "class Stop:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'click': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Stop())\n"
        "from plugin.cli.entry import run\n"
        "run()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "--version"], capture_output=True, text=True, check=False
    )
    assert (130, "", "crampcheck: stopped.\n") == (ran.returncode, ran.stdout, ran.stderr)
