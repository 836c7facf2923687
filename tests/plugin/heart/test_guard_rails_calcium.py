"""The guard rails of calcium and vitamin D, tried at every cut: below, at, above, old, suspect."""

from __future__ import annotations

from dataclasses import replace

from tests.oracle.sketch import Result
from tests.plugin.heart.test_guard_rails import (
    EGFR,
    KIDNEYS,
    NOT_MEASURED,
    NOTHING,
    TODAY,
    UNREAD_DRUG,
    Part,
    has,
    lab,
    takes,
    wrongly,
)

FAILURE = has(False, "end-stage-renal-disease")
HIGH_ON_FILE = has(False, "hypercalcemia")


def test_calcium_is_proposed_only_where_it_is_low_now_and_kidneys_allow_it() -> None:
    """A recent, trusted, low calcium that is no emergency; eGFR of 30 or more."""
    name = "calcium"
    total = (
        NOT_MEASURED,
        lab(False, name, "7.59"),
        lab(True, name, "7.60"),
        lab(True, name, "8.49"),
        lab(False, name, "8.50"),
        lab(False, name, "10.50"),
        lab(True, name, "8.0", days=30),
        lab(False, name, "8.0", days=31),
        lab(False, name, "8.0", days=91),
        lab(False, name, "8.0", haemolysed=True),
        lab(False, name, "8.0", unit="furlongs"),
        lab(True, name, "2.0", unit="mmol/L"),
        lab(False, name, "1.89", unit="mmol/L"),
    )
    around = (
        NOTHING,
        *KIDNEYS,
        FAILURE,
        has(False, "ckd-4-to-5"),
        has(True, "ckd-3"),
        HIGH_ON_FILE,
        UNREAD_DRUG,
        Part(allows=True, conditions_sent=False),
        takes(True, "calcium carbonate"),
        takes(True, "digoxin"),
        takes(True, "hydrochlorothiazide"),
    )
    base = takes(True, "alendronate")
    mitigation = "calcium-repletion-review"
    assert not wrongly(mitigation, base, total, EGFR, around[:2])
    assert not wrongly(mitigation, base, total[2:4], EGFR[2:4], around)


def test_ionised_calcium_has_the_last_word_on_calcium() -> None:
    """It is the one that acts: where it is not low nothing is replaced, whatever the total is."""
    low = Result("calcium", "8.0", TODAY)
    name = "ionised-calcium"
    ionised = (
        NOTHING,
        lab(True, name, "1.11"),
        lab(False, name, "1.12"),
        lab(False, name, "1.00", haemolysed=True),
        lab(False, name, "see comment"),
    )
    with_total = tuple(replace(part, results=(low, *part.results)) for part in ionised)
    base = takes(True, "alendronate")
    assert not wrongly("calcium-repletion-review", base, with_total, EGFR[2:4])
    alone = (NOT_MEASURED, ionised[1], lab(False, name, "1.11", days=31), ionised[2])
    assert not wrongly("calcium-repletion-review", base, alone, EGFR[2:4])


def test_vitamin_d_is_proposed_only_where_it_is_low_and_calcium_is_not_high() -> None:
    """An unknown calcium asks for a check beside it; a high or doubtful one withholds it."""
    vitamin = (
        NOT_MEASURED,
        lab(True, "vitamin-d", "19.99"),
        lab(False, "vitamin-d", "20"),
        lab(False, "vitamin-d", "12", haemolysed=True),
        lab(False, "vitamin-d", "12", days=91),
    )
    calcium = (
        NOTHING,
        lab(True, "calcium", "10.49"),
        lab(False, "calcium", "10.50"),
        lab(False, "calcium", "9.0", haemolysed=True),
        lab(False, "calcium", "see comment"),
    )
    kidneys = (NOTHING, lab(False, "egfr", "29.9"), lab(True, "egfr", "30"))
    around = (NOTHING, KIDNEYS[0], FAILURE, HIGH_ON_FILE, UNREAD_DRUG)
    base = takes(True, "atorvastatin")
    mitigation = "vitamin-d-repletion-review"
    assert not wrongly(mitigation, base, vitamin, calcium, kidneys, around[:2])
    assert not wrongly(mitigation, base, vitamin[1:3], calcium[:3], kidneys, around)


def test_calcium_taken_is_reviewed_only_where_calcium_is_high() -> None:
    """Nobody is told to review calcium for a level that nobody knows."""
    calcium = (
        NOT_MEASURED,
        lab(False, "calcium", "10.49"),
        lab(True, "calcium", "10.50"),
        lab(False, "calcium", "11", haemolysed=True),
    )
    base = takes(True, "hydrochlorothiazide", "calcium carbonate")
    assert not wrongly("calcium-intake-review", base, calcium)
