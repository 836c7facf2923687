"""Concepts resolved in a second by one core, and as a ratio to looking up their words in a dict.

    python -m tests.benchmarks.resolving

Part of `make bench`. The best of several turns counts, in CPU time, so that other work on the
machine weighs little; the ratio is to a yardstick measured in the same turn. Every concept of the
first two lines is new to the resolver, those of the third come again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle, islice, product

from knowledge.load import load
from knowledge.model import Knowledge
from knowledge.terminology.concept import Coding, Concept
from knowledge.terminology.resolver import Resolver

TEXTS = 10_000
TURNS = 5
_FORMS = (
    "{name} {dose} MG Oral Tablet",
    "{name} {dose} MG/ML Injectable Solution",
    "24 HR {name} {dose} MG Extended Release Oral Capsule",
    "take one {name} {dose} mg by mouth every morning",
    "{name} {dose}mg tablets (Maker UK Ltd) 28 tablet",
    "{name} 10 MG / amoxicillin {dose} MG Oral Tablet",
    "Tab. {name} {dose} mg po bid prn",
)
_SYSTEMS = {
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "atc": "http://www.whocc.no/atc",
    "snomed": "http://snomed.info/sct",
    "unii": "http://fdasis.nlm.nih.gov",
}


def texts(knowledge: Knowledge, count: int = TEXTS) -> list[str]:
    """Different names of our drugs and products, in the ways that hospitals write them."""
    names = (*sorted(knowledge.ingredients), *(item.name for item in knowledge.products))
    doses = range(1, count // (len(names) * len(_FORMS)) + 2)
    every = product(doses, _FORMS, names)
    return [form.format(name=name, dose=dose) for dose, form, name in islice(every, count)]


def codes(knowledge: Knowledge) -> list[Coding]:
    """Every code of an ingredient, without a name beside it."""
    return [
        Coding(_SYSTEMS[code.system], code.code)
        for ingredient in knowledge.ingredients.values()
        for code in ingredient.codes
    ]


def main() -> None:
    """Print a line for each sort of concept."""
    knowledge = load()
    written = texts(knowledge)
    coded = codes(knowledge)
    bare = [" ".join((coding.system, coding.code)) for coding in coded]
    _print("codes of ingredients", bare, lambda: [Concept((coding,)) for coding in coded])
    _print("distinct free texts", written, lambda: [Concept((), text) for text in written])
    again = list(islice(cycle(written[:500]), TEXTS))
    _print("repeated free texts", again, lambda: [Concept((), text) for text in again])


def _print(sort: str, words: Sequence[str], concepts: Callable[[], list[Concept]]) -> None:
    knowledge = load()
    best, ratio = 0.0, float("inf")
    for _ in range(TURNS):
        resolver = Resolver(knowledge)
        resolver.resolve(Concept((), "furosemdie"))  # what is made once, at the first misspelling
        turn = concepts()
        took = _seconds(partial(_resolve, resolver, turn))
        yardstick = _seconds(partial(_look_up, words))
        best, ratio = max(best, len(turn) / took), min(ratio, took / yardstick)
    print(f"{sort}: {best:,.0f} a second; {ratio:.1f} times as long as looking up their words")


def _resolve(resolver: Resolver, concepts: Sequence[Concept]) -> None:
    for concept in concepts:
        resolver.resolve(concept)


def _look_up(names: Sequence[str]) -> int:
    """The yardstick: split each name and look its words up."""
    known = {word: len(word) for name in names[:500] for word in name.split(" ")}
    return sum(known.get(word, 0) for name in names for word in name.lower().split(" "))


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return max(time.process_time() - start, 1e-9)


if __name__ == "__main__":
    main()
