"""Write a sign-off into the text of a data file: the review block changes, and nothing else. Pure.

tomlkit keeps comments, order and spacing; what it made is read back and compared, so that a slip
in either cannot change what a file says.
"""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from typing import Any

import tomlkit
from msgspec import Struct
from tomlkit.items import Item, Key, Table

from knowledge.review import REVIEWED
from knowledge.signoff import digest_of

# New keys follow the key that they belong to.
_AFTER = {"credentials": "reviewed_by", "reviewed": "reviewed_by", "digest": "next_review"}
_Body = list[tuple[Key | None, Item]]


class SignOff(Struct, frozen=True):
    """Who has checked a file, when, and when it is due again."""

    reviewer: str
    credentials: str
    reviewed: date
    next_review: date


class CannotSignError(ValueError):
    """The text does not hold a review block that can be signed."""


def signed(text: str, sign_off: SignOff) -> str:
    """The text of a sound data file with a sign-off in its review block.

    An earlier sign-off is replaced. Raises CannotSignError if the block is not written as
    `[review]`.
    """
    content = tomllib.loads(text, parse_float=Decimal)
    block = _block(content.get("review", {}), sign_off)
    block["digest"] = digest_of({**content, "review": block})
    made = _rewritten(text, block)
    if tomllib.loads(made, parse_float=Decimal) != {**content, "review": block}:
        raise CannotSignError("its review block cannot be rewritten; write it as [review]")
    return made


def _block(block: dict[str, Any], sign_off: SignOff) -> dict[str, Any]:
    """The review block as it will be, without its digest."""
    kept = {key: value for key, value in block.items() if key not in ("credentials", "digest")}
    credentials = {"credentials": sign_off.credentials} if sign_off.credentials else {}
    return {
        **kept,
        **credentials,
        "status": REVIEWED,
        "reviewed_by": sign_off.reviewer,
        "reviewed": sign_off.reviewed,
        "next_review": sign_off.next_review,
    }


def _rewritten(text: str, block: dict[str, Any]) -> str:
    document = tomlkit.parse(text)
    table = document.get("review")
    if not isinstance(table, Table):
        raise CannotSignError("it has no review block that is written as [review]")
    newline = "\r\n" if "\r\n" in text else "\n"
    body: _Body = table.value.body
    _replace(body, block)
    for name, after in _AFTER.items():
        if name in block and name not in _places(body):
            item = tomlkit.item(block[name])
            item.trivia.trail = newline
            body.insert(_places(body)[after] + 1, (tomlkit.key(name), item))
    return tomlkit.dumps(document)


def _replace(body: _Body, block: dict[str, Any]) -> None:
    """Give every key its new value, with the comment that stood behind it, or drop it."""
    for name, place in reversed(_places(body).items()):
        key, old = body[place]
        if name not in block:
            del body[place]
            continue
        item = tomlkit.item(block[name])
        item.trivia.comment_ws, item.trivia.comment = old.trivia.comment_ws, old.trivia.comment
        item.trivia.trail = old.trivia.trail
        body[place] = (key, item)


def _places(body: _Body) -> dict[str, int]:
    return {key.key: place for place, (key, _) in enumerate(body) if key is not None}
