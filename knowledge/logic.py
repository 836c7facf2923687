"""Does a condition hold? Pure: the caller says of each fact what proves it.

Evidence is a tuple (empty where a fact holds by the absence of something, such as
`potassium:unknown`); None means that the fact does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec import Struct

from knowledge.vocabulary import Clause, Condition, Fact

E = TypeVar("E")


def prove(
    condition: Condition, fact_proof: Callable[[Fact], tuple[E, ...] | None]
) -> tuple[E, ...] | None:
    """The evidence of a condition, or None. All clauses must hold; in a clause, any one fact.

    Of a one-of clause every fact that holds gives its evidence, so that the answer does not depend
    on the order in which a file lists them.
    """
    found: tuple[E, ...] = ()
    for clause in condition:
        proof = fact_proof(clause[0]) if len(clause) == 1 else prove_one_of(clause, fact_proof)
        if proof is None:
            return None
        if proof:
            found += proof
    return found


def prove_one_of(
    clause: Clause, fact_proof: Callable[[Fact], tuple[E, ...] | None]
) -> tuple[E, ...] | None:
    """The evidence of a clause, or None: that of every fact of it that holds."""
    found: tuple[E, ...] | None = None
    for fact in clause:
        proof = fact_proof(fact)
        if proof is not None:
            found = proof if found is None else found + proof
    return found


class Gate(Struct, frozen=True):
    """What must be among the numbered facts that hold, for a condition to hold at all.

    Facts are bits of a number: every bit of `all_of` must be set, and of each of `one_of` any bit.
    A look at a gate costs next to nothing beside a proof, and most conditions end at it.
    """

    all_of: int = 0
    one_of: tuple[int, ...] = ()

    def open(self, true: int) -> bool:
        """Whether the facts that hold let the condition hold."""
        if true & self.all_of != self.all_of:
            return False
        for clause in self.one_of:  # noqa: SIM110 - a generator would cost more than the test
            if not true & clause:
                return False
        return True


def gate_of(clauses: Iterable[int]) -> Gate:
    """A gate over clauses, each the bits of which one must be set."""
    all_of, one_of = 0, []
    for clause in clauses:
        if clause.bit_count() == 1:
            all_of |= clause
        else:
            one_of.append(clause)
    return Gate(all_of, tuple(one_of))
