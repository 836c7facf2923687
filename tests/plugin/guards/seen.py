"""What a careful reader sees in a chart: each laboratory test, each drug, each condition.

Written from the policy's sentences, and apart from both the service and its data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from tests.plugin.guards.chart import BORN, NO_DRUG_NAMED, TODAY, Chart, Lab

NINETY_DAYS, THIRTY_DAYS = 90, 30  # as good as none; too old to replace anything on
LOCAL = ("Ophthalmic route", "Topical")
MMOL_MAGNESIUM = Decimal("2.43")  # mg/dL
USUAL_CK_LIMIT = Decimal(200)
NEVER = Decimal(10) ** 6
# Where haemolysis cannot be seen, only a potassium within its range is believed.
BELIEVED_IN_BLOOD = (Decimal("3.5"), Decimal("5.0"))


@dataclass(frozen=True)
class Seen:
    """One laboratory test: the newest result of the last 90 days, if there is one."""

    name: str
    measured: bool = False
    unread: bool = False  # something as new, or newer, that nobody can read
    doubtful: bool = False
    days: int = 0
    low: Decimal = Decimal(0)
    high: Decimal = NEVER
    high_itself: bool = True  # false for "<3.0": below 3.0, and never 3.0

    @property
    def recent(self) -> bool:
        """Thirty days old or less, and to be believed."""
        return self.measured and not self.doubtful and self.days <= THIRTY_DAYS

    def below(self, limit: str) -> bool:
        """Proven to lie below."""
        sure = self.measured and not self.doubtful
        cut = Decimal(limit)
        return sure and (self.high < cut or (self.high == cut and not self.high_itself))

    def at_least(self, limit: str) -> bool:
        """Proven to lie at it or above."""
        return self.measured and not self.doubtful and self.low >= Decimal(limit)

    @property
    def state(self) -> str:
        """Why nothing is proven: `suspect`, `unread` or `unknown`; empty where there is a value."""
        if self.measured:
            return "suspect" if self.doubtful else ""
        return "unread" if self.unread else "unknown"


def seen(chart: Chart, analyte: str) -> Seen:
    """What the chart shows of a laboratory test."""
    current = [r for r in chart.labs if r.analyte == analyte and r.days <= NINETY_DAYS]
    legible = [r for r in current if _number(r) is not None]
    newest = min((r.days for r in legible), default=NINETY_DAYS)
    unread = any(_number(r) is None and r.days <= newest for r in current)
    if not legible:
        return Seen(analyte, unread=unread)
    (result,) = [r for r in legible if r.days == newest]
    value = _number(result) or Decimal(0)
    in_blood = result.sample == "whole blood"
    least, most = BELIEVED_IN_BLOOD
    return Seen(
        analyte,
        measured=True,
        unread=unread,
        doubtful=result.sample == "haemolysed" or (in_blood and not least <= value <= most),
        days=result.days,
        low=Decimal(0) if result.sign == "<" else value,
        high=NEVER if result.sign == ">" else value,
        high_itself=result.sign != "<",
    )


def _number(result: Lab) -> Decimal | None:
    """The value in the usual unit, a creatine kinase in upper limits; None if it is illegible."""
    if not result.value.replace(".", "", 1).isdigit() or result.unit == "furlongs":
        return None
    number = Decimal(result.value)
    if result.analyte == "ck":
        return number / Decimal(result.limit or USUAL_CK_LIMIT)
    if result.analyte == "magnesium" and result.unit == "mmol/L":
        return number * MMOL_MAGNESIUM
    return number


def kidney_function(chart: Chart) -> Seen:
    """The eGFR; from a creatinine (CKD-EPI 2021, a woman) where that is newer or alone."""
    reported = [r for r in chart.labs if r.analyte == "egfr"]
    read = [r.days for r in reported if _number(r) is not None]
    newer = [r for r in chart.labs if r.analyte == "creatinine" and r.days < min([*read, 10_000])]
    usable = [r for r in newer if _number(r) is not None and r.days <= NINETY_DAYS]
    if not usable:
        return seen(chart, "egfr")
    newest = min(usable, key=lambda result: result.days)
    age = TODAY.year - BORN.year
    ratio = float(newest.value) / 0.7
    rate = 142 * min(ratio, 1) ** -0.241 * max(ratio, 1) ** -1.2 * 0.9938**age * 1.012
    value = Decimal(str(round(rate, 1)))
    return Seen(
        "egfr",
        measured=True,
        unread=any(_number(r) is None and r.days <= newest.days for r in reported),
        doubtful=newest.sample == "haemolysed",
        days=newest.days,
        low=value,
        high=value,
    )


def corrected_calcium(chart: Chart) -> Seen:
    """C1: a total calcium with 0.8 mg/dL for each g/dL that the albumin of its day is below 4.

    With a low one of another day, anything from the one value to the other.
    """
    total, albumin = seen(chart, "calcium"), seen(chart, "albumin")
    if not (total.measured and albumin.measured):
        return total
    add = Decimal("0.8") * (4 - albumin.low)
    if total.days != albumin.days:
        return replace(total, high=max(total.high, total.high + add))
    return replace(total, low=total.low + add, high=total.high + add)


def taken(chart: Chart, *names: str) -> set[str]:
    """Which of these drugs reach the blood today."""
    current = {d.name for d in chart.drugs if d.state == "active" and d.route not in LOCAL}
    return current & set(names)


def a_drug_is_unread(chart: Chart) -> bool:
    """An active, possibly swallowed entry that names no drug."""
    return bool(taken(chart, NO_DRUG_NAMED))


def kidneys_fail(chart: Chart) -> dict[str, str]:
    """Failing kidneys on the problem list, with the fact that says so (A8)."""
    facts = {
        "dialysis": "has:dialysis",
        "kidney failure": "has:end-stage-renal-disease",
        "kidney disease of stage 4": "has:ckd-4-to-5",
        "kidney disease of stage 5": "has:ckd-4-to-5",
    }
    return {name: facts[name] for name in ill(chart, *facts)}


def ill(chart: Chart, *names: str) -> set[str]:
    """Which of these conditions are active, as far as the problem list was sent."""
    active = {i.name for i in chart.illnesses if i.state == "active"}
    return active & set(names) if chart.problems_sent else set()
