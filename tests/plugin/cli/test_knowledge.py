"""`crampcheck knowledge check` and `list`: sound or not, who reviewed it, and how much there is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import time_machine

from knowledge.signing import SignOff, signed
from plugin.pipeline import default_pipeline
from tests.knowledge.knowledge_copy import TINY, copy_of_tiny, replace
from tests.plugin.cli.conftest import Run

FILES = len(list(TINY.rglob("*.toml")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small sound knowledge of a reviewer's own."""
    return copy_of_tiny(tmp_path)


def test_the_packaged_knowledge_has_no_fault_and_awaits_review(crampcheck: Run) -> None:
    """Waiting for review is said file by file, and is no failure."""
    ran = crampcheck("knowledge", "check", "--as-of", "2026-12-01")
    files = default_pipeline().knowledge.reviews
    assert (0, "") == (ran.code, ran.err)
    assert f"{len(files)} files, no fault" in ran.out
    assert f"Awaiting review by a clinician: {len(files)}" in ran.out
    assert "Reviewed by a clinician: 0" in ran.out
    assert "Changed since it was signed: to be reviewed anew: 0" in ran.out
    assert "Overdue for review on 2026-12-01: 0" in ran.out


def test_an_overdue_review_is_listed_and_fails_nothing(crampcheck: Run) -> None:
    """Knowledge that merely ages is still knowledge."""
    ran = crampcheck("knowledge", "check", "--as-of", "2099-01-01")
    assert 0 == ran.code
    assert (
        f"Overdue for review on 2099-01-01: {len(default_pipeline().knowledge.reviews)}" in ran.out
    )


@pytest.mark.parametrize(("day", "late"), [("2027-01-02", 0), ("2027-01-03", FILES)])
def test_without_a_date_a_review_is_overdue_by_the_clock(
    crampcheck: Run, folder: Path, day: str, late: int
) -> None:
    """From the day after it was due."""
    with time_machine.travel(f"{day}T12:00:00Z", tick=False):
        ran = crampcheck("knowledge", "check", "--folder", folder)
    assert 0 == ran.code
    assert f"Overdue for review on {day}: {late}" in ran.out


def test_every_fault_of_a_folder_is_10_by_file_and_key(crampcheck: Run, folder: Path) -> None:
    """An uncited claim, the author as reviewer, a rule out of reach, a code of two meanings."""
    replace(
        folder / "ingredients/loop.toml",
        'status = "verified"\nsources = [{ source = "study", locator = "table 2" }]',
        'status = "verified"',
    )
    author = 'status = "reviewed"\nauthored_by = "A. Writer"\nauthored = 2026-01-02\n'
    replace(
        folder / "groups.toml",
        'status = "awaiting-review"\nauthored_by = "A. Writer"\nauthored = 2026-01-02\n'
        'reviewed_by = ""',
        f'{author}reviewed_by = "a.  writer"\nreviewed = 2026-01-03\ndigest = "sha256:{"0" * 64}"',
    )
    replace(folder / "rules/potassium.toml", '["potassium<3.5"]', '["potassium<3.5", "age<65"]')
    replace(folder / "rules/potassium.toml", '{ to = "warning", when = ["cramp"] }',
            '{ to = "warning", when = ["age>=65"] }')  # fmt: skip
    replace(folder / "labs.toml", "2157-6", "2823-3")
    ran = crampcheck("knowledge", "check", "--folder", folder)
    assert (10, "") == (ran.code, ran.out)
    for said in (
        "ingredients/loop.toml: ingredient.bumetanide.claim.signal: names no source",
        "groups.toml: review.reviewed_by: is the author; somebody else must review",
        "rules/potassium.toml: rule.low-potassium.raise[0].when: can never hold",
        "labs.toml: lab.ck.code: LOINC 2823-3 already means potassium",
    ):
        assert said in ran.err, ran.err


def test_a_rule_that_no_drug_can_fire_is_10(crampcheck: Run, folder: Path) -> None:
    """Its group has none of what it asks for."""
    replace(folder / "rules/potassium.toml", '"drug:tier=1"', '"drug:evidence=own"')
    ran = crampcheck("knowledge", "check", "--folder", folder)
    assert 10 == ran.code
    assert "rule.very-low-potassium.when: can never hold: no drug of diuretic meets" in ran.err


@pytest.mark.parametrize("command", ["check", "list"])
def test_a_folder_that_is_not_there_is_10(crampcheck: Run, tmp_path: Path, command: str) -> None:
    """A wrong path is not an empty knowledge base."""
    ran = crampcheck("knowledge", command, "--folder", tmp_path / "nowhere")
    assert (10, "") == (ran.code, ran.out)
    assert "there is no such folder" in ran.err


def test_a_file_in_place_of_a_folder_is_2(crampcheck: Run, folder: Path) -> None:
    """The option takes a folder."""
    assert 2 == crampcheck("knowledge", "check", "--folder", folder / "labs.toml").code


def test_a_signed_file_and_one_changed_since_are_listed(crampcheck: Run, folder: Path) -> None:
    """`check` says who signed, and which sign-off no longer holds; `list` counts."""
    sign_off = SignOff("B. Reader", "MD", date(2026, 2, 1), date(2027, 2, 1))
    for file in ("labs.toml", "terms.toml"):
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(signed(text, sign_off), encoding="utf-8")
    replace(folder / "labs.toml", 'label = "', 'label = "x')
    said = crampcheck("knowledge", "check", "--folder", folder)
    assert 0 == said.code
    reviewed, _, rest = said.out.partition("Changed since it was signed: to be reviewed anew: 1")
    changed, _, waiting = rest.partition("Awaiting review")
    signature = "signed by B. Reader on 2026-02-01"
    assert f"  terms.toml (by A. Writer, 2026-01-02, {signature}" in reviewed
    assert f"  labs.toml (by A. Writer, 2026-01-02, {signature}" in changed
    assert "labs.toml" not in waiting.partition("Overdue")[0]
    assert f"reviewed 1 of {FILES} files" in crampcheck("knowledge", "list", "--folder", folder).out


def test_list_counts_what_is_known(crampcheck: Run) -> None:
    """Version, ingredients by group, rules, lexicon, and that no release is loaded."""
    knowledge = default_pipeline().knowledge
    lines = crampcheck("knowledge", "list").out.splitlines()
    assert f"version {knowledge.version}" == lines[0]
    assert f"ingredients {len(knowledge.ingredients)}, in groups:" == lines[1]
    assert f"rules {len(knowledge.rules)}" in lines
    assert f"reviewed 0 of {len(knowledge.reviews)} files" in lines
    assert "RxNorm release: none loaded" in lines
    counted = [int(line.split()[0]) for line in lines if line.startswith("  ")]
    assert len(knowledge.ingredients) == sum(counted)
