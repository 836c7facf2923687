"""When coenzyme Q10 and each change of a statin may be offered: rows E1 to E4, F3 to F9, P5."""

from __future__ import annotations

from tests.plugin.guards.chart import Chart
from tests.plugin.guards.ruling import OFFERED, SILENT, WITHHELD, Case, Ruling
from tests.plugin.guards.seen import Seen, a_drug_is_unread, ill, seen, taken

STATINS = ("atorvastatin", "simvastatin")
VITAMIN_K_ANTAGONISTS = (
    "warfarin", "acenocoumarol", "phenprocoumon", "fluindione", "phenindione", "dicumarol",
    "ethyl biscoumacetate", "clorindione", "diphenadione", "tioclomarol",
)  # fmt: skip
SYMPTOMS = ("muscle cramp", "night leg cramp", "muscle pain", "muscle weakness")
# The facts that are missing where there is no muscle symptom.
NO_SYMPTOM = ("has:muscle-cramp", "has:nocturnal-leg-cramp", "has:myalgia", "has:muscle-weakness")
SIGNS = {
    "muscle weakness": "has:muscle-weakness",
    "dark urine": "has:dark-urine",
    "acute kidney injury": "has:acute-kidney-injury",
    "fever": "has:fever-or-malaise",
}
AS_SYMPTOM = {
    "muscle cramp": "has:muscle-cramp",
    "night leg cramp": "has:nocturnal-leg-cramp",
    "muscle pain": "has:myalgia",
    "muscle weakness": "has:muscle-weakness",
}


def muscle_breakdown(chart: Chart, kinase: Seen) -> set[str]:
    """F6: why muscle may be breaking down, as facts of the chart; empty where nothing says so.

    Rhabdomyolysis on file; dark urine with a muscle symptom; or a recent creatine kinase of five
    limits or more with weakness, dark urine, fever, malaise or acute kidney injury.
    """
    found = set()
    if ill(chart, "rhabdomyolysis"):
        found.add("has:rhabdomyolysis")
    symptoms = {AS_SYMPTOM[name] for name in ill(chart, *SYMPTOMS)}
    if ill(chart, "dark urine") and symptoms:
        found |= {"has:dark-urine", *symptoms}
    signs = {SIGNS[name] for name in ill(chart, *SIGNS)}
    if kinase.at_least("5") and kinase.recent and signs:
        found |= {"ck>=5", "ck:recent", *signs}
    return found


def _on_a_statin_with_a_symptom(chart: Chart, limit: str) -> Case:
    """A muscle symptom, a creatine kinase proven below the limit, nothing that breaks muscle."""
    kinase = seen(chart, "ck")
    case = Case(concerns=bool(taken(chart, *STATINS)))
    case.need(ill(chart, *SYMPTOMS), *NO_SYMPTOM)
    case.need_of(kinase, proven=kinase.below(limit), fact=f"ck<{limit}")
    breakdown = muscle_breakdown(chart, kinase)
    case.forbid(breakdown, *breakdown)
    case.forbid(_immune(chart), "has:immune-mediated-myopathy")
    case.forbid(kinase.measured and kinase.doubtful, "ck:suspect")
    case.forbid(kinase.unread, "ck:unread")
    return case


def coenzyme_q10(chart: Chart) -> Ruling:
    """E1, E3, E4 and P5: below four limits; no vitamin K antagonist, no pregnancy."""
    case = _on_a_statin_with_a_symptom(chart, "4")
    case.forbid(taken(chart, *VITAMIN_K_ANTAGONISTS), "takes:vitamin-k-antagonist")
    case.forbid(ill(chart, "pregnancy"), "has:pregnancy")
    case.forbid(taken(chart, "coenzyme q10"), "takes:coenzyme q10")
    case.forbid(a_drug_is_unread(chart), "unread:medications")
    return case.ruling(proposed=_mild(chart))


def statin_pause(chart: Chart) -> Ruling:
    """F3, F4 and F7: a pause below ten limits; above, the statin is stopped and not paused.

    P20: an old result of ten limits or more stops nothing; with weakness F7 still speaks of a
    pause, which is then withheld.
    """
    kinase = seen(chart, "ck")
    case = _on_a_statin_with_a_symptom(chart, "10")
    weak_and_old = bool(ill(chart, "muscle weakness")) and not kinase.recent
    raised = kinase.at_least("4") and (weak_and_old or not kinase.at_least("10"))
    raised = raised and not _breaking(chart) and not _immune(chart)
    return case.ruling(proposed=raised or _mild(chart))


def statin_switch(chart: Chart) -> Ruling:
    """F3: another statin below four limits."""
    return _on_a_statin_with_a_symptom(chart, "4").ruling(proposed=_mild(chart))


def statin_stop(chart: Chart) -> Ruling:
    """F5 to F7: ten limits on a recent result, muscle that breaks down or is attacked; else no."""
    kinase = seen(chart, "ck")
    justified = (kinase.at_least("10") and kinase.recent) or _breaking(chart) or _immune(chart)
    if not taken(chart, *STATINS):
        return Ruling(SILENT)
    return Ruling(OFFERED, proposed=True) if justified else Ruling(WITHHELD, None, proposed=False)


def _breaking(chart: Chart) -> bool:
    return bool(muscle_breakdown(chart, seen(chart, "ck")))


def _immune(chart: Chart) -> bool:
    """F7: no re-exposure, so neither a pause nor a switch."""
    return bool(ill(chart, "immune-mediated myopathy"))


def _mild(chart: Chart) -> bool:
    """E1 and F1 to F3 speak of a symptom with a creatine kinase that is not known to be raised."""
    kinase = seen(chart, "ck")
    symptom = bool(ill(chart, *SYMPTOMS)) and not _immune(chart)
    return symptom and not kinase.at_least("4") and not _breaking(chart)
