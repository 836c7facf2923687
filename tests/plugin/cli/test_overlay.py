"""A site overlay at every door: what it changes in answers, how it is said, and what it cannot."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from knowledge.checks.mitigations import never_proposed
from knowledge.load import load
from knowledge.model import Level
from plugin.app import create_app
from plugin.config import Settings
from plugin.pipeline import Pipeline, default_pipeline
from plugin.reading.source import split
from tests.knowledge.site_files import SIGNED, change, overlay
from tests.plugin.cli.conftest import Run
from tests.plugin.golden import all_cases, case
from tests.plugin.hook_calls import TODAY, URL, call, order, prefetch

LOCAL_LABS, LOCAL_DRUGS = "urn:oid:1.2.3.4", "http://drugs.example.org/codes"
CODES = (
    change("lab_code", f'lab = "potassium"\nsystem = "{LOCAL_LABS}"\ncode = "K"\nname = "K"'),
    change(
        "drug_code",
        f'ingredients = ["chlorthalidone", "atenolol"]\nsystem = "{LOCAL_DRUGS}"\n'
        'code = "4711"\nname = "Atenolol + chlorthalidone"',
    ),
)


def answer(crampcheck: Run, bundle: bytes, path: Path | None = None) -> dict[str, Any]:
    options = ("--overlay", path) if path else ()
    asked = ("assess", "-", "--as-of", "2026-11-01", "--format", "json")
    ran = crampcheck(*asked, *options, stdin=bundle)
    assert (0, "") == (ran.code, ran.err)
    said: dict[str, Any] = json.loads(ran.out)
    return said


PATIENT = case("thiazide-low-potassium").bundle


def test_the_answer_says_which_overlay_was_in_force(crampcheck: Run, tmp_path: Path) -> None:
    """In its version, and only there where nothing else was changed."""
    plain = answer(crampcheck, PATIENT)
    said = answer(crampcheck, PATIENT, overlay(tmp_path))
    base = plain.pop("knowledge_version")
    assert said.pop("knowledge_version").startswith(f"{base}+example-hospital.")
    assert plain == said


def test_codes_of_the_site_are_read(crampcheck: Run, tmp_path: Path) -> None:
    """A potassium and a product under local codes alone; without the overlay neither is known."""
    local = PATIENT.replace(b'"http://loinc.org"', b'"urn:oid:1.2.3.4"').replace(b"2823-3", b"K")
    bundle = json.loads(local)
    for entry in bundle["entry"]:
        if entry["resource"].get("id") == "marta-rx1":
            coding = {"system": LOCAL_DRUGS + "/", "code": "4711"}
            entry["resource"]["medicationCodeableConcept"] = {"coding": [coding]}
    local = json.dumps(bundle).encode()
    without = answer(crampcheck, local)
    assert ["code-not-known"] == [row["reason"] for row in without["unread"]]
    assert "none" == without["level"]
    said = answer(crampcheck, local, overlay(tmp_path, *CODES))
    assert [] == said["unread"]
    assert ["atenolol", "chlorthalidone"] == said["medications"][0]["ingredients"]
    assert "code" == said["medications"][0]["match"]
    facts = {fact["fact"] for finding in said["findings"] for fact in finding["because"]}
    assert "warning" == said["level"]
    assert any(fact.startswith("potassium<") for fact in facts)


def test_a_route_of_the_site_is_heeded(tmp_path: Path) -> None:
    """A bare code of eye drops is no exposure; the same drug under a code without a route is."""
    keys = f'ingredients = ["furosemide"]\nsystem = "{LOCAL_DRUGS}"\n'
    site = overlay(
        tmp_path,
        change(
            "drug_code",
            f'{keys}code = "drops"\nname = "Furosemide eye drops"\nroute = "ophthalmic"',
        ),
        change("drug_code", f'{keys}code = "tablet"\nname = "Furosemide"'),
    )
    pipeline = Pipeline(load(overlay=site, compiled=False))
    levels = []
    for code in ("drops", "tablet"):
        entry = order("x")
        entry["medicationCodeableConcept"] = {"coding": [{"system": LOCAL_DRUGS, "code": code}]}
        said = pipeline.assess_entries(split(json.dumps(entry).encode()), TODAY)
        assert ("furosemide",) == said.medications[0].ingredients
        assert () == said.unread
        levels.append(said.level)
    assert [Level.NONE, Level.INFO] == levels


def fired_rule(said: dict[str, Any], level: str) -> str:
    name: str = next(row["rule"] for row in said["findings"] if row["level"] == level)
    return name


def test_a_changed_level_is_in_the_finding_with_its_reason(crampcheck: Run, tmp_path: Path) -> None:
    """On the card and in the JSON, since both show a finding's notes."""
    rule = fired_rule(answer(crampcheck, PATIENT), "warning")
    path = overlay(tmp_path, change("rule", f'id = "{rule}"\nlevel = "info"'))
    said = answer(crampcheck, PATIENT, path)
    finding = next(row for row in said["findings"] if row["rule"] == rule)
    assert "info" == finding["level"] == said["level"]
    assert (
        "Example Hospital starts this at info, not warning, since 2026-11-01: "
        "agreed in the medicines committee." in finding["notes"]
    )
    table = crampcheck("assess", "-", "--as-of", "2026-11-01", "--overlay", path, stdin=PATIENT)
    assert "+example-hospital." in table.out
    assert "Example Hospital starts this at info" in " ".join(table.out.split())


def test_a_rule_that_is_off_is_not_in_the_answer(crampcheck: Run, tmp_path: Path) -> None:
    """And the drug that it was about is still judged by the others."""
    plain = answer(crampcheck, PATIENT)
    rule = fired_rule(plain, "warning")
    path = overlay(tmp_path, change("rule", f'id = "{rule}"\noff = true'))
    said = answer(crampcheck, PATIENT, path)
    assert rule not in {row["rule"] for row in said["findings"]}
    assert plain["medications"] == said["medications"]


def test_no_overlay_offers_what_a_guard_rail_withholds(tmp_path: Path) -> None:
    """Every rule at each level in turn, over every golden case: guards and bans stay."""
    plain = default_pipeline()
    banned = never_proposed(plain.knowledge)
    for level in (Level.INFO, Level.WARNING, Level.CRITICAL):
        changes = [
            change("rule", f'id = "{rule.id}"\nlevel = "{level.value}"' + _acknowledged(rule.level))
            for rule in plain.knowledge.rules
            if rule.level is not level
        ]
        site = Pipeline(load(overlay=overlay(tmp_path, *changes, *CODES), compiled=False))
        for patient in all_cases():
            entries = split(patient.bundle)
            before = plain.assess_entries(entries, patient.as_of)
            after = site.assess_entries(entries, patient.as_of)
            withheld = {row.mitigation for row in before.withheld}
            assert not withheld & {row.id for row in after.mitigations}, patient.name
            for row in after.mitigations:
                proposes = site.knowledge.mitigations[row.id].proposes
                assert not banned & {m for p in proposes for m in site.knowledge.members(p)}


def _acknowledged(level: Level) -> str:
    return "\nacknowledge_critical = true" if level is Level.CRITICAL else ""


def test_the_service_says_it_in_discovery_on_the_card_and_in_its_state(tmp_path: Path) -> None:
    """Whose overlay it is, and what it switches off."""
    site = overlay(tmp_path, *CODES, change("rule", 'id = "potassium-not-known"\noff = true'))
    client = create_app(Settings(overlay=str(site))).test_client()
    version = load(overlay=site).version
    services = client.get("/cds-services").get_json()["services"]
    assert services
    for service in services:
        assert version == service["version"]
        assert (
            "With the changes of Example Hospital (overlay example-hospital)."
            in (service["description"])
        )
        assert "http://loinc.org|2823-3" in service["prefetch"]["potassium"]
        assert f"{LOCAL_LABS}|K" in service["prefetch"]["potassium"]
    ready = client.get("/readyz").get_json()
    assert version == ready["knowledge_version"]
    assert ["potassium-not-known"] == ready["overlay"]["rules_off"]
    assert "Example Hospital" in client.get("/").get_data(as_text=True)
    response = client.post(
        URL, data=call(prefetch(order("xqzzt"))), content_type="application/json"
    )
    (card,) = response.get_json()["cards"]
    assert f"Knowledge {version}, with the changes of Example Hospital" in card["detail"]


@pytest.mark.parametrize("how", ["option", "setting", "option over setting"])
def test_it_is_named_by_option_or_setting(
    crampcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The option comes first, and leaves the environment as it was."""
    path = overlay(tmp_path, CODES[0])
    if how != "option":
        named = path if how == "setting" else tmp_path / "nowhere"
        monkeypatch.setenv("CRAMPCHECK_OVERLAY", str(named))
    before = dict(os.environ)
    options = () if how == "setting" else ("--overlay", path)
    ran = crampcheck("knowledge", "list", *options)
    assert (0, "") == (ran.code, ran.err)
    assert "overlay example-hospital (Example Hospital)" in ran.out
    assert before == dict(os.environ)


def test_check_list_and_explain_show_each_change(crampcheck: Run, tmp_path: Path) -> None:
    """What, from what to what, why, by whom, when and in which file; a rule that is off too."""
    off = change("rule", 'id = "potassium-not-known"\noff = true')
    path = overlay(tmp_path, *CODES, off)
    why = "agreed in the medicines committee (P. Example, 2026-11-01; site.toml)"
    for command in ("check", "list"):
        ran = crampcheck("knowledge", command, "--overlay", path)
        assert 0 == ran.code
        assert f"  rule potassium-not-known: info > off: {why}" in ran.out.splitlines()
        assert f"  lab code potassium: {LOCAL_LABS} K: {why}" in ran.out.splitlines()
    assert "site.toml (by P. Example" in crampcheck("knowledge", "check", "--overlay", path).out
    alone = crampcheck("knowledge", "list", "--overlay", overlay(tmp_path / "alone", off))
    assert re.search(r"^overlay example-hospital .*: 1 change$", alone.out, re.MULTILINE)
    rule = crampcheck("explain", "potassium-not-known", "--overlay", path)
    assert "Changed by the site: rule potassium-not-known: info > off" in " ".join(rule.out.split())
    drug = crampcheck("explain", "chlorthalidone", "--overlay", path)
    assert f"{LOCAL_DRUGS} 4711" in drug.out
    assert "Changed by the site" not in crampcheck("explain", "chlorthalidone").out


def test_an_overlay_at_fault_is_10_with_every_fault(crampcheck: Run, tmp_path: Path) -> None:
    """Whichever command meets it."""
    path = overlay(tmp_path, change("rule", 'id = "nothing"\nlevel = "dire"', ""))
    commands = (
        ("assess", "-"),
        ("resolve", "-"),
        ("explain", "quinine"),
        ("knowledge", "check"),
        ("knowledge", "list"),
        ("screen", "-", "--out", tmp_path / "out"),
        ("serve",),
    )
    for command in commands:
        ran = crampcheck(*command, "--overlay", path, stdin=PATIENT)
        assert 10 == ran.code, command
        assert "site.toml: rule[0].level: must be one of" in ran.err
        assert "site.toml: rule[0].by: is missing" in ran.err
    assert not (tmp_path / "out").exists()


def jurisdiction(value: str) -> str:
    return f'\n[jurisdiction]\nvalue = "{value}"\n{SIGNED}'


def test_a_jurisdiction_is_said_in_one_place(
    crampcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the overlay holds; the environment may say the same, and not another."""
    path = overlay(tmp_path, jurisdiction("UK"))
    monkeypatch.setenv("CRAMPCHECK_OVERLAY", str(path))
    assert "UK" == default_pipeline().jurisdiction
    monkeypatch.setenv("CRAMPCHECK_JURISDICTION", "UK")
    assert "UK" == default_pipeline().jurisdiction
    monkeypatch.setenv("CRAMPCHECK_JURISDICTION", "EU")
    ran = crampcheck("knowledge", "list")
    assert 2 == ran.code
    assert "CRAMPCHECK_JURISDICTION is EU and the overlay example-hospital says UK" in ran.err
    monkeypatch.delenv("CRAMPCHECK_OVERLAY")
    assert "EU" == default_pipeline().jurisdiction
    monkeypatch.setenv("CRAMPCHECK_JURISDICTION", "")
    assert "US" == default_pipeline().jurisdiction


def test_workers_of_a_screening_judge_by_the_overlay(crampcheck: Run, tmp_path: Path) -> None:
    """The processes that a command starts are under it too."""
    path = overlay(tmp_path)
    lines = b"\n".join(json.dumps(row).encode() for one in all_cases()[:3] for row in one.resources)
    for workers in ("1", "2"):
        out = tmp_path / workers
        ran = crampcheck(
            *("screen", "-", "--out", out, "--as-of", "2026-11-01", "--workers", workers),
            *("--overlay", path),
            stdin=lines,
        )
        assert 0 == ran.code
        rows = (out / "assessments.ndjson").read_bytes().splitlines()
        assert 3 == len(rows)
        assert all(b"+example-hospital." in row for row in rows)
