"""Results that are computed from others: eGFR from creatinine, calcium corrected for albumin.

Each says in its `note` how it came about. The numbers of the formulas are constants of labs.toml.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec
from msgspec import Struct

from knowledge.model import Knowledge
from plugin.model import LabResult

_EGFR, _CREATININE, _CALCIUM, _ALBUMIN = "egfr", "creatinine", "calcium", "albumin"
_STEP, _CENT = Decimal("0.1"), Decimal("0.01")


class Formulas(Struct, frozen=True):
    """The numbers of the formulas, and the units of what they give.

    `of_sex`: kappa, alpha and the factor of each sex. `days`: how far an albumin of another day may
    be from a calcium.
    """

    slope: Decimal
    normal_albumin: Decimal
    calcium_unit: str
    egfr_unit: str
    scale: float
    beta: float
    age: float
    of_sex: dict[str, tuple[float, float, float]]
    days: int


def formulas_of(knowledge: Knowledge) -> Formulas:
    """The formulas with the constants of a knowledge."""

    def number(name: str) -> float:
        return float(knowledge.constants[f"ckd-epi-2021-{name}"].value)

    factors = {"female": number("female"), "male": 1.0}
    return Formulas(
        slope=knowledge.constants["calcium-per-albumin"].value,
        normal_albumin=knowledge.constants["calcium-reference-albumin"].value,
        calcium_unit=_unit(knowledge, _CALCIUM),
        egfr_unit=_unit(knowledge, _EGFR),
        scale=number("scale"),
        beta=number("beta"),
        age=number("age"),
        of_sex={
            sex: (number(f"kappa-{sex}"), number(f"alpha-{sex}"), factor)
            for sex, factor in factors.items()
        },
        days=int(knowledge.constants["current-result-days"].value),
    )


def _unit(knowledge: Knowledge, analyte: str) -> str:
    lab = knowledge.labs.get(analyte)
    return lab.unit if lab is not None else ""


def with_derived(
    results: list[LabResult], formulas: Formulas, birth_date: date | None, sex: str
) -> list[LabResult]:
    """The results with calcium corrected, and an eGFR for each creatinine that has none."""
    found = {result.analyte for result in results}
    corrected = results
    if _CALCIUM in found and _ALBUMIN in found:
        corrected = [
            _corrected(result, results, formulas) if result.analyte == _CALCIUM else result
            for result in results
        ]
    if _CREATININE not in found or birth_date is None or sex not in formulas.of_sex:
        return corrected
    return corrected + list(_computed(results, formulas, birth_date, sex))


def _corrected(result: LabResult, results: list[LabResult], formulas: Formulas) -> LabResult:
    """Total calcium with the albumin of its day; with a low one of another day, up to the value
    that it would give, so that what only one of the two is below is not proven.
    """
    if result.note or result.low is None or result.high is None:
        return result
    albumins = [other for other in results if other.analyte == _ALBUMIN]
    albumin = _latest(other for other in albumins if other.day == result.day)
    if albumin is None:
        albumin = _nearest(albumins, result.day, formulas.days)
    if albumin is None or albumin.low is None:
        return result
    add = formulas.slope * (formulas.normal_albumin - albumin.low)
    counts = f"{(result.low + add).quantize(_CENT).normalize():f} {formulas.calcium_unit}"
    note = f"{counts} once corrected for an albumin of {albumin.reported} {albumin.unit}"
    if albumin.day != result.day:
        if add <= 0:
            return result
        note = f"{note}, which is of another day ({albumin.day})"
        return msgspec.structs.replace(result, high=result.high + add, note=note)
    return msgspec.structs.replace(
        result,
        low=result.low + add,
        high=result.high + add,
        suspect=result.suspect or albumin.suspect,
        note=note,
    )


def _nearest(results: list[LabResult], day: date, days: int) -> LabResult | None:
    """The last result of the nearest day on which there is one."""
    away = {abs((one.day - day).days) for one in results if one.value is not None}
    least = min(away, default=days + 1)
    near = (one for one in results if abs((one.day - day).days) == least)
    return _latest(near) if least <= days else None


def _latest(results: Iterable[LabResult]) -> LabResult | None:
    exact = [result for result in results if result.value is not None]
    return max(exact, key=_moment, default=None)


def _moment(result: LabResult) -> tuple[date, str, str]:
    return result.day, result.instant.isoformat() if result.instant else "", result.reference


def _computed(
    results: list[LabResult], formulas: Formulas, birth_date: date, sex: str
) -> Iterable[LabResult]:
    """An eGFR for each creatinine that is newer than every reported eGFR.

    An old eGFR says nothing of a kidney that has failed since, be it of the same morning.
    """
    reported = [result for result in results if result.analyte == _EGFR]
    for result in results:
        if result.analyte != _CREATININE or result.value is None or not result.low:
            continue
        if not all(map(result.later_than, reported)):
            continue
        egfr = _ckd_epi_2021(result.low, _age(birth_date, result.day), sex, formulas)
        yield msgspec.structs.replace(
            result,
            analyte=_EGFR,
            low=egfr,
            high=egfr,
            value=egfr,
            reported=str(egfr),
            unit=formulas.egfr_unit,
            note=f"computed by CKD-EPI 2021 from a creatinine of {result.reported} {result.unit}",
        )


def _ckd_epi_2021(creatinine: Decimal, age: int, sex: str, formulas: Formulas) -> Decimal:
    """eGFR in mL/min/1.73 m2 from a creatinine in mg/dL, to one decimal."""
    kappa, alpha, of_sex = formulas.of_sex[sex]
    ratio = float(creatinine) / kappa
    egfr = (
        formulas.scale
        * min(ratio, 1.0) ** alpha
        * max(ratio, 1.0) ** formulas.beta
        * formulas.age**age
        * of_sex
    )
    return Decimal(egfr).quantize(_STEP)


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
