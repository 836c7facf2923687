"""What a sequence symmetry analysis compares, as frozen values. Read by `knowledge.signals`."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from knowledge.enums import RouteClass, Status
from knowledge.model import Citation


class Published(Struct, frozen=True):
    """An adjusted sequence ratio of a study, with the limits of its 95% confidence interval."""

    ratio: Decimal
    low: Decimal
    high: Decimal
    status: Status
    sources: tuple[Citation, ...]


class SignalGroup(Struct, frozen=True):
    """Drugs whose first prescription is set against the first record of cramps.

    All names are of ingredients. A prescription is of the group if its product holds one of
    `drugs`, one of `together_with` where there are any, and none of `without`; and if its route is
    one of `routes`, or reaches the body as a whole where none are named.
    """

    id: str
    label: str
    short: str
    drugs: frozenset[str]
    together_with: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    routes: frozenset[RouteClass] = frozenset()
    control: bool = False
    published: Published | None = None
    sources: tuple[Citation, ...] = ()

    def takes(self, ingredients: frozenset[str], route: RouteClass) -> bool:
        """True if a product with these ingredients, by this route, is of the group."""
        if self.drugs.isdisjoint(ingredients) or not self.without.isdisjoint(ingredients):
            return False
        if self.together_with and self.together_with.isdisjoint(ingredients):
            return False
        return route in self.routes if self.routes else route.systemic


class Outcome(Struct, frozen=True):
    """What counts as a record of cramps: a condition, or a drug that stands for it.

    The drug does not count in a patient who has any condition of `drugs_unless` on record.
    """

    label: str
    conditions: tuple[str, ...]
    drugs: tuple[str, ...]
    drugs_unless: tuple[str, ...]
    sources: tuple[Citation, ...]


class Wording(Struct, frozen=True):
    """The sentences of a result."""

    purpose: str
    above: str
    below: str
    open: str
    few: str
    suppressed: str
    no_null: str
    control_held: str
    control_failed: str
    controls_failed: str
    controls_unknown: str
    published: str
    no_cramps: str
    limits: tuple[str, ...]


class Method(Struct, frozen=True):
    """Where a part of the method comes from, and what of that source was read."""

    text: str
    identifier: str
    status: Status
    seen: str


class Signals(Struct, frozen=True):
    """The whole of `signal.toml`. The groups are in the order of the file."""

    outcome: Outcome
    groups: tuple[SignalGroup, ...]
    wording: Wording
    method: tuple[Method, ...]
