"""The words of the report: what a state or reason of ours is called on paper."""

from __future__ import annotations

from knowledge.model import Level
from plugin.model import NotAssessed, UnreadReason
from plugin.screening.report.labs import LabKnown

LEVEL_WORDS = {
    Level.CRITICAL: "critical",
    Level.WARNING: "warning",
    Level.INFO: "info",
}
NOT_ASSESSED_WORDS = {
    NotAssessed.UNDER_18: "under 18 years",
    NotAssessed.DECEASED: "deceased",
}
LAB_WORDS = {
    LabKnown.CURRENT: "current",
    LabKnown.OLDER: "too old",
    LabKnown.NONE: "none on file",
    LabKnown.SUSPECT: "doubtful",
    LabKnown.UNREAD: "not readable",
}
UNREAD_WORDS = {
    UnreadReason.NO_DRUG_NAMED: "A medication that names no known drug",
    UnreadReason.EMPTY: "An entry with neither code nor text",
    UnreadReason.CODE_NOT_KNOWN: "A medication with only a product code, unknown without RxNorm",
    UnreadReason.AMBIGUOUS: "A medication that could be one of several drugs",
    UnreadReason.CONFLICT: "An entry that contradicts itself, or another with its id",
    UnreadReason.SUPPLY: "A supply or device, not a drug",
    UnreadReason.NO_KNOWN_MEDICATION: "A statement that there is no known medication",
    UnreadReason.REFERENCE_NOT_FOUND: "A medication that points to a resource that is not there",
    UnreadReason.OTHER_PATIENT: "An entry that belongs to another patient",
    UnreadReason.SUPERSEDED: "An entry that a newer version of itself replaces",
    UnreadReason.MALFORMED: "An entry that is not a valid resource",
    UnreadReason.UNIT_NOT_KNOWN: "A result in a unit that cannot be converted",
    UnreadReason.VALUE_NOT_READ: "A result whose value is no number",
    UnreadReason.DATE_NOT_READ: "A result without a usable date",
    UnreadReason.STATUS_NOT_KNOWN: "An entry without a known status",
    UnreadReason.MODIFIER: "An entry with a modifier that is not understood",
    UnreadReason.NOT_SENT: "A part of the record that was not sent",
    UnreadReason.INCOMPLETE: "A part of the record that was sent in part",
}


def unread_words(reason: str) -> str:
    """A reason of the answers in words; one that is not known here, as it is written."""
    return UNREAD_WORDS[UnreadReason(reason)] if reason in list(UnreadReason) else reason
