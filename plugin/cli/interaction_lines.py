"""The interaction table as lines for a person: of the drug it limits, and of its partners."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from knowledge.model import CAUTION, CONTRAINDICATED, DOSE_CAP, Citation, Interaction, Knowledge
from knowledge.vocabulary import Condition

EFFECT_LABEL = {
    CONTRAINDICATED: "not together",
    DOSE_CAP: "dose limit",
    CAUTION: "care",
}


def interaction_lines(
    name: str,
    knowledge: Knowledge,
    marked: Callable[[Interaction], str],
    sources: Callable[[Iterable[Citation]], Iterator[str]],
) -> Iterator[str]:
    """Every row that is about the drug or names it as a partner, with its sentence and sources."""
    for row in knowledge.interactions:
        own = name in knowledge.members(row.drug)
        if not own and not any(name in knowledge.members(other) for other in row.partners):
            continue
        partners = " and ".join(row.partners)
        with_what = f" with {partners}" if partners else ""
        of_what = "" if own else f" of {row.drug}"
        places = ", ".join(row.jurisdictions)
        yield f"  Interaction{of_what}{with_what} ({places}): {_said(row)} ({marked(row)})."
        if row.text:
            yield f"    {row.text}"
        yield from ("    " + line.strip() for line in sources(row.sources))


def _said(row: Interaction) -> str:
    parts = [EFFECT_LABEL.get(row.effect, "no interaction")]
    if row.level.rank:
        parts[0] += f", {row.level.value}"
    if row.critical_with_symptom:
        parts.append("critical with a muscle symptom")
    if row.cap_mg is not None:
        parts.append(f"at most {row.cap_mg} mg a day")
    if row.start_mg is not None:
        parts.append(f"from {row.start_mg} mg a day")
    if row.partner_from_mg is not None:
        parts.append(f"from {row.partner_from_mg} mg a day of the partner")
    if row.when:
        parts.append(f"when {_facts(row.when, ' and ')}")
    if row.unless:
        parts.append(f"unless {_facts(row.unless, ' or ')}")
    if row.not_read:
        parts.append(f"never acts: it depends on {row.not_read}, which is not read")
    return "; ".join(parts)


def _facts(condition: Condition, joint: str) -> str:
    return joint.join(" or ".join(str(fact) for fact in clause) for clause in condition)
