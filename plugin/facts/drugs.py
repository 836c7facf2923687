"""What the patient takes now: one `Drug` per ingredient, from every entry that names it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from msgspec import Struct

from plugin.model import Dispense, Medication, PatientRecord, Reaction


class Drug(Struct, frozen=True, gc=False):
    """A current, systemic ingredient."""

    name: str
    entries: tuple[Medication, ...]
    dispenses: tuple[Dispense, ...]
    reactions: tuple[Reaction, ...]
    references: tuple[str, ...]  # of the entries that make it current
    listed: tuple[Medication, ...]  # everything that the patient takes or took

    @property
    def start(self) -> date | None:
        """The earliest record of the ingredient, current or not; few rules ask for it."""
        starts = [
            one.start
            for one in self.listed
            if one.start and self.name in one.ingredients and one.route.systemic
        ]
        return min(starts, default=None)

    @property
    def daily_mg(self) -> Decimal | None:
        """The largest daily dose that any entry gives, in mg; None where none could be read.

        Not the sum: an order and a statement of the same drug are one drug, not a double dose.
        """
        known = [mg for mg in self._doses() if mg is not None]
        return max(known) if known else None

    @property
    def dose_unread(self) -> bool:
        """True where an entry gives no readable daily dose."""
        return len([mg for mg in self._doses() if mg is not None]) < len(self.entries)

    def _doses(self) -> list[Decimal | None]:
        return [
            next((dose.mg for dose in entry.doses if dose.ingredient == self.name), None)
            for entry in self.entries
        ]


def current_drugs(record: PatientRecord) -> dict[str, Drug]:
    """Every ingredient taken now by a route that reaches muscle, by name, in name order."""
    entries: dict[str, list[Medication]] = {}
    for medication in record.medications:
        if medication.current and medication.route.systemic:
            for name in medication.ingredients:
                entries.setdefault(name, []).append(medication)
    dispenses, reactions = record.dispenses, record.reactions
    drugs: dict[str, Drug] = {}
    for name in sorted(entries):
        taken = entries[name]
        drugs[name] = Drug(
            name,
            tuple(taken),
            _about(dispenses, name) if dispenses else (),
            tuple(r for r in reactions if name in r.ingredients) if reactions else (),
            (taken[0].reference,) if len(taken) == 1 else tuple([one.reference for one in taken]),
            record.medications,
        )
    return drugs


def _about(dispenses: Iterable[Dispense], name: str) -> tuple[Dispense, ...]:
    return tuple(d for d in dispenses if name in d.ingredients and d.route.systemic)


def as_number(amount: Decimal) -> float | int:
    """An amount for a reader: 80 and not 80.0."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
