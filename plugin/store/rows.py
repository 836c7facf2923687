"""An outcome as a row, and what makes two posts of it the same. Pure."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from cds_hooks.feedback import Feedback, text
from cds_hooks.model import Caller
from plugin.store.clock import DAY_MS, ms_of
from plugin.store.tables import ID


def who(caller: Caller | None) -> tuple[str, str]:
    """Issuer and tenant as the tables take them; both empty where clients need not sign."""
    return (text(caller.issuer, ID), text(caller.tenant, ID)) if caller else ("", "")


def row_of(
    entry: Feedback,
    *,
    service: str,
    caller: Caller | None,
    received_ms: int,
    keep_comments: bool,
) -> dict[str, Any]:
    """A row of the table `feedback`, without its number."""
    issuer, tenant = who(caller)
    outcome_ms = _outcome_ms(entry, received_ms)
    reason = entry.reason
    return {
        "key": _key(entry, service, issuer, tenant),
        "issuer": issuer,
        "tenant": tenant,
        "service": service,
        "card": entry.card,
        "outcome": entry.outcome.value,
        "suggestions": list(entry.suggestions),
        "reason_system": reason.system,
        "reason_code": reason.code,
        "reason_display": reason.display,
        "commented": bool(reason.comment),
        "comment": (reason.comment or None) if keep_comments else None,
        "outcome_ms": received_ms if outcome_ms is None else outcome_ms,
        "timed": outcome_ms is not None,
        "received_ms": received_ms,
    }


def _outcome_ms(entry: Feedback, received_ms: int) -> int | None:
    """When it happened. A clock that is more than a day ahead tells nothing: it would win for ever
    over what happens later.
    """
    told = ms_of(entry.at) if entry.at else None
    return told if told is not None and told <= received_ms + DAY_MS else None


def _key(entry: Feedback, service: str, issuer: str, tenant: str) -> bytes:
    """The same for two posts of one event: who, which card, what, why in code, and when.

    Not the comment: it is not kept, and its digest would tell on a short one.
    """
    reason = entry.reason
    at = "" if entry.at is None else entry.at.isoformat()
    event = (issuer, tenant, service, entry.card, entry.outcome.value, entry.suggestions)
    return hashlib.sha256(msgspec.json.encode((*event, reason.system, reason.code, at))).digest()
