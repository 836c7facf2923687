"""The knowledge arranged for look-up while reading. Built once per knowledge."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from knowledge.model import Knowledge, Lab, LabCode, LabUnit, RouteClass
from knowledge.terminology.concept import Coding
from knowledge.terminology.systems import system_key
from plugin.reading.derived import Formulas, formulas_of
from plugin.reading.dosed import dosed_ingredients
from plugin.reading.elements import CodeableConcept
from plugin.reading.memo import remembered
from plugin.reading.words import packaged_words, system_of

_VAGUE = frozenset({"unspecified", "nos"})
_ABBREVIATED = re.compile(r"([a-z][a-z -]*) \(([a-z]{2,5})\)")
_KEEP = 8  # knowledges held at a time; a process uses one, tests a few


class Units(Struct, frozen=True):
    """How the units of one analyte convert into its own. `sole` is set where all agree."""

    exact: dict[str, Decimal]
    folded: dict[str, Decimal]
    sole: Decimal | None

    def factor(self, spelling: str) -> Decimal | None:
        """The factor of a unit; None for one that is not known. UCUM's own case comes first."""
        found = self.exact.get(spelling)
        if found is not None:
            return found
        text = _plain(spelling)
        found = self.exact.get(text)
        return found if found is not None else self.folded.get(text.casefold())


class Analyte(Struct, frozen=True, eq=False):
    """An analyte as one of its codes names it. In conflict, its concept names others as well.

    Equal only to itself, so that it is quickly found in a memo.
    """

    lab: Lab
    code: LabCode
    units: Units
    conflict: bool = False


class DrugClass(Struct, frozen=True, gc=False):
    """A class of drugs as a group of the knowledge has it."""

    label: str
    members: frozenset[str]


class _Tables(Struct, frozen=True):
    """What there is to look up, by code and by text."""

    labs: dict[str, Analyte]
    site_labs: dict[tuple[str, str], Analyte]  # by a site's own system and code
    snomed: dict[str, frozenset[str]]
    icd: dict[str, frozenset[str]]
    icd_below: dict[str, frozenset[str]]
    texts: dict[str, frozenset[str]]


class Index:
    """Look-ups by code, unit and text. Each remembers its latest answers.

    `units`: how the units of each analyte convert, by its id.
    `analytes`: the analytes that the codes of a concept name; more than one is a conflict.
    `conditions`: the ids of the conditions that a concept names, sorted: by its codes, and by exact
    text if they say none. `dosed`: the ingredients whose daily dose anything asks for.
    `usual_route`: the route that ingredients share when nothing is said. `put_forward`: the
    ingredients that any option proposes or may lead to. `reasons`: by ingredient, the conditions
    that the reason of its order may name.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.units = {lab.id: _units(lab.units) for lab in knowledge.labs.values()}
        self._tables = _tables(knowledge, self.units)
        self._ingredients = knowledge.ingredients
        symptoms = {one.id for one in knowledge.conditions.values() if one.symptom}
        self.reactions = frozenset(symptoms) | packaged_words().reactions
        self._knowledge = knowledge
        self.dosed = dosed_ingredients(knowledge)
        self._classes = _classes(knowledge)
        self.put_forward = _put_forward(knowledge)
        self.reasons = _reasons(knowledge)
        self.analytes = remembered(self._analytes)
        self.conditions = remembered(self._conditions)
        self.usual_route = remembered(self._usual_route)

    @cached_property
    def formulas(self) -> Formulas:
        """What results are computed by, made ready when a result is first read."""
        return formulas_of(self._knowledge)

    def _analytes(self, codings: tuple[Coding, ...]) -> tuple[Analyte, ...]:
        found: dict[str, Analyte] = {}
        for coding in codings:
            # LOINC's check digit tells its codes from others, so a missing system is no doubt.
            if not coding.system or system_of(coding.system) == "loinc":
                hit = self._tables.labs.get(coding.code.strip())
            else:
                hit = self._tables.site_labs.get((system_key(coding.system), coding.code.strip()))
            if hit is not None:
                found.setdefault(hit.lab.id, hit)
        if len(found) > 1:
            return tuple(replace(hit, conflict=True) for hit in found.values())
        return tuple(found.values())

    def _conditions(self, concept: CodeableConcept) -> tuple[str, ...]:
        found: frozenset[str] = frozenset()
        for coding in concept.coding:
            found |= self._coded(system_of(coding.system), coding.code)
        if not found:
            for text in (concept.text, *(coding.display for coding in concept.coding)):
                found |= self._named(_untagged(normal(text)))
        return tuple(sorted(found))

    def drug_class(self, text: str) -> DrugClass | None:
        """The class of drugs that a text names as a whole; None for another text."""
        return self._classes.get(_singular(text))

    def _named(self, text: str) -> frozenset[str]:
        """What a text names; `AKI (acute kidney injury)` names what both of its parts name."""
        texts = self._tables.texts
        for spelling in _spellings(text):
            found = texts.get(spelling)
            if found:
                return found
        if not text.endswith(")"):
            return frozenset()
        short, _, long = text[:-1].partition(" (")
        return texts.get(_flat(short), frozenset()) & texts.get(_flat(long), frozenset())

    def _usual_route(self, ingredients: tuple[str, ...]) -> RouteClass:
        known = [self._ingredients[name] for name in ingredients if name in self._ingredients]
        usual = {ingredient.default_route for ingredient in known}
        return usual.pop() if len(usual) == 1 else RouteClass.UNKNOWN

    def _coded(self, system: str, code: str) -> frozenset[str]:
        if system == "snomed":
            return self._tables.snomed.get(code.strip(), frozenset())
        if system != "icd10cm":
            return frozenset()
        plain = _icd(code)
        found = self._tables.icd.get(plain, frozenset())
        for length in range(1, len(plain) + 1):  # a letter may stand for its chapter
            found |= self._tables.icd_below.get(plain[:length], frozenset())
        return found


def normal(text: str) -> str:
    """A text for comparison: lower case, one space between words, no closing stop."""
    return " ".join(text.casefold().split()).rstrip(".")


def _flat(text: str) -> str:
    """Without the commas, and without what says that nothing more is known."""
    return " ".join(word for word in text.replace(",", " ").split() if word not in _VAGUE)


def _spellings(text: str) -> list[str]:
    """A text, without the abbreviation of words before it, and as a catalogue turns it round:
    `deep vein thrombosis (dvt) of left leg`, `av block, 1st degree`.
    """
    plain = _ABBREVIATED.sub(_spelt_out, text)
    found = [_flat(text), _flat(plain)]
    if plain.count(",") == 1:
        head, _, tail = plain.partition(",")
        found.append(_flat(f"{tail} {head}"))
    return found


def _spelt_out(found: re.Match[str]) -> str:
    words, short = found[1], found[2]
    last = words.replace("-", " ").split()[-len(short) :]
    return words if [word[0] for word in last] == list(short) else found[0]


def _singular(text: str) -> str:
    return normal(text).replace("-", " ").removesuffix("s")


def _classes(knowledge: Knowledge) -> dict[str, DrugClass]:
    """The groups of drugs by what they are called: by the knowledge, and on allergy lists."""
    names = packaged_words().class_names
    found: dict[str, DrugClass] = {}
    for group in knowledge.groups.values():
        whole = DrugClass(group.label, group.members)
        for name in (group.id, group.label, *names.get(group.id, ())):
            found[_singular(name)] = whole
    return found


def _reasons(knowledge: Knowledge) -> dict[str, frozenset[str]]:
    """By ingredient, the conditions that are read from the reason of an order of it."""
    found: dict[str, set[str]] = defaultdict(set)
    for condition in knowledge.conditions.values():
        for selector in condition.reason_for:
            for name in knowledge.members(selector):
                found[name].add(condition.id)
    return {name: frozenset(ids) for name, ids in found.items()}


def _put_forward(knowledge: Knowledge) -> frozenset[str]:
    selectors = {
        selector
        for mitigation in knowledge.mitigations.values()
        for selector in (*mitigation.proposes, *mitigation.leads_to)
    }
    return frozenset().union(*map(knowledge.members, selectors))


def _untagged(text: str) -> str:
    """Without the tags of an EHR behind it: `myasthenia gravis (disorder) (hcc)`."""
    while text.endswith(packaged_words().condition_tags):
        text = text[: text.rindex("(")].rstrip()
    return text


def _icd(code: str) -> str:
    return code.strip().upper().replace(".", "").rstrip("-")


def _plain(unit: str) -> str:
    return "".join(unit.split()).replace("µ", "u").replace("μ", "u")


def _units(units: Iterable[LabUnit]) -> Units:
    exact = {_plain(text): unit.factor for unit in units for text in unit.spellings}
    folded: dict[str, set[Decimal]] = defaultdict(set)
    for text, factor in exact.items():
        folded[text.casefold()].add(factor)
    factors = set(exact.values())
    return Units(
        exact,
        {text: min(values) for text, values in folded.items() if len(values) == 1},
        min(factors) if len(factors) == 1 else None,
    )


def _tables(knowledge: Knowledge, units: dict[str, Units]) -> _Tables:
    tables: dict[str, dict[str, set[str]]] = {
        name: defaultdict(set) for name in ("snomed", "icd", "below", "texts")
    }
    for condition in knowledge.conditions.values():
        for code in condition.codes:
            if code.system == "snomed":
                tables["snomed"][code.code].add(condition.id)
            else:
                table = "below" if code.code.endswith("-") else "icd"
                tables[table][_icd(code.code)].add(condition.id)
        for text in condition.texts:
            tables["texts"][_flat(normal(text))].add(condition.id)
    frozen = {
        name: {key: frozenset(ids) for key, ids in table.items()} for name, table in tables.items()
    }
    return _Tables(
        labs={
            code.loinc: Analyte(lab, code, units[lab.id])
            for lab in knowledge.labs.values()
            for code in lab.codes
            if not code.system
        },
        site_labs={
            (system_key(code.system), code.loinc): Analyte(lab, code, units[lab.id])
            for lab in knowledge.labs.values()
            for code in lab.codes
            if code.system
        },
        snomed=frozen["snomed"],
        icd=frozen["icd"],
        icd_below=frozen["below"],
        texts=frozen["texts"],
    )


_BUILT: dict[int, tuple[Knowledge, Index]] = {}


def index_of(knowledge: Knowledge) -> Index:
    """The index of a knowledge. Kept with the knowledge itself, so that an id is never reused."""
    held = _BUILT.get(id(knowledge))
    if held is None:
        if len(_BUILT) >= _KEEP:
            _BUILT.clear()
        held = _BUILT[id(knowledge)] = (knowledge, Index(knowledge))
    return held[1]
