"""What the findings of a card rest on: the names of the sources, on one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knowledge.model import Knowledge, Level
from plugin.cards.escape import sentence
from plugin.model import Finding

_FEW = 3


def basis(findings: Sequence[Finding], knowledge: Knowledge, *, linked: bool) -> list[str]:
    """One line, or none. All sources; where the card is `linked` to the evidence, those of what
    calls for action, else the first few, and how many more the link shows.
    """
    shown = every = _titles(findings, knowledge)
    if linked:
        acting = [finding for finding in findings if finding.level is not Level.INFO]
        shown = _titles(acting, knowledge) or every[:_FEW]
    if not shown:
        return []
    more = len(every) - len(shown)
    rest = f". And {more} more, by the link to the evidence." if more else ""
    return [f"{'; '.join(sentence(title) for title in shown)}{rest}"]


def _titles(findings: Iterable[Finding], knowledge: Knowledge) -> list[str]:
    ids = dict.fromkeys(source for finding in findings for source in finding.sources)
    return [knowledge.sources[id_].title for id_ in ids if id_ in knowledge.sources]
