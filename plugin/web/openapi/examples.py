"""The examples of the document: our own samples, and an answer to the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import msgspec

from cds_hooks.errors import operation_outcome
from cds_hooks.model import Service
from plugin.samples import WRITTEN_FOR, order_sample_names, sample, sample_names

Json = dict[str, Any]
_ISSUE_CODES = {
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    412: "required",
    413: "too-long",
    415: "not-supported",
    500: "exception",
    503: "transient",
}


def bodies(name: str, services: Sequence[Service]) -> dict[str, Json]:
    """Bodies of this schema, by the name of each."""
    if name == "Call":
        return calls(services)
    if name == "Feedback":
        return {"accepted": _accepted(), "overridden": _overridden()}
    return {"answer": {"status": 200, "body": msgspec.json.encode(answer("Cards")).decode()}}


def calls(services: Sequence[Service]) -> dict[str, Json]:
    """The samples of the hooks that are served, as they were written."""
    hooks = {service.hook for service in services}
    names = [*sample_names(), *order_sample_names()]
    read = {name: msgspec.json.decode(sample(name, WRITTEN_FOR)) for name in names}
    served = {name: body for name, body in read.items() if body["hook"] in hooks}
    return {name.replace("/", "-"): body for name, body in served.items()}


def answer(name: str) -> Any:
    """An answer of this schema; None where none is shown."""
    if name == "Kept":
        return {"stored": 1, "repeated": 0}
    if name == "Health":
        return {"status": "ok"}
    if name == "Cards":
        shown = files("plugin") / "web" / "openapi" / "cards.json"
        return msgspec.json.decode(shown.read_bytes())
    return None


def outcome(status: int, text: str) -> Json:
    """An OperationOutcome as this status has it."""
    return operation_outcome(_ISSUE_CODES.get(status, "invalid"), text)


def _shown_card() -> Json:
    card: Json = answer("Cards")["cards"][0]
    return card


def _accepted() -> Json:
    """An option was taken up: every outcome names the card, and the option by its uuid."""
    return _feedback({"outcome": "accepted", "acceptedSuggestions": _suggested()})


def _overridden() -> Json:
    reason = _shown_card()["overrideReasons"][0]
    return _feedback({"outcome": "overridden", "overrideReason": {"reason": reason}})


def _suggested() -> list[Json]:
    return [{"id": one["uuid"]} for one in _shown_card().get("suggestions", [])[:1]]


def _feedback(said: Json) -> Json:
    when = f"{WRITTEN_FOR.isoformat()}T09:30:00Z"
    return {"feedback": [{"card": _shown_card()["uuid"], **said, "outcomeTimestamp": when}]}
