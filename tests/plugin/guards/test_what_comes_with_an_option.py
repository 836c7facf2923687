"""What an option brings along, and what an emergency silences. Rows A4, A8 and A9."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest

from plugin.model import Assessment
from tests.plugin.guards.chart import NOTHING, PROBLEMS_NOT_SENT, TODAY, Chart, has, lab, takes
from tests.plugin.guards.electrolytes import RAISING
from tests.plugin.guards.judged import pipeline, read
from tests.plugin.guards.seen import kidney_function, taken

OPTION = "potassium-repletion-review"
LOW = takes("furosemide") + lab("potassium", "3.2")
AGENTS = (NOTHING, *(takes(n) for n in ("lisinopril", "trimethoprim", "potassium chloride")))
KIDNEYS = tuple(lab("egfr", value) for value in ("30", "59.9", "60", "75"))
PROBLEMS = (NOTHING, PROBLEMS_NOT_SENT)
MAGNESIUM = (NOTHING, lab("magnesium", "1.69"), lab("magnesium", "1.70"))


def assessed(chart: Chart) -> Assessment:
    """The answer, by the rules as they are."""
    return pipeline().assessor.assess(read(chart), TODAY)


def _charts() -> Iterator[Chart]:
    for states in product(AGENTS, KIDNEYS, PROBLEMS, MAGNESIUM):
        yield sum(states, LOW)


def test_potassium_comes_with_a_recheck_wherever_it_may_rise() -> None:
    """Beside one drug that raises it, with an eGFR of 30 to 59, or without the problem list."""
    for chart in _charts():
        found = assessed(chart)
        (text,) = [one.text for one in found.mitigations if one.id == OPTION]
        ids = {one.id for one in found.mitigations}
        raised = bool(taken(chart, *RAISING))
        assert ("recheck-potassium-creatinine" in ids) is raised, chart
        assert ("close recheck" in text) is raised, chart
        assert ("within a week" in text) is kidney_function(chart).below("60"), chart
        assert ("never a second source" in text) is bool(taken(chart, "potassium chloride")), chart
        assert ("rule out dialysis" in text) is not chart.problems_sent, chart
        low_magnesium = any(r.analyte == "magnesium" and r.value < "1.7" for r in chart.labs)
        assert ("correct it first" in text) is low_magnesium, chart


EMERGENCIES = (
    lab("potassium", "2.49"),
    lab("potassium", "2.49", 30),
    lab("potassium", "3.2") + has("paralysis"),
    lab("potassium", "3.2") + has("ECG changes"),
)
DRUGS = ("furosemide", "hydrochlorothiazide", "prednisone", "albuterol", "omeprazole")


@pytest.mark.parametrize("name", DRUGS)
def test_an_emergency_is_not_put_off_by_weeks(name: str) -> None:
    """A4: where potassium is an emergency, no option says to look again in weeks."""
    others = (NOTHING, lab("magnesium", "1.4"), lab("calcium", "8.0"), lab("sodium", "132"))
    for emergency, other in product(EMERGENCIES, others):
        found = assessed(takes(name, "furosemide") + lab("egfr", "75") + emergency + other)
        ids = {one.id for one in found.mitigations}
        assert "emergency-evaluation" in ids
        assert OPTION not in ids
        assert not [one.text for one in found.mitigations if re.search(r"weeks", one.text)]
