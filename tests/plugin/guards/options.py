"""The states of each part of a chart: at every cut, missing, old, doubtful, unread."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from tests.plugin.guards.chart import (
    NO_DRUG_NAMED,
    NOTHING,
    PROBLEMS_NOT_SENT,
    Chart,
    has,
    lab,
    takes,
)
from tests.plugin.guards.electrolytes import HOLDING, RAISING

Options = tuple[Chart, ...]


class Part(NamedTuple):
    """One part of a chart. With the first of `core` an option may stand.

    `core` has each state that a guard tells apart; `more` has other ways to be in the same states.
    """

    core: Options
    more: Options = ()

    @property
    def all(self) -> Options:
        return self.core + self.more


def around(analyte: str, good: str, *cuts: str, unit: str = "", step: str = "0.01") -> Part:
    """A good result, just below and at each cut, and every way to have no result to rely on."""
    by = Decimal(step)
    return Part(
        (
            lab(analyte, good, unit=unit),
            NOTHING,
            *(lab(analyte, f"{Decimal(cut) - by:f}", unit=unit) for cut in cuts),
            *(lab(analyte, cut, unit=unit) for cut in cuts),
            lab(analyte, good, 31, unit=unit),
            lab(analyte, good, 91, unit=unit),
            lab(analyte, good, unit=unit, sample="haemolysed"),
            lab(analyte, good, unit="furlongs"),
        ),
        (
            *(lab(analyte, f"{Decimal(cut) + by:f}", unit=unit) for cut in cuts),
            lab(analyte, good, 30, unit=unit),
            lab(analyte, good, 90, unit=unit),
            lab(analyte, "see comment"),
            lab(analyte, good, 5, unit=unit) + lab(analyte, "see comment", 2),
            lab(analyte, good, 2, unit=unit) + lab(analyte, "see comment", 5),
        ),
    )


def also(part: Part, *more: Chart) -> Part:
    """A part with further states."""
    return Part(part.core, part.more + more)


def illness(*names: str) -> Part:
    """None of these conditions, each alone; and each refuted, and each resolved."""
    gone = tuple(has(name, state=s) for name in names for s in ("refuted", "resolved"))
    return Part((NOTHING, *(has(name) for name in names)), gone)


def drug(*names: str) -> Part:
    """None of these drugs, each alone; and each no longer taken, and each only on the surface."""
    gone = tuple(takes(name, state=s) for name in names for s in ("stopped", "on-hold"))
    local = tuple(takes(name, route="Ophthalmic route") for name in names)
    return Part((NOTHING, *(takes(name) for name in names)), gone + local)


def taking(*names: str) -> Part:
    """The first of these drugs, each of the others instead, none, or the first no longer."""
    gone = (takes(names[0], state="stopped"), takes(names[0], state="on-hold"))
    return Part((takes(names[0]), *(takes(name) for name in names[1:]), NOTHING), gone)


POTASSIUM = also(
    around("potassium", "3.2", "2.5", "3.0", "3.5", "5.0"),
    lab("potassium", "3.0", sign="<"),  # neither at least 2.5 nor below it
    lab("potassium", "3.0", sign=">"),
    lab("potassium", "2.2", 31),
    lab("potassium", "2.2", 91),
    lab("potassium", "5.4", 60),
    lab("potassium", "3.2", sample="whole blood"),
    lab("potassium", "4.4", sample="whole blood"),
    lab("potassium", "3.2", 3) + lab("potassium", "4.4", 9),
    lab("potassium", "4.4", 3) + lab("potassium", "3.2", 9),
    lab("potassium", "3.2", 3) + lab("potassium", "5.4", 2, sample="haemolysed"),
)
MAGNESIUM = also(
    around("magnesium", "1.5", "1.0", "1.7"),
    *around("magnesium", "0.60", "0.412", "0.700", unit="mmol/L", step="0.001").core[2:6],
    lab("magnesium", "0.82", unit="mmol/L"),  # normal, and an emergency in mg/dL
    lab("magnesium", "0.82"),
    lab("magnesium", "0.82", 31),
    lab("magnesium", "1.2", sign="<"),
    lab("magnesium", "1.5", 3) + lab("magnesium", "2.0", 9),
    lab("magnesium", "2.0", 3) + lab("magnesium", "1.5", 9),
)
SODIUM = also(
    around("sodium", "140", "135", step="1"),
    lab("sodium", "124"),
    lab("sodium", "130", sign=">"),
    lab("sodium", "136", sign="<"),
)
CALCIUM = also(
    around("calcium", "8.0", "7.6", "8.5", "10.5"),
    lab("calcium", "7.0") + lab("albumin", "3.0"),  # corrected: 7.8
    lab("calcium", "7.0") + lab("albumin", "3.5"),  # corrected: 7.4
    lab("calcium", "8.0") + lab("albumin", "3.0"),  # corrected: 8.8
    lab("calcium", "8.0") + lab("albumin", "3.0", 5),  # of another day: 8.0 to 8.8
    lab("calcium", "7.0") + lab("albumin", "3.0", 5),  # 7.0 to 7.8: low, and perhaps very low
    lab("calcium", "10.6") + lab("albumin", "4.8", 5),  # high as it stands
    lab("calcium", "7.0", 31),
)
IONISED = Part(
    (
        NOTHING,
        lab("ionised-calcium", "1.11"),
        lab("ionised-calcium", "1.12"),
        lab("ionised-calcium", "0.79"),
        lab("ionised-calcium", "0.80"),
        lab("ionised-calcium", "0.79", 31),
        lab("ionised-calcium", "1.00", 31),
        lab("ionised-calcium", "1.00", sample="haemolysed"),
        lab("ionised-calcium", "1.00", unit="furlongs"),
    ),
    (
        lab("ionised-calcium", "1.00", 30),
        lab("ionised-calcium", "1.00", 91),
        lab("ionised-calcium", "see comment"),
    ),
)
NOT_LOW_CALCIUM = around("calcium", "9.5", "10.5")
VITAMIN_D = around("vitamin-d", "15", "20")
THYROTROPIN = around("tsh", "0.1", "0.4", "10")
KIDNEY_FUNCTION = also(
    around("egfr", "75", "30", step="0.1"),
    lab("egfr", "25"),
    lab("egfr", "59.9"),
    lab("egfr", "60", sign=">"),
    lab("egfr", "25", sign=">"),
    lab("egfr", "30", sign="<"),
    lab("creatinine", "0.80"),
    lab("creatinine", "1.70"),  # eGFR 32.9
    lab("creatinine", "1.90"),  # eGFR 28.8
    lab("creatinine", "0.80", 91),
    lab("creatinine", "0.80", sample="haemolysed"),
    lab("creatinine", "0.80", unit="furlongs"),
    lab("egfr", "75", 9) + lab("creatinine", "2.50", 2),
    lab("egfr", "20", 2) + lab("creatinine", "0.80", 9),
    lab("egfr", "see comment", 9) + lab("creatinine", "0.80", 2),
    lab("egfr", "see comment", 2) + lab("creatinine", "0.80", 9),
)
KINASE = also(
    around("ck", "300", "800", "1000", "2000", step="1"),
    lab("ck", "1199", limit="300"),
    lab("ck", "1200", limit="300"),
    lab("ck", "2999", limit="300"),
    lab("ck", "3000", limit="300"),
    lab("ck", "1500", 31),
    lab("ck", "2500", 31),
    lab("ck", "2500", 91),
    lab("ck", "2500", sample="haemolysed"),
    lab("ck", "900", sign="<"),
    lab("ck", "900", sign=">"),
    lab("ck", "2500", sign="<"),
)
KIDNEY_ILLNESS = also(
    illness("dialysis", "kidney failure", "acute kidney injury", "kidney disease of stage 4"),
    has("dialysis", "acute kidney injury"),
    has("kidney disease of stage 5"),
    has("kidney disease of stage 3"),
)
PROBLEMS = Part((NOTHING, PROBLEMS_NOT_SENT))
UNREAD_DRUG = drug(NO_DRUG_NAMED)
# A9: each agent alone, pairs of them, and agents that do not count.
AGENTS = Part(
    (
        NOTHING,
        takes("spironolactone"),
        takes("triamterene"),
        takes("lisinopril"),
        takes("potassium chloride"),
        takes("lisinopril", "losartan"),
        takes("trimethoprim", "tacrolimus"),
        takes("abiraterone"),
    ),
    (
        *(takes(name) for name in RAISING),
        takes("sacubitril", "valsartan"),
        *(takes("lisinopril", name) for name in RAISING if name != "lisinopril"),
        takes("trimethoprim", "ibuprofen"),
        takes("lisinopril", "losartan", "trimethoprim"),
        *(takes(name, state="on-hold") for name in HOLDING[:3]),
        takes("lisinopril", "losartan", state="stopped"),
        takes("spironolactone", route="Topical"),
        takes("abiraterone", state="stopped"),
    ),
)
