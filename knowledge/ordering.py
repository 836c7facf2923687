"""Under which code a lab is ordered: the code of the site, else a LOINC code that is confirmed."""

from __future__ import annotations

from msgspec import Struct

from knowledge.enums import Status
from knowledge.model import Lab

LOINC = "http://loinc.org"
# The addresses by which FHIR names the systems that an overlay may name in short.
_ADDRESSES = {
    "loinc": LOINC,
    "snomed": "http://snomed.info/sct",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "atc": "http://www.whocc.no/atc",
    "unii": "http://fdasis.nlm.nih.gov",
}


class OrderCode(Struct, frozen=True):
    """A code as FHIR writes it. `status` is whether a source or the site answers for it."""

    system: str  # an address
    code: str
    name: str
    status: Status
    of_site: bool


def address_of(system: str) -> str:
    """How FHIR names a system that we name in short; LOINC where none is named."""
    return _ADDRESSES.get(system, system) or LOINC


def order_code(lab: Lab) -> OrderCode | None:
    """The code to order a lab by, be it confirmed or not; None where it has none."""
    site = lab.site_order
    if site is not None:
        return OrderCode(
            address_of(site.system), site.code, site.name, Status.VERIFIED, of_site=True
        )
    for code in lab.codes:
        if code.loinc == lab.order_loinc and not code.system:
            return OrderCode(LOINC, code.loinc, code.name, code.status, of_site=False)
    return None


def orderable(lab: Lab) -> OrderCode | None:
    """The same, if it may be put on an order: nobody orders by a code that nothing confirms."""
    code = order_code(lab)
    return code if code is not None and code.status is not Status.UNCONFIRMED else None
