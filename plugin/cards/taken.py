"""Evidence that a group of drugs is taken, as the drugs that were meant: `takes ramipril`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec.structs import replace

from knowledge.model import Knowledge
from plugin.model import Assessment, Evidence

Taken = Mapping[str, tuple[str, ...]]  # reference -> what that entry is of
_TAKES, _COUNT = "takes:", "count:"


def taken_in(assessment: Assessment) -> Taken:
    """What is current on the list, by the reference of its entry."""
    return {one.reference: one.ingredients for one in assessment.medications if one.current}


def named(
    because: Iterable[Evidence], taken: Taken, knowledge: Knowledge, about: Collection[str] = ()
) -> list[Evidence]:
    """The evidence with the drugs of a group in place of the group, and a count with its drugs.

    Drugs that `about` has are named by the sentence already, and left out. What does not tell its
    entry stays as it is.
    """
    evidence = list(because)
    counted = _counted(evidence, taken, knowledge)
    return [
        one
        for each in evidence
        for one in (
            [replace(each, note=", ".join(sorted(counted[each.fact])))]
            if counted.get(each.fact)
            else _drugs(each, taken, knowledge, about)
        )
    ]


def _drugs(
    evidence: Evidence, taken: Taken, knowledge: Knowledge, about: Collection[str]
) -> Iterator[Evidence]:
    selector = evidence.fact.removeprefix(_TAKES)
    names = _members(selector, evidence, taken, knowledge) if selector != evidence.fact else ()
    if not names:
        yield evidence
    for name in names:
        if name not in about:
            yield replace(evidence, fact=f"{_TAKES}{name}")


def _counted(evidence: list[Evidence], taken: Taken, knowledge: Knowledge) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in evidence:
        if one.fact.startswith(_COUNT):
            group = one.fact.removeprefix(_COUNT).partition(">=")[0]
            found.setdefault(one.fact, set()).update(_members(group, one, taken, knowledge))
    return found


def _members(
    selector: str, evidence: Evidence, taken: Taken, knowledge: Knowledge
) -> tuple[str, ...]:
    """What of a group the entry of the evidence is of."""
    group = knowledge.groups.get(selector)
    if group is None:
        return ()
    return tuple(name for name in taken.get(evidence.reference, ()) if name in group.members)
