"""Outcomes as the workers give them, and the results that sinks make of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from plugin.config import Settings
from plugin.pipeline import default_pipeline
from plugin.reading.source import split
from plugin.screening.assessing import screen_patient
from plugin.screening.outcome import Failed, Outcome, Quarantined, Screened, Wanted
from plugin.screening.report.run_facts import ReportOptions, RunFacts
from plugin.screening.sinks import About, Reported, choose, name_results, open_sinks
from tests.plugin.golden import all_cases, case

DAY = date(2026, 11, 1)
Resource = dict[str, Any]


def outcome(resources: Sequence[Resource], day: date = DAY) -> Screened:
    """The outcome of one patient, whose Patient comes first."""
    lines = b"\n".join(json.dumps(one).encode() for one in resources)
    patient = f"Patient/{resources[0]['id']}"
    entries = tuple(split(lines))
    found = screen_patient(default_pipeline(), (patient, entries), day, Wanted(issues=True))
    assert isinstance(found, Screened)
    return found


@cache
def golden() -> tuple[Screened, ...]:
    """Every golden case, sorted by reference as a run has them."""
    found = [outcome(case.resources, case.as_of) for case in all_cases()]
    return tuple(sorted(found, key=lambda one: one.patient))


def marta(potassium: float = 3.2, **more: Any) -> list[Resource]:
    """A thiazide and a low potassium; `more` is of the quantity."""
    resources = case("thiazide-low-potassium").resources
    for one in resources:
        if one.get("code", {}).get("coding", [{}])[0].get("code") == "2823-3":
            one["valueQuantity"] |= {"value": potassium, **more}
    return resources


def about(run: str = "run-1", day: date = DAY) -> About:
    knowledge = default_pipeline().knowledge
    facts = RunFacts(run, "2026-11-01T08:00:00Z", day, "export/", "US", "0.1.0")
    return About(run, day, knowledge.version, Reported(knowledge, facts, ReportOptions()))


def results(
    out: Path,
    formats: str,
    outcomes: Iterable[Outcome],
    *,
    quarantined: Iterable[Quarantined] = (),
    of: About | None = None,
    settings: Settings | None = None,
) -> Path:
    """What a run does: write everything, complete it, name it."""
    chosen, unfinished = choose(formats), out / ".work" / "results"
    with open_sinks(chosen, unfinished, of or about()) as sinks:
        for one in outcomes:
            sinks.write(one)
        for row in quarantined:
            sinks.quarantine(row)
    name_results(chosen, unfinished, out, settings or Settings())
    return out


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


FAILED = Failed("Patient/zz", "internal error (KeyError); please report it.")
