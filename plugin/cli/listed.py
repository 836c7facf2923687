"""The medications of an answer as rows for a person: what is taken first, and what was taken once.

A record of years holds the same order many times over. Those that are not current and say the same
share a row that counts them, so that the few that are taken can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plugin.model import ListedMedication

COLUMNS = ("As written", "Read as", "Status", "Reference")


def title(medications: tuple[ListedMedication, ...]) -> str:
    """How many entries there are, and how many of them count."""
    current = sum(1 for row in medications if row.current)
    return f"Medications read: {len(medications)}, of which current: {current}"


def rows(medications: Iterable[ListedMedication]) -> Iterator[tuple[str, str, str, str]]:
    """Text, ingredients, status and reference; every entry is in one row, and is counted there."""
    before: dict[tuple[str, str], list[str]] = {}
    for medication in medications:
        read_as = ", ".join(medication.ingredients)
        if medication.current:
            yield medication.text, read_as, "current", medication.reference
        else:
            before.setdefault((medication.text, read_as), []).append(medication.reference)
    for (text, read_as), references in before.items():
        many = len(references) > 1
        where = f"{len(references)} entries" if many else references[0]
        yield text, read_as, "not current", where
