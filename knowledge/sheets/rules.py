"""The sheet of a rule: when it fires, what it says and suggests, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.fact_text import parse_fact
from knowledge.layout import Kind
from knowledge.model import ANY, FLAGGED, Example, Knowledge, Rule
from knowledge.sheets.basis import review_line, sentence, source_lines
from knowledge.sheets.conditions import any_line, when_line
from knowledge.sheets.policy import selector_ref
from knowledge.sheets.sheet import Line, Part, Ref, Sheet, line, named
from knowledge.sheets.words import in_words

_OPEN = {ANY: "every drug that is taken", FLAGGED: "every drug that another rule flags"}


def rule_sheet(rule: Rule, known: Knowledge) -> Sheet:
    """A rule: its sentence, drugs, conditions, levels, what it suggests, and its examples."""
    told: set[str] = set()
    lines = (
        line(f"Says: {sentence(rule.summary, known)}"),
        line("For: ", _about(rule.drug, known), "."),
        *_partner(rule, known),
        *([when_line("Fires when", rule.when, known, told)] if rule.when else []),
        *([any_line("Unless", rule.unless, known, told)] if rule.unless else []),
        line(f"Level: {rule.level.value}."),
        *(when_line(f"Becomes {up.to.value} when", up.when, known, told) for up in rule.raises),
        *_notes(rule, known, told),
        *_beside(rule),
        *_suggests(rule, known),
        *_examples(rule, known),
        *source_lines(rule.sources, known),
        review_line(rule.file, known),
    )
    title = f"{rule.id} - a rule ({rule.level.value})"
    return Sheet(Kind.RULE, rule.id, title, lines, rule.file)


def _about(selector: str, known: Knowledge) -> Part:
    return _OPEN.get(selector) or selector_ref(selector, known)


def _partner(rule: Rule, known: Knowledge) -> Iterator[Line]:
    if ":" in rule.partner:
        words = in_words(parse_fact(rule.partner), known)
        yield line(f"With a row of the interaction table: {words}.")
    elif rule.partner:
        yield line("With: ", _about(rule.partner, known), ".")
    if rule.also:
        yield line("Names as partner, when taken: ", _about(rule.also, known), ".")


def _notes(rule: Rule, known: Knowledge, told: set[str]) -> Iterator[Line]:
    for note in rule.notes:
        said = sentence(note.text, known)
        if note.when:
            needed = when_line("Adds a sentence when", note.when, known, told)
            below = [*needed.below, line(f"it says: {said}")]
            yield line(*needed.parts, below=below)
        else:
            yield line(f"Adds always: {said}")


def _beside(rule: Rule) -> Iterator[Line]:
    yield from named("Takes the place of", Kind.RULE, rule.replaces)
    yield from named("Takes their place for its partners too", Kind.RULE, rule.covers)
    yield from named("Silent where one of these fires", Kind.RULE, rule.yields_to)


def _suggests(rule: Rule, known: Knowledge) -> Iterator[Line]:
    for suggested in rule.suggest:
        mitigation = known.mitigations.get(suggested)
        text = f": {sentence(mitigation.text, known)}" if mitigation else ""
        yield line("Suggests ", Ref(Kind.MITIGATION, suggested), text)


def _examples(rule: Rule, known: Knowledge) -> Iterator[Line]:
    if rule.examples:
        yield line("Examples, tried whenever the knowledge loads:", below=_tried(rule, known))


def _tried(rule: Rule, known: Knowledge) -> Iterator[Line]:
    for example in rule.examples:
        yield line(_fires(example), Ref(Kind.INGREDIENT, example.drug), _given(example, known))


def _fires(example: Example) -> str:
    if not example.fires:
        return "does not fire: "
    return f"fires ({example.level.value}): " if example.level else "fires: "


def _given(example: Example, known: Knowledge) -> str:
    facts = [in_words(parse_fact(text), known) for text in example.facts]
    partner = f" with {example.partner}" if example.partner else ""
    return f"{partner}; {'; '.join(facts) or 'nothing else is known'}"
