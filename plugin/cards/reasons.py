"""Why a clinician may set a card aside, by the topic of the card.

Some reasons last: they will be as true at the next visit, so a card that was overridden with one of
them need not come back at once. Others ask that the record be mended, or are of the moment.
"""

from __future__ import annotations

REASON_SYSTEM = "urn:crampcheck:override-reason"
# Static and alphanumeric: EHRs remember what a clinician overrode by these codes of topics.
FOUND_CODE = "DrugsLinkedToMuscleCramps"
NOT_READ_CODE = "RecordNotRead"
NOT_ASSESSED_CODE = "PatientNotAssessed"

# What is said again is the same again. `not-taking` and `record-wrong` do not last: once the list
# is mended nothing is left to silence, and until then the next reader needs to know.
LASTING = frozenset(
    {"already-managed", "benefit-outweighs", "other-cause", "patient-declines", "read-elsewhere"}
)

_TEXTS = {
    "already-managed": "Already known and managed",
    "benefit-outweighs": "The benefit of the drug outweighs this",
    "other-cause": "The cramps have another cause",
    "patient-declines": "Discussed with the patient, who declines",
    "read-elsewhere": "I have read that part of the record myself",
    "not-taking": "The patient does not take this drug",
    "record-wrong": "The record is wrong or out of date",
    "not-now": "Not now",
}
_OF_TOPIC = {
    FOUND_CODE: (
        *("already-managed", "benefit-outweighs", "other-cause", "patient-declines"),
        *("not-taking", "record-wrong", "not-now"),
    ),
    NOT_READ_CODE: ("read-elsewhere", "record-wrong", "not-now"),
    NOT_ASSESSED_CODE: ("record-wrong", "not-now"),
}

REASONS = {
    topic: [{"system": REASON_SYSTEM, "code": code, "display": _TEXTS[code]} for code in codes]
    for topic, codes in _OF_TOPIC.items()
}
