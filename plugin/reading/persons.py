"""Are two Patients with one id versions of one person, or two people of two servers?

Of a person nothing is read that answers do not need, so names and identifiers are looked at only
here, for the few Patients that share an id, and nothing of them is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import msgspec


def may_be_two(raws: Sequence[bytes]) -> bool:
    """True where two of the Patients contradict each other in who they are.

    Their birth dates differ; or a system gave them different identifiers and none the same; or
    their names have no word in common. What one of them does not say contradicts nothing.
    """
    people = [one for raw in raws if isinstance(one := _value(raw), dict)]
    return any(_contradict(one, other) for one, other in combinations(people, 2))


def _contradict(one: dict[str, Any], other: dict[str, Any]) -> bool:
    born, born_there = (_text(each.get("birthDate")) for each in (one, other))
    if not born.startswith(born_there) and not born_there.startswith(born):
        return True
    known, known_there = set(_identifiers(one)), set(_identifiers(other))
    systems = {system for system, _ in known} & {system for system, _ in known_there}
    if systems and not known & known_there:
        return True
    called, called_there = set(_names(one)), set(_names(other))
    return bool(called and called_there) and not called & called_there


def _identifiers(person: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for one in _objects(person.get("identifier")):
        if value := _text(one.get("value")):
            yield _text(one.get("system")), value


def _names(person: dict[str, Any]) -> Iterator[str]:
    """The words of every name."""
    for one in _objects(person.get("name")):
        given = one.get("given")
        parts = [one.get("text"), one.get("family"), *(given if isinstance(given, list) else ())]
        for part in parts:
            yield from _text(part).casefold().replace(",", " ").split()


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    yield from (one for one in listed if isinstance(one, dict))


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _value(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
