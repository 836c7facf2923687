"""`crampcheck signal` over an export: files, table, exit codes."""

from __future__ import annotations

import csv
import json
import random
import re
import stat
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.plugin.cli.conftest import Ran, Run, crampcheck
from tests.plugin.golden import SHARED
from tests.plugin.screening.conftest import AS_OF, Export, export, ndjson
from tests.plugin.screening.signal.exporting import population

__all__ = ["crampcheck", "export"]

SYNTHEA = SHARED / "data" / "synthea-100"
SIGNALS = {"thiazide-and-thiazide-like": 2.0, "laba-alone": 3.0}
NONE = (
    "statin",
    "proton-pump-inhibitor",
    "control-beta-blocker",
    "control-inhaled-anticholinergic",
)
FILES = ["failed.ndjson", "quarantine.ndjson", "signal.csv", "signal.html", "signal.json"]


def analyse(crampcheck: Run, source: Path | str, out: Path, *more: str, stdin: bytes = b"") -> Ran:
    return crampcheck("signal", source, "--out", out, "--as-of", AS_OF, *more, stdin=stdin)


def result(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "signal.json").read_bytes())
    return found


def groups(out: Path) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in result(out)["groups"]}


def test_known_effects_are_found_in_an_export_and_controls_show_none(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """NDJSON in, the whole way: two drugs that do it, four that do not, shuffled over two files."""
    resources = list(population(4000, seed=7, cramp_chance=0.4))
    random.Random(6).shuffle(resources)  # noqa: S311 - a fixed order, no secret
    half = len(resources) // 2
    source = export({"a.ndjson": resources[:half], "b.ndjson.gz": resources[half:]})
    out = tmp_path / "out"
    ran = analyse(crampcheck, source, out)
    assert 0 == ran.code, ran.err
    found = groups(out)
    for id_, truth in SIGNALS.items():
        assert "above" == found[id_]["verdict"], id_
        assert found[id_]["low"] <= truth <= found[id_]["high"], id_
    for id_ in NONE:
        assert "open" == found[id_]["verdict"], id_
    assert "few" == found["loop-diuretic"]["verdict"]
    assert 4000 == result(out)["population"]["patients"]
    shown = " ".join(ran.out.split())
    assert "thiazide-and-thiazide-like" in shown
    assert "2.42 (2.02 to 2.89)" in shown, "no number of the table is cut off"
    assert "\u2026" not in shown
    assert "published: Garrison 2012 (British Columbia, age 50 and older" in shown
    assert "The interval of this control holds 1, as it should" in shown
    assert "No negative control has enough pairs" not in shown
    _the_page_holds_together(out / "signal.html", found)


def _the_page_holds_together(path: Path, found: dict[str, dict[str, Any]]) -> None:
    """Nothing is fetched, no script runs, the plot is drawing, and the numbers are in words."""
    page = path.read_text(encoding="utf-8")
    assert [] == re.findall(r"<script|<link|<img|src=|url\((?!#)|@import", page)
    addresses = set(re.findall(r"https?://[^\"' <]+", page))
    assert {"http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg"} == addresses
    plot = page[page.index("<svg") : page.index("</svg>") + 6]
    assert ElementTree.fromstring(plot).tag.endswith("svg")  # noqa: S314 - drawn by us
    thiazide = found["thiazide-and-thiazide-like"]
    assert f"{thiazide['adjusted_ratio']:.2f}" in page
    assert "1.48 (1.29 to 1.68)" in page
    assert "Whoever leaves or dies soon after a start" in page
    assert "no advice about any one patient" in page
    assert "Protopathic bias" in page


def test_controls_that_nobody_started_are_a_sentence_and_no_empty_table(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    controls = ("metoprolol", "tiotropium")
    kept = [
        one
        for one in population(60, seed=8)
        if not any(name in json.dumps(one) for name in controls)
    ]
    assert 0 == analyse(crampcheck, export({"all.ndjson": kept}), tmp_path / "out").code
    page = (tmp_path / "out" / "signal.html").read_text(encoding="utf-8")
    section = page[page.index("<h2>Negative controls</h2>") : page.index("<h2>Whom the pairs")]
    assert "<table>" not in section
    assert "Nobody has a first start that counts of any of these: " in section
    assert "<table>" in page[page.index("<h2>Groups linked") : page.index("<h2>Negative controls")]


def test_the_table_and_both_files_say_the_same(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Twice the same bytes; only for the eyes of who ran it."""
    source = export({"all.ndjson": list(population(300, seed=8))})
    out = tmp_path / "out"
    assert 0 == analyse(crampcheck, source, out, "--min-pairs", "1").code
    assert FILES == sorted(path.name for path in out.iterdir())
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()}
    with (out / "signal.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    found = groups(out)
    assert found.keys() == rows.keys()
    for id_, one in found.items():
        assert str(one["after"]) == rows[id_]["after"]
        ratio = one["adjusted_ratio"]
        assert ("" if ratio is None else str(ratio)) == rows[id_]["adjusted_ratio"]
    again = tmp_path / "again"
    assert 0 == analyse(crampcheck, source, again, "--min-pairs", "1").code
    for name in FILES:
        assert (out / name).read_bytes() == (again / name).read_bytes(), name


def test_workers_and_standard_input_change_nothing(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Nor does the folder of work stay."""
    resources = list(population(60, seed=8))
    source = export({"all.ndjson": resources})
    outs = [tmp_path / name for name in ("file", "two", "stdin")]
    assert 0 == analyse(crampcheck, source, outs[0]).code
    assert 0 == analyse(crampcheck, source, outs[1], "--workers", "2").code
    assert 0 == analyse(crampcheck, "-", outs[2], stdin=ndjson(resources)).code
    for out in outs[:2]:  # what a run that was killed would leave
        (out / ".crampcheck-signal").mkdir()
        (out / ".crampcheck-signal" / "chunk-000000.rows").write_bytes(b"of a patient")
        assert 0 == analyse(crampcheck, source, out).code
    for out in outs:
        assert FILES == sorted(path.name for path in out.iterdir())
        assert (outs[0] / "signal.json").read_bytes() == (out / "signal.json").read_bytes()


def test_published_ratios_are_those_of_the_study(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """As the project's table of studies has them; the controls have none."""
    table = SHARED / "reference" / "studies.csv"
    if not table.exists():
        pytest.skip("needs the studies of the shared reference")
    source = export({"all.ndjson": list(population(5, seed=1))})
    assert 0 == analyse(crampcheck, source, tmp_path / "out").code
    with table.open(newline="", encoding="utf-8") as file:
        known = {
            (row["value"], *row["ci_or_p"].split()[0].split("-"))
            for row in csv.DictReader(file)
            if row["study"].startswith("Garrison 2012") and row["status"] == "VERIFIED"
        }
    published = [one["published"] for one in groups(tmp_path / "out").values()]
    said = [one for one in published if one]
    assert 8 == len(said)
    for one in said:
        assert tuple(f"{one[key]:.2f}" for key in ("adjusted_ratio", "low", "high")) in known
    assert all(
        one["published"] is None for one in groups(tmp_path / "out").values() if one["control"]
    )


def test_small_cells_are_withheld_in_every_file(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """Of a population in which some cells are small; the same with and without differ."""
    source = export({"all.ndjson": list(population(150, seed=9, cramp_chance=0.6))})
    out = tmp_path / "out"
    ran = analyse(crampcheck, source, out, "--min-pairs", "1", "--suppress-below", "11")
    assert 0 == ran.code
    held = [one for one in groups(out).values() if one["verdict"] == "suppressed"]
    assert held
    for one in held:
        cells = (one[key] for key in ("after", "before", "crude_ratio", "adjusted_ratio", "low"))
        assert {None} == set(cells)
    counts = [
        one[key]
        for one in groups(out).values()
        for key in ("starts", "not_new", "after", "before", "same_day", "outside_window")
    ]
    assert not [count for count in counts if count is not None and 0 < count < 11]
    assert "withheld" in ran.out
    assert "withheld" in (out / "signal.html").read_text(encoding="utf-8")


def test_a_line_that_cannot_be_read_is_named_and_the_rest_is_counted(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    good = ndjson(list(population(20, seed=3)))
    source = export({"all.ndjson": good + b'{"resourceType": "Pat\n'})
    ran = analyse(crampcheck, source, tmp_path / "out")
    assert 13 == ran.code
    assert "1 line, entry or file" in ran.err
    rows = [json.loads(row) for row in (tmp_path / "out/quarantine.ndjson").open()]
    assert ["all.ndjson"] == [row["file"] for row in rows]
    assert 20 == result(tmp_path / "out")["population"]["patients"]
    assert 1 == result(tmp_path / "out")["population"]["quarantined"]


def test_results_within_the_source_are_not_read_back(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    source = export({"all.ndjson": list(population(10, seed=3))})
    first = analyse(crampcheck, source, source / "out")
    kept = (source / "out/signal.json").read_bytes()
    second = analyse(crampcheck, source, source / "out")
    assert (0, 0) == (first.code, second.code)
    assert kept == (source / "out/signal.json").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--window", "0"], 2, "--window"),
        (["--outcome", "pain"], 2, "quinine"),
        (["--data-from", "2020"], 2, "--data-from"),
        (["--suppress-below", "4"], 2, "would protect nobody; use 5 or more"),
    ],
)
def test_a_choice_that_is_none_is_refused(
    crampcheck: Run, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    ran = analyse(crampcheck, tmp_path, tmp_path / "out", *arguments)
    assert code == ran.code
    assert said in ran.err
    assert not (tmp_path / "out").exists()


def test_a_source_that_is_not_there_or_holds_nobody_is_a_sentence(
    crampcheck: Run, tmp_path: Path
) -> None:
    ran = analyse(crampcheck, tmp_path / "nowhere", tmp_path / "out")
    assert 11 == ran.code
    assert "no such file" in ran.err
    ran = analyse(crampcheck, "-", tmp_path / "out", stdin=b"\n")
    assert 11 == ran.code
    assert "holds no patient" in ran.err
    assert not (tmp_path / "out").exists()


def test_without_what_it_needs_the_extra_is_named(
    crampcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said before anything is read."""
    from plugin.screening.signal import extra  # noqa: PLC0415

    monkeypatch.setattr(extra, "NEEDED", ("scipy", "a_package_that_is_not_there"))
    ran = analyse(crampcheck, tmp_path / "nowhere", tmp_path / "out")
    assert 1 == ran.code
    assert "crampcheck[signal]" in ran.err
    assert "a_package_that_is_not_there" in ran.err


@pytest.mark.skipif(not SYNTHEA.exists(), reason="needs the shared Synthea export")
def test_an_export_without_cramps_says_so(crampcheck: Run, tmp_path: Path) -> None:
    """Synthea knows no cramps: starts are counted, nothing is compared, and no ratio is shown."""
    ran = analyse(crampcheck, SYNTHEA, tmp_path / "out")
    assert 0 == ran.code
    found = result(tmp_path / "out")
    assert (100, 0) == (found["population"]["patients"], found["population"]["cramps"])
    assert groups(tmp_path / "out")["thiazide-and-thiazide-like"]["starts"] > 0
    assert {"few"} == {one["verdict"] for one in found["groups"]}
    assert "No record of cramps that counts" in ran.out


def test_one_patient_and_one_day_are_said_in_the_singular(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """In the table and on the page."""
    cramp = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "R25.2"}]}
    of_whom = {"subject": {"reference": "Patient/a"}, "code": cramp, "onsetDateTime": "2020-01-01"}
    patient = {"resourceType": "Patient", "id": "a", "birthDate": "1950-01-01"}
    source = export({"a.ndjson": [patient, {"resourceType": "Condition", "id": "c", **of_whom}]})
    out = tmp_path / "out"
    ran = analyse(crampcheck, source, out, "--run-in", "0", "--window", "1")
    assert ran.out.startswith("1 patient, 1 first record of cramps that counts. ")
    page = (out / "signal.html").read_text()
    assert "<p>1 patient, of whom 1 has a first record of muscle cramps that counts. " in page
    assert "Cramps up to 1 day before or after" in page
    assert "in the first 0 days is not" in page
