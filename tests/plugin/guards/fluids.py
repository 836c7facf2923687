"""When drinking may be advised: row H2."""

from __future__ import annotations

from tests.plugin.guards.chart import Chart
from tests.plugin.guards.ruling import Case, Ruling
from tests.plugin.guards.seen import ill, kidney_function, kidneys_fail, seen, taken

THIAZIDES = ("hydrochlorothiazide", "indapamide")
FLAGGED = ("furosemide", *THIAZIDES)  # a loop or thiazide diuretic is linked to cramps by itself


def fluids(chart: Chart) -> Ruling:
    """Cramps; no heart failure, failing kidneys, low sodium, or result that is an emergency."""
    case = Case()
    sodium, potassium, magnesium = (seen(chart, n) for n in ("sodium", "potassium", "magnesium"))
    cramps = ill(chart, "muscle cramp", "night leg cramp")
    case.need(cramps, "has:muscle-cramp", "has:nocturnal-leg-cramp")
    case.forbid(taken(chart, "desmopressin"), "takes:desmopressin")  # P22
    case.forbid(ill(chart, "heart failure"), "has:heart-failure")
    case.forbid(kidney_function(chart).below("30"), "egfr<30")
    failing = kidneys_fail(chart)
    case.forbid(failing, *failing.values())
    case.forbid(ill(chart, "acute kidney injury"), "has:acute-kidney-injury")
    case.forbid(sodium.below("135"), "sodium<135")
    case.forbid(sodium.measured and sodium.doubtful, "sodium:suspect")
    case.forbid(sodium.unread, "sodium:unread")
    # Thiazides lower sodium (D1): beside one, an unknown sodium is not a good one.
    not_known = not sodium.measured and not sodium.unread
    case.forbid(not_known and taken(chart, *THIAZIDES), "sodium:unknown", "takes:thiazide-diuretic")
    case.forbid(not_known and ill(chart, "low sodium"), "sodium:unknown", "has:hyponatremia")
    case.forbid(potassium.below("2.5"), "potassium<2.5")
    case.forbid(potassium.at_least("6.0"), "potassium>=6.0")
    case.forbid(magnesium.below("1.0"), "magnesium<1.0")
    case.forbid(not chart.problems_sent, "unread:conditions")
    return case.ruling(proposed=bool(cramps and taken(chart, *FLAGGED)))
