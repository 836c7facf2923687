"""`signal.toml`: sound as packaged, and every fault of it is said by key."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.enums import RouteClass
from knowledge.faults import KnowledgeError
from knowledge.load import DATA, load
from knowledge.signals import FILE, load_signals, read_signals, uncovered
from tests.plugin.cli.conftest import Run, crampcheck

__all__ = ["crampcheck"]

KNOWN = load()
TEXT = (DATA / FILE).read_text(encoding="utf-8")


def test_every_drug_that_may_raise_a_card_alone_is_compared() -> None:
    """A new group of the knowledge is not forgotten here."""
    assert frozenset() == uncovered(load_signals(KNOWN), KNOWN)


def test_no_control_is_linked_to_cramps_and_none_raises_a_finding() -> None:
    """All are of tier 0, and no compared group holds one of them."""
    signals = load_signals(KNOWN)
    controls = [one for one in signals.groups if one.control]
    assert 2 == len(controls)
    of_controls = frozenset().union(*(one.drugs for one in controls))
    assert {"0"} == {KNOWN.ingredients[name].tier.value for name in of_controls}
    compared = frozenset().union(*(one.drugs for one in signals.groups if not one.control))
    assert not compared & of_controls


def test_controls_are_matched_by_verified_codes_and_by_name_alone() -> None:
    """No unconfirmed code makes somebody a member of a control."""
    for one in load_signals(KNOWN).groups:
        for name in one.drugs if one.control else ():
            assert {"verified"} >= {code.status.value for code in KNOWN.ingredients[name].codes}


def test_a_group_takes_products_by_what_they_hold_and_by_their_route() -> None:
    groups = {one.id: one for one in load_signals(KNOWN).groups}
    both = frozenset({"salmeterol", "fluticasone"})
    alone = frozenset({"salmeterol"})
    assert groups["laba-with-inhaled-corticosteroid"].takes(both, RouteClass.INHALED)
    assert not groups["laba-with-inhaled-corticosteroid"].takes(alone, RouteClass.INHALED)
    assert groups["laba-alone"].takes(alone, RouteClass.INHALED)
    assert not groups["laba-alone"].takes(both, RouteClass.INHALED)
    beta_blocker = groups["control-beta-blocker"]
    assert beta_blocker.takes(frozenset({"timolol"}), RouteClass.UNKNOWN)
    assert not beta_blocker.takes(frozenset({"timolol"}), RouteClass.OPHTHALMIC)


@pytest.mark.parametrize(
    ("find", "put", "said"),
    [
        ('drugs = ["laba"]', 'drugs = ["labas"]', "group.long-acting-beta-agonist.drugs: labas"),
        ('without = ["diuretic"]', 'without = ["water"]', "group.control-beta-blocker.without"),
        ('"muscle-cramp"', '"muscle-crampp"', "outcome.conditions: muscle-crampp"),
        ('drugs = ["quinine"]', 'drugs = ["quinin"]', "outcome.drugs: quinin is not"),
        ('source = "garrison-2012"', 'source = "garrison"', "garrison is not a declared source"),
        ('id = "statin"', 'id = "fibrate"', "group.fibrate: is there twice"),
        ("low = 2.02", "low = 2.52", "0 < low <= ratio <= high"),
        ("low = 2.02", "low = 0", "0 < low <= ratio <= high"),
        ("control = true", 'control = "yes"', "must be true or false"),
        ("routes = [", "roads = [", "roads: is not a key of this entry"),
        ('"nebulised"', '"nebulized"', "must be one of oral"),
        ("[wording]", "[words]", "wording: is missing"),
        ('status = "verified"\nseen', 'status = "sure"\nseen', "must be one of verified"),
        ("[[group]]", "[[group", "is not valid TOML"),
    ],
)
def test_a_fault_is_said_by_its_key(find: str, put: str, said: str) -> None:
    assert find in TEXT
    with pytest.raises(KnowledgeError) as caught:
        read_signals(TEXT.replace(find, put, 1).encode(), KNOWN, "data")
    assert said in str(caught.value)
    assert all(fault.file == FILE for fault in caught.value.faults)


def test_a_control_needs_its_source() -> None:
    before, _, after = TEXT.partition("control = true\n")
    without = before + "control = true\n" + after.partition("\n")[2]
    with pytest.raises(KnowledgeError, match="a control needs its source"):
        read_signals(without.encode(), KNOWN, "data")


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        load_signals(KNOWN, tmp_path)


def test_the_check_of_the_knowledge_checks_the_groups_too(crampcheck: Run, tmp_path: Path) -> None:
    """And lists the file among those that await review."""
    from shutil import copytree  # noqa: PLC0415

    ran = crampcheck("knowledge", "check")
    assert 0 == ran.code
    assert f"  {FILE} (by " in ran.out
    folder = Path(copytree(DATA, tmp_path / "data"))
    (folder / FILE).write_text(TEXT.replace('drugs = ["laba"]', 'drugs = ["labas"]'))
    ran = crampcheck("knowledge", "check", "--folder", folder)
    assert 10 == ran.code
    assert "labas is not a declared group or ingredient" in ran.err
