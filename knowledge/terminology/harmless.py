"""The words that name no drug, as sets: read once from words.toml and forms.toml."""

from __future__ import annotations

from functools import lru_cache

from knowledge.terminology.tables import forms, words
from knowledge.terminology.tokens import key


@lru_cache(maxsize=1)
def harmless_words() -> frozenset[str]:
    """Every word that names no drug."""
    lists = words().words
    told = (*lists.salts, *lists.units, *lists.forms, *lists.instructions, *lists.classes)
    phrases = (
        name
        for table in (forms().site, forms().vehicle)
        for names in table.values()
        for name in names
    )
    return frozenset(told) | {word for phrase in phrases for word in key(phrase).split()}


@lru_cache(maxsize=1)
def instruction_words() -> frozenset[str]:
    """Words that begin the instructions."""
    return frozenset(words().words.instructions)


@lru_cache(maxsize=1)
def join_words() -> frozenset[str]:
    """Words that stand between the parts of a combination."""
    return words().joins.strict | words().joins.loose


@lru_cache(maxsize=1)
def unit_words() -> frozenset[str]:
    """Words that may follow the slash of a strength."""
    return frozenset(words().words.units)


@lru_cache(maxsize=1)
def volume_words() -> frozenset[str]:
    """Units of a volume of fluid."""
    return words().strengths.volumes
