"""A site overlay: what it changes, what it cannot change, and how it is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from knowledge import check
from knowledge.build import drafted
from knowledge.checks.mitigations import never_proposed
from knowledge.files import read_folder
from knowledge.load import DATA, KnowledgeError, load
from knowledge.model import Knowledge, Level
from tests.knowledge.site_files import HEAD, change, overlay

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def shipped() -> Knowledge:
    return load()


def with_site(folder: Path, *changes: str) -> Knowledge:
    return load(overlay=overlay(folder, *changes), as_of=TODAY, compiled=False)


def rule(knowledge: Knowledge, id_: str) -> object:
    return next(one for one in knowledge.rules if one.id == id_)


def test_an_overlay_without_a_change_changes_the_version_only(
    shipped: Knowledge, tmp_path: Path
) -> None:
    """The version says that it is in force, and of which bytes."""
    known = with_site(tmp_path)
    assert known.site is not None
    assert f"{shipped.version}+example-hospital.{known.site.digest[:8]}" == known.version
    assert ("Example Hospital", ()) == (known.site.label, known.site.changes)
    same = msgspec.structs.replace(
        known, version=shipped.version, site=None, reviews=shipped.reviews
    )
    assert shipped == same
    assert ["site.toml"] == [row.file for row in known.reviews if row not in shipped.reviews]


def test_two_states_of_an_overlay_have_two_versions(tmp_path: Path) -> None:
    """Nobody has to remember to count up."""
    off = change("rule", 'id = "low-magnesium"\nlevel = "info"')
    assert with_site(tmp_path).version != with_site(tmp_path, off).version
    assert with_site(tmp_path, off).version == with_site(tmp_path, off).version


def test_a_rule_is_switched_off_and_kept_for_the_record(shipped: Knowledge, tmp_path: Path) -> None:
    """It fires no more, no other rule gives way to it, and what it said can still be looked up."""
    id_ = "potassium-not-known"
    known = with_site(tmp_path, change("rule", f'id = "{id_}"\noff = true'))
    assert [rule(shipped, id_)] == list(known.switched_off)
    assert len(shipped.rules) - 1 == len(known.rules)
    assert not [
        one.id for one in known.rules if id_ in (*one.replaces, *one.covers, *one.yields_to)
    ]
    assert known.site is not None
    (said,) = known.site.changes
    assert ("rule", id_, "info", "off") == (said.what, said.target, said.was, said.now)
    assert ("P. Example", date(2026, 11, 1)) == (said.by, said.date)
    assert "agreed in the medicines committee" == said.reason


@pytest.mark.parametrize("level", [Level.INFO, Level.CRITICAL])
def test_a_level_is_changed_and_the_finding_says_so(tmp_path: Path, level: Level) -> None:
    """A note with who, when and why, which holds always; only raises above the level are left."""
    known = with_site(tmp_path, change("rule", f'id = "low-magnesium"\nlevel = "{level.value}"'))
    changed = next(one for one in known.rules if one.id == "low-magnesium")
    assert level is changed.level
    assert all(raised.to.rank > level.rank for raised in changed.raises)
    note = changed.notes[-1]
    assert () == note.when
    assert note.text == (
        f"Example Hospital starts this at {level.value}, not warning, since 2026-11-01: "
        "agreed in the medicines committee."
    )


def test_a_rule_that_sinks_takes_no_other_with_it(shipped: Knowledge, tmp_path: Path) -> None:
    """Lowered below a rule that it replaced, it replaces that rule no more: both are said."""
    greater, lesser = next(
        (one, other)
        for one in shipped.rules
        for other in shipped.rules
        if other.id in one.replaces and one.level is Level.WARNING and other.level is Level.WARNING
    )
    known = with_site(tmp_path, change("rule", f'id = "{greater.id}"\nlevel = "info"'))
    assert lesser.id not in next(one for one in known.rules if one.id == greater.id).replaces


def test_every_rule_can_be_changed_and_what_is_left_is_sound(
    shipped: Knowledge, tmp_path: Path
) -> None:
    """Each off, and each at each other level: no check of the loader objects to the result."""
    for level in Level:
        changes = [
            change("rule", _change_to(one.id, one.level, level, shipped)) for one in shipped.rules
        ]
        known = with_site(tmp_path, *(text for text in changes if "none" not in text))
        assert {one.level for one in known.rules} <= ({level} if level is not Level.NONE else set())


def _change_to(id_: str, is_at: Level, level: Level, shipped: Knowledge) -> str:
    one = next(one for one in shipped.rules if one.id == id_)
    critical = Level.CRITICAL in (one.level, *(raised.to for raised in one.raises))
    if level is Level.NONE:
        return f'id = "{id_}"\noff = true' + ("\nacknowledge_critical = true" if critical else "")
    if is_at is level:
        return f'id = "{id_}"\noff = true' + ("\nacknowledge_critical = true" if critical else "")
    loses = is_at is Level.CRITICAL
    return f'id = "{id_}"\nlevel = "{level.value}"' + (
        "\nacknowledge_critical = true" if loses else ""
    )


def test_no_change_of_a_site_touches_a_guard_rail_or_what_is_never_proposed(
    shipped: Knowledge, tmp_path: Path
) -> None:
    """With every rule off and codes of all sorts added, all else is as it was."""
    changes = [
        change("rule", _change_to(one.id, Level.NONE, Level.NONE, shipped)) for one in shipped.rules
    ]
    codes = [
        change("lab_code", 'lab = "potassium"\nsystem = "urn:oid:1.2.3"\ncode = "K"\nname = "K"'),
        change(
            "drug_code",
            'ingredients = ["quinine"]\nsystem = "urn:oid:1.2.4"\ncode = "Q"\nname = "Quinine"',
        ),
    ]
    known = with_site(tmp_path, *changes, *codes)
    assert () == known.rules
    assert shipped.mitigations == known.mitigations
    assert shipped.terms == known.terms
    assert shipped.groups == known.groups
    assert shipped.ingredients == known.ingredients
    assert shipped.interactions == known.interactions
    assert {id_: lab.cuts for id_, lab in shipped.labs.items()} == {
        id_: lab.cuts for id_, lab in known.labs.items()
    }
    assert never_proposed(shipped) == never_proposed(known) != frozenset()


def test_an_overlay_may_be_a_folder(tmp_path: Path) -> None:
    """Every TOML file of it counts; faults and changes name the file."""
    overlay(tmp_path / "site")
    review = HEAD.split("[overlay]")[0]
    extra = tmp_path / "site" / "labs.toml"
    extra.write_text(
        review + change("lab_code", 'lab = "potassium"\nsystem = "urn:x"\ncode = "K"\nname = "K"')
    )
    (tmp_path / "site" / "notes.txt").write_text("not read")
    known = load(overlay=tmp_path / "site", as_of=TODAY, compiled=False)
    assert known.site is not None
    assert ["site/labs.toml"] == [one.file for one in known.site.changes]
    extra.write_text(HEAD)
    with pytest.raises(KnowledgeError, match="is there twice"):
        load(overlay=tmp_path / "site", as_of=TODAY, compiled=False)


def test_the_result_passes_every_check_that_the_shipped_files_pass(tmp_path: Path) -> None:
    """The loader makes the same checks of the result; here they are made once more, apart."""
    draft = drafted(read_folder(DATA))
    draft.knowledge = with_site(tmp_path, change("rule", 'id = "potassium-not-known"\noff = true'))
    assert [] == list(check.faults(draft))
