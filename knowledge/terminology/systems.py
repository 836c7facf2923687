"""Code systems by any of the names they are sent under."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.terminology.tables import systems

_PREFIX = re.compile(r"^(?:urn:oid:|urn:|oid:)?(?:https?://)?(?:www\.)?")


def _plain(system: str) -> str:
    text = system.strip().casefold().split("|", 1)[0]
    return _PREFIX.sub("", text).rstrip("/ ")


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    return {_plain(alias): name for name, aliases in systems().aliases.items() for alias in aliases}


@lru_cache(maxsize=1024)
def canonical_system(system: str) -> str:
    """`rxnorm`, `atc`, `snomed`, `ndc` ... for any alias of one of them; empty if it is none."""
    return _aliases().get(_plain(system), "")


def system_key(system: str) -> str:
    """The short name of a known system, else the system without what aliases differ by."""
    return canonical_system(system) or _plain(system)
