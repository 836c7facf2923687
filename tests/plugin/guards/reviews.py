"""When a change of another drug may be offered. First of all, that the drug is taken at all."""

from __future__ import annotations

from tests.plugin.guards.chart import Chart
from tests.plugin.guards.electrolytes import SUPPLEMENTS
from tests.plugin.guards.fluids import THIAZIDES
from tests.plugin.guards.ruling import Case, Ruling
from tests.plugin.guards.seen import ill, seen, taken
from tests.plugin.guards.statins import NO_SYMPTOM, SYMPTOMS

MRAS = ("spironolactone", "eplerenone", "finerenone")
SPARING = ("triamterene", "amiloride")
LOOPS = ("furosemide", "torsemide")
OTHER_DIURETICS = ("acetazolamide", "mannitol")
PPIS = ("omeprazole", "pantoprazole")
LABAS = ("salmeterol", "formoterol")
PARTIAL_AGONISTS = ("pindolol", "carteolol")


def thiazide(chart: Chart) -> Ruling:
    """A2 and D1: need, dose or class of a thiazide."""
    return Case(concerns=bool(taken(chart, *THIAZIDES))).ruling()


def diuretic(chart: Chart) -> Ruling:
    """A2 and J2: need for the diuretic, and its dose.

    Of a thiazide its own review speaks, except beside quinine.
    """
    others = bool(taken(chart, *MRAS, *SPARING, *LOOPS, *OTHER_DIURETICS))
    beside_quinine = bool(taken(chart, *THIAZIDES) and taken(chart, "quinine", "hydroquinine"))
    return Case(concerns=others or beside_quinine).ruling()


def mra(chart: Chart) -> Ruling:
    """A7 and A11: the dose of a mineralocorticoid receptor antagonist."""
    return Case(concerns=bool(taken(chart, *MRAS))).ruling()


def potassium_sparing(chart: Chart) -> Ruling:
    """A7, A8 and A11: need for a potassium-sparing diuretic."""
    return Case(concerns=bool(taken(chart, *SPARING))).ruling()


def ppi(chart: Chart) -> Ruling:
    """B3: need for the proton pump inhibitor."""
    return Case(concerns=bool(taken(chart, *PPIS))).ruling()


def potassium_supplement(chart: Chart) -> Ruling:
    """A7 and A12: need for the supplement; never while the potassium is low."""
    case = Case(concerns=bool(taken(chart, *SUPPLEMENTS)))
    case.forbid(seen(chart, "potassium").below("3.5"), "potassium<3.5")
    return case.ruling()


def partial_agonist(chart: Chart) -> Ruling:
    """P11: a beta-blocker with intrinsic sympathomimetic activity, with cramps."""
    case = Case(concerns=bool(taken(chart, *PARTIAL_AGONISTS)))
    cramps = ill(chart, "muscle cramp", "night leg cramp")
    case.need(cramps, "has:muscle-cramp", "has:nocturnal-leg-cramp")
    return case.ruling()


def quinine(chart: Chart) -> Ruling:
    """J2 and P19: stop it, unless it is taken for malaria."""
    case = Case(concerns=bool(taken(chart, "quinine", "hydroquinine")))
    case.forbid(ill(chart, "malaria"), "has:malaria")
    return case.ruling()


def levothyroxine(chart: Chart) -> Ruling:
    """P7: its dose, where thyrotropin is below its range."""
    thyrotropin = seen(chart, "tsh")
    case = Case(concerns=bool(taken(chart, "levothyroxine")))
    case.need_of(thyrotropin, proven=thyrotropin.below("0.4"), fact="tsh<0.4")
    return case.ruling()


def long_acting_beta_agonist(chart: Chart) -> Ruling:
    """G3: the lowest dose that keeps control, where there is a muscle symptom; never a stop."""
    case = Case(concerns=bool(taken(chart, *LABAS)))
    symptom = ill(chart, *SYMPTOMS)
    case.need(symptom, *NO_SYMPTOM)
    return case.ruling(proposed=bool(symptom))


def desmopressin(chart: Chart) -> Ruling:
    """P22: need for desmopressin."""
    return Case(concerns=bool(taken(chart, "desmopressin"))).ruling()
