"""Measure the resolver over recorded codings with their true ingredients.

    python -m knowledge.terminology.score CASES.jsonl [--show]

A case is a line of JSON: `id`, `codeableConcept`, `expect` (resolve, none or conflict),
`ingredients`, `difficulty`. Names of one ingredient that differ only in spelling count as one.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from knowledge.load import load
from knowledge.model import Knowledge
from knowledge.terminology.codes import CodeIndex
from knowledge.terminology.concept import Concept, Match, Resolution
from knowledge.terminology.fhir import concept_from_fhir
from knowledge.terminology.index import NameIndex
from knowledge.terminology.resolver import Resolver


class Case(Struct, frozen=True):
    """One recorded coding; `true` in our names. `held`: our knowledge holds one of its drugs."""

    id: str
    concept: Concept
    expect: str
    true: tuple[str, ...]
    difficulty: str
    held: bool
    legible: bool  # it carries a text, a display or a code of an ingredient


class Result(Struct, frozen=True):
    """A case and its answer."""

    case: Case
    answer: Resolution

    @property
    def right(self) -> bool:
        """True where exactly the true ingredients were answered."""
        return self.answer.ingredients == self.case.true

    @property
    def wrong(self) -> bool:
        """True where an ingredient was answered that is not in it."""
        return not set(self.answer.ingredients) <= set(self.case.true)

    @property
    def taken_for_ours(self) -> bool:
        """True where one of our ingredients was answered that is not in it."""
        return not set(self.answer.linked) <= set(self.case.true)


def cases(path: Path, knowledge: Knowledge) -> Iterator[Case]:
    """The cases of a file, their true ingredients in the names that our knowledge has."""
    index, codes = NameIndex(knowledge), CodeIndex(knowledge)
    for line in path.read_text("utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        concept = concept_from_fhir(row["codeableConcept"])
        true = {ours for name in row["ingredients"] or () for ours in index.name_of(name)}
        named = bool(concept.text.strip()) or any(c.display.strip() for c in concept.codings)
        coded = any(codes.ingredients_of(coding) for coding in concept.codings)
        yield Case(
            row["id"],
            concept,
            row["expect"],
            tuple(sorted(true)),
            row["difficulty"],
            bool(true & index.linked),
            named or coded,
        )


def results(found: Iterable[Case], resolver: Resolver) -> list[Result]:
    """Resolve every case."""
    return [Result(case, resolver.resolve(case.concept)) for case in found]


def recall(found: Iterable[Result]) -> float:
    """The share that was answered exactly; 1.0 of nothing."""
    rows = list(found)
    return sum(row.right for row in rows) / len(rows) if rows else 1.0


def precision(found: Iterable[Result]) -> float:
    """The share of answers without a wrong ingredient; 1.0 where nothing was answered."""
    rows = [row for row in found if row.answer.ingredients]
    return sum(not row.wrong for row in rows) / len(rows) if rows else 1.0


def of_ours(found: Iterable[Result], difficulty: str = "") -> list[Result]:
    """Legible cases to resolve that hold one of our ingredients."""
    return [
        row
        for row in found
        if row.case.expect == "resolve"
        and row.case.held
        and row.case.legible
        and difficulty in ("", row.case.difficulty)
    ]


def of_others(found: Iterable[Result]) -> list[Result]:
    """Legible cases to resolve that hold none of our ingredients."""
    rows = [row for row in found if row.case.expect == "resolve" and row.case.legible]
    return [row for row in rows if not row.case.held]


def main() -> None:
    """Print the figures; with --show also every case that is not right."""
    paths = [Path(word) for word in sys.argv[1:] if not word.startswith("--")]
    knowledge = load()
    resolver = Resolver(knowledge)
    found = [row for path in paths for row in results(cases(path, knowledge), resolver)]
    print(f"ours: {len(of_ours(found))} cases, precision {precision(of_ours(found)):.2%}")
    for difficulty in ("easy", "medium", "hard"):
        rows = of_ours(found, difficulty)
        print(f"  {difficulty}: {len(rows)} cases, recall {recall(rows):.2%}")
    others = of_others(found)
    taken = sum(row.taken_for_ours for row in others)
    print(f"others: {len(others)} cases, recognised {recall(others):.2%}, taken for ours {taken}")
    none = [row for row in found if row.case.expect == "none"]
    print(f"none: {sum(not row.answer.ingredients for row in none)} of {len(none)}")
    conflicts = [row for row in found if row.case.expect == "conflict"]
    said = Counter(row.answer.match is Match.CONFLICT for row in conflicts)
    print(f"conflict: {said[True]} of {len(conflicts)}")
    if "--show" in sys.argv:
        for row in found:
            if not row.right or (row.case.expect == "conflict"):
                _show(row)


def _show(row: Result) -> None:
    answer, case = row.answer, row.case
    names = [case.concept.text, *(coding.display for coding in case.concept.codings)]
    sign = "WRONG" if row.wrong else "missed"
    held = "ours" if case.held else "other"
    print(
        f"{sign} {case.id} {case.expect} {held} {case.difficulty} true={'+'.join(case.true)} "
        f"got={'+'.join(answer.ingredients)} {answer.match} {answer.reason} | "
        f"{' | '.join(name for name in names if name)} | {answer.detail}"
    )


if __name__ == "__main__":
    main()
