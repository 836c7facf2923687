"""The words of which a value is one: levels, how sure a statement is, signal tiers, routes."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How much a finding asks of the reader. Ordered by `rank`."""

    NONE = "none"
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    rank: int  # 0 for none to 3 for critical


for _rank, _level in enumerate(Level):
    _level.rank = _rank  # an attribute, since it is asked of every finding of every patient


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

    systemic: bool  # False where too little is absorbed to count as exposure


_LOCAL_ROUTES = frozenset({RouteClass.TOPICAL, RouteClass.OPHTHALMIC, RouteClass.OTIC})
for _route in RouteClass:
    _route.systemic = _route not in _LOCAL_ROUTES  # unknown counts as systemic
