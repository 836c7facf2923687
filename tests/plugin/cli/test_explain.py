"""`crampcheck explain`: what is known, with sources, by any name or sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from knowledge.layout import Kind
from knowledge.sheets.catalog import catalog
from knowledge.sheets.sheet import text_lines
from plugin.cards.shape import shorten
from plugin.pipeline import default_pipeline
from tests.docs.cards import card_as_shown
from tests.knowledge.knowledge_copy import copy_of_tiny
from tests.plugin.cli.conftest import Run
from tests.plugin.golden import PATIENTS

LOW = "low-potassium - a rule (warning)"


def titles(said: str) -> list[str]:
    """The titles of the sheets in an answer."""
    return [line for line in said.splitlines() if not line.startswith(" ")]


@pytest.mark.parametrize(
    "name",
    [
        "furosemide",
        "Frusemide",
        "LASIX",
        "4603",
        "RxNorm 4603",
        "C03CA01",
        "furosemide 40 mg oral tablet",
    ],
)
def test_a_drug_is_found_by_every_name_it_goes_by(crampcheck: Run, name: str) -> None:
    """Ingredient, synonym, brand, RxNorm and ATC code, and what an order would say."""
    ran = crampcheck("explain", name)
    assert (0, "") == (ran.code, ran.err)
    assert titles(ran.out) == ["furosemide - loop diuretics"]
    assert "{" not in ran.out
    for part in ("Tier 1", "RxNorm 4603 (verified", "Source: ", "awaiting review"):
        assert part in ran.out


def test_a_drug_shows_the_rules_and_interactions_that_can_speak_of_it(crampcheck: Run) -> None:
    """A rule about every drug is there only if the drug can meet it: its tier, its mechanisms."""
    said = crampcheck("explain", "simvastatin").out
    assert "Rule statin-muscle-symptom (info)" in said
    assert "Rule second-tier-symptom" not in said, "it is of tier 1"
    assert "simvastatin-itraconazole-us: simvastatin with itraconazole: contraindicated" in said
    assert "statin-dark-urine" in said
    beside = re.findall(r"[a-z-]*low-potassium[a-z-]*", re.sub(r"-\s+", "-", said))
    assert beside, "what is said beside any flagged drug"
    assert all(name.endswith(("-on-file", "-beside-symptom")) for name in beside)
    partner = crampcheck("explain", "itraconazole").out
    assert "Interactions of other drugs, with it as partner:" in partner
    assert "simvastatin-itraconazole-us" in partner


def test_two_statements_of_a_kind_stand_side_by_side(crampcheck: Run) -> None:
    """Where sources disagree the reader sees both, each with its own source."""
    knowledge = default_pipeline().knowledge
    name, kind, count = next(
        (drug.name, claim.kind, len(of_kind))
        for drug in knowledge.ingredients.values()
        for claim in drug.claims
        if len(of_kind := [one for one in drug.claims if one.kind == claim.kind]) > 1
    )
    said = crampcheck("explain", name).out
    label = kind.capitalize().replace("-", " ")
    assert f"  {label}: {count} statements, side by side" in said


def test_a_combination_product_explains_each_ingredient(crampcheck: Run) -> None:
    """A brand of two drugs gives both."""
    said = titles(crampcheck("explain", "Hyzaar").out)
    assert ["hydrochlorothiazide", "losartan"] == sorted(one.partition(" - ")[0] for one in said)


def test_unconfirmed_statements_are_marked(crampcheck: Run) -> None:
    """Where nothing confirms a statement, the reader cannot overlook it."""
    name = next(
        ingredient.name
        for ingredient in default_pipeline().knowledge.ingredients.values()
        if any(claim.status.value == "unconfirmed" for claim in ingredient.claims)
    )
    assert "(UNCONFIRMED)" in crampcheck("explain", name).out


def test_a_rule_reads_as_words(crampcheck: Run) -> None:
    """Conditions by their labels, terms spelled out, levels, guards, examples, rows, sources."""
    label = default_pipeline().knowledge.terms["rhythm-risk"].label
    said = crampcheck("explain", "moderate-low-potassium").out.replace("\n    it yet", " it yet")
    for part in (
        "moderate-low-potassium - a rule (warning)",
        "  Says: [drug] with potassium [potassium result]: below 3.0",
        "  For: drugs that can lower potassium (potassium-lowering).",
        "  Fires when: potassium below 3.0 mmol/L",
        "  Becomes critical when (all of these):",
        "    potassium: a result at most 30 days old",
        f"      {label}, that is, any of:",
        "  Suggests ecg: ",
        "    fires (critical): furosemide; ",
        "    does not fire: furosemide; ",
        "  Source: Bands of low potassium",
        "at: moderate, 2.5 to 2.9",
        "  Review of rules/potassium-low.toml: awaiting review, no clinician has reviewed it yet",
    ):
        assert part in said, part
    assert "potassium<3.0" not in said


def test_a_mitigation_shows_its_guard_rails_in_words(crampcheck: Run) -> None:
    """What must be proven, what withholds it, and which rules suggest it."""
    said = crampcheck("explain", "potassium-repletion-review").out
    assert "  Offered only when proven (all of these):" in said
    assert "    eGFR of at least 30 mL/min/1.73 m²" in said
    assert "  Withheld when: dialysis" in said
    assert "  Suggested by the rules: low-potassium, moderate-low-potassium." in said


@pytest.mark.parametrize(
    ("asked", "title", "part"),
    [
        ("ck", "ck - a lab (creatine kinase)", "LOINC 2157-6 "),
        ("2157-6", "ck - a lab (creatine kinase)", "Asked for by the rules: "),
        ("loop-diuretic", "loop-diuretic - loop diuretics (", "furosemide"),
        ("simvastatin-itraconazole-us", "simvastatin-itraconazole-us - an interaction", "Zocor"),
        ("Z99.2", "dialysis - a condition (dialysis)", "ICD-10-CM Z99.2 (verified)."),
        ("rhythm-risk", "rhythm-risk - a term (", "takes any of: cardiac glycosides"),
        ("potassium-loss", "potassium-loss - a mechanism (potassium loss)", "Lab: potassium."),
        ("garrison-2012", "garrison-2012 - a source", "Cited by: "),
        ("PMID 22157068", "garrison-2012 - a source", "Identifier: Arch Intern Med"),
    ],
)
def test_every_kind_of_entry_is_explained(
    crampcheck: Run, asked: str, title: str, part: str
) -> None:
    """By id, label or code, with its sources and its review."""
    said = crampcheck("explain", asked).out
    assert any(one.startswith(title) for one in titles(said)), said
    assert part in said
    assert "Review of " in said


@pytest.mark.parametrize(
    "sentence",
    [
        "Chlorthalidone with potassium 3.2 mmol/L (2026-10-24): low",
        "chlorthalidone with potassium 3.2 mmol/L (2026-10-24): low (+3 more)",
        "**Chlorthalidone with potassium 3.2 mmol/L (2026-10-24): low** (warning)",
        "- **Warning**: Chlorthalidone with potassium 3.2 mmol/L (2026-10-24): low. *On file:* "
        "chlorthalidone as “chlorthalidone 25 mg every morning”.",
        "> - **Warning**: Chlorthalidone and hydrochlorothiazide with potassium &#62;3.2 "
        "(2026-10-24): low. The result is more than 30 days old: recheck before deciding on "
        "replacement.",
        "Warning: Chlorthalidone with potassium not known: low. On file: chlorthalidone as x",
        "[drug] with potassium [potassium result]: low",
        "{drugs} with potassium {potassium}: low",
    ],
)
def test_a_sentence_of_a_card_finds_its_rule(crampcheck: Run, sentence: str) -> None:
    """With drugs and values filled in, decorated as a card does, or with notes behind it."""
    ran = crampcheck("explain", sentence)
    assert 0 == ran.code, ran.err
    assert [LOW] == titles(ran.out)


@pytest.mark.parametrize(
    ("drug", "rule"),
    [("simvastatin", "statin-ck-very-high"), ("colchicine", "myotoxic-ck-very-high")],
)
def test_of_two_rules_with_one_sentence_the_drug_decides(
    crampcheck: Run, drug: str, rule: str
) -> None:
    """The sentence is the same; the rule is the one that can be about the drug."""
    value = "creatine kinase 2400 U/L (2026-10-24)"
    said = crampcheck("explain", f"{drug} with {value}: ten times the upper limit or more").out
    assert [rule] == [one.partition(" - ")[0] for one in titles(said)]


def test_a_note_that_several_rules_add_finds_all(crampcheck: Run) -> None:
    """No guess is made between them."""
    note = "The result is more than 30 days old: recheck before deciding on replacement."
    said = titles(crampcheck("explain", note).out)
    low = [
        f"{name} - a rule (warning)" for name in ("low-magnesium", "low-magnesium-beside-symptom")
    ]
    assert sorted([*low, LOW]) == sorted(said)


def test_a_sentence_that_a_card_cut_short_finds_its_rule(crampcheck: Run) -> None:
    """A summary ends with an ellipsis where it would be too long."""
    rules = {rule.id: rule.summary for rule in default_pipeline().knowledge.rules}
    summary = rules["potassium-sparing-cramps"].replace("{drugs}", "Spironolactone")
    for limit in (50, 60, len(summary) - 1):
        cut = f"{shorten(summary, limit)} (+2 more)"
        assert "…" in cut
        said = crampcheck("explain", cut).out
        assert ["potassium-sparing-cramps - a rule (info)"] == titles(said)


def test_a_whole_card_is_explained_line_by_line(crampcheck: Run) -> None:
    """Its findings, options and sources, each once; headings and footers are passed over."""
    card = card_as_shown("thiazide-low-potassium")
    ran = crampcheck("explain", "-", stdin=card.encode())
    assert 0 == ran.code
    found = [one.partition(" - ")[0] for one in titles(ran.out)]
    assert LOW == titles(ran.out)[0]
    assert {"potassium-repletion-review", "thiazide-review", "stretching"} <= set(found)
    assert "hypokalaemia-bands" in found
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "case", sorted(path.name for path in PATIENTS.iterdir() if path.is_dir()), ids=str
)
def test_every_sentence_that_a_patient_gets_finds_what_said_it(crampcheck: Run, case: str) -> None:
    """Summaries and options of the golden patients, as they were filled in."""
    bundle = PATIENTS / case / "bundle.json"
    answer = json.loads(
        crampcheck("assess", bundle, "--format", "json", "--as-of", "2026-11-01").out
    )
    for finding in answer["findings"]:
        said = crampcheck("explain", finding["summary"]).out
        assert finding["rule"] in [one.partition(" - ")[0] for one in titles(said)]
    for option in answer["mitigations"]:
        said = crampcheck("explain", option["text"]).out
        assert option["id"] in [one.partition(" - ")[0] for one in titles(said)]


def test_a_drug_without_a_link_is_named_as_such(crampcheck: Run) -> None:
    """Amoxicillin is a drug, and that is all that is said."""
    ran = crampcheck("explain", "amoxicillin")
    assert 0 == ran.code
    assert "amoxicillin - a drug that this knowledge says nothing about" in ran.out


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("potassium-repletion-revue", "potassium-repletion-review"),
        ("severe-low-sodum", "severe-low-sodium"),
    ],
)
def test_what_is_not_known_is_2_with_what_is_near(crampcheck: Run, asked: str, near: str) -> None:
    """A misspelt id gets its neighbours; nothing is on standard output."""
    ran = crampcheck("explain", asked)
    assert (2, "") == (ran.code, ran.out)
    assert "is nothing that is known here" in ran.err
    assert near in ran.err


@pytest.mark.parametrize("asked", ["63304-0624-10", "63304062410"])
def test_a_product_code_without_a_release_is_told_what_reads_it(
    crampcheck: Run, asked: str
) -> None:
    """The remedy, and only for what may be such a code."""
    remedy = "crampcheck knowledge import-rxnorm"
    assert remedy in crampcheck("explain", asked).err
    assert remedy not in crampcheck("explain", "severe-low-sodum").err


@pytest.mark.parametrize(
    "asked",
    ["", "  ", "…", "low", "with sodium", "\x1b[31mred\x1b[0m", "?" * 9000, "-x --y", "{drugs}"],
)
def test_nonsense_is_2_and_said_in_a_short_sentence(crampcheck: Run, asked: str) -> None:
    """Too little to tell, control characters, thousands of letters: no guess, no traceback."""
    ran = crampcheck("explain", "--", asked)
    assert (2, "") == (ran.code, ran.out)
    assert "\x1b" not in ran.err
    assert len(ran.err) < 1000


@pytest.mark.parametrize("how", ["{} --folder {}", "--folder {1} {0}", "--folder={1} {0}"])
def test_a_folder_is_named_before_or_after(crampcheck: Run, tmp_path: Path, how: str) -> None:
    """Every other word that begins with a dash belongs to the sentence."""
    folder = copy_of_tiny(tmp_path)
    ran = crampcheck("explain", *how.format("frusemide", folder).split())
    assert ["furosemide - loop diuretics"] == titles(ran.out)
    assert "Review of ingredients/loop.toml" in ran.out
    assert 2 == crampcheck("explain", "--folder").code
    assert 10 == crampcheck("explain", "frusemide", "--folder", tmp_path / "none").code


def test_an_empty_standard_input_is_2(crampcheck: Run) -> None:
    """Nothing was asked."""
    assert 2 == crampcheck("explain", "-", stdin=b"").code


def test_everything_that_is_known_can_be_explained() -> None:
    """Each entry of each kind has a title and lines, with no gap of a sentence left open."""
    sheets = {key: make() for key, make in catalog(default_pipeline().knowledge).items()}
    kinds = {kind for kind, _ in sheets}
    assert set(Kind) - kinds == {Kind.PRODUCT, Kind.CONSTANT}
    for (_, id_), sheet in sheets.items():
        lines = list(text_lines(sheet.lines))
        assert not sheet.title.startswith(" ")
        assert sheet.title.startswith(id_)
        assert "not recorded" not in "".join(lines)
        assert [] == [line for line in lines if re.search(r"\{[a-z]", line)], id_


def test_no_fact_is_left_without_words() -> None:
    """A kind of fact that nobody put into words would show as code to a reviewer."""
    from knowledge.sheets.words import in_words  # noqa: PLC0415
    from knowledge.vocabulary import TermRef, facts_in  # noqa: PLC0415

    known = default_pipeline().knowledge
    conditions = [rule.when for rule in known.rules] + [rule.unless for rule in known.rules]
    conditions += [one.when for rule in known.rules for one in rule.raises]
    conditions += [one.when for rule in known.rules for one in rule.notes]
    conditions += [term.condition for term in known.terms.values()]
    for mitigation in known.mitigations.values():
        conditions += [mitigation.offer_when, *mitigation.withhold_when]
    facts = {fact for condition in conditions for fact in facts_in(condition)}
    facts = {fact for fact in facts if not isinstance(fact, TermRef)}  # their labels are data
    assert len(facts) > 100
    assert [] == sorted(str(fact) for fact in facts if in_words(fact, known) == str(fact))


def test_pages_of_paths_are_not_needed(crampcheck: Run, tmp_path: Path) -> None:
    """A path is no name: nothing is read from the file system for it."""
    assert 2 == crampcheck("explain", tmp_path).code
