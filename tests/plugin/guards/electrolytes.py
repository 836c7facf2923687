"""When potassium, a potassium-holding combination and magnesium may be offered.

Each function is the policy in plain words, after the rows of the decision table: A2 to A12 of
potassium, B1 to B4 of magnesium, and the sentences P1, P16, P20 and P22.
"""

from __future__ import annotations

from tests.plugin.guards.chart import Chart
from tests.plugin.guards.ruling import Case, Ruling
from tests.plugin.guards.seen import (
    Seen,
    a_drug_is_unread,
    ill,
    kidney_function,
    kidneys_fail,
    seen,
    taken,
)

# A9, drug by drug. Sacubitril comes with valsartan, which counts for both.
HOLDING = ("triamterene", "amiloride", "spironolactone", "eplerenone", "finerenone")
SUPPLEMENTS = ("potassium chloride", "potassium citrate")
ACE_INHIBITORS, ARBS = ("lisinopril",), ("losartan", "valsartan")
OTHERS_THAT_RAISE = (
    "aliskiren",
    "trimethoprim",
    "heparin",
    "ibuprofen",
    "tacrolimus",
)
RAISING = (*HOLDING, *SUPPLEMENTS, *ACE_INHIBITORS, *ARBS, *OTHERS_THAT_RAISE)
# What loses potassium through the kidney, and what only shifts it into cells.
WASTING_DIURETICS = ("furosemide", "hydrochlorothiazide")
WASTING, SHIFTING = (*WASTING_DIURETICS, "abiraterone"), ("albuterol",)
LOSES_MAGNESIUM = ("omeprazole", "furosemide")


def kidneys(case: Case, chart: Chart) -> None:
    """A8 and B4: an eGFR of 30 or more, proven; no failing kidneys on file, no acute injury."""
    egfr = kidney_function(chart)
    case.need_of(egfr, proven=egfr.at_least("30"), fact="egfr>=30")
    case.forbid(egfr.below("30"), "egfr<30")
    case.forbid(egfr.measured and egfr.doubtful, "egfr:suspect")
    case.forbid(egfr.unread, "egfr:unread")
    failing = kidneys_fail(chart)
    case.forbid(failing, *failing.values())
    case.forbid(ill(chart, "acute kidney injury"), "has:acute-kidney-injury")


def _low_potassium(case: Case, chart: Chart) -> Seen:
    """A2, A3, A7, A10 and P20: 2.5 to 3.4, at most 30 days old, from a sample to be believed.

    Below 2.5 it is an emergency (A4); at 5.0 and above no potassium of any kind (A7).
    """
    potassium = seen(chart, "potassium")
    case.need_of(potassium, proven=potassium.below("3.5"), fact="potassium<3.5")
    case.need_of(potassium, proven=potassium.at_least("2.5"), fact="potassium>=2.5")
    case.need_of(potassium, proven=potassium.recent, fact="potassium:recent")
    case.forbid(potassium.measured and potassium.doubtful, "potassium:suspect")
    case.forbid(potassium.unread, "potassium:unread")
    case.forbid(potassium.at_least("5.0"), "potassium>=5.0")
    case.forbid(potassium.below("2.5"), "potassium<2.5")
    case.forbid(ill(chart, "high potassium"), "has:hyperkalemia")
    # A4: a low potassium with paralysis or changes of the ECG is an emergency too.
    case.forbid(ill(chart, "paralysis"), "has:paralysis")
    case.forbid(ill(chart, "ECG changes"), "has:potassium-ecg-change")
    # A9: never beside a potassium-sparing drug; beside one other raising drug only with care.
    case.forbid(taken(chart, *HOLDING), "takes:potassium-sparing-or-mra")
    case.forbid(len(taken(chart, *RAISING)) >= 2, "count:potassium-raising>=2")
    case.forbid(a_drug_is_unread(chart), "unread:medications")
    return potassium


def _potassium_emergency(chart: Chart, potassium: Seen) -> bool:
    """A4: below 2.5, or low with paralysis or changes of the ECG, on a recent result."""
    signs = ill(chart, "paralysis", "ECG changes")
    low = potassium.below("2.5") or (potassium.below("3.5") and bool(signs))
    return low and potassium.recent


def potassium_replacement(chart: Chart) -> Ruling:
    """A potassium supplement, proposed for a low potassium beside a drug that lowers it."""
    case = Case()
    potassium = _low_potassium(case, chart)
    kidneys(case, chart)
    wasted = taken(chart, *WASTING) and potassium.below("3.5")
    shifted = taken(chart, *SHIFTING) and potassium.below("3.0")
    emergency = _potassium_emergency(chart, potassium)
    return case.ruling(proposed=bool(wasted or shifted) and not emergency)


def potassium_holding_combination(chart: Chart) -> Ruling:
    """A potassium-sparing diuretic, ACE inhibitor or ARB in place of a supplement (A2)."""
    case = Case(concerns=bool(taken(chart, *WASTING_DIURETICS)))
    potassium = _low_potassium(case, chart)
    kidneys(case, chart)
    sodium = seen(chart, "sodium")
    case.forbid(sodium.below("135"), "sodium<135")  # P16
    case.forbid(sodium.measured and sodium.doubtful, "sodium:suspect")
    case.forbid(sodium.unread, "sodium:unread")
    case.forbid(taken(chart, *SUPPLEMENTS), "takes:potassium-supplement")
    case.forbid(taken(chart, *ACE_INHIBITORS), "takes:ace-inhibitor")
    case.forbid(taken(chart, *ARBS), "takes:arb")
    case.forbid(taken(chart, "sacubitril"), "takes:arni")
    case.forbid(taken(chart, "aliskiren"), "takes:renin-inhibitor")
    case.forbid(taken(chart, "abiraterone"), "takes:abiraterone")  # P22
    case.forbid(ill(chart, "pregnancy"), "has:pregnancy")
    case.forbid(not chart.problems_sent, "unread:conditions")
    mild = potassium.below("3.5") and not potassium.below("3.0")
    emergency = _potassium_emergency(chart, potassium)
    return case.ruling(proposed=bool(taken(chart, *WASTING)) and mild and not emergency)


def magnesium_replacement(chart: Chart) -> Ruling:
    """Magnesium for a low magnesium: 1.0 to 1.69 mg/dL (B1, B4, P1); below 1.0 an emergency."""
    case = Case()
    magnesium = seen(chart, "magnesium")
    case.need_of(magnesium, proven=magnesium.below("1.7"), fact="magnesium<1.7")
    case.need_of(magnesium, proven=magnesium.at_least("1.0"), fact="magnesium>=1.0")
    case.need_of(magnesium, proven=magnesium.recent, fact="magnesium:recent")
    case.forbid(magnesium.measured and magnesium.doubtful, "magnesium:suspect")
    case.forbid(magnesium.unread, "magnesium:unread")
    case.forbid(magnesium.below("1.0"), "magnesium<1.0")
    kidneys(case, chart)
    case.forbid(ill(chart, "myasthenia"), "has:myasthenia-gravis")
    case.forbid(ill(chart, "heart block"), "has:heart-block")
    emergency = magnesium.below("1.0") and magnesium.recent
    low = magnesium.below("1.7") and not emergency
    return case.ruling(proposed=bool(taken(chart, *LOSES_MAGNESIUM)) and low)
