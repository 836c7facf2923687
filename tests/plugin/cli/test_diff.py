"""`crampcheck knowledge diff`: what changes in the knowledge, and in whose answers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as replace_fields

from knowledge.load import DATA, load
from plugin.facts.needed import lacking
from tests.knowledge.knowledge_copy import TINY, copy_of_tiny, replace
from tests.knowledge.site_files import change, overlay
from tests.plugin.cli.conftest import Run
from tests.plugin.golden import all_cases

AS_OF = ("--as-of", "2026-11-01")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packaged data in a folder of their own."""
    ignored = shutil.ignore_patterns(".compiled")
    return Path(shutil.copytree(DATA, tmp_path / "data", ignore=ignored))


@pytest.fixture
def patients(tmp_path: Path) -> Path:
    """Every golden case in one NDJSON file."""
    folder = tmp_path / "patients"
    folder.mkdir()
    rows = [json.dumps(row) for case in all_cases() for row in case.resources]
    (folder / "all.ndjson").write_text("\n".join(rows), encoding="utf-8")
    return folder


def as_json(crampcheck: Run, *arguments: Any) -> dict[str, Any]:
    ran = crampcheck("knowledge", "diff", *arguments, *AS_OF, "--format", "json")
    assert (0, "") == (ran.code, ran.err)
    said: dict[str, Any] = json.loads(ran.out)
    assert "crampcheck.knowledge-diff/1" == said["schema"]
    return said


def test_the_same_knowledge_has_no_difference(crampcheck: Run, copy: Path, patients: Path) -> None:
    """Nor has anybody another answer; and nothing is written into the folder."""
    said = as_json(crampcheck, copy, "--patients", patients)
    assert ([], []) == (said["changes"], said["not_compared"])
    assert said["old"] == said["new"] == load().version
    assert len(all_cases()) == said["patients"]["compared"]
    assert [] == said["patients"]["changes"]
    assert not (copy / ".compiled").exists()


def test_entries_are_named_by_kind_id_and_field(crampcheck: Run, tmp_path: Path) -> None:
    """Added, removed and changed, with what was and what is."""
    new = copy_of_tiny(tmp_path)
    replace(new / "labs.toml", "cuts = [4, 10]", "cuts = [4, 10, 40]")
    replace(new / "ingredients/loop.toml", '"Lasix"', '"Lasix", "Frusol"')
    replace(new / "rules/potassium.toml", 'id = "with-quinine"', 'id = "beside-quinine"')
    replace(new / "version.toml", 'version = "1.0"', 'version = "1.1"')
    said = as_json(crampcheck, TINY, new)
    assert ("1.0", "1.1") == (said["old"], said["new"])
    found = {(row["how"], row["kind"], row["id"]): row["fields"] for row in said["changes"]}
    assert found.keys() == {
        ("removed", "rule", "with-quinine"),
        ("added", "rule", "beside-quinine"),
        ("changed", "ingredient", "furosemide"),
        ("changed", "lab", "ck"),
    }
    assert [{"field": "cuts", "was": ["4", "10"], "now": ["4", "10", "40"]}] == (
        found["changed", "lab", "ck"]
    )
    assert [{"field": "brands", "was": ["Lasix"], "now": ["Lasix", "Frusol"]}] == (
        found["changed", "ingredient", "furosemide"]
    )
    lines = crampcheck("knowledge", "diff", TINY, new).out.splitlines()
    assert "Knowledge 1.0 > 1.1: 4 differences" == lines[0]
    for line in ("- rule with-quinine", "+ rule beside-quinine", "~ lab ck", "      + Frusol"):
        assert line in lines
    assert "      - Lasix" not in lines


def test_conditions_are_shown_as_the_files_write_them(crampcheck: Run, tmp_path: Path) -> None:
    """A reviewer reads facts, not types."""
    new = copy_of_tiny(tmp_path)
    replace(
        new / "mitigations.toml", 'offer_when = ["potassium<3.5"]', 'offer_when = ["potassium<3.0"]'
    )
    said = as_json(crampcheck, TINY, new)
    (row,) = said["changes"]
    assert ("mitigation", "potassium-review") == (row["kind"], row["id"])
    assert [{"field": "offer_when", "was": [["potassium<3.5"]], "now": [["potassium<3.0"]]}] == (
        row["fields"]
    )


def test_patients_whose_answers_change_are_named_by_id_only(
    crampcheck: Run, tmp_path: Path, patients: Path
) -> None:
    """Levels up and down, findings, options and what is withheld; nothing else of a record."""
    changes = (
        change("rule", 'id = "low-potassium"\nlevel = "info"'),
        change("rule", 'id = "potassium-not-known"\nlevel = "warning"'),
    )
    arguments = ("packaged", "--new-overlay", overlay(tmp_path, *changes), "--patients", patients)
    said = as_json(crampcheck, *arguments)["patients"]
    assert said["changed"] == len(said["changes"]) > 0
    assert said["level_up"] > 0 < said["level_down"]
    down = next(row for row in said["changes"] if row["level_now"] < row["level_was"])
    assert {"rule": "low-potassium", "was": "warning", "now": "info"} in [
        moved for row in said["changes"] for moved in row["findings_moved"]
    ]
    assert down["patient"].startswith("Patient/")
    ran = crampcheck("knowledge", "diff", *arguments, *AS_OF)
    assert f"~ {down['patient']}" in ran.out.splitlines()
    assert "    finding low-potassium: warning > info" in ran.out.splitlines()
    told = ran.out[ran.out.index("Patients ") :]
    drugs = {name for case in all_cases() for name in case.expected["flagged"]}
    texts = {
        row[key]["text"]
        for case in all_cases()
        for row in case.resources
        for key in ("medicationCodeableConcept", "code")
        if "text" in row.get(key, {})
    }
    assert not [word for word in drugs | texts if f" {word} " in f" {told} "]


def test_a_changed_guard_rail_shows_in_what_is_offered_and_withheld(
    crampcheck: Run, copy: Path, patients: Path
) -> None:
    """An old knowledge that offered less: the new one adds options, for patients that are named."""
    text = (copy / "mitigations.toml").read_text(encoding="utf-8")
    assert "potassium<3.5" in text
    (copy / "mitigations.toml").write_text(text.replace("potassium<3.5", "potassium<3.0"), "utf-8")
    said = as_json(crampcheck, copy, "--patients", patients)
    assert "potassium-repletion-review" in {row["id"] for row in said["changes"]}
    marta = next(row for row in said["patients"]["changes"] if row["patient"] == "Patient/marta")
    assert "potassium-repletion-review" in marta["mitigations_added"]
    assert "potassium-repletion-review" in marta["withheld_removed"]
    assert 0 == marta["medications_read_otherwise"]


def test_a_patient_who_is_assessed_only_now_is_named(
    crampcheck: Run, copy: Path, patients: Path
) -> None:
    """The level may be none both times; the answers are not the same."""
    labs = copy / "labs.toml"
    before = labs.read_text(encoding="utf-8")
    head, _, tail = before.partition("[constant.adult-age-years]\nvalue = ")
    assert tail.startswith("18")
    labs.write_text(f"{head}[constant.adult-age-years]\nvalue = 21{tail[2:]}", encoding="utf-8")
    (patients / "young.ndjson").write_text(
        '{"resourceType": "Patient", "id": "young", "birthDate": "2007-01-01"}'
    )
    said = as_json(crampcheck, copy, "--patients", patients)["patients"]
    (young,) = (row for row in said["changes"] if row["patient"] == "Patient/young")
    assert ("under-18", "") == (young["not_assessed_was"], young["not_assessed_now"])
    assert "none" == young["level_was"] == young["level_now"]
    ran = crampcheck("knowledge", "diff", copy, "--patients", patients, *AS_OF)
    assert "    not assessed: under-18 > assessed" in ran.out.splitlines()


def test_files_that_only_the_program_reads_are_said_not_to_be_compared(
    crampcheck: Run, copy: Path
) -> None:
    """Routes and the terminology: silence would say that they are the same."""
    with (copy / "terminology" / "words.toml").open("a") as file:
        file.write("# another word\n")
    (copy / "routes.toml").unlink()
    said = as_json(crampcheck, copy)
    assert ["routes.toml", "terminology/words.toml"] == said["not_compared"]
    assert "  routes.toml" in crampcheck("knowledge", "diff", copy).out.splitlines()


def test_both_knowledges_at_fault_are_said_at_once(crampcheck: Run, tmp_path: Path) -> None:
    """Exit code 10, and nothing compared."""
    one, two = copy_of_tiny(tmp_path / "one"), copy_of_tiny(tmp_path / "two")
    replace(one / "version.toml", 'version = "1.0"', "version = 1")
    (two / "terms.toml").unlink()
    ran = crampcheck("knowledge", "diff", one, two)
    assert (10, "") == (ran.code, ran.out)
    assert f"the knowledge in {one} has 1 fault:" in ran.err
    assert "terms.toml: is missing" in ran.err
    ran = crampcheck("knowledge", "diff", tmp_path / "nowhere")
    assert 10 == ran.code
    assert "there is no such folder" in ran.err


def test_patients_that_cannot_be_read_are_11_and_13(
    crampcheck: Run, tmp_path: Path, patients: Path
) -> None:
    """As `screen` has it: no source, or a line of it."""
    ran = crampcheck("knowledge", "diff", "packaged", "--patients", tmp_path / "nowhere", *AS_OF)
    assert (11, "") == (ran.code, ran.out)
    (tmp_path / "empty").mkdir()
    ran = crampcheck("knowledge", "diff", "packaged", "--patients", tmp_path / "empty", *AS_OF)
    assert (11, "") == (ran.code, ran.out)
    (patients / "broken.ndjson").write_text('{"resourceType": "Pat')
    ran = crampcheck("knowledge", "diff", "packaged", "--patients", patients, *AS_OF)
    assert 13 == ran.code
    assert f"compared {len(all_cases())} + failed 0" in ran.out
    assert "! broken.ndjson, line 1: " in ran.out
    assert "1 line, entry or file" in ran.err


def test_bad_lines_without_end_are_counted_and_the_first_are_named(
    crampcheck: Run, tmp_path: Path
) -> None:
    """A file of damage is not held in memory, nor printed."""
    (tmp_path / "bad.ndjson").write_bytes(b"{oops\n" * 1_005)
    arguments = ("knowledge", "diff", "packaged", "--patients", tmp_path / "bad.ndjson", *AS_OF)
    ran = crampcheck(*arguments)
    assert 13 == ran.code
    assert "1005 lines, entries or files" in ran.err
    named = [line for line in ran.out.splitlines() if line.startswith("! ")]
    assert 1_001 == len(named)
    assert named[-1].startswith("! and 5 more")
    said = json.loads(crampcheck(*arguments, "--format", "json").out)["patients"]
    assert (1_005, 1_000) == (said["left_out"], len(said["quarantined"]))


def test_patients_under_incomplete_knowledge_are_refused_in_a_sentence(
    crampcheck: Run, tmp_path: Path, patients: Path
) -> None:
    """It names the folder and what it lacks; without patients such a folder is compared."""
    ran = crampcheck("knowledge", "diff", "packaged", TINY, "--patients", patients, *AS_OF)
    assert (10, "") == (ran.code, ran.out)
    assert f"{TINY}: lacks" in ran.err
    assert "constant.adult-age-years" in ran.err
    assert "term.muscle-symptom" in ran.err
    assert "current-result-days" not in ran.err
    assert str(DATA) not in ran.err
    assert 0 == crampcheck("knowledge", "diff", "packaged", TINY, *AS_OF).code


def test_knowledge_of_few_drugs_will_do_once_what_is_needed_is_there(
    crampcheck: Run, tmp_path: Path, patients: Path
) -> None:
    """All else that an assessment uses may be missing from a folder."""
    small = copy_of_tiny(tmp_path)
    labs = (small / "labs.toml").read_text().partition("\n[constant.")[0]
    for id_, one in load().constants.items():
        labs += f'\n[constant.{id_}]\nvalue = {one.value}\nunit = "{one.unit}"\n'
        labs += 'text = "As it is."\nsources = [{ source = "choice", locator = "windows" }]\n'
    (small / "labs.toml").write_text(labs)
    with (small / "terms.toml").open("a") as terms:
        terms.write('\n[term.muscle-symptom]\nlabel = "a symptom"\nany = ["has:dialysis"]\n')
    ran = crampcheck("knowledge", "diff", "packaged", small, "--patients", patients, *AS_OF)
    assert (0, "") == (ran.code, ran.err)
    assert f"compared {len(all_cases())} + failed 0" in ran.out


@pytest.mark.parametrize("constant", sorted(load().constants))
def test_each_constant_is_asked_for_before_patients_are_read(constant: str) -> None:
    """So that a new one which the program looks up is not forgotten here."""
    known = load()
    others = {id_: one for id_, one in known.constants.items() if id_ != constant}
    assert [f"constant.{constant}"] == lacking(replace_fields(known, constants=others))
