"""The entries of all files -> one draft of the knowledge, with the faults of putting it together.

Here ids meet: doubles are found, groups are expanded, class claims are inherited. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, structs

from knowledge.draft import Declared, Draft, Place
from knowledge.faults import Fault
from knowledge.groups import expand
from knowledge.layout import Kind
from knowledge.model import (
    Claim,
    Group,
    Ingredient,
    Knowledge,
    Status,
)
from knowledge.parse import Entry, ParsedFile
from knowledge.review import FileReview


class _Sorted(Struct):
    """The first entry of every id, by kind, in the order of the files."""

    entries: dict[Kind, dict[str, Entry]]
    faults: list[Fault]

    def values(self, kind: Kind) -> dict[str, Any]:
        """The readable entries of a kind, by id."""
        found = self.entries[kind]
        return {id_: entry.value for id_, entry in found.items() if entry.value is not None}

    def placed(self, kind: Kind) -> dict[str, Any]:
        """The readable entries of a kind, by id, each with the file that it stands in."""
        found = self.entries[kind]
        return {
            id_: structs.replace(value, file=found[id_].file)
            for id_, value in self.values(kind).items()
        }


def assemble(files: Iterable[ParsedFile]) -> Draft:
    """Put files together; the draft holds their faults, and those found here."""
    parsed = list(files)
    entries = _sort(parsed)
    groups, group_faults = _groups(entries)
    knowledge = Knowledge(
        version=next((file.version for file in parsed if file.version), ""),
        ingredients=_ingredients(entries),
        groups=groups,
        mechanisms=entries.values(Kind.MECHANISM),
        products=tuple(entries.values(Kind.PRODUCT).values()),
        labs=entries.values(Kind.LAB),
        conditions=entries.values(Kind.CONDITION),
        constants=entries.values(Kind.CONSTANT),
        terms=entries.values(Kind.TERM),
        rules=tuple(entries.placed(Kind.RULE).values()),
        mitigations=entries.values(Kind.MITIGATION),
        interactions=tuple(entries.placed(Kind.INTERACTION).values()),
        sources=entries.placed(Kind.SOURCE),
        reviews=_reviews(parsed),
        attributes=entries.values(Kind.ATTRIBUTE),
    )
    places = {
        (kind, id_): Place(entry.file, entry.key)
        for kind, found in entries.entries.items()
        for id_, entry in found.items()
    }
    declared = Declared(
        ids={kind: frozenset(found) for kind, found in entries.entries.items()},
        incomplete=frozenset().union(*(file.unreadable for file in parsed)),
    )
    faults = [fault for file in parsed for fault in file.faults]
    return Draft(knowledge, declared, places, [*faults, *entries.faults, *group_faults])


def _reviews(parsed: Iterable[ParsedFile]) -> tuple[FileReview, ...]:
    return tuple(file.review for file in parsed if file.review is not None)


def _sort(parsed: Iterable[ParsedFile]) -> _Sorted:
    found: dict[Kind, dict[str, Entry]] = {kind: {} for kind in Kind}
    faults: list[Fault] = []
    for file in parsed:
        for entry in file.entries:
            first = found[entry.kind].setdefault(entry.id, entry) if entry.id else entry
            if first is not entry:
                faults.append(
                    Fault(
                        entry.file,
                        entry.key,
                        f"the {entry.kind.value} {entry.id} is already in {first.file}; "
                        "keep one of the two",
                    )
                )
    return _Sorted(found, faults)


def _ingredients(entries: _Sorted) -> dict[str, Ingredient]:
    """Ingredients with their group, route and inherited claims."""
    group_of_file = {
        entry.file: entry.value
        for entry in entries.entries[Kind.GROUP].values()
        if entry.value is not None and "members" not in entry.value
    }
    built: dict[str, Ingredient] = {}
    for name, entry in entries.entries[Kind.INGREDIENT].items():
        group = group_of_file.get(entry.file)
        if entry.value is None or group is None:
            continue
        fields = dict(entry.value)
        fields["default_route"] = fields.get("default_route", group["default_route"])
        fields["claims"] = (*fields["claims"], *_inherited(group["claims"], fields["claims"]))
        built[name] = Ingredient(group=group["id"], file=entry.file, **fields)
    return built


def _inherited(of_class: Iterable[Claim], own: Iterable[Claim]) -> tuple[Claim, ...]:
    """The class claims of every kind that the ingredient says nothing of itself."""
    own_kinds = {claim.kind for claim in own}
    return tuple(
        structs.replace(claim, status=Status.VERIFIED_CLASS)
        if claim.status is Status.VERIFIED
        else claim
        for claim in of_class
        if claim.kind not in own_kinds
    )


def _groups(entries: _Sorted) -> tuple[dict[str, Group], list[Fault]]:
    raw = entries.values(Kind.GROUP)
    by_file: dict[str, set[str]] = defaultdict(set)
    for name, entry in entries.entries[Kind.INGREDIENT].items():
        by_file[entry.file].add(name)
    unions: dict[str, tuple[str, ...]] = {}
    base: dict[str, frozenset[str]] = {}
    for id_, entry in entries.entries[Kind.GROUP].items():
        if entry.value is None:
            base[id_] = frozenset()
        elif "members" in entry.value:
            unions[id_] = entry.value["members"]
        else:
            base[id_] = frozenset(by_file[entry.file])
    members, cycles = expand(base, unions)
    faults = [
        Fault(
            entries.entries[Kind.GROUP][id_].file,
            f"group.{id_}.members",
            f"is a circle: {' > '.join(cycle)}; a group cannot contain itself",
        )
        for id_, cycle in cycles.items()
    ]
    places = entries.entries[Kind.GROUP]
    groups = {id_: _group(value, members[id_], places[id_].file) for id_, value in raw.items()}
    return groups, faults


def _group(value: Mapping[str, Any], members: frozenset[str], file: str) -> Group:
    return Group(
        id=value["id"],
        label=value["label"],
        rank=value["rank"],
        members=members,
        claims=value.get("claims", ()),
        never_propose=value["never_propose"],
        never_stopped=value.get("never_stopped", False),
        file=file,
    )
