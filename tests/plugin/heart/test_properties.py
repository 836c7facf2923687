"""What must be true of every answer, whoever the patient is."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Level
from plugin.answer import to_bytes
from plugin.model import Assessment
from tests.oracle.as_fhir import PATIENT, resources
from tests.oracle.book import the_book
from tests.oracle.charts import reading, taken
from tests.oracle.facts import Case
from tests.oracle.sketch import Handed, Illegible, Med, Sketch
from tests.plugin.heart.front_door import answer, effort, pipeline, verdict
from tests.plugin.heart.strategies import HANDED, ILLEGIBLE, MEDS, sketches

BOOK = the_book()
CONTRACT = Path(__file__).parents[4] / "shared/reference/mitigations.csv"
# These speak of quinine in order to stop it or to watch what it does.
ABOUT_QUININE = {"quinine-stop-review", "check-inr", "check-blood-count"}


@effort(200)
@given(sketches(), st.one_of(MEDS, ILLEGIBLE, HANDED))
def test_adding_a_medicine_never_lowers_the_level(
    sketch: Sketch, more: Med | Illegible | Handed
) -> None:
    """Readable or not, of any ingredient, route, dose, status or date, ordered or dispensed."""
    if isinstance(more, Med):
        longer = replace(sketch, meds=(*sketch.meds, more))
    elif isinstance(more, Illegible):
        longer = replace(sketch, illegible=(*sketch.illegible, more))
    else:
        longer = replace(sketch, handed=(*sketch.handed, more))
    assert answer(longer).level.rank >= answer(sketch).level.rank


@effort(100)
@given(sketches(), st.integers(0, 2**32))
def test_order_and_duplicates_of_entries_change_no_byte(sketch: Sketch, seed: int) -> None:
    """The same entries, shuffled and some sent again, give the same answer."""
    order = random.Random(seed)  # noqa: S311
    entries = resources(sketch)
    again = [*entries, *order.sample(entries, k=len(entries) // 2)]
    order.shuffle(again)
    assert to_bytes(answer(sketch)) == to_bytes(answer(sketch, again))


def _never_listed(text: str) -> set[str]:
    words = text.lower()
    return {name for name in BOOK.never_proposed if name in words}


def _check_findings(found: Assessment, known: set[str]) -> None:
    """Each finding rests on evidence, and every reference leads to an entry of the record."""
    for finding in found.findings:
        assert finding.because
        assert finding.ingredients
        assert not set(finding.ingredients) & set(finding.partners)
        assert set(finding.mitigations) <= {m.id for m in found.mitigations}
    because = [item for finding in found.findings for item in finding.because]
    because += [item for withheld in found.withheld for item in withheld.because]
    assert {item.reference for item in because if item.reference} <= known


def _check_mitigations(found: Assessment) -> None:
    """Each is said once, offered or withheld with a reason, and puts forward nothing forbidden."""
    offered, withheld = [m.id for m in found.mitigations], [w.mitigation for w in found.withheld]
    assert len({*offered, *withheld}) == len(offered) + len(withheld)
    assert all(w.because for w in found.withheld)
    knowledge = pipeline().knowledge
    for mitigation in found.mitigations:
        proposed = knowledge.mitigations[mitigation.id].proposes
        assert not {n for p in proposed for n in knowledge.members(p)} & BOOK.never_proposed
        assert not _never_listed(mitigation.text) or mitigation.id in ABOUT_QUININE


@effort(200)
@given(sketches())
def test_every_answer_holds_together(sketch: Sketch) -> None:
    """The level is that of the highest finding; evidence leads somewhere; nothing is said twice."""
    found = answer(sketch)
    levels = [finding.level for finding in found.findings]
    assert found.level is max(levels, key=lambda level: level.rank, default=Level.NONE)
    extra = {"Condition"} if not sketch.conditions_sent else set()
    known = {f"{entry['resourceType']}/{entry['id']}" for entry in resources(sketch)}
    _check_findings(found, known | extra | {PATIENT})
    _check_mitigations(found)
    current = {name for name, meds in taken(sketch, BOOK).items() if meds}
    assert {name for finding in found.findings for name in finding.ingredients} <= current


@effort(100)
@given(sketches(), ILLEGIBLE)
def test_what_was_not_read_changes_no_finding(sketch: Sketch, entry: Illegible) -> None:
    """It is said, it may withhold, and it raises no level."""
    with_it = answer(replace(sketch, illegible=(*sketch.illegible, entry)))
    assert verdict(answer(sketch)).findings == verdict(with_it).findings
    assert entry.text in {unread.text for unread in with_it.unread}


def _kidneys_allow(case: Case) -> bool:
    proven = reading(case.sketch, BOOK, "egfr").proves(">=", "30")
    return proven and not case.holds("has:dialysis") and not case.holds("has:acute-kidney-injury")


def _potassium_allowed(case: Case) -> bool:
    """Low but not severely, recent and trusted; good kidneys; little that holds potassium."""
    potassium = case.reading["potassium"]
    value = potassium.proves("<", "3.5") and potassium.proves(">=", "2.5") and not potassium.old
    holding = BOOK.groups["potassium-sparing"] | BOOK.groups["mra"]
    raising = BOOK.groups["potassium-raising"] & case.taken.keys()
    unread = any(i.status == "active" and i.route != "ophthalmic" for i in case.sketch.illegible)
    drugs = not holding & case.taken.keys() and len(raising) < 2
    return value and not potassium.unread and _kidneys_allow(case) and drugs and not unread


def _magnesium_allowed(case: Case) -> bool:
    magnesium = case.reading["magnesium"]
    value = magnesium.proves("<", "1.7") and not magnesium.proves("<", "1") and not magnesium.old
    return value and _kidneys_allow(case) and not case.holds("has:myasthenia-gravis")


def _coq10_allowed(case: Case) -> bool:
    watched = BOOK.groups["statin"], BOOK.groups["vitamin-k-antagonist"]
    statin, antagonist = (bool(group & case.taken.keys()) for group in watched)
    symptom = any(
        case.holds(f"has:{name}")
        for name in ("muscle-cramp", "nocturnal-leg-cramp", "myalgia", "muscle-weakness")
    )
    low = case.reading["ck"].proves("<", "4")
    return statin and not antagonist and symptom and low and not case.holds("has:pregnancy")


@effort(300)
@given(sketches())
def test_what_can_harm_is_offered_only_where_it_is_allowed(sketch: Sketch) -> None:
    """Potassium, magnesium and coenzyme Q10, each with its own conditions said once more."""
    offered = {m.id for m in answer(sketch).mitigations}
    case = Case(sketch, BOOK)
    assert "potassium-repletion-review" not in offered or _potassium_allowed(case)
    assert "magnesium-repletion-review" not in offered or _magnesium_allowed(case)
    assert "coq10-review" not in offered or _coq10_allowed(case)


# Ids beyond those of the contract, each for a row that has none there.
OF_OUR_OWN = {
    "check-kidney-function",  # A2, B1, C1: their guards wait for it
    "levothyroxine-dose-review",  # P7
    "potassium-sparing-review",  # A7, A8, A11
    "nephrology-review",  # A8
    "magnesium-evidence",  # B5
    "magnesium-spacing",  # B6
    "calcium-lowering-drug-review",  # C1
    "calcium-specialist-review",  # C3
    "calcium-intake-review",  # C5
    "cramp-look-alikes",  # H3
    "vascular-review",  # H3
    "neurology-review",  # H3
    "desmopressin-review",  # P22
}


def test_mitigations_are_those_of_the_contract() -> None:
    """Each id of the contract is there, and what is more is named here with its row."""
    if not CONTRACT.exists():
        pytest.skip("the table of the contract's mitigations is not beside the repository")
    with CONTRACT.open(encoding="utf-8") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    assert pipeline().knowledge.mitigations.keys() == known | OF_OUR_OWN
