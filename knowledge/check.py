"""Is the knowledge sound, and what does it still wait for?

`faults` are rules across files: any of them stops loading. What awaits review or is overdue is not
a fault: it is listed apart, by a date that the caller gives, so that knowledge that merely ages
never stops loading.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from knowledge.checks import (
    attributes,
    drug_reach,
    example_facts,
    examples,
    interactions,
    labs,
    mitigations,
    names,
    orders,
    provenance,
    reachable,
    references,
    rules,
)
from knowledge.draft import Draft
from knowledge.faults import Fault
from knowledge.model import Knowledge
from knowledge.review import AWAITING, CHANGED, FileReview

_CHECKS = (
    references,
    provenance,
    attributes,
    names,
    labs,
    rules,
    interactions,
    reachable,
    drug_reach,
    mitigations,
    orders,
    example_facts,
    examples,
)


def faults(draft: Draft) -> Iterator[Fault]:
    """Every fault across files."""
    for module in _CHECKS:
        yield from module.check(draft)


def awaiting_review(knowledge: Knowledge) -> tuple[FileReview, ...]:
    """The files that nobody but their author has read."""
    return tuple(file for file in knowledge.reviews if file.review.status == AWAITING)


def changed_since_review(knowledge: Knowledge) -> tuple[FileReview, ...]:
    """The files that are not what their reviewer signed."""
    return tuple(file for file in knowledge.reviews if file.review.status == CHANGED)


def overdue(knowledge: Knowledge, as_of: date) -> tuple[FileReview, ...]:
    """The files whose next review was due before `as_of`."""
    return tuple(
        file
        for file in knowledge.reviews
        if file.review.next_review is not None and file.review.next_review < as_of
    )
