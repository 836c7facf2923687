"""What could not be read, as lines for a person; and which of it deserves a card."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.model import Knowledge
from plugin.cards.escape import plain
from plugin.cards.shape import NOT_READ, Card, card, footer
from plugin.cards.site import CardSite
from plugin.model import EntryKind, Unread, UnreadReason

_MOST_LINES = 10
_MOST_LABS = 3  # that a summary names one by one
_PARTS = (UnreadReason.NOT_SENT, UnreadReason.INCOMPLETE)
_NEEDED = (EntryKind.PATIENT, EntryKind.MEDICATIONS, EntryKind.LABS, EntryKind.CONDITIONS)
_NOT_PART = "What follows could not be read. It was not part of the check:"
_TAKEN_AS_ONE = "The check took what was sent as the record of one patient, and that is in doubt:"
_CONTRADICTED = "is contradicted"  # in place of the word for a conflict of names
_WORDS = {
    UnreadReason.NO_DRUG_NAMED: "names no drug that is known",
    UnreadReason.EMPTY: "has neither a code nor a text",
    UnreadReason.CODE_NOT_KNOWN: "has only a product code that no RxNorm release here tells",
    UnreadReason.AMBIGUOUS: "could be one of several drugs",
    UnreadReason.CONFLICT: "its names or codes are of different drugs",
    UnreadReason.SUPPLY: "is a supply, not a drug",
    UnreadReason.NO_KNOWN_MEDICATION: "says that there is no known medication",
    UnreadReason.REFERENCE_NOT_FOUND: "points to a Medication that was not sent",
    UnreadReason.OTHER_PATIENT: "belongs to another patient and was set aside",
    UnreadReason.SUPERSEDED: "is replaced by a newer version of itself",
    UnreadReason.MALFORMED: "is not a valid resource",
    UnreadReason.UNIT_NOT_KNOWN: "has a unit that cannot be converted",
    UnreadReason.VALUE_NOT_READ: "has a value that is no number",
    UnreadReason.DATE_NOT_READ: "has no usable date",
    UnreadReason.STATUS_NOT_KNOWN: "has no known status",
    UnreadReason.MODIFIER: "has a modifier that is not understood",
    UnreadReason.NOT_SENT: "not sent by the EHR",
    UnreadReason.INCOMPLETE: "sent in part: the EHR holds more than it sent",
}


def deserves_card(unread: Unread) -> bool:
    """True for a medication that may act on the body, a part of the record that is needed, and a
    doubt about whose record it is.
    """
    if unread.reason in _PARTS:
        return unread.kind in _NEEDED
    return is_doubt(unread) or (
        unread.kind is EntryKind.MEDICATIONS
        and unread.reason.raises_card
        and unread.systemic
        and unread.current
    )


def is_doubt(unread: Unread) -> bool:
    """True where two Patients with one id contradict each other: it may be anybody's record."""
    return unread.kind is EntryKind.PATIENT and unread.reason is UnreadReason.CONFLICT


def unread_card(unread: Sequence[Unread], knowledge: Knowledge, site: CardSite) -> Card:
    """The card about what was not read. `unread` has at least one that deserves it."""
    lines: list[str] = []
    doubts = [one for one in unread if is_doubt(one)]
    rest = [one for one in unread if not is_doubt(one)]
    for intro, said in ((_TAKEN_AS_ONE, doubts), (_NOT_PART, rest)):
        if said:
            lines += [intro, "", *unread_lines(said), ""]
    detail = "\n".join([*lines, footer(knowledge)])
    return card(_summary(unread), "info", detail, NOT_READ, site)


def unread_lines(unread: Sequence[Unread]) -> list[str]:
    """Bullets: an entry a line, and one for all parts of the record that share a reason."""
    parts: dict[tuple[UnreadReason, str], list[str]] = {}
    entries: list[str] = []
    for one in sorted(unread, key=lambda each: not deserves_card(each)):
        if one.reason in _PARTS:
            parts.setdefault((one.reason, one.detail), []).append(plain(one.text or one.reference))
        else:
            entries.append(_line(one))
    lines = [
        f"- {', '.join(names)}: {_part_words(reason, detail)}"
        for (reason, detail), names in parts.items()
    ]
    rest = len(entries) - _MOST_LINES
    if rest > 0:
        entries[_MOST_LINES:] = [f"- and {rest} more"]
    return lines + entries


def _part_words(reason: UnreadReason, detail: str) -> str:
    if reason is UnreadReason.INCOMPLETE and detail:
        return f"not complete ({plain(detail)})"
    return _WORDS[reason] + _detail(detail)


def _line(unread: Unread) -> str:
    # The text of somebody else's entry has no place on this patient's card.
    text = "" if unread.reason is UnreadReason.OTHER_PATIENT else unread.text
    where = plain(unread.reference)
    name = f"“{plain(text)}” ({where})" if text else where or "an entry without an id"
    disputed = unread.reason is UnreadReason.CONFLICT and not unread.text
    word = _CONTRADICTED if disputed else _WORDS[unread.reason]
    return f"- {name}: {word}{_detail(unread.detail)}"


def _detail(detail: str) -> str:
    return f" ({plain(detail)})" if detail else ""


def _summary(unread: Sequence[Unread]) -> str:
    loud = [one for one in unread if deserves_card(one) and one.reason not in _PARTS]
    medications = sum(not is_doubt(one) for one in loud)
    missing = [one for one in unread if deserves_card(one) and one.reason in _PARTS]
    # A part can lack more than one thing; a page in a file has no name but its kind.
    labs = dict.fromkeys(
        one.text or one.kind.value for one in missing if one.kind is EntryKind.LABS
    )
    parts = dict.fromkeys(one.text or one.kind.value for one in missing)
    if len(labs) > _MOST_LABS:
        parts = {name: None for name in parts if name not in labs}
        parts[f"{len(labs)} kinds of laboratory result"] = None
    said = ["two Patients with one id differ"] if len(loud) > medications else []
    if medications:
        noun = "medication entry" if medications == 1 else "medication entries"
        said.append(f"{medications} {noun} could not be read")
    if parts:
        said.append(f"not fully sent by the EHR: {', '.join(parts)}")
    return f"Cramp check incomplete: {'; '.join(said)}"
