"""An assessment for a person at a terminal.

Texts of a record are shown as text: they can neither drive the terminal with control characters
nor style themselves with markup.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from html import unescape
from typing import IO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from knowledge.model import Knowledge, Level
from plugin.cards.wording import phrase
from plugin.cli import listed
from plugin.model import Assessment, Evidence, Finding, NotAssessed, Unread
from plugin.screening.visible import visible

STYLE = {Level.CRITICAL: "bold red", Level.WARNING: "yellow", Level.INFO: "cyan", Level.NONE: ""}
WIDTH_WITHOUT_TERMINAL = 100
_NO_TEXTS: Mapping[str, str] = {}
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
            (row.text or row.reference, _reason(row), row.reference) for row in assessment.unread
        )
        yield _table("Could not be read", ("Entry", "Reason", "Reference"), unread)
    if assessment.also:
        yield _safe(f"Weaker links, listed only: {', '.join(assessment.also)}.")
    medications = assessment.medications
    yield _table(listed.title(medications), listed.COLUMNS, listed.rows(medications))
    yield from _review_notice(knowledge)


def _findings(assessment: Assessment, knowledge: Knowledge) -> Table:
    table = Table(title="Findings", title_justify="left", show_lines=True, expand=True)
    table.add_column("Level", no_wrap=True)
    # A name that is cut short is another drug's: "hydro…" may be any of three.
    table.add_column("Drugs", ratio=2, overflow="fold")
    table.add_column("What, and why", ratio=5, overflow="fold")
    texts = {row.reference: row.text for row in assessment.medications}
    for finding in assessment.findings:
        table.add_row(
            Text(finding.level.value, style=STYLE[finding.level]),
            _safe(_drugs(finding)),
            _safe("\n".join(_why(finding, knowledge, texts))),
        )
    return table


def _drugs(finding: Finding) -> str:
    partners = f"\nwith {', '.join(finding.partners)}" if finding.partners else ""
    return ", ".join(finding.ingredients) + partners


def _why(finding: Finding, knowledge: Knowledge, texts: Mapping[str, str]) -> Iterable[str]:
    yield finding.summary
    yield from finding.notes
    yield from (f"- {line}" for line in _evidence(finding.because, knowledge, texts))
    titles = (
        knowledge.sources[source].title if source in knowledge.sources else source
        for source in finding.sources
    )
    yield f"Sources: {'; '.join(titles) or 'none'}"
    yield f"Rule: {finding.rule}"


def _evidence(
    because: Iterable[Evidence], knowledge: Knowledge, texts: Mapping[str, str] = _NO_TEXTS
) -> Iterable[str]:
    """`potassium 3.3 mmol/L (2026-10-25) - Observation/o1`, each once, in the words of a card.

    A medication that no other line names is said as it was written: `texts`, by reference.
    """
    said: dict[str, str] = {}
    silent: dict[str, str] = {}
    for item in because:
        # A card escapes its words for Markdown; here they are plain text again.
        words = unescape(phrase(item, knowledge))
        if words:
            line = f"{words} - {item.reference}" if item.reference else words
            said[line] = item.reference
        elif text := texts.get(item.reference):
            silent[f"“{text}” - {item.reference}"] = item.reference
    named = set(said.values())
    return [*said, *(line for line, reference in silent.items() if reference not in named)]


def _reason(unread: Unread) -> str:
    detail = f": {unread.detail}" if unread.detail else ""
    return f"{unread.reason.value}{detail}"


def _table(title: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(title=title, title_justify="left", expand=True)
    for column in columns:
        table.add_column(column, overflow="fold")  # a reference that is cut short finds nothing
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
