"""By which route a medicine is taken: as the dosage says, else the dose form, else as is usual."""

from __future__ import annotations

from knowledge.model import RouteClass
from knowledge.terminology.concept import Resolution
from plugin.reading.elements import CodeableConcept, Dosage
from plugin.reading.index import Index
from plugin.reading.memo import remembered
from plugin.reading.words import packaged_words, system_of

_UNKNOWN, _INHALED, _NEBULISED = RouteClass.UNKNOWN, RouteClass.INHALED, RouteClass.NEBULISED


def stated_route(dosages: tuple[Dosage, ...]) -> tuple[bool, RouteClass]:
    """Whether a route was written, and its class. Of several, a systemic one comes first."""
    found: list[RouteClass] = []
    for one in dosages:
        if one.route is not None and one.route.label:
            found.append(route_class(one.route))
    route = _UNKNOWN if not found else found[0] if len(found) == 1 else _first_of(found)
    if (route is _UNKNOWN or route is _INHALED) and _nebulised(dosages):
        route = _NEBULISED
    return bool(found), route


def _first_of(found: list[RouteClass]) -> RouteClass:
    """The systemic one; without any, one that is not known may yet be, so it comes next."""
    systemic = [route for route in found if route.systemic and route is not _UNKNOWN]
    if not systemic and _UNKNOWN in found:
        return _UNKNOWN
    return min(systemic or found)


def route_of(dosages: tuple[Dosage, ...], resolution: Resolution, index: Index) -> RouteClass:
    """The route of one entry. What is written and not understood is never taken to be local."""
    written, route = stated_route(dosages) if dosages else (False, _UNKNOWN)
    if route is not _UNKNOWN:
        return _refined(route, resolution.route)
    if resolution.route is not _UNKNOWN:
        return resolution.route
    usual = index.usual_route(resolution.ingredients)
    return usual if usual.systemic or not written else _UNKNOWN


def _refined(stated: RouteClass, form: RouteClass) -> RouteClass:
    """The stated route, or the dose form where that says the same more exactly.

    A tablet for the eye or the skin is a slip of one of the two, and nobody can tell of which.
    """
    if form is stated or form is _UNKNOWN:
        return stated  # nearly always
    if form is RouteClass.ORAL and not stated.systemic:
        return _UNKNOWN
    return form if (stated, form) in _REFINES else stated


_REFINES = frozenset(
    {
        (_INHALED, _NEBULISED),
        (RouteClass.TOPICAL, RouteClass.TRANSDERMAL),  # a patch on the skin is absorbed
        (RouteClass.TOPICAL, RouteClass.OPHTHALMIC),
        (RouteClass.TOPICAL, RouteClass.OTIC),
        (RouteClass.TOPICAL, RouteClass.NASAL),
        (RouteClass.TOPICAL, RouteClass.VAGINAL),
        (RouteClass.TOPICAL, RouteClass.RECTAL),
    }
)


@remembered
def route_class(concept: CodeableConcept) -> RouteClass:
    """The class of a route by its codes, else by its words; unknown if neither is known."""
    words = packaged_words()
    for coding in concept.coding:
        code = coding.code.strip().upper()
        found = words.routes.get((system_of(coding.system), code))
        if found is not None:
            return found
    texts = [concept.text, *(coding.display for coding in concept.coding)]
    texts += [coding.code for coding in concept.coding if not system_of(coding.system)]
    for text in texts:
        route = _worded(text)
        if route is not _UNKNOWN:
            return route
    return _UNKNOWN


def _worded(text: str) -> RouteClass:
    """The class that a text names: whole, without its filler words, or by its only known word."""
    words = packaged_words()
    plain = " ".join(text.casefold().split())
    if plain in words.route_words:
        return words.route_words[plain]
    tokens = [token.strip(",;:()") for token in plain.split() if token not in words.ignored]
    whole = words.route_words.get(" ".join(tokens))
    if whole is not None:
        return whole
    named = {words.route_words[token] for token in tokens if token in words.route_words}
    return named.pop() if len(named) == 1 else _UNKNOWN


def _nebulised(dosages: tuple[Dosage, ...]) -> bool:
    for dosage in dosages:
        if dosage.text and _names_nebuliser(dosage.text):
            return True
        if dosage.method is not None and _names_nebuliser(dosage.method.label):
            return True
        if dosage.route is not None and _names_nebuliser(dosage.route.label):
            return True
    return False


@remembered
def _names_nebuliser(text: str) -> bool:
    known = packaged_words().route_words
    tokens = text.casefold().replace(",", " ").replace(".", " ").split()
    return any(known.get(token) is _NEBULISED for token in tokens)
