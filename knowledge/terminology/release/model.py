"""What a release says of a code or a name, and the door through which it is asked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct


class Substance(Struct, frozen=True):
    """An ingredient (TTY=IN) by its RxCUI and the name that the release has for it."""

    rxcui: str
    name: str


class Released(Struct, frozen=True):
    """What the release says of one code.

    `ingredients` is empty where it does not say them for certain, with the reason in `detail`; the
    `name` may then be read. `kind` is RxNorm's term type: IN, SCD, SBD, GPCK ...
    """

    rxcui: str
    kind: str
    name: str
    ingredients: tuple[Substance, ...]
    retired: bool = False
    detail: str = ""


class ReleaseInfo(Struct, frozen=True):
    """Which release an index was built from. Dates are ISO 8601; empty where nothing tells."""

    build: str  # differs from one import to the next
    subset: str  # full, prescribe or weekly
    version: str  # as RXNSAB says it: 20AA_201102F
    date: str
    imported: str
    counts: Mapping[str, int]

    @property
    def label(self) -> str:
        """`RxNorm full of 2026-11-02 (20AA_261102F)`, as far as that is known."""
        date = self.date or "a date that it does not tell"
        return f"RxNorm {self.subset} of {date}" + (f" ({self.version})" if self.version else "")


class Release(Protocol):
    """An index that can be asked. Safe to share between threads and forked processes."""

    @property
    def info(self) -> ReleaseInfo:
        """Which release it is."""
        ...

    def of_code(self, system: str, code: str) -> Released | None:
        """What a code of `rxnorm`, `ndc`, `atc`, `snomed` ... stands for; None if not held."""
        ...

    def named(self, words_key: str) -> Released | None:
        """What a name stands for, given as `tokens.key` writes it; None if not held."""
        ...

    def longest(self) -> Mapping[str, int]:
        """For every first word of a name of a substance or brand, the words of the longest."""
        ...
