"""What an order is given for, where the knowledge asks for that: as a Problem of the patient."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.model import Problem
from plugin.reading.context import Entry, Reading
from plugin.reading.dates import day_of
from plugin.reading.naming import clip
from plugin.reading.shapes import Medicine


def problems_of(
    entry: Entry, medicine: Medicine, ingredients: tuple[str, ...], reading: Reading
) -> Iterator[Problem]:
    """The conditions that the reasons of an entry name, of those asked for of its ingredients.

    They count as an encounter's diagnosis of the day of the order: nobody closes them either.
    """
    asked = frozenset().union(*(reading.index.reasons.get(name, ()) for name in ingredients))
    if not asked:
        return
    written = day_of(medicine.authored_on or medicine.date_asserted or medicine.effective_date_time)
    for concept in medicine.reasons:
        for name in reading.index.conditions(concept):
            if name in asked:
                yield Problem(
                    condition=name,
                    reference=entry.reference,
                    text=clip(concept.label),
                    onset=None,
                    recorded=written.first if written else None,
                    encounter_diagnosis=True,
                )
