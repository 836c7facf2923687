"""A drug code of a site is held against the name that comes with it: a slip would be a wrong drug.

The terminology reads the name. Where it reads other drugs than the entry says, one of the two is
wrong; where it reads none, the entry stands as the site signed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge.draft import Place
from knowledge.faults import Fault
from knowledge.model import Knowledge
from knowledge.overlay.read import Change
from knowledge.schemas.site import DrugCodeChange
from knowledge.terminology.concept import Concept, Match
from knowledge.terminology.resolver import Resolver


def drug_faults(changes: Iterable[Change], knowledge: Knowledge) -> Iterator[Fault]:
    """A fault for each ingredient that is no drug, and each name that means other drugs."""
    coded = [one for one in changes if isinstance(one.value, DrugCodeChange)]
    resolver = Resolver(knowledge) if coded else None
    for one in coded:
        if resolver is not None and isinstance(one.value, DrugCodeChange):
            yield from _faults(one.value, one.place, resolver, knowledge)


def _faults(
    change: DrugCodeChange, place: Place, resolver: Resolver, knowledge: Knowledge
) -> Iterator[Fault]:
    for name in change.ingredients:
        if name not in knowledge.ingredients and _read(name, resolver) != (name,):
            yield place.at("ingredients").fault(
                f"{name} is not the name of an ingredient; write RxNorm's, in lower case"
            )
    read = _read(change.name, resolver)
    if read and set(read) != set(change.ingredients):
        yield place.at("name").fault(
            f'"{change.name}" reads as {", ".join(read)}, and the entry says '
            f"{', '.join(change.ingredients)}: correct the one that is wrong"
        )


def _read(text: str, resolver: Resolver) -> tuple[str, ...]:
    """The drugs that a name means for certain; none where it was guessed."""
    found = resolver.resolve(Concept(text=text))
    return () if found.match is Match.FUZZY else found.ingredients
