"""Many small files are read together, and each is told of as if it had been read alone."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.screening.conftest import AS_OF, Export, export, golden_resources, lines, ndjson

__all__ = ["crampcheck", "export"]  # fixtures that the tests below name

FILES = 60
NO_ID = b'{"resourceType": "Patient"}\n'


def test_faults_are_named_by_their_own_file_and_line(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Among sixty, one is packed, one is cut short, one is no JSON, one empty, two have a line."""
    resources = golden_resources()
    content = {f"{n:02}.ndjson": ndjson(resources[n::FILES]) for n in range(FILES)}
    whole = export({"all.ndjson": resources})
    assert 0 == crampcheck("screen", whole, "--out", tmp_path / "one", "--as-of", AS_OF).code
    (whole / "all.ndjson").unlink()
    content["07.ndjson"] = gzip.compress(content["07.ndjson"])
    content["11.ndjson"] = NO_ID + content["11.ndjson"]
    content["12.ndjson"] = content["12.ndjson"] + b"\n" + NO_ID
    content["20-cut.ndjson"] = gzip.compress(ndjson([{"resourceType": "Patient", "id": "x"}]))[:-4]
    content["30-foreign.ndjson"] = b"PK\x03\x04 and more"
    content["40-empty.ndjson"] = b""
    source = export(dict(content))
    assert 13 == crampcheck("screen", source, "--out", tmp_path / "many", "--as-of", AS_OF).code
    rows = [(row["file"], row["line"]) for row in lines(tmp_path / "many" / "quarantine.ndjson")]
    last = content["12.ndjson"].count(b"\n")
    assert [("30-foreign.ndjson", 0), ("11.ndjson", 1), ("12.ndjson", last)] == [
        row for row in rows if not row[0].startswith("20")
    ]
    assert {"20-cut.ndjson"} == {name for name, _ in rows if name.startswith("20")}
    answers = [
        (tmp_path / name / "assessments.ndjson").read_bytes().splitlines()
        for name in ("one", "many")
    ]
    assert set(answers[0]) == {row for row in answers[1] if b'"patient":"Patient/x"' not in row}


def test_lines_and_bytes_of_all_files_are_counted(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Each once, and each file has a checksum of its own."""
    resources = golden_resources()
    source = export({f"{n:02}.ndjson": resources[n::FILES] for n in range(FILES)})
    assert 0 == crampcheck("screen", source, "--out", tmp_path / "out", "--as-of", AS_OF).code
    told = json.loads((tmp_path / "out" / "run.json").read_bytes())
    data = b"".join(path.read_bytes() for path in sorted(source.iterdir()))
    assert (data.count(b"\n"), len(data)) == (told["counts"]["lines"], told["counts"]["bytes"])
    assert FILES == len({file["sha256"] for file in told["source"]["files"]})


def test_an_empty_file_may_be_the_first(crampcheck: Run, export: Export, tmp_path: Path) -> None:
    """An export has a file of each type that was asked for, and some have nothing in them."""
    resources = golden_resources()
    source = export({"a.ndjson": b"", "b.ndjson": resources, "c.ndjson": b"", "d.ndjson": b""})
    assert 0 == crampcheck("screen", source, "--out", tmp_path / "with", "--as-of", AS_OF).code
    for name in ("a", "c", "d"):
        (source / f"{name}.ndjson").unlink()
    assert 0 == crampcheck("screen", source, "--out", tmp_path / "without", "--as-of", AS_OF).code
    with_them, without = (tmp_path / name / "assessments.ndjson" for name in ("with", "without"))
    assert with_them.read_bytes() == without.read_bytes() != b""


def test_nothing_but_empty_files_is_said(crampcheck: Run, export: Export, tmp_path: Path) -> None:
    """On standard input too; no run is claimed to have been made."""
    source = export({"a.ndjson": b"", "b.ndjson": b""})
    for given in (source, "-"):
        told = crampcheck("screen", given, "--out", tmp_path / "out", "--as-of", AS_OF)
        assert (11, True) == (told.code, "holds no FHIR resource" in told.err)
        assert not (tmp_path / "out" / "run.json").exists()
