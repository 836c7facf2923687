"""From a sketch through the front door: FHIR in, the answer out, in the oracle's terms."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings

from knowledge.load import load
from knowledge.model import Knowledge
from plugin.model import Assessment, EntryKind, Unread, UnreadReason
from plugin.pipeline import Pipeline
from plugin.reading.source import split
from tests.oracle.as_fhir import PATIENT, bundle, resources
from tests.oracle.sketch import Said, Sketch, Verdict

SOAK = bool(os.environ.get("CRAMPCHECK_SOAK"))


def effort(examples: int) -> settings:
    """The same examples in every run; ten times as many, and new ones, when soaking."""
    return settings(
        max_examples=examples * 10 if SOAK else examples,
        deadline=None,
        derandomize=not SOAK,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@lru_cache(maxsize=1)
def _packaged() -> Knowledge:
    return load()


@lru_cache(maxsize=8)
def pipeline(jurisdiction: str = "US", *, propose_all: bool = False) -> Pipeline:
    """The pipeline over the packaged knowledge.

    `propose_all` weighs every mitigation for every patient: guard rails hold whatever proposed it.
    """
    knowledge = _packaged()
    if propose_all:
        everything = {
            name: msgspec.structs.replace(mitigation, unprompted=True)
            for name, mitigation in knowledge.mitigations.items()
        }
        knowledge = msgspec.structs.replace(knowledge, mitigations=everything)
    return Pipeline(knowledge, jurisdiction)


def answer(
    sketch: Sketch, entries: list[dict[str, Any]] | None = None, *, propose_all: bool = False
) -> Assessment:
    """What the application says of the sketch, or of its entries in another order."""
    sent = resources(sketch) if entries is None else entries
    missing = Unread(
        "Condition", "", UnreadReason.NOT_SENT, EntryKind.CONDITIONS, detail="not in the prefetch"
    )
    return pipeline(sketch.jurisdiction, propose_all=propose_all).assess_entries(
        split(bundle(sent)),
        sketch.as_of,
        patient=PATIENT,
        extra=() if sketch.conditions_sent else (missing,),
    )


def verdict(assessment: Assessment) -> Verdict:
    """An answer without its words."""
    return Verdict(
        level=assessment.level.value,
        findings=frozenset(
            Said(f.rule, f.level.value, tuple(sorted(f.ingredients)), tuple(sorted(f.partners)))
            for f in assessment.findings
        ),
        offered=frozenset(m.id for m in assessment.mitigations),
        withheld=frozenset(w.mitigation for w in assessment.withheld),
    )
