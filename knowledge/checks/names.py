"""No name and no code means two things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge.draft import Draft, Place
from knowledge.faults import Fault
from knowledge.layout import Kind
from knowledge.model import Ingredient


def check(draft: Draft) -> Iterator[Fault]:
    """Names, brands and codes that more than one entry claims."""
    yield from _claimed_twice(_drug_names(draft))
    yield from _claimed_twice(_drug_codes(draft))
    yield from _claimed_twice(_loincs(draft))
    yield from _claimed_twice(_condition_codes(draft))
    yield from _claimed_twice(_condition_texts(draft))
    for lab in draft.knowledge.labs.values():
        yield from _spelled_twice(draft, lab.id)


_Claim = tuple[str, str, Place]  # what is claimed, by whom, and where


def _claimed_twice(claims: Iterable[_Claim]) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for what, owner, place in claims:
        holder = first.setdefault(what, owner)
        if holder != owner:
            yield place.fault(f"{what} already means {holder}; only one of the two may have it")


def _names_of(ingredient: Ingredient) -> Iterator[tuple[str, str]]:
    yield "name", ingredient.name
    yield "inn", ingredient.inn
    for key, names in (
        ("synonyms", ingredient.synonyms),
        ("salts", ingredient.salts),
        ("brands", ingredient.brands),
    ):
        for name in names:
            yield key, name


def _drug_names(draft: Draft) -> Iterator[_Claim]:
    for ingredient in draft.knowledge.ingredients.values():
        place = draft.place(Kind.INGREDIENT, ingredient.name)
        for key, name in _names_of(ingredient):
            yield f'"{name.casefold()}"', f"the ingredient {ingredient.name}", place.at(key)
    for product in draft.knowledge.products:
        place = draft.place(Kind.PRODUCT, product.name)
        yield f'"{product.name.casefold()}"', f"the product {product.name}", place.at("name")


def _drug_codes(draft: Draft) -> Iterator[_Claim]:
    for ingredient in draft.knowledge.ingredients.values():
        place = draft.place(Kind.INGREDIENT, ingredient.name)
        for code in ingredient.codes:
            yield f"{code.system} {code.code}", ingredient.name, place.at(f"codes.{code.system}")


def _loincs(draft: Draft) -> Iterator[_Claim]:
    for lab in draft.knowledge.labs.values():
        for code in lab.codes:
            yield (
                f"{code.system or 'LOINC'} {code.loinc}",
                lab.id,
                draft.place(Kind.LAB, lab.id).at("code"),
            )


def _condition_codes(draft: Draft) -> Iterator[_Claim]:
    for condition in draft.knowledge.conditions.values():
        place = draft.place(Kind.CONDITION, condition.id)
        for code in condition.codes:
            yield f"{code.system} {code.code}", condition.id, place.at(code.system)


def _condition_texts(draft: Draft) -> Iterator[_Claim]:
    for condition in draft.knowledge.conditions.values():
        place = draft.place(Kind.CONDITION, condition.id)
        for text in condition.texts:
            yield f'the text "{text}"', condition.id, place.at("texts")


def _spelled_twice(draft: Draft, lab_id: str) -> Iterator[Fault]:
    place = draft.place(Kind.LAB, lab_id).at("units")
    seen: set[str] = set()
    for unit in draft.knowledge.labs[lab_id].units:
        for spelling in unit.spellings:
            if spelling in seen:
                yield place.fault(f'"{spelling}" is there twice, so its factor is not clear')
            seen.add(spelling)
