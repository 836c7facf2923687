"""The fields of our data files. TOML has types of its own, so nothing is converted by guess.

marshmallow would read the text "5" as a number and "yes" as true; here each is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from marshmallow import ValidationError, fields

from knowledge.fact_text import FactError, number, parse_fact
from knowledge.vocabulary import AnyFact, Condition, Interacts

_MOST_DIGITS = 15  # before the point, and zeros behind it
_MISSING: dict[str, Any] = {"required": "is missing", "null": "is missing"}


class _Field(fields.Field[Any]):
    """A field whose messages are our sentences."""

    default_error_messages = _MISSING


class Text(_Field):
    """Text that is not blank. `check` gives a complaint about the text, or an empty one."""

    def __init__(
        self, *, blank: bool = False, check: Callable[[str], str] | None = None, **kwargs: Any
    ) -> None:
        """`blank` allows an empty text."""
        super().__init__(**kwargs)
        self._blank = blank
        self._check = check

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(f"must be text in quotes, not {_named(value)}")
        if not value.strip() and not self._blank:
            raise ValidationError("is empty")
        if value != value.strip():
            raise ValidationError("begins or ends with a space; remove it")
        if value and self._check and (complaint := self._check(value)):
            raise ValidationError(complaint)
        return value


class Flag(_Field):
    """true or false."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(f"must be true or false, not {_named(value)}")
        return value


class Whole(_Field):
    """A whole number."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError(f"must be a whole number, not {_named(value)}")
        if abs(value) >= 10**_MOST_DIGITS:
            raise ValidationError("is beyond any number that is counted")
        return value


class Number(_Field):
    """A number, exact as written: `0.70` and `0.7` are the same."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            raise ValidationError(f"must be a number, not {_named(value)}")
        if isinstance(value, Decimal) and not value.is_finite():
            raise ValidationError("must be a finite number")
        if abs(Decimal(value).adjusted()) > _MOST_DIGITS:
            raise ValidationError("is beyond any number that is measured")
        return number(str(value))


class Day(_Field):
    """A date, written 2026-11-22 without quotes."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise ValidationError(f"must be a date such as 2026-11-22, not {_named(value)}")
        return value


class OneOf(_Field):
    """One word of an enum, or of a list of words."""

    def __init__(self, words: type[Enum] | Iterable[str], **kwargs: Any) -> None:
        """An enum gives its member; a list gives the word itself."""
        super().__init__(**kwargs)
        is_enum = isinstance(words, type)
        self._words: dict[str, Any] = (
            {str(member.value): member for member in words}  # type: ignore[union-attr]
            if is_enum
            else {str(word): word for word in words}
        )

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, str) or value not in self._words:
            raise ValidationError(f"must be one of {', '.join(self._words)}, not {_named(value)}")
        return self._words[value]


class Many(_Field):
    """A list of what another field reads, as a tuple; every faulty item is reported."""

    def __init__(
        self, inner: fields.Field[Any], *, at_least: int = 0, unique: bool = False, **kwargs: Any
    ) -> None:
        """`at_least` is the shortest list allowed; `unique` refuses an item that is there twice."""
        super().__init__(**kwargs)
        self._inner = inner
        self._at_least = at_least
        self._unique = unique

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValidationError(f"must be a list in [ ], not {_named(value)}")
        items = collect(value, self._inner.deserialize)
        if len(items) < self._at_least:
            raise ValidationError(f"needs at least {self._at_least}")
        if self._unique:
            twice = sorted({str(item) for item in items if items.count(item) > 1})
            if twice:
                raise ValidationError(f"names {', '.join(twice)} twice")
        return items


class Facts(_Field):
    """A `when` list: every item must hold, and an inner list is one-of."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Condition:
        if not isinstance(value, list):
            raise ValidationError(f"must be a list of facts in [ ], not {_named(value)}")
        return collect(value, _clause)


class AnyOfFacts(_Field):
    """A plain list of facts of which one suffices, kept as one clause a fact."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Condition:
        if not isinstance(value, list):
            raise ValidationError(f"must be a list of facts in [ ], not {_named(value)}")
        return collect(value, lambda item: (_fact(item),))


def collect(items: list[Any], read: Callable[[Any], Any]) -> tuple[Any, ...]:
    """Read every item; raise once, with the fault of each by its place in the list."""
    values: list[Any] = []
    faults: dict[Any, Any] = {}
    for index, item in enumerate(items):
        try:
            values.append(read(item))
        except ValidationError as error:
            faults[index] = error.messages
    if faults:
        raise ValidationError(faults)
    return tuple(values)


def fact_text(check: Callable[[AnyFact], str] | None = None) -> Text:
    """A text that must be a fact, kept as text."""

    def complain(text: str) -> str:
        try:
            fact = parse_fact(text)
        except FactError as error:
            return str(error)
        return check(fact) if check else ""

    return Text(check=complain)


def partner_complaint(text: str) -> str:
    """A `with` key may name a drug or group, or a fact about an interaction."""
    if ":" not in text:
        return ""
    try:
        fact = parse_fact(text)
    except FactError as error:
        return str(error)
    return "" if isinstance(fact, Interacts) else "must be a drug, a group or interaction:..."


def _clause(item: Any) -> tuple[AnyFact, ...]:
    if isinstance(item, list):
        if not item:
            raise ValidationError("is an empty list of which one fact should hold")
        return collect(item, _fact)
    return (_fact(item),)


def _fact(item: Any) -> AnyFact:
    if not isinstance(item, str):
        raise ValidationError(f"must be a fact in quotes, not {_named(item)}")
    try:
        return parse_fact(item)
    except FactError as error:
        raise ValidationError(str(error)) from error


_TYPE_NAMES = {bool: "true or false", int: "a number", Decimal: "a number", list: "a list"}


def _named(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, date):
        return "a date"
    return _TYPE_NAMES.get(type(value), "a table")
