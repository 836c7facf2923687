"""What a site changed of the knowledge, kept with the knowledge that it changed."""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class SiteChange(Struct, frozen=True):
    """One change of a site: what was, what is now, and who answers for it."""

    what: str  # jurisdiction | lab_code | drug_code | order_code | rule
    target: str  # id of a lab or rule, names of ingredients; empty for the jurisdiction
    was: str
    now: str
    by: str
    date: date
    reason: str
    file: str


class SiteOverlay(Struct, frozen=True):
    """The overlay in force. `digest` tells two states of its files apart."""

    id: str
    label: str
    digest: str  # hexadecimal
    changes: tuple[SiteChange, ...]
    jurisdiction: str = ""  # empty where the overlay names none


class SiteDrugCode(Struct, frozen=True):
    """A drug code of the site and what it stands for; `route` is empty where none is given."""

    system: str
    code: str
    name: str
    ingredients: tuple[str, ...]
    route: str = ""


class SiteOrderCode(Struct, frozen=True):
    """Under which code a site orders a lab."""

    system: str
    code: str
    name: str
