"""When calcium, vitamin D and a change of what moves calcium may be offered: rows C1 to C5."""

from __future__ import annotations

from tests.plugin.guards.chart import Chart
from tests.plugin.guards.electrolytes import kidneys
from tests.plugin.guards.ruling import Case, Ruling
from tests.plugin.guards.seen import (
    Seen,
    a_drug_is_unread,
    corrected_calcium,
    ill,
    kidney_function,
    kidneys_fail,
    seen,
    taken,
)

LOWERS = ("denosumab", "alendronate")
CALCIUM, VITAMIN_D = ("calcium carbonate", "calcium citrate"), ("cholecalciferol",)
NOT_LOW_NOW = {
    "calcium": ("calcium<8.5", "calcium:recent"),
    "ionised-calcium": ("ionised-calcium<1.12", "ionised-calcium:recent"),
}


def _low_now(total: Seen, ionised: Seen) -> bool:
    """C1 and P20: corrected below 8.5 mg/dL or ionised below 1.12 mmol/L, at most 30 days old."""
    return (total.below("8.5") and total.recent) or (ionised.below("1.12") and ionised.recent)


def calcium_replacement(chart: Chart) -> Ruling:
    """Calcium by mouth for a low calcium; very low, or low with tetany or long QT, an emergency."""
    case = Case()
    total, ionised = corrected_calcium(chart), seen(chart, "ionised-calcium")
    if not _low_now(total, ionised):
        for test in (total, ionised):
            for fact in NOT_LOW_NOW[test.name]:
                case.need_of(test, proven=False, fact=fact)
    kidneys(case, chart)
    for test, limit in ((total, "8.5"), (ionised, "1.12")):
        case.forbid(test.measured and test.doubtful, f"{test.name}:suspect")
        case.forbid(test.unread, f"{test.name}:unread")
        case.forbid(test.at_least(limit), f"{test.name}>={limit}")
    case.forbid(total.at_least("10.5"), "calcium>=10.5")  # C5
    very_low = total.below("7.6") and total.recent  # C2
    very_low_ionised = ionised.below("0.8") and ionised.recent
    case.forbid(very_low, "calcium<7.6", "calcium:recent")
    case.forbid(very_low_ionised, "ionised-calcium<0.8", "ionised-calcium:recent")
    signs = ill(chart, "tetany", "long QT")
    severe = very_low or very_low_ionised or (_low_now(total, ionised) and bool(signs))
    if severe and signs:
        case.forbid("tetany" in signs, "has:tetany")
        case.forbid("long QT" in signs, "has:long-qt")
        case.forbid(total.below("8.5") and total.recent, "calcium<8.5", "calcium:recent")
        now = ionised.below("1.12") and ionised.recent
        case.forbid(now, "ionised-calcium<1.12", "ionised-calcium:recent")
    case.forbid(ill(chart, "high calcium"), "has:hypercalcemia")
    case.forbid(a_drug_is_unread(chart), "unread:medications")
    low = total.below("8.5") or ionised.below("1.12")
    failing = kidney_function(chart).below("30") or bool(kidneys_fail(chart))
    lowered = bool(taken(chart, *LOWERS)) and low and not severe
    return case.ruling(proposed=lowered or (bool(taken(chart, "denosumab")) and failing))


def vitamin_d(chart: Chart) -> Ruling:
    """C4 and P20: below 20 ng/mL, at most 30 days old; never with a high calcium (C5)."""
    case = Case()
    level, total = seen(chart, "vitamin-d"), corrected_calcium(chart)
    case.need_of(level, proven=level.below("20"), fact="vitamin-d<20")
    case.need_of(level, proven=level.recent, fact="vitamin-d:recent")
    case.forbid(level.measured and level.doubtful, "vitamin-d:suspect")
    case.forbid(level.unread, "vitamin-d:unread")
    case.forbid(total.at_least("10.5"), "calcium>=10.5")
    case.forbid(total.measured and total.doubtful, "calcium:suspect")
    case.forbid(total.unread, "calcium:unread")
    case.forbid(ill(chart, "high calcium"), "has:hypercalcemia")
    case.forbid(kidney_function(chart).below("30"), "egfr<30")
    failing = kidneys_fail(chart)
    case.forbid(failing, *failing.values())
    case.forbid(a_drug_is_unread(chart), "unread:medications")
    symptom = ill(chart, "muscle pain", "muscle cramp", "night leg cramp", "muscle weakness")
    proposed = bool(symptom and taken(chart, "furosemide")) and level.below("20")
    return case.ruling(proposed=proposed)


def calcium_intake(chart: Chart) -> Ruling:
    """C5: less calcium and vitamin D by mouth at a calcium of 10.5 mg/dL or above."""
    total = corrected_calcium(chart)
    case = Case(concerns=bool(taken(chart, *CALCIUM, *VITAMIN_D)))
    case.need_of(total, proven=total.at_least("10.5"), fact="calcium>=10.5")
    return case.ruling()


def calcium_lowering_drug(chart: Chart) -> Ruling:
    """C1: the drug that lowers a low calcium."""
    total, ionised = corrected_calcium(chart), seen(chart, "ionised-calcium")
    case = Case(concerns=bool(taken(chart, *LOWERS)))
    if not (total.below("8.5") or ionised.below("1.12")):
        case.need_of(total, proven=False, fact="calcium<8.5")
        case.need_of(ionised, proven=False, fact="ionised-calcium<1.12")
    return case.ruling()
