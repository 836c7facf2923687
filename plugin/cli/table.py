"""An assessment for a person at a terminal.

Texts of a record are shown as text: they can neither drive the terminal with control characters
nor style themselves with markup.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from html import unescape
from typing import IO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from knowledge.model import Knowledge, Level
from plugin.cards.wording import phrase
from plugin.model import Assessment, Evidence, Finding, NotAssessed
from plugin.screening.visible import visible

STYLE = {Level.CRITICAL: "bold red", Level.WARNING: "yellow", Level.INFO: "cyan", Level.NONE: ""}
WIDTH_WITHOUT_TERMINAL = 100
NOT_PROVEN = "what it needs is not proven"
NOT_ASSESSED = {
    NotAssessed.UNDER_18: "Not assessed: the patient is under 18, and this knowledge is of adults.",
    NotAssessed.DECEASED: "Not assessed: the record says that the patient has died.",
}


def show(assessment: Assessment, knowledge: Knowledge, stream: IO[str] | None = None) -> None:
    """Print an assessment as tables, on standard output if no stream is given."""
    out = stream or sys.stdout
    width = None if out.isatty() else WIDTH_WITHOUT_TERMINAL
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    for part in _parts(assessment, knowledge):
        console.print(part)


def _parts(assessment: Assessment, knowledge: Knowledge) -> Iterable[Text | Table]:
    yield _safe(
        f"{assessment.patient or 'Patient not named'}, as of {assessment.as_of}, "
        f"knowledge {assessment.knowledge_version}"
    )
    level = assessment.level
    yield Text(f"Level: {level.value}", style=STYLE[level])
    if assessment.not_assessed:
        reason = assessment.not_assessed
        yield Text(NOT_ASSESSED.get(reason, f"Not assessed: {reason.value}."))
    elif not assessment.findings:
        yield Text("Nothing was found in what could be read.")
    if assessment.findings:
        yield _findings(assessment, knowledge)
    if assessment.mitigations:
        rows = ((offered.id, offered.text) for offered in assessment.mitigations)
        yield _table("Options for the clinician", ("Option", "What it is"), rows)
    if assessment.withheld:
        rows = (
            (row.mitigation, "; ".join(_evidence(row.because, knowledge)) or NOT_PROVEN)
            for row in assessment.withheld
        )
        yield _table("Withheld", ("Option", "Because"), rows)
    if assessment.unread:
        unread = (
            (row.text or row.reference, row.reason.value, row.reference)
            for row in assessment.unread
        )
        yield _table("Could not be read", ("Entry", "Reason", "Reference"), unread)
    if assessment.also:
        yield _safe(f"Weaker links, listed only: {', '.join(assessment.also)}.")
    yield _medications(assessment)
    yield from _review_notice(knowledge)


def _findings(assessment: Assessment, knowledge: Knowledge) -> Table:
    table = Table(title="Findings", title_justify="left", show_lines=True, expand=True)
    table.add_column("Level", no_wrap=True)
    table.add_column("Drugs", ratio=2)
    table.add_column("What, and why", ratio=5)
    for finding in assessment.findings:
        table.add_row(
            Text(finding.level.value, style=STYLE[finding.level]),
            _safe(_drugs(finding)),
            _safe("\n".join(_why(finding, knowledge))),
        )
    return table


def _drugs(finding: Finding) -> str:
    partners = f"\nwith {', '.join(finding.partners)}" if finding.partners else ""
    return ", ".join(finding.ingredients) + partners


def _why(finding: Finding, knowledge: Knowledge) -> Iterable[str]:
    yield finding.summary
    yield from finding.notes
    yield from (f"- {line}" for line in _evidence(finding.because, knowledge))
    titles = (
        knowledge.sources[source].title if source in knowledge.sources else source
        for source in finding.sources
    )
    yield f"Sources: {'; '.join(titles) or 'none'}"
    yield f"Rule: {finding.rule}"


def _evidence(because: Iterable[Evidence], knowledge: Knowledge) -> Iterable[str]:
    """`potassium 3.3 mmol/L (2026-10-25) - Observation/o1`, each once, in the words of a card."""
    said = {}
    for item in because:
        # A card escapes its words for Markdown; here they are plain text again.
        words = unescape(phrase(item, knowledge))
        if words:
            said[f"{words} - {item.reference}" if item.reference else words] = True
    return said


def _medications(assessment: Assessment) -> Table:
    rows = (
        (
            row.text,
            ", ".join(row.ingredients),
            "current" if row.current else "not current",
            row.reference,
        )
        for row in assessment.medications
    )
    columns = ("As written", "Read as", "Status", "Reference")
    return _table(f"Medications read: {len(assessment.medications)}", columns, rows)


def _table(title: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(*columns, title=title, title_justify="left", expand=True)
    for row in rows:
        table.add_row(*(_safe(cell, one_line=True) for cell in row))
    return table


def _review_notice(knowledge: Knowledge) -> Iterable[Text]:
    waiting = sum(not row.review.stands for row in knowledge.reviews)
    if waiting:
        yield Text(
            f"{waiting} of {len(knowledge.reviews)} knowledge files await review by a clinician. "
            "Options, not orders: a clinician decides."
        )


def _safe(text: str, *, one_line: bool = False) -> Text:
    """Text without characters that a terminal obeys; line breaks of our own stay."""
    lines = [text] if one_line else text.split("\n")
    return Text("\n".join(visible(line) for line in lines))
