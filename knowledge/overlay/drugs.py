"""A drug code of a site is held against the name that comes with it: a slip would be a wrong drug.

The terminology reads the name. Where it reads other drugs than the entry says, one of the two is
wrong; where it reads none, the entry stands as the site signed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge.draft import Place
from knowledge.faults import Fault
from knowledge.model import Knowledge, RouteClass
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
    if change.route is not None and not change.route.systemic:
        yield from _local(change, place, resolver, knowledge)
    read = _read(change.name, resolver)
    if read and set(read) != set(change.ingredients):
        yield place.at("name").fault(
            f'"{change.name}" reads as {", ".join(read)}, and the entry says '
            f"{', '.join(change.ingredients)}: correct the one that is wrong"
        )


def _local(
    change: DrugCodeChange, place: Place, resolver: Resolver, knowledge: Knowledge
) -> Iterator[Fault]:
    """A fault for a local route that nothing else tells: it hides a drug from every guard rail."""
    known = [knowledge.ingredients.get(name) for name in change.ingredients]
    usual = all(one is not None and not one.default_route.systemic for one in known)
    told = resolver.resolve(Concept(text=change.name)).route
    if told.systemic and not (usual and told is RouteClass.UNKNOWN):
        yield place.at("route").fault(
            f'{change.route} is not what "{change.name}" tells, and a drug that is not taken up '
            "raises no finding: write the name with its form, such as eye drops, or leave route out"
        )


def _read(text: str, resolver: Resolver) -> tuple[str, ...]:
    """The drugs that a name means for certain; none where it was guessed."""
    found = resolver.resolve(Concept(text=text))
    return () if found.match is Match.FUZZY else found.ingredients
