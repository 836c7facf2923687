"""Generated patients, drawn towards what the policy speaks of: drugs, cuts, windows and guards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from hypothesis import strategies as st

from tests.oracle.book import the_book
from tests.oracle.minimal import of_example, of_mitigation
from tests.oracle.sketch import Handed, Illegible, Illness, Med, Reacted, Result, Sketch

T = TypeVar("T")
TODAY = date(2026, 11, 1)
BOOK = the_book()

# Groups and drugs that rules and guard rails name; `any` reaches what they do not.
THEMES = (
    "potassium-losing-diuretic", "thiazide-diuretic", "potassium-holding", "potassium-raising",
    "potassium-wasting", "mra", "beta2-agonist", "saba", "laba", "statin", "ppi", "myotoxic",
    "systemic-corticosteroid", "calcineurin-inhibitor", "isa-beta-blocker", "cardiac-glycoside",
    "vitamin-k-antagonist", "cinchona", "clenbuterol", "trimethoprim", "coenzyme q10", "any",
    "clarithromycin", "amlodipine", "gemfibrozil", "calcium-lowering-drug", "calcium-or-vitamin-d",
    "magnesium-supplement", "bound-by-magnesium", "serotonergic-antidepressant", "desmopressin",
    "desmopressin-forbidden-partner", "laxative-or-licorice", "vitamin k2",
)  # fmt: skip
NOT_LINKED = ("amoxicillin", "paracetamol")
SYMPTOMS = ("muscle-cramp", "nocturnal-leg-cramp", "myalgia", "muscle-weakness", "dark-urine")
ILLNESSES = (
    "rhabdomyolysis", "acute-kidney-injury", "ckd-3", "ckd-4-to-5", "dialysis", "kidney-transplant",
    "heart-failure", "pregnancy", "malaria", "myasthenia-gravis", "arrhythmia", "hyperkalemia",
    "deep-vein-thrombosis", "asthma", "long-qt", "tetany", "paralysis", "falls", "confusion",
    "severe-brain-sign", "fever-or-malaise", "one-leg-swelling", "fasciculation",
    "immune-mediated-myopathy", "hypercalcemia", "hyponatremia",
)  # fmt: skip
ANALYTES = (
    "potassium", "magnesium", "egfr", "ck", "sodium", "tsh", "calcium", "ionised-calcium",
    "vitamin-d",
)  # fmt: skip
OTHER_UNITS = {"potassium": ("mEq/L",), "magnesium": ("mmol/L", "mEq/L"), "sodium": ("meq/L",)}


def _mostly(usual: T, *others: T) -> st.SearchStrategy[T]:
    return st.sampled_from((usual,) * (4 * len(others)) + others)


def _days_ago(*days: int) -> st.SearchStrategy[date]:
    return st.sampled_from([TODAY - timedelta(days=ago) for ago in days])


DRUGS = st.one_of(
    *(st.sampled_from(sorted(BOOK.selected(theme))) for theme in THEMES),
    st.sampled_from(NOT_LINKED),
)
STARTS = st.none() | _days_ago(1, 40, 364, 365, 366, 1500, -3)


def _sensible(med: Med) -> Med:
    """Statements have words of their own, and a tablet holds one drug and is swallowed."""
    one_tablet = len(med.ingredients) == 1 and med.route == "oral"
    words = {"draft": "intended", "cancelled": "not-taken"} if med.statement else {}
    return replace(
        med,
        status=words.get(med.status, med.status),
        not_prescribed=med.not_prescribed and med.statement,
        mg=med.mg if one_tablet else 0,
    )


MEDS = st.builds(
    Med,
    ingredients=st.one_of(
        DRUGS.map(lambda name: (name,)),
        DRUGS.map(lambda name: (name,)),
        st.lists(DRUGS, min_size=2, max_size=2, unique=True).map(tuple),
    ),
    route=_mostly("", "oral", "inhaled", "nebulised", "parenteral", "ophthalmic", "topical"),
    status=_mostly("active", "on-hold", "stopped", "completed", "draft", "cancelled"),
    intent=_mostly("order", "proposal", "plan"),
    statement=_mostly(False, True),
    start=STARTS,
    ended=_mostly(None, TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=9)),
    not_prescribed=_mostly(False, True),
    mg=st.sampled_from((0, 5, 10, 20, 40, 80)),
).map(_sensible)

# Every value at a cut and one hundredth beside it, as laboratories print it in their unit.


def _printed(analyte: str) -> list[tuple[str, str, str]]:
    """Value, unit and upper limit of each result worth trying."""
    lab = BOOK.labs[analyte]
    near = [Decimal(cut) + Decimal(step) / 100 for cut in lab["cuts"] for step in (-1, 0, 1)]
    if lab.get("multiple_of_upper_limit"):
        limits = ("", "150", "170", "300")
        usual = lab["default_upper_limit"]
        return [(f"{v * Decimal(top or usual):f}", "", top) for v in near for top in limits]
    found = [(f"{value:f}", "", "") for value in near]
    for unit in OTHER_UNITS.get(analyte, ()):
        (factor,) = [u["factor"] for u in lab["units"] if unit in u["spellings"]]
        found += [(f"{v / Decimal(factor):.2f}", unit, "") for v in near]
    return [*found, found[0], ("see comment", "", ""), ("3", "furlongs", "")]


PRINTED = {analyte: st.sampled_from(_printed(analyte)) for analyte in ANALYTES}
# Everything of a result but its number.
SETTINGS = st.builds(
    Result,
    analyte=st.sampled_from(ANALYTES),
    value=st.just(""),
    day=_days_ago(0, 1, 1, 2, 7, 30, 30, 31, 60, 90, 91, 200, -1),
    comparator=_mostly("", "<", ">", "<=", ">="),
    status=_mostly("final", "amended", "corrected", "preliminary", "cancelled"),
    haemolysed=_mostly(False, False, False, True),
    clock=_mostly("", "08:10:00Z", "09:00:00+05:00", "00:00:00Z", "23:30:00-05:00"),
)


@st.composite
def results(draw: st.DrawFn) -> Result:
    """A result at a cut or just beside one, now and then not to be used."""
    setting = draw(SETTINGS)
    value, unit, limit = draw(PRINTED[setting.analyte])
    return replace(setting, value=value, unit=unit, upper_limit=limit)


CHARTED = st.builds(
    Illness,
    condition=st.one_of(st.sampled_from(SYMPTOMS), st.sampled_from(ILLNESSES)),
    onset=st.none() | _days_ago(0, 20, 300, 364, 366, 800, -2),
    recorded=st.none() | _days_ago(0, 20, 300, 364, 366, 800),
    encounter=_mostly(False, True),
    clinical=_mostly("active", "recurrence", "inactive", "resolved"),
    verification=_mostly("confirmed", "provisional", "refuted", "entered-in-error"),
)
ILLEGIBLE = st.builds(
    Illegible,
    text=st.sampled_from(("water pill when ankles swell", "the small white one")),
    status=_mostly("active", "stopped"),
    route=_mostly("", "ophthalmic", "oral"),
)
SABAS = sorted(BOOK.selected("saba"))
HANDED = st.builds(
    Handed,
    ingredient=st.sampled_from(SABAS) | DRUGS,
    day=_days_ago(0, 30, 200, 364, 400, -3),
    packages=st.sampled_from((1, 2, 3, 11, 12)),
)
BORN = st.none() | _mostly(
    date(1950, 5, 5), date(2008, 11, 1), date(2008, 11, 2), date(1961, 11, 1)
)
# Patients made for a rule or a mitigation, so that each is met; and nobody in particular.
SEEDS = (
    *(of_example(BOOK, example) for rule in BOOK.rules for example in rule["example"]),
    *(of_mitigation(BOOK, name)[0] for name in BOOK.mitigations),
    *(of_mitigation(BOOK, name)[-1] for name in BOOK.mitigations),
    *(Sketch(as_of=TODAY) for _ in BOOK.rules),
)


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    """A patient whom several rules may concern at once."""
    seed = draw(st.sampled_from(SEEDS))
    meds = seed.meds + tuple(draw(st.lists(MEDS, max_size=4)))
    named = sorted({name for med in meds for name in med.ingredients}) or SABAS
    reacted = st.builds(
        Reacted, ingredient=st.sampled_from(named), condition=st.sampled_from(SYMPTOMS[:4])
    )
    return Sketch(
        as_of=TODAY,
        born=draw(BORN),
        deceased=draw(st.integers(0, 40)) == 40,
        meds=meds,
        illegible=seed.illegible + tuple(draw(st.lists(ILLEGIBLE, max_size=1))),
        handed=seed.handed + tuple(draw(st.lists(HANDED, max_size=2))),
        results=seed.results + tuple(draw(st.lists(results(), max_size=5))),
        illnesses=seed.illnesses + tuple(draw(st.lists(CHARTED, max_size=3))),
        reacted=tuple(draw(st.lists(reacted, max_size=1))),
        conditions_sent=draw(_mostly(True, False)),
        jurisdiction=draw(_mostly(seed.jurisdiction, "US", "UK", "EU")),
    )
