"""Codes by any name of their system, and what is said of those that are of no ingredient."""

from __future__ import annotations

import re

import pytest

from knowledge.load import load
from knowledge.model import RouteClass, Status
from knowledge.terminology.codes import route_by_codes
from knowledge.terminology.concept import Coding, Concept, Match, Reason
from knowledge.terminology.resolver import Resolver
from knowledge.terminology.systems import canonical_system
from knowledge.terminology.tables import atc, systems
from tests.knowledge.terminology.conftest import ingredient, knowledge_of

KNOWLEDGE = load()
RESOLVER = Resolver(KNOWLEDGE)


@pytest.mark.parametrize("system", sorted(systems().aliases))
def test_a_system_is_known_under_each_alias_however_it_is_written(system: str) -> None:
    """With a slash at the end, a version, in capitals, and an OID without its prefix."""
    for alias in systems().aliases[system]:
        forms = (alias, alias.upper(), f" {alias} ", alias + "/", alias + "|2026")
        bare = alias.removeprefix("urn:oid:")
        assert {system} == {canonical_system(form) for form in (*forms, bare)}


def test_no_alias_is_of_two_systems() -> None:
    """Compared as they are looked up."""
    aliases = [(alias, name) for name, every in systems().aliases.items() for alias in every]
    assert [] == [(alias, name) for alias, name in aliases if canonical_system(alias) != name]


def test_every_verified_code_of_an_ingredient_is_answered() -> None:
    """By each code alone, with spaces and in lower case."""
    codes = [
        (code, ingredient.name)
        for ingredient in KNOWLEDGE.ingredients.values()
        for code in ingredient.codes
        if code.status is Status.VERIFIED
    ]
    assert len(codes) > 500
    for code, name in codes:
        for written in (code.code, f" {code.code.lower()} "):
            answer = RESOLVER.resolve(Concept((Coding(code.system, written),)))
            assert (name,) == answer.ingredients
            assert Match.CODE is answer.match


def test_the_local_codes_of_atc_are_of_ingredients_that_we_hold() -> None:
    """And of none that has the code already; eye drops are not systemic."""
    own = {code.code for one in KNOWLEDGE.ingredients.values() for code in one.codes}
    assert [] == [
        (code, name)
        for code, name in atc().codes.items()
        if name not in KNOWLEDGE.ingredients or code in own
    ]
    answer = RESOLVER.resolve(Concept((Coding("http://www.whocc.no/atc", "S01ED01"),)))
    assert ("timolol",) == answer.ingredients
    assert RouteClass.OPHTHALMIC is answer.route


def test_a_local_code_of_a_drug_that_is_not_held_says_nothing() -> None:
    """The table is larger than a knowledge may be."""
    resolver = Resolver(knowledge_of(ingredient("furosemide")))
    assert () == resolver.resolve(Concept((Coding("atc", "S01ED01"),))).ingredients


@pytest.mark.parametrize(
    ("told", "codes", "route"),
    [
        (RouteClass.UNKNOWN, ["S01ED01"], RouteClass.OPHTHALMIC),
        (RouteClass.UNKNOWN, ["C07AA06"], RouteClass.UNKNOWN),
        (RouteClass.UNKNOWN, ["S01EC01"], RouteClass.UNKNOWN),
        (RouteClass.UNKNOWN, ["C07AA06", "S01ED01"], RouteClass.OPHTHALMIC),
        (RouteClass.UNKNOWN, ["R01AD05", "S01ED01"], RouteClass.UNKNOWN),
        (RouteClass.ORAL, ["S01ED01"], RouteClass.ORAL),
        (RouteClass.UNKNOWN, [], RouteClass.UNKNOWN),
    ],
)
def test_an_atc_code_tells_the_route_where_no_name_does(
    told: RouteClass, codes: list[str], route: RouteClass
) -> None:
    """Two that differ tell nothing."""
    assert route is route_by_codes(told, [Coding("atc", code) for code in codes])


@pytest.mark.parametrize(
    ("system", "code", "said"),
    [
        ("http://hl7.org/fhir/sid/ndc", "0071-0156-23", "code of NDC.*import"),
        ("urn:oid:2.16.840.1.113883.6.69", "00071015623", "code of NDC.*import"),
        ("ndc", "50580-506-02", "code of NDC.*import"),
        ("ndc", "pill", "no NDC.*send a name"),
        ("http://www.nlm.nih.gov/research/umls/rxnorm/", "999999999", "RxNorm.*import"),
        ("http://snomed.info/sct", "999", "SNOMED CT.*import"),
        ("atc", "C03", "ATC code of a group"),
        ("atc", "C09XX01", "ATC.*import"),
        ("https://dmd.nhs.uk", "323509004", "dm\\+d.*send a name"),
        ("http://pbs.gov.au/code/item", "2412X", "PBS.*send a name"),
        ("http://hl7.org/fhir/NamingSystem/ca-hc-din", "02123456", "DIN.*send a name"),
        ("http://fhir.de/CodeSystem/ifa/pzn", "01234567", "PZN.*send a name"),
        ("urn:oid:2.51.1.1", "7612345678900", "GTIN.*send a name"),
        ("http://example.org/local", "1", "system that is not known.*send a name"),
        ("", "1", "system that is not known"),
    ],
)
def test_a_bare_code_of_no_ingredient_says_its_remedy(system: str, code: str, said: str) -> None:
    """An import where a release holds such codes, else a name."""
    answer = RESOLVER.resolve(Concept((Coding(system, code),)))
    assert () == answer.ingredients
    assert Reason.CODE_NOT_KNOWN is answer.reason
    assert re.search(said, answer.detail)


def test_a_code_that_a_release_reads_is_told_before_one_that_none_does() -> None:
    """The remedy that helps comes first."""
    codings = (Coding("gtin", "1"), Coding("rxnorm", "999999999"))
    assert "RxNorm" in RESOLVER.resolve(Concept(codings)).detail
