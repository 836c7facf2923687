"""Whose is an address, such as the fullUrl of a Bundle's entry, that other documents use.

It is the one Patient's who claims it. Where two do, nobody can say whose the entries under it are:
they are given to neither, and the address fails with a reason that names both. Keys are bytes, as
they lie on disk.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

from plugin.screening.placing.ownership import PATIENT
from plugin.screening.visible import visible

# Of the Patients that claim an address, the first and the last by key: two of them, if not one.
Claim: TypeAlias = tuple[bytes, bytes]
_BY_ID = f"{PATIENT}/".encode()
_URN = b"urn:"


def implied_address(key: bytes) -> bytes:
    """The address that is made of the id of a Patient with a key; a URN is one itself."""
    return key if key.startswith(_URN) else (b"urn:uuid:" + key.partition(b"/")[2]).lower()


def is_by_id(address: bytes) -> bool:
    """True for an address that is made like an id, such as `Patient/1`."""
    return address.startswith(_BY_ID)


def settled(said: Mapping[bytes, Claim], persons: Collection[bytes]) -> dict[bytes, Claim]:
    """Who claims each address, if the keys of Patients that are or imply one count as well.

    An address that is the id of a Patient is left out: it is that Patient's, whoever else claims
    it, since a `fullUrl` copied from a template would make one patient of all.
    """
    claims = {address: claim for address, claim in said.items() if not _is_id(address, persons)}
    for person in persons:
        address = implied_address(person)
        if address in claims:
            first, last = claims[address]
            claims[address] = min(first, person), max(last, person)
    return claims


def _is_id(address: bytes, persons: Collection[bytes]) -> bool:
    return is_by_id(address) and address in persons


def disputed(claim: Claim) -> str:
    """Why nobody gets what lies under an address."""
    first, last = (visible(key.decode("utf-8", "replace")) for key in claim)
    return (
        f"two Patients have this address, {first} and {last}, so that nobody can say whose its "
        "entries are; give each Patient a fullUrl of its own."
    )
