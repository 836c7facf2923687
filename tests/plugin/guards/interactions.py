"""When a lower dose, a pause for a course, or another drug may be offered: F8, A12 and P22."""

from __future__ import annotations

from tests.plugin.guards.chart import Chart
from tests.plugin.guards.ruling import OFFERED, WITHHELD, Case, Ruling
from tests.plugin.guards.seen import kidney_function, taken

# Of the US labels: what forbids the pair, and what caps the daily dose in mg.
FORBIDDEN = {("simvastatin", "clarithromycin"), ("lovastatin", "clarithromycin")}
CAPS = {
    ("simvastatin", "verapamil"): 10,
    ("simvastatin", "amlodipine"): 20,
    ("lovastatin", "verapamil"): 20,
}
LOVASTATIN_ALONE = 20  # at an eGFR below 30
STATINS = ("simvastatin", "lovastatin", "rosuvastatin")
PARTNERS = ("clarithromycin", "verapamil", "amlodipine")
RAISING = ("lisinopril", "losartan", "trimethoprim", "spironolactone")


def said_by_labels(chart: Chart) -> set[str]:
    """`forbidden`, `over` a cap, or an `unread` dose that a label caps; `alone` without partner."""
    found = set()
    statins, partners = taken(chart, *STATINS), taken(chart, *PARTNERS)
    for statin in statins:
        mg = max(d.mg for d in chart.drugs if d.name == statin and d.state == "active")
        for partner in partners:
            if (statin, partner) in FORBIDDEN:
                found.add("forbidden")
            if (statin, partner) in CAPS:
                found |= _beside(mg, CAPS[statin, partner])
        if statin == "lovastatin" and kidney_function(chart).below("30"):
            found |= {f"alone {word}" for word in _beside(mg, LOVASTATIN_ALONE)}
    return found


def _beside(mg: int, cap: int) -> set[str]:
    if not mg:
        return {"unread"}
    return {"over"} if mg > cap else set()


def dose_cap(chart: Chart) -> Ruling:
    """A lower dose where a cap is exceeded or the dose unread; not where a pair is forbidden."""
    said = said_by_labels(chart)
    case = Case(concerns=bool(said - {"forbidden"}))
    case.forbid("forbidden" in said, "interaction:contraindicated")
    return case.ruling()


def suspension(chart: Chart) -> Ruling:
    """A pause for the course of what must not be taken with the statin."""
    return Case(concerns="forbidden" in said_by_labels(chart)).ruling()


def alternative(chart: Chart) -> Ruling:
    """Another drug for one of two that a label forbids or caps, or of a stack (A12)."""
    agents = taken(chart, *RAISING)
    stacked = len(agents) >= 3 or {"trimethoprim", "spironolactone"} <= agents
    interacts = bool(said_by_labels(chart) & {"forbidden", "over"})
    with_desmopressin = taken(chart, "furosemide", "prednisone", "fluticasone")
    interacts = interacts or bool(taken(chart, "desmopressin") and with_desmopressin)  # P22
    if not (interacts or stacked):
        return Ruling(WITHHELD, None, proposed=False)
    failing = kidney_function(chart).below("60")  # and no potassium is known in these charts
    return Ruling(OFFERED, proposed=interacts or (stacked and failing))
