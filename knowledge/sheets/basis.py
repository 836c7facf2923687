"""What a statement rests on: its status, its sources, and whether its file was reviewed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from knowledge.layout import Kind
from knowledge.model import Citation, Claim, Knowledge, Lab, Status
from knowledge.ordering import order_code
from knowledge.review import CHANGED, REVIEWED, Review
from knowledge.sheets.sheet import Line, Ref, line
from knowledge.sheets.words import lab_label

# Capitals, so that where nothing confirms a statement the reader cannot overlook it.
STATUS_WORDS = {
    Status.VERIFIED: "verified",
    Status.VERIFIED_CLASS: "verified-class",
    Status.UNCONFIRMED: "UNCONFIRMED",
}
_NO_SOURCE = {
    "design-choice": "our own choice, no study behind it",
    "recall": "recalled, found in no source",
}
_GAP = re.compile(r"\{([a-z0-9-]+)\}")
_GAPS = {"drugs": "drug", "with": "partner"}


def sentence(template: str, known: Knowledge) -> str:
    """A sentence of a card with its gaps named: `[drug] with potassium [potassium result]: low`."""

    def gap(match: re.Match[str]) -> str:
        return f"[{_GAPS.get(match[1]) or f'{lab_label(match[1], known)} result'}]"

    return _GAP.sub(gap, template)


def source_lines(citations: Iterable[Citation], known: Knowledge) -> Iterator[Line]:
    """One line for each citation: title, identifier, place."""
    for citation in citations:
        source = known.sources.get(citation.source)
        title = source.title if source else citation.source
        identifier = f", {source.identifier}" if source and source.identifier else ""
        yield line(
            "Source: ",
            Ref(Kind.SOURCE, citation.source, title),
            f"{identifier}; at: {citation.locator}",
        )


def without_source(citation: Citation, known: Knowledge) -> str:
    """Why what is cited here is no source, or nothing: a decision of ours, or a recollection."""
    source = known.sources.get(citation.source)
    return _NO_SOURCE.get(source.kind, "") if source else ""


def claim_lines(claims: Iterable[Claim], known: Knowledge) -> Iterator[Line]:
    """Claims by kind; several of a kind stand side by side, none of them preferred."""
    kinds: dict[str, list[Claim]] = {}
    for claim in claims:
        kinds.setdefault(claim.kind, []).append(claim)
    for kind, said in kinds.items():
        label = kind.capitalize().replace("-", " ")
        if len(said) == 1:
            yield _claim(f"{label} ", said[0], known)
        else:
            below = [_claim("", claim, known) for claim in said]
            yield line(f"{label}: {len(said)} statements, side by side", below=below)


def _claim(label: str, claim: Claim, known: Knowledge) -> Line:
    status = STATUS_WORDS[claim.status]
    return line(f"{label}({status}): {claim.text}", below=source_lines(claim.sources, known))


def order_words(lab: Lab) -> str:
    """`LOINC 2823-3 (verified)`, the code of the site, or that there is none."""
    code = order_code(lab)
    if code is None:
        return "no code"
    if code.of_site:
        return f"{code.system} {code.code} (the site's own code)"
    return f"LOINC {code.code} ({STATUS_WORDS[code.status]})"


def review_line(file: str, known: Knowledge) -> Line:
    """Whether a clinician has reviewed the file of an entry, and when that is due."""
    for row in known.reviews:
        if row.file == file:
            return line(f"Review of {file}: {review_words(row.review)}.")
    return line(f"Review of {file}: not recorded.")


def review_words(review: Review) -> str:
    """`awaiting review, no clinician has reviewed it yet; next review due 2027-11-22`."""
    due = f"; next review due {review.next_review}" if review.next_review else ""
    who = ", ".join(part for part in (review.reviewed_by, review.credentials) if part)
    if review.status == REVIEWED:
        return f"reviewed by {who} on {review.reviewed}{due}"
    if review.status == CHANGED:
        return (
            f"CHANGED since {who} signed it on {review.reviewed}, "
            f"so that nobody has reviewed it as it is{due}"
        )
    return f"awaiting review, no clinician has reviewed it yet{due}"
