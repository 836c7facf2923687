"""What is not said again, because a clinician overrode it for this patient with a lasting reason.

A silence is a claim, so it is narrow: off unless a site sets its days; for the same rule, at the
same level or below, on exactly the same evidence and knowledge; never for what is critical. Pure:
who was told what comes in as values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from cds_hooks.model import Card, HookRequest
from knowledge.model import Knowledge, Level
from plugin.cards.issued import RuleOutcome
from plugin.cards.reasons import LASTING
from plugin.cards.shape import FOUND, REASON_SYSTEM
from plugin.model import Assessment, Finding

ORDER_SIGN = "order-sign"
Evidence = Callable[[Finding], str]  # the digest that its outcome was kept under


class Suppression(Struct, frozen=True):
    """What a site allows: for how many days (0: nothing), and whether when orders are signed."""

    days: int = 0
    on_order_sign: bool = False

    def applies(self, hook: str) -> bool:
        """Whether anything may be silenced on this hook."""
        return self.days > 0 and (self.on_order_sign or hook != ORDER_SIGN)


class Remembered(Struct, frozen=True):
    """Where outcomes are looked up, and how evidence is compared with theirs."""

    suppression: Suppression
    outcomes: Callable[[HookRequest, int], Mapping[str, RuleOutcome]]
    evidence: Callable[[Finding, str], str]  # a finding under a version of the knowledge
    silenced: Callable[[int], None]  # told how many findings were left out


def quieted(
    remembered: Remembered | None,
    request: HookRequest,
    assessment: Assessment,
    knowledge: Knowledge,
) -> tuple[Assessment, tuple[Finding, ...]]:
    """The assessment that cards are made of, and what was taken out of it."""
    if remembered is None or not assessment.findings:
        return assessment, ()
    if not remembered.suppression.applies(request.hook):
        return assessment, ()
    outcomes = remembered.outcomes(request, remembered.suppression.days)
    if not outcomes:
        return assessment, ()
    version = assessment.knowledge_version
    told, gone = quiet(
        assessment, outcomes, lambda one: remembered.evidence(one, version), knowledge
    )
    remembered.silenced(len(gone))
    return told, gone


def quiet(
    assessment: Assessment,
    outcomes: Mapping[str, RuleOutcome],
    evidence: Evidence,
    knowledge: Knowledge,
) -> tuple[Assessment, tuple[Finding, ...]]:
    """The assessment without the findings that are silenced, and those findings.

    What only they proposed goes with them. General care beside a flagged drug goes where no flagged
    drug is left to stand beside.
    """
    silenced = {
        number
        for number, one in enumerate(assessment.findings)
        if one.rule in outcomes and _lasts(one, outcomes[one.rule], evidence)
    }
    if not silenced:
        return assessment, ()
    kept = [one for number, one in enumerate(assessment.findings) if number not in silenced]
    if all(_is_care(one, knowledge) for one in kept):
        kept = []
    gone = tuple(one for one in assessment.findings if one not in kept)
    return _without(assessment, tuple(kept), gone, knowledge), gone


def _lasts(finding: Finding, outcome: RuleOutcome, evidence: Evidence) -> bool:
    return (
        finding.level is not Level.CRITICAL
        and outcome.outcome == "overridden"
        and outcome.reason_system == REASON_SYSTEM
        and outcome.reason_code in LASTING
        and finding.level.rank <= Level(outcome.level).rank
        and evidence(finding) == outcome.evidence
    )


def _is_care(finding: Finding, knowledge: Knowledge) -> bool:
    """Whether this only says what helps anybody beside a drug that another rule flagged."""
    rule = next((one for one in knowledge.rules if one.id == finding.rule), None)
    return finding.level is Level.INFO and rule is not None and rule.drug == "flagged"


def _without(
    assessment: Assessment,
    kept: tuple[Finding, ...],
    gone: tuple[Finding, ...],
    knowledge: Knowledge,
) -> Assessment:
    suggested = {rule.id: set(rule.suggest) for rule in knowledge.rules}
    wanted = set().union(*(suggested.get(one.rule, set()) for one in kept))
    dropped = set().union(*(suggested.get(one.rule, set()) for one in gone)) - wanted
    return replace(
        assessment,
        level=max((one.level for one in kept), key=lambda level: level.rank, default=Level.NONE),
        findings=kept,
        mitigations=tuple(one for one in assessment.mitigations if kept and one.id not in dropped),
        withheld=tuple(
            one for one in assessment.withheld if kept and one.mitigation not in dropped
        ),
    )


def say_so(cards: Sequence[Card], gone: Sequence[Finding]) -> None:
    """Add to the card about what was found one line on what it leaves out. Changes the card."""
    if not gone:
        return
    for card in cards:
        if card["source"].get("topic", {}).get("code") == FOUND["code"]:
            count = len({one.rule for one in gone})
            what = "one finding is" if count == 1 else f"{count} findings are"
            card["detail"] += (
                f"\n\n*Not repeated here: {what} left out, overridden before for this patient with "
                "a lasting reason, and unchanged since.*"
            )
