"""What became of a card: the body of `POST /cds-services/{id}/feedback`, read tolerantly.

One entry, a list without its envelope, bare strings for suggestions, a reason that is only a code,
a time that is missing or cannot be read: none of these loses an outcome. Only an entry that names
no card or no outcome is wrong, and it is named by its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

import msgspec
from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate
from msgspec import Struct

from cds_hooks.errors import BadRequest, TooMany
from cds_hooks.model import Caller
from cds_hooks.schema import faults

MOST_ENTRIES = 10_000  # of one post
ID_LIMIT = 256  # characters, as of other ids
TEXT_LIMIT = 200
COMMENT_LIMIT = 1000
_MOST_SUGGESTIONS = 50
_MOST_LOOKED_AT = 1000
_MOST_SAID = 20  # faults that an answer lists
_MARK = b"\xef\xbb\xbf"


class Outcome(StrEnum):
    """What the clinician did with a card."""

    ACCEPTED = "accepted"
    OVERRIDDEN = "overridden"


class Reason(Struct, frozen=True):
    """Why a card was overridden: the Coding that was chosen, and what was typed beside it.

    `comment` is free text that may name a patient.
    """

    system: str = ""
    code: str = ""
    display: str = ""
    comment: str = ""


class Feedback(Struct, frozen=True):
    """The outcome of one card. `at` is in UTC, and None where no time was sent that can be read."""

    card: str
    outcome: Outcome
    suggestions: tuple[str, ...] = ()  # the accepted ones, sorted
    reason: Reason = Reason()
    at: datetime | None = None


class Batch(Struct, frozen=True):
    """The entries of one post that can be read, and a line for each that cannot."""

    entries: tuple[Feedback, ...]
    faults: tuple[str, ...] = ()


class Kept(Struct, frozen=True):
    """How many outcomes are new, and how many were there already."""

    stored: int
    repeated: int


class FeedbackSink(Protocol):
    """Where outcomes go. `keep` returns once they would survive a loss of power.

    It raises HookError where they cannot be kept now; the client then sends them again.
    """

    def keep(self, service: str, entries: Sequence[Feedback], caller: Caller | None) -> Kept: ...


class EntrySchema(Schema):
    """One entry. What is optional is taken as it comes, and read afterwards."""

    class Meta:
        """What we do not know is left alone."""

        unknown = EXCLUDE

    card = fields.String(
        required=True,
        validate=[validate.Length(1, ID_LIMIT), validate.Regexp(r"\A[^\x00-\x20\x7f]+\Z")],
    )
    outcome = fields.Enum(Outcome, by_value=True, required=True)
    suggestions = fields.Raw(allow_none=True, load_default=None, data_key="acceptedSuggestions")
    reason = fields.Raw(allow_none=True, load_default=None, data_key="overrideReason")
    at = fields.Raw(allow_none=True, load_default=None, data_key="outcomeTimestamp")

    @pre_load
    def _any_case(self, data: Any, **_: Any) -> Any:
        said = data.get("outcome") if isinstance(data, Mapping) else None
        return {**data, "outcome": said.strip().lower()} if isinstance(said, str) else data


_ENTRY = EntrySchema()


def decode_feedback(body: bytes) -> Batch:
    """Read a post. Raises BadRequest for what is no feedback, TooMany for too long a list."""
    sent = _entries(_decoded(body))
    if len(sent) > MOST_ENTRIES:
        raise TooMany(f"A post may bring {MOST_ENTRIES} outcomes, and this one has {len(sent)}.")
    entries: list[Feedback] = []
    wrong: list[str] = []
    for place, one in enumerate(sent):
        try:
            entries.append(_entry(_ENTRY.load(one)))
        except ValidationError as error:
            wrong.append(faults(ValidationError({f"feedback[{place}]": error.messages})))
    return Batch(tuple(entries), tuple(wrong))


def refuse_faults(batch: Batch) -> None:
    """Raise BadRequest that names each entry that could not be read; the others are kept by now."""
    if not batch.faults:
        return
    listed = "; ".join(batch.faults[:_MOST_SAID])
    more = len(batch.faults) - _MOST_SAID
    kept = "1 outcome was" if len(batch.entries) == 1 else f"{len(batch.entries)} outcomes were"
    wrong = "1 entry is" if len(batch.faults) == 1 else f"{len(batch.faults)} entries are"
    raise BadRequest(
        f"{kept} kept, and {wrong} wrong: "
        f"{listed}{f'; and {more} more' if more > 0 else ''}. "
        "Sending the whole list again counts nothing twice."
    )


def _decoded(body: bytes) -> Any:
    body = body.removeprefix(_MARK)
    try:
        body.decode("utf-8")
        return msgspec.json.decode(body)
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not UTF-8 (byte {error.start}).") from None
    except RecursionError:
        raise BadRequest("The body is nested too deeply to be feedback.") from None
    except msgspec.DecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None


def _entries(sent: Any) -> list[Any]:
    """The list of a post, of one without its envelope, or of a single entry."""
    if isinstance(sent, dict):
        sent = sent.get("feedback", [sent] if "card" in sent else None)
    if isinstance(sent, dict):
        sent = [sent]
    if not isinstance(sent, list):
        raise BadRequest("The body is not feedback: it needs a list under the key feedback.")
    return sent


def _entry(loaded: Mapping[str, Any]) -> Feedback:
    return Feedback(
        card=_card(loaded["card"]),
        outcome=loaded["outcome"],
        suggestions=_suggestions(loaded["suggestions"]),
        reason=_reason(loaded["reason"]),
        at=read_time(loaded["at"]),
    )


def _card(sent: str) -> str:
    """A card's id; ours are UUIDs, whichever way they are written."""
    try:
        return str(UUID(sent))
    except ValueError:
        return sent


def _suggestions(sent: Any) -> tuple[str, ...]:
    listed = sent if isinstance(sent, list) else [sent]
    looked_at = listed[:_MOST_LOOKED_AT]  # a body has room for millions
    ids = (one.get("id", one.get("uuid")) if isinstance(one, dict) else one for one in looked_at)
    named = {_card(text(one, ID_LIMIT)) for one in ids if isinstance(one, str)}
    return tuple(sorted(named - {""})[:_MOST_SUGGESTIONS])


def _reason(sent: Any) -> Reason:
    """`{"reason": Coding, "userComment": ...}`; also a Coding or a code in its place."""
    around: Any = sent if isinstance(sent, dict) else {"reason": sent}
    coding = around.get("reason", around)
    if isinstance(coding, str):
        coding = {"code": coding}
    if not isinstance(coding, dict):
        coding = {}
    return Reason(
        system=text(coding.get("system")),
        code=text(coding.get("code")),
        display=text(coding.get("display")),
        comment=text(around.get("userComment"), COMMENT_LIMIT),
    )


def text(sent: Any, limit: int = TEXT_LIMIT) -> str:
    """Text as one line of printable characters; databases refuse some others."""
    if not isinstance(sent, str):
        return ""
    line = " ".join(sent[: limit * 2].split())
    return "".join(character for character in line if character.isprintable())[:limit]


def read_time(sent: Any) -> datetime | None:
    """A time in UTC; one without its zone counts as UTC. None for what cannot be read."""
    if not isinstance(sent, str):
        return None
    try:
        read = datetime.fromisoformat(sent.strip())
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
