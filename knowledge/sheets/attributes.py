"""The sheet of a source attribute of 45 CFR 170.315(b)(11)(iv)(A)."""

from __future__ import annotations

from knowledge.layout import Kind
from knowledge.model import Knowledge, SourceAttribute
from knowledge.sheets.basis import review_line, source_lines
from knowledge.sheets.sheet import Sheet, line

FILE = "source-attributes.toml"
REGULATION = "45 CFR 170.315(b)(11)(iv)(A)"
ALL = "source-attributes"  # the name by which all of them are asked for
ANSWER_WORDS = {"stated": "stated", "none": "none", "used": "used", "not-used": "not used"}


def attribute_sheet(attribute: SourceAttribute, known: Knowledge) -> Sheet:
    """A source attribute: what is stated, and on what that rests."""
    lines = (
        line(f"{attribute.name}: {ANSWER_WORDS[attribute.answer]}."),
        line(attribute.text),
        *source_lines(attribute.sources, known),
        review_line(FILE, known),
    )
    title = f"{attribute.id} - source attribute {attribute.paragraph} of {REGULATION}"
    return Sheet(Kind.ATTRIBUTE, attribute.id, title, lines, FILE)
