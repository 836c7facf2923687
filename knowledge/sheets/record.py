"""Sheets of what a record is read against: labs, conditions, terms, mechanisms; and of sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from knowledge.checks.expansion import facts_below
from knowledge.checks.rules import conditions_of
from knowledge.layout import Kind
from knowledge.model import ClinicalCondition, Knowledge, Lab, LabCode, Mechanism, Source, Term
from knowledge.sheets.basis import STATUS_WORDS, order_words, review_line, source_lines
from knowledge.sheets.conditions import any_line, when_line
from knowledge.sheets.sheet import Line, Part, Ref, Sheet, line, named
from knowledge.sheets.words import unit_words
from knowledge.vocabulary import AnyFact, Has, LabCut, LabIs, TermRef

_CODE_SYSTEMS = {"icd10cm": "ICD-10-CM", "snomed": "SNOMED CT"}


def lab_sheet(lab: Lab, known: Knowledge) -> Sheet:
    """An analyte: its codes, units and cuts, and the rules that ask for it."""
    file = "labs.toml"
    cuts = ", ".join(str(cut) for cut in lab.cuts) or "none"
    limit = lab.default_upper_limit
    lines = (
        line(f"Results are read in {lab.unit}, and compared as{unit_words(lab.id, known)}."),
        line(f"Cuts that a rule may name: {cuts}."),
        *([line(f"Where a result has no upper limit: {limit} {lab.unit}.")] if limit else []),
        *(_lab_code(code) for code in lab.codes),
        line(f"Ordered by: {order_words(lab)}."),
        *(line(f"Unit {', '.join(unit.spellings)}: times {unit.factor}.") for unit in lab.units),
        *named("Shows the mechanisms", Kind.MECHANISM, _mechanisms(lab, known)),
        *named("Asked for by the rules", Kind.RULE, _asking(LabCut, LabIs, lab.id, known)),
        *source_lines(lab.sources, known),
        review_line(file, known),
    )
    return Sheet(Kind.LAB, lab.id, f"{lab.id} - a lab ({lab.label})", lines, file)


def condition_sheet(condition: ClinicalCondition, known: Knowledge) -> Sheet:
    """A condition: its codes, and the texts that name it."""
    file = "conditions.toml"
    lines = (
        *(
            [line("It passes: an encounter's diagnosis counts for a limited time.")]
            if condition.symptom
            else []
        ),
        *(
            line(f"{_CODE_SYSTEMS[code.system]} {code.code} ({STATUS_WORDS[code.status]}).")
            for code in condition.codes
        ),
        *([line(f"Named by: {', '.join(condition.texts)}.")] if condition.texts else []),
        *(
            [line(f"Read from the reason of an order too, of: {', '.join(condition.reason_for)}.")]
            if condition.reason_for
            else []
        ),
        *named("Asked for by the rules", Kind.RULE, _asking(Has, Has, condition.id, known)),
        *source_lines(condition.sources, known),
        review_line(file, known),
    )
    title = f"{condition.id} - a condition ({condition.label})"
    return Sheet(Kind.CONDITION, condition.id, title, lines, file)


def term_sheet(term: Term, known: Knowledge) -> Sheet:
    """A term: what it stands for."""
    file = "terms.toml"
    one_of = len(term.condition) == 1 and len(term.condition[0]) > 1
    clauses = tuple((fact,) for fact in term.condition[0]) if one_of else term.condition
    means = (any_line if one_of else when_line)("Holds when", clauses, known, {term.name})
    asking = _asking(TermRef, TermRef, term.name, known)
    lines = (means, *named("Asked for by the rules", Kind.RULE, asking), review_line(file, known))
    return Sheet(Kind.TERM, term.name, f"{term.name} - a term ({term.label})", lines, file)


def mechanism_sheet(mechanism: Mechanism, known: Knowledge) -> Sheet:
    """A mechanism: the lab that shows it, and the drugs that have it."""
    file = "mechanisms.toml"
    drugs = [
        drug.name
        for drug in known.ingredients.values()
        if mechanism.id in {one.id for one in drug.mechanisms}
    ]
    lines = (
        *_shown_by(mechanism, known),
        *named("Mechanism of", Kind.INGREDIENT, drugs),
        *source_lines(mechanism.sources, known),
        review_line(file, known),
    )
    title = f"{mechanism.id} - a mechanism ({mechanism.label})"
    return Sheet(Kind.MECHANISM, mechanism.id, title, lines, file)


def source_sheet(
    source: Source, known: Knowledge, citing: Callable[[], Mapping[str, tuple[Ref, ...]]]
) -> Sheet:
    """A source: what it is, where to find it, and what rests on it (see `citing`)."""
    year = f" ({source.year})" if source.year else ""
    parts: list[Part] = []
    for cited_by in citing().get(source.id, ()):
        parts += [", "] if parts else []
        parts.append(cited_by)
    lines = (
        line(f"{source.title}{year}."),
        line(f"Kind: {source.kind.replace('-', ' ')}."),
        *([line(f"Identifier: {source.identifier}.")] if source.identifier else []),
        *([line(f"Address: {source.url}")] if source.url else []),
        line("Cited by: ", *parts, "."),
        review_line(source.file, known),
    )
    return Sheet(Kind.SOURCE, source.id, f"{source.id} - a source", lines, source.file)


def _lab_code(code: LabCode) -> Line:
    specimen = f", {code.specimen}" if code.specimen else ""
    trusted = f", trusted from {code.trusted[0]} to {code.trusted[1]}" if code.trusted else ""
    corrected = ", corrected already" if code.already_corrected else ""
    status = STATUS_WORDS[code.status]
    return line(f"LOINC {code.loinc} {code.name} ({status}{specimen}{trusted}{corrected}).")


def _shown_by(mechanism: Mechanism, known: Knowledge) -> Iterator[Line]:
    if mechanism.analyte:
        yield line("Lab: ", Ref(Kind.LAB, mechanism.analyte), ".")
    if mechanism.abnormal:
        yield when_line("Abnormal when", mechanism.abnormal, known, set())
    if mechanism.clinical:
        yield line("No lab shows it: a muscle symptom does.")
    elif not mechanism.abnormal:
        yield line("Never makes its drug a culprit.")


def _mechanisms(lab: Lab, known: Knowledge) -> list[str]:
    return [found.id for found in known.mechanisms.values() if found.analyte == lab.id]


def _asking(one: type[AnyFact], other: type[AnyFact], id_: str, known: Knowledge) -> list[str]:
    """The rules with a fact of two kinds about an id, terms looked into."""
    return [
        rule.id
        for rule in known.rules
        if any(
            isinstance(fact, (one, other)) and id_ in _about(fact)
            for _, condition in conditions_of(rule)
            for _, fact in facts_below(condition, known.terms)
        )
    ]


def _about(fact: AnyFact) -> tuple[str, ...]:
    match fact:
        case LabCut() | LabIs():
            return (fact.analyte,)
        case Has():
            return (fact.condition,)
        case TermRef():
            return (fact.name,)
        case _:
            return ()
