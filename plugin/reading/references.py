"""What a reference points to: by address in the Bundle, by `urn:uuid`, by type and id, or inside.

A key is the same for `Medication/1`, `https://host/fhir/Medication/1` and a version of either, so
that a server that rewrites its own address does not hide what it sent.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Raw

from plugin.reading.elements import Reference
from plugin.reading.memo import remembered
from plugin.reading.repair import decode
from plugin.reading.shapes import Resource


@remembered
def key_of(reference: str) -> str:
    """The key of a reference: `Type/id`, or a URN in lower case; empty for none."""
    text = reference.strip().partition("/_history/")[0].rstrip("/")
    if text[:4].lower() == "urn:":
        return text.lower()
    return "/".join(text.rsplit("/", 2)[-2:])


def keys_of(resource: Resource, type_name: str, urls: Iterable[str]) -> set[str]:
    """Every key under which others may point to a resource."""
    keys = {key_of(url) for url in urls}
    if resource.id:  # alone as well: some write a reference without its type
        keys |= {f"{type_name}/{resource.id}", resource.id, f"urn:uuid:{resource.id}".lower()}
    return keys - {""}


class Directory:
    """The resources that others point to, by key. Notes which of them were asked for."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, Resource]] = {}
        self.used: set[int] = set()  # numbers given to `add`, of those that were found

    def add(self, number: int, resource: Resource, keys: Iterable[str]) -> None:
        """List a resource. The first one under a key stays, so add in a fixed order."""
        for key in keys:
            self._found.setdefault(key, (number, resource))

    def find(self, reference: Reference | None, contained: tuple[Raw, ...]) -> Resource | None:
        """What a reference points to; None where it was not sent or cannot be read."""
        if reference is None or not reference.reference:
            return None
        if reference.reference.startswith("#"):
            return _inside(reference.reference[1:], contained)
        number, resource = self._found.get(key_of(reference.reference), (-1, None))
        if resource is not None:
            self.used.add(number)
        return resource


def _inside(id_: str, contained: tuple[Raw, ...]) -> Resource | None:
    for raw in contained:
        decoded = decode(bytes(raw))
        found = decoded.resource
        if found is not None and not decoded.broken and found.id.removeprefix("#") == id_:
            return found
    return None
