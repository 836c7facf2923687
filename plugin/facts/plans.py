"""Which rules the facts about a patient leave to be proven, remembered by those facts.

A plan is of the numbered facts that hold (`numbers.py`) and of nothing else: no value, no date and
no entry of a patient is in it. Patients of whom the same facts hold share it. It dismisses, and
proofs decide, with the evidence of each patient.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from knowledge.model import Note, Raise
from plugin.facts.selection import Candidate, Prepared, RuleIndex
from plugin.model import Offered

_MOST = 512  # plans; one holds no more than references to parts of the knowledge


class Ready(Struct, frozen=True):
    """A rule that the facts let fire, with what of it they leave open."""

    prepared: Prepared
    stopped: bool  # by a fact that holds; not asked of a patient who has a reaction
    raises: tuple[Raise, ...]
    notes: tuple[Note, ...]


Chosen = tuple[tuple[Ready, Candidate], ...]


class Choice(Struct, frozen=True):
    """The rules to prove of one drug, and those of them that ask for no row of the table."""

    every: Chosen
    alone: Chosen


class Plan:
    """What is left to be proven where certain facts hold. Filled as drugs are met.

    `offers`: mitigations that are offered wherever these facts hold, and what they add.
    """

    def __init__(self, true: int, index: RuleIndex) -> None:
        self._true = true
        self._index = index
        self._awake = {place: _ready(one, true) for place, one in index.awake(true).items()}
        self._direct: dict[str, Choice] = {}
        self._beside: dict[str, Choice] = {}
        self.offers: dict[str, tuple[Offered, tuple[str, ...]]] = {}

    def direct(self, name: str) -> Choice:
        """The rules to prove of an ingredient by itself."""
        return self._chosen(name, self._direct, self._index.direct)

    def beside(self, name: str) -> Choice:
        """The rules to prove of an ingredient once another rule has flagged it."""
        return self._chosen(name, self._beside, self._index.beside)

    def _chosen(
        self,
        name: str,
        known: dict[str, Choice],
        candidates: Callable[[str], tuple[Candidate, ...]],
    ) -> Choice:
        choice = known.get(name)
        if choice is None:
            awake, true = self._awake, self._true
            every = tuple(
                (awake[one.position], one)
                for one in candidates(name)
                if one.position in awake and one.gate.open(true)
            )
            alone = tuple(one for one in every if one[0].prepared.interaction is None)
            choice = known[name] = Choice(every, alone)
        return choice


def _ready(one: Prepared, true: int) -> Ready:
    return Ready(
        prepared=one,
        stopped=one.stops is not None and bool(one.stops & true),
        raises=tuple(raised for gate, raised in one.raises if gate.open(true)),
        notes=tuple(note for gate, note in one.notes if gate.open(true)),
    )


class Plans:
    """The plans of one knowledge, by the facts that hold. Bounded."""

    def __init__(self, index: RuleIndex) -> None:
        self.index = index
        self._known: dict[int, Plan] = {}

    def of(self, true: int) -> Plan:
        """The plan for a patient of whom these facts hold."""
        plan = self._known.get(true)
        if plan is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            plan = self._known[true] = Plan(true, self.index)
        return plan
