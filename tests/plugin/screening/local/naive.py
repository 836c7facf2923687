"""Which resources are whose, over plain values: slow, and without a line of what it judges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
Entry = tuple[Json, str]  # a resource and its fullUrl
_SHARED = ("Medication", "Specimen")
_ABOUT_SENDING = ("Bundle", "OperationOutcome")
_USED = (
    "MedicationRequest", "MedicationStatement", "Observation", "Condition", "Patient", *_SHARED,
)  # fmt: skip


def by_patient(documents: list[Json]) -> dict[str, list[Entry]]:
    """Each patient's entries, by reference."""
    opened = [_entries(document) for document in documents]
    everywhere = [entry for entries in opened for entry in entries]
    found: dict[str, list[Entry]] = {}
    near: dict[str, list[Entry]] = {}
    for entries in opened:
        owners = [_owner(entry, entries, everywhere) for entry in entries]
        held = [entry for entry in entries if _type(entry[0]) in _SHARED]
        for entry, owner in zip(entries, owners, strict=True):
            if owner:
                found.setdefault(owner, []).append(entry)
        if len(entries) > 1:
            for owner in set(owners) - {""}:
                own = [entry for entry, one in zip(entries, owners, strict=True) if one == owner]
                alone = set(owners) - {""} == {owner}
                near.setdefault(owner, []).extend(held if alone else _needed(own, held))
    for owner, entries in found.items():
        entries.extend(near.get(owner, []))
        entries.extend(_reached(entries, near.get(owner, []), everywhere))
    return found


def _entries(document: Json) -> list[Entry]:
    if document.get("resourceType") != "Bundle":
        return [(document, "")]
    return [(one["resource"], one.get("fullUrl", "")) for one in document["entry"]]


def _type(resource: Json) -> str:
    return str(resource.get("resourceType", ""))


def _owner(entry: Entry, document: list[Entry], everywhere: list[Entry]) -> str:
    resource, _ = entry
    persons = {_own(one, url) for one, url in document if _type(one) == "Patient"} - {""}
    only = _who(persons.pop(), everywhere) if len(persons) == 1 else ""
    kind = _type(resource)
    if kind == "Patient":
        return _who(_own(*entry), everywhere)
    if kind not in _USED:
        return only if kind in ("", "observation", *_ABOUT_SENDING) else ""
    if kind in _SHARED:
        return ""
    key = _key(resource.get("subject", {}).get("reference", ""))
    if not key:
        return only
    if not key.startswith(("Patient/", "urn:")):
        return ""
    near = _claimants(key, document)
    return _who(near.pop() if len(near) == 1 else key, everywhere)


def _who(address: str, everywhere: list[Entry]) -> str:
    """The one Patient who claims an address; the address itself where several do, or nobody."""
    claims = _settled(address, everywhere) if address else set()
    return claims.pop() if len(claims) == 1 else address


def nobodys(documents: list[Json]) -> dict[str, set[str]]:
    """The addresses that several Patients claim and that something points to, with their claims."""
    everywhere = [entry for document in documents for entry in _entries(document)]
    claims = {address: _settled(address, everywhere) for address in by_patient(documents)}
    return {address: found for address, found in claims.items() if len(found) > 1}


def _claimants(address: str, entries: list[Entry]) -> set[str]:
    """Whose an address is: the one Patient's with that id; else all that have it or imply it."""
    found: set[str] = set()
    for one, url in entries:
        if _type(one) == "Patient":
            own = _own(one, url)
            if own == address and own.startswith("Patient/"):
                return {own}
            if address in (own, _key(url), _urn(one.get("id", ""))):
                found.add(own)
    return found


def _settled(address: str, everywhere: list[Entry]) -> set[str]:
    """The same, of all documents: a Patient without an id is who has the id of its address."""
    found = _claimants(address, everywhere)
    persons = {_own(one, url) for one, url in everywhere if _type(one) == "Patient"}
    implying = {own for own in persons if _urn(own.partition("/")[2]) == address}
    named = (found | implying) - {address}
    if address.startswith("Patient/") or not implying:
        return found
    return named if len(named) == 1 else found | implying


def _urn(id_: str) -> str:
    return f"urn:uuid:{id_}".lower() if id_ else ""


def _own(person: Json, url: str) -> str:
    return f"Patient/{person['id']}" if person.get("id") else _key(url)


def _key(reference: str) -> str:
    if reference.startswith("#"):
        return ""
    text = reference.split("/_history/", maxsplit=1)[0]
    return text.lower() if text.startswith("urn:") else "/".join(text.split("/")[-2:])


def _keys(entry: Entry) -> set[str]:
    resource, url = entry
    id_ = resource["id"]
    return {f"{_type(resource)}/{id_}", id_, f"urn:uuid:{id_.lower()}", url} - {""}


def _points(entry: Entry) -> Iterator[str]:
    resource, _ = entry
    if _type(resource) in _SHARED:
        for part in resource.get("ingredient", []):
            yield _key(part["itemReference"]["reference"])
    elif _type(resource) in _USED:
        for name in ("medicationReference", "specimen"):
            yield _key(resource.get(name, {}).get("reference", ""))
        named = resource.get("medication")  # of R5
        if isinstance(named, dict) and "reference" in named:
            yield _key(named["reference"]["reference"])


def _needed(own: list[Entry], held: list[Entry]) -> list[Entry]:
    """What entries point to among those held, and what that points to in turn."""
    reached: list[Entry] = []
    left = list(own)
    while left:
        wanted = set(_points(left.pop())) - {""}
        for entry in held:
            if _keys(entry) & wanted and entry not in reached:
                reached.append(entry)
                left.append(entry)
    return reached


def _reached(own: list[Entry], near: list[Entry], everywhere: list[Entry]) -> list[Entry]:
    """What entries point to, in whatever document, unless one of their own holds it."""
    names = {key for one in near for key in _keys(one)}
    reached: list[Entry] = []
    left = list(own)
    while left:
        wanted = set(_points(left.pop())) - {""} - names
        for entry in everywhere:
            if _type(entry[0]) in _SHARED and _keys(entry) & wanted and entry not in reached:
                reached.append(entry)
                left.append(entry)
    return reached
