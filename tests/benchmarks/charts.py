"""The charts that the benchmark sends: what an invented patient takes and has, in many variants.

A variant has other strengths, dose texts and results than the next, all within the same chart: of
every one of them the answer has the same level. The same variants on each day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

VARIANTS = 200  # of each chart that a measurement cycles through
# Name as an EHR writes it, strengths, and a dose text. The list mixes linked and unlinked drugs.
_DRUGS = (
    ("hydrochlorothiazide {} MG Oral Tablet", ("12.5", "25", "50"), "1 tablet every morning"),
    ("atorvastatin {} MG Oral Tablet", ("10", "20", "40", "80"), "1 tablet at bedtime"),
    ("albuterol {} MG/ACTUAT Metered Dose Inhaler", ("0.09",), "2 puffs as needed"),
    ("metformin hydrochloride {} MG Oral Tablet", ("500", "850"), "1 tablet twice a day"),
    ("lisinopril {} MG Oral Tablet", ("2.5", "5", "10", "20"), "1 tablet once a day"),
    ("omeprazole {} MG Delayed Release Oral Capsule", ("20", "40"), "1 capsule before breakfast"),
    ("amoxicillin {} MG Oral Capsule", ("250", "500"), "1 capsule three times a day for 7 days"),
    ("acetaminophen {} MG Oral Tablet", ("325", "500"), "1 to 2 tablets as needed for pain"),
    ("citalopram {} MG Oral Tablet", ("10", "20"), "1 tablet once a day"),
    ("furosemide {} MG Oral Tablet", ("20", "40", "80"), "1 tablet every morning"),
    ("aspirin {} MG Oral Tablet", ("81", "325"), "1 tablet once a day"),
    ("levothyroxine sodium {} MG Oral Tablet", ("0.025", "0.05", "0.075"), "1 tablet at 6 am"),
)
_UNLINKED = (
    ("amoxicillin {} MG Oral Capsule", ("250", "500")),
    ("acetaminophen {} MG Oral Tablet", ("325", "500")),
    ("metformin hydrochloride {} MG Oral Tablet", ("500", "850")),
    ("loratadine {} MG Oral Tablet", ("5", "10")),
)
_SAID = ("{}", "Take {}", "take {}", "{}, by mouth", "Take {} with water", "{} as discussed")
_CONDITIONS = (
    ("I10", "Essential (primary) hypertension"),
    ("E78.5", "Hyperlipidemia, unspecified"),
    ("R25.2", "Cramp and spasm"),
    ("E11.9", "Type 2 diabetes mellitus without complications"),
    ("J45.909", "Unspecified asthma, uncomplicated"),
    ("Z00.00", "General adult medical examination"),
)
# Unit, values (newest first) and how far a variant's differ from them, of the analytes that the
# patient has; the others come back empty.
_RESULTS: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "potassium": ("mmol/L", (), "0.1"),
    "sodium": ("mmol/L", ("139", "140"), "1"),
    "magnesium": ("mg/dL", ("1.9",), "0.1"),
    "calcium": ("mg/dL", ("9.4",), "0.1"),
    "albumin": ("g/dL", ("4.1",), "0.1"),
    "creatinine": ("mg/dL", ("0.9", "1.0"), "0.1"),
    "egfr": ("mL/min/{1.73_m2}", ("82", "79"), "4"),
    "tsh": ("m[IU]/L", ("2.1",), "0.3"),
    "ck": ("U/L", ("110",), "20"),
}


@dataclass(frozen=True)
class Variant:
    """One patient: drugs with their dose texts, conditions, and unit and values by analyte."""

    drugs: list[tuple[str, str]]
    conditions: tuple[tuple[str, str], ...]
    results: dict[str, tuple[str, list[float]]]


@dataclass(frozen=True)
class Chart:
    """A kind of chart. Potassium results are newest first."""

    drugs: tuple[tuple[str, tuple[str, ...], str], ...]
    conditions: tuple[tuple[str, str], ...]
    potassium: tuple[str, ...]

    def variant(self, random: Random) -> Variant:
        """One patient with this chart."""
        return Variant(
            drugs=[
                (name.format(random.choice(strengths)), random.choice(_SAID).format(dosage))
                for name, strengths, dosage in self.drugs
            ],
            conditions=self.conditions,
            results={
                analyte: (unit, _near(values or self.potassium, float(step), random))
                for analyte, (unit, values, step) in _RESULTS.items()
            },
        )


def _near(values: tuple[str, ...], step: float, random: Random) -> list[float]:
    return [round(float(value) + random.choice((-1, 0, 1)) * step, 1) for value in values]


def _only_unlinked(
    drugs: tuple[tuple[str, tuple[str, ...], str], ...],
) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    return tuple((*_UNLINKED[n % 4], dosage) for n, (_, _, dosage) in enumerate(drugs))


# Cramps, a low potassium and seven linked drugs; two linked drugs, of which one is worth a line;
# and a chart of the same size with nothing to say.
BUSY = Chart(_DRUGS, _CONDITIONS, ("3.3", "3.6", "3.9", "4.0", "4.1"))
_UNREMARKABLE = ("4.2", "4.0", "4.1", "4.0", "4.1")
ORDINARY = Chart((*_DRUGS[:2], *_only_unlinked(_DRUGS[2:])), _CONDITIONS, _UNREMARKABLE)
QUIET = Chart(
    _only_unlinked(_DRUGS),
    tuple(row for row in _CONDITIONS if row[0] != "R25.2"),
    _UNREMARKABLE,
)
CHARTS = {
    "a chart with many findings": BUSY,
    "an ordinary chart": ORDINARY,
    "a quiet chart": QUIET,
}
