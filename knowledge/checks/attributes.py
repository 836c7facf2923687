"""All thirteen source attributes are there, each once: one left out would be a claim unmade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from knowledge.draft import Draft
from knowledge.faults import Fault
from knowledge.layout import Kind

FILE = "source-attributes.toml"
PARAGRAPHS = range(1, 14)  # of 45 CFR 170.315(b)(11)(iv)(A)
_OF_DATA = range(5, 14)
_ANSWERS = {True: ("used", "not-used"), False: ("stated", "none")}


def check(draft: Draft) -> Iterator[Fault]:
    """Paragraphs that are missing, doubled or not of the rule, and answers that do not fit."""
    found = Counter(one.paragraph for one in draft.knowledge.attributes.values())
    for attribute in draft.knowledge.attributes.values():
        place = draft.place(Kind.ATTRIBUTE, attribute.id)
        number = attribute.paragraph
        if number not in PARAGRAPHS:
            yield place.at("paragraph").fault(f"{number} is none of 1 to {PARAGRAPHS[-1]}")
        elif found[number] > 1:
            yield place.at("paragraph").fault(f"{number} is there {found[number]} times")
        fitting = _ANSWERS[number in _OF_DATA]
        if attribute.answer not in fitting:
            yield place.at("answer").fault(
                f"paragraph {number} is answered {' or '.join(fitting)}, not {attribute.answer}"
            )
    missing = [str(number) for number in PARAGRAPHS if number not in found]
    if missing and Kind.ATTRIBUTE not in draft.declared.incomplete and not _unread(draft):
        yield Fault(FILE, "attribute", f"paragraph {', '.join(missing)} is missing")


def _unread(draft: Draft) -> bool:
    """True where an entry did not fit its schema: it may be the one that is missed."""
    return len(draft.declared.ids[Kind.ATTRIBUTE]) > len(draft.knowledge.attributes)
