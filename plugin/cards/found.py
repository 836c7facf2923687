"""The card about what was found: why, what can be done, what is held back, and what it rests on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from knowledge.model import Knowledge, Level
from plugin.cards.basis import basis
from plugin.cards.escape import filled, plain, sentence
from plugin.cards.issued import Issued
from plugin.cards.labs import lab_suggestions
from plugin.cards.links import links_of
from plugin.cards.shape import FOUND, SUMMARY_LIMIT, Card, card, footer, shorten
from plugin.cards.site import CardSite
from plugin.cards.taken import Taken, named, taken_in
from plugin.cards.unread import unread_lines
from plugin.cards.wording import INTERACTION, parts_missing, phrases
from plugin.model import Assessment, Finding, Unread, Withheld

_WHOLE = re.compile(r"(?<=\d)\.0+(?!\d)")
_CLAUSE = re.compile(r"(?<=[.;:])\s")  # what follows the first clause is for who is offered it
_WHO_DECIDES = "*These are options for a clinician's decision, not orders.*"


def found_card(
    assessment: Assessment,
    unread: Sequence[Unread],
    knowledge: Knowledge,
    site: CardSite,
    extra: Sequence[dict[str, Any]] = (),
) -> tuple[Card, Issued]:
    """One card for all findings, the highest first; `unread` are the lines it carries, `extra`
    suggestions that come first.
    """
    findings = sorted(assessment.findings, key=lambda finding: -finding.level.rank)
    told = _told(findings, knowledge)
    level = assessment.level.value
    detail = _detail(assessment, findings, told, unread, knowledge, linked=bool(site.base_url))
    made = card(_summary(told), level, detail, FOUND, site)
    rules = tuple(dict.fromkeys(finding.rule for finding in told))
    ordered = list(lab_suggestions(assessment, knowledge, site))
    suggestions = [*extra, *(suggestion for suggestion, _ in ordered)]
    if suggestions:
        made["suggestions"] = suggestions
        made["selectionBehavior"] = "any"
    if links := links_of(rules, site):
        made["links"] = links
    of_mitigations = {one["uuid"]: () for one in extra if "uuid" in one}
    of_mitigations |= {suggestion["uuid"]: ids for suggestion, ids in ordered}
    return made, Issued(made["uuid"], FOUND["code"], level, rules, of_mitigations)


def _detail(
    assessment: Assessment,
    findings: Sequence[Finding],
    told: Sequence[Finding],
    unread: Sequence[Unread],
    knowledge: Knowledge,
    *,
    linked: bool,
) -> str:
    missing, taken = parts_missing(assessment.unread), taken_in(assessment)
    sections = [
        _section("Why", _whys(told, _listed(assessment), knowledge, missing, taken)),
        _section("Options to consider", [sentence(one.text) for one in assessment.mitigations]),
        _section("Not offered, and why", _withheld(assessment, knowledge, missing, taken)),
        _section("Not read", unread_lines(unread), bulleted=True),
        _section("Also taken, weaker link", _also(assessment)),
        _section("Basis", basis(findings, knowledge, linked=linked)),
        _WHO_DECIDES,
        footer(knowledge),
    ]
    return "\n\n".join(section for section in sections if section)


def _told(findings: Sequence[Finding], knowledge: Knowledge) -> Sequence[Finding]:
    """Without care beside a drug that is flagged already: its options say all there is to say.

    Care can be all that an order brings; then it is what is told.
    """
    care = {rule.id for rule in knowledge.rules if rule.drug == "flagged"}
    return [f for f in findings if f.level is not Level.INFO or f.rule not in care] or findings


def _summary(findings: Sequence[Finding]) -> str:
    """The first finding, and how many more there are."""
    more = len(findings) - 1
    tail = f" (+{more} more)" if more else ""
    return shorten(_capital(findings[0].summary), SUMMARY_LIMIT - len(tail)) + tail


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _section(title: str, lines: Sequence[str], *, bulleted: bool = False) -> str:
    if not lines:
        return ""
    bullets = lines if bulleted else [f"- {line}" for line in lines]
    return "\n".join([f"**{title}**", "", *bullets])


def _whys(
    findings: Sequence[Finding],
    listed: dict[str, str],
    knowledge: Knowledge,
    missing: Mapping[str, str],
    taken: Taken,
) -> list[str]:
    """A line for each finding; the entry of a drug is named in the first line about it.

    Beside a finding that calls for action, one for information is its sentence alone.
    """
    lines = []
    brief = any(finding.level is not Level.INFO for finding in findings)
    for finding in findings:
        names = [name for name in (*finding.ingredients, *finding.partners) if name in listed]
        entries = [f"{sentence(name)} as “{plain(listed.pop(name))}”" for name in names]
        about = (*finding.ingredients, *finding.partners)
        evidence = named(finding.because, taken, knowledge, about)
        because = phrases(tuple(evidence), knowledge, about, missing)
        said = " ".join(_full(text) for text in (finding.summary, *finding.notes))
        fresh = [text for text in because if _plainer(text) not in _plainer(said)]
        if brief and finding.level is Level.INFO:
            fresh = []
        said += _beside(finding, " ".join([said, *fresh]))
        on_file = f" *On file:* {'; '.join([*fresh, *entries])}." if fresh or entries else ""
        lines.append(f"**{_capital(finding.level.value)}**: {said}{on_file}")
    return lines


def _beside(finding: Finding, said: str) -> str:
    """A sentence on the partners that neither the finding's own nor its evidence names."""
    folded = said.casefold()
    names = [name for name in finding.partners if name.casefold() not in folded]
    return f" Beside it: {sentence(', '.join(names))}." if names else ""


def _plainer(text: str) -> str:
    """A text in which `2.0` is `2`, to see what was said already."""
    return _WHOLE.sub("", text)


def _full(text: str) -> str:
    """A filled sentence with its capital and its full stop."""
    return filled(_capital(text).rstrip(".")) + "."


def _listed(assessment: Assessment) -> dict[str, str]:
    """How the list names each ingredient, where its name is not in that: what to look for."""
    found: dict[str, str] = {}
    for medication in assessment.medications:
        folded = medication.text.casefold()
        for ingredient in medication.ingredients if medication.current else ():
            if folded and ingredient not in folded:
                found.setdefault(ingredient, medication.text)
    return found


def _withheld(
    assessment: Assessment, knowledge: Knowledge, missing: Mapping[str, str], taken: Taken
) -> list[str]:
    """A line for each reason, with the options that it holds back."""
    texts: dict[str, list[str]] = {}
    for one in assessment.withheld:
        said = phrases(tuple(named(one.because, taken, knowledge)), knowledge, missing=missing)
        reason = "; ".join(said) or _unsaid(one)
        text = (
            _CLAUSE.split(knowledge.mitigations[one.mitigation].text, maxsplit=1)[0].rstrip(".;:")
            + "."
        )
        texts.setdefault(reason, []).append(f"“{sentence(text)}”")
    return [f"Held back ({reason}): {' '.join(held)}" for reason, held in texts.items()]


def _unsaid(withheld: Withheld) -> str:
    """A reason whose evidence has no words of its own."""
    if any(one.fact.startswith(INTERACTION) for one in withheld.because):
        return "because of the interaction above"
    return "what they need is not proven"


def _also(assessment: Assessment) -> list[str]:
    return [", ".join(sentence(name) for name in assessment.also)] if assessment.also else []
