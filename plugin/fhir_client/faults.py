"""How a request to a FHIR server ended, and the sentence about one that failed.

A sentence holds statuses and codes, never an address, a token, or text that the server wrote: it
stands on cards and in OperationOutcomes.
"""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a request, as metrics and logs count it."""

    FETCHED = "fetched"
    DENIED = "denied"  # 401, 403
    NOT_FOUND = "not-found"  # 404, 410
    BUSY = "busy"  # 429, 503, and no time or patience left to ask again
    REJECTED = "rejected"  # any other 4xx
    SERVER_FAULT = "server-fault"  # any other 5xx
    REDIRECT = "redirect"  # never followed
    TIMED_OUT = "timed-out"
    UNREACHABLE = "unreachable"  # no such name, no connection, no trusted certificate
    ADDRESS_REFUSED = "address-refused"  # the name leads to an address that is not for us
    NOT_FHIR = "not-fhir"  # HTML, broken JSON, another resource than was asked for
    TOO_LARGE = "too-large"
    NOT_ALLOWED = "not-allowed"  # not asked: the scope of the token does not cover it


class FetchFault(Exception):  # noqa: N818
    """A request failed. The message completes "was not sent, and ..."."""

    def __init__(self, outcome: Outcome, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message


class AddressRefused(Exception):  # noqa: N818
    """A host name leads to an address that may not be connected to."""


def timed_out() -> FetchFault:
    """The fault of whatever was not there when the time was over."""
    return FetchFault(Outcome.TIMED_OUT, "the FHIR server gave no whole answer in time")
