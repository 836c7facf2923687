"""The words of which a value is one: levels, how sure a statement is, signal tiers, routes."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How much a finding asks of the reader. Ordered by `rank`."""

    NONE = "none"
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for none to 3 for critical."""
        return _LEVEL_RANK[self]


_LEVEL_RANK = {Level.NONE: 0, Level.INFO: 1, Level.WARNING: 2, Level.CRITICAL: 3}


class Status(StrEnum):
    """Whether a statement was found in a named source."""

    VERIFIED = "verified"
    VERIFIED_CLASS = "verified-class"  # found for the drug class, not for the drug itself
    UNCONFIRMED = "unconfirmed"  # recalled, or our own choice: may not raise a card alone


class Tier(StrEnum):
    """How strong the link to muscle cramps is, and so what a drug may do."""

    ALONE = "1"  # may raise a card alone
    TOGETHER = "2"  # only with its partner, its abnormal lab, or an unknown lab and a symptom
    LISTED = "3"  # only listed on expansion
    NONE = "0"  # never flagged as a cause
    NEVER = "never"  # never proposed; flagged when taken (quinine)


class RouteClass(StrEnum):
    """Where a medicine is put, as far as exposure of muscle is concerned."""

    ORAL = "oral"
    PARENTERAL = "parenteral"
    INHALED = "inhaled"
    NEBULISED = "nebulised"
    NASAL = "nasal"
    TRANSDERMAL = "transdermal"
    RECTAL = "rectal"
    VAGINAL = "vaginal"
    TOPICAL = "topical"
    OPHTHALMIC = "ophthalmic"
    OTIC = "otic"
    UNKNOWN = "unknown"

    @property
    def systemic(self) -> bool:
        """False where too little is absorbed to count as exposure; unknown counts as systemic."""
        return self not in _LOCAL_ROUTES


_LOCAL_ROUTES = frozenset({RouteClass.TOPICAL, RouteClass.OPHTHALMIC, RouteClass.OTIC})
