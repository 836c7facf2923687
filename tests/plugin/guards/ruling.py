"""What the policy rules of one option for one patient: offered, withheld and why, or not said."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.plugin.guards.seen import Seen

OFFERED, WITHHELD, SILENT = "offered", "withheld", "silent"


@dataclass(frozen=True)
class Ruling:
    """The fate of an option, were it proposed, and whether the policy's own rows propose it.

    `reasons` are the facts of an answer that say why it is withheld; None where they are not told.
    """

    fate: str
    reasons: frozenset[str] | None = frozenset()
    proposed: bool = True

    def __str__(self) -> str:
        return f"{self.fate} ({', '.join(sorted(self.reasons))})" if self.reasons else self.fate

    @property
    def unforced(self) -> Ruling:
        """The fate with nothing but the policy's own rows to propose the option."""
        return self if self.proposed else Ruling(SILENT)


@dataclass
class Case:
    """Collects what forbids an option, and what it needs and is not proven."""

    concerns: bool = True  # the drug that it is about is taken
    forbidden: set[str] = field(default_factory=set)
    unproven: set[str] = field(default_factory=set)

    def forbid(self, holds: object, *facts: str) -> None:
        """A danger on file, in the words of an answer."""
        if holds:
            self.forbidden |= set(facts)

    def need(self, holds: object, *facts: str) -> None:
        """A need that is met by a condition or drug; without it, these facts do not hold."""
        if not holds:
            self.unproven |= {f"not {fact}" for fact in facts}

    def need_of(self, test: Seen, *, proven: bool, fact: str) -> None:
        """A need that a result has to prove: what is not known is never taken for normal."""
        if not proven:
            self.unproven.add(f"{test.name}:{test.state}" if test.state else f"not {fact}")

    def ruling(self, *, proposed: bool = True) -> Ruling:
        """Dangers come first; without any, what is missing; else the option stands."""
        if not self.concerns:
            return Ruling(SILENT)
        if self.forbidden or self.unproven:
            return Ruling(WITHHELD, frozenset(self.forbidden or self.unproven), proposed)
        return Ruling(OFFERED, proposed=proposed)
