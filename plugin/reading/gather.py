"""Decodes every entry once, and settles which of several that say they are the same counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from plugin.reading.context import Entry, is_id, shown_reference
from plugin.reading.dates import when
from plugin.reading.persons import may_be_two
from plugin.reading.plain_shapes import PLAIN
from plugin.reading.repair import decode
from plugin.reading.shapes import Resource
from plugin.reading.source import AnyEntry

_PATIENT = "Patient"
_VERSION_DIGITS = 18
_NONE: frozenset[str] = frozenset()
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
_PLACE = attrgetter("reference", "raw")


class Gathered(Struct, frozen=True):
    """The entries that count, in an order that does not depend on how they were sent.

    `duplicates` is how many said nothing that another did not say; `superseded` are the older
    versions of entries that count. `disputed` are the references of entries that share an id,
    differ, and do not say which is newer: all of those count, since dropping one could hide a drug.
    `strangers` are the references of Patients that share an id and may be two people.
    """

    entries: tuple[Entry, ...]
    superseded: tuple[Entry, ...]
    disputed: frozenset[str]
    duplicates: int
    total: int
    strangers: frozenset[str] = _NONE


def gather(
    raw_entries: Sequence[AnyEntry],
    opened: Callable[[Iterable[AnyEntry]], list[Entry]] | None = None,
) -> Gathered:
    """Decode, drop duplicates, and keep the newest of each type and id.

    `opened` decodes instead where there is nothing to settle (`plain.py`).
    """
    read = opened(raw_entries) if opened else list(map(entry_of, raw_entries))
    by_name = {entry.reference: entry for entry in read}
    if len(by_name) < len(read):
        return _settled(raw_entries, list(map(entry_of, raw_entries)) if opened else read)
    # Nearly always: each has a name of its own, so that there is nothing to settle.
    return Gathered(tuple([by_name[name] for name in sorted(by_name)]), (), _NONE, 0, len(read))


def entry_of(sent: AnyEntry) -> Entry:
    """The entry, decoded as any other."""
    resource = sent.resource
    if resource is None or type(resource) in PLAIN:
        decoded = decode(sent.raw)
        return named(sent, decoded.resource, decoded.type, decoded.broken)
    return named(sent, resource, type(resource).__name__)


def named(sent: AnyEntry, resource: Resource | None, type_: str, broken: str = "") -> Entry:
    """The entry under the reference that it is shown by."""
    raw, url = sent.raw, sent.full_url
    id_ = resource.id if resource is not None else ""
    reference = f"{type_}/{id_}" if is_id(id_) else shown_reference(type_, id_, raw)
    return Entry(raw, type_, reference, resource, broken, (url,) if url else ())


def _settled(raw_entries: Sequence[AnyEntry], read: Sequence[Entry]) -> Gathered:
    kept: dict[tuple[str, str], Entry] = {}
    rivals: dict[tuple[str, str], list[Entry]] = {}  # of the few that came more than once
    for entry in _addressed(raw_entries, read):
        resource = entry.resource
        id_ = resource.id if resource is not None else ""
        key = (entry.type, id_) if id_ else ("", entry.reference)
        first = kept.setdefault(key, entry)
        if first is not entry:
            rivals.setdefault(key, [first]).append(entry)
    for key in rivals:
        del kept[key]
    counted = list(kept.values())
    superseded: list[Entry] = []
    disputed: set[str] = set()
    strangers: set[str] = set()
    for (type_, _), same in rivals.items():
        if type_ == _PATIENT and may_be_two([entry.raw for entry in same]):
            strangers.add(same[0].reference)
        newest, older = _settle(same)
        counted += newest
        superseded += older
        if len(newest) > 1:
            disputed.add(newest[0].reference)
    return Gathered(
        entries=tuple(sorted(counted, key=_PLACE)),
        superseded=tuple(sorted(superseded, key=_PLACE)),
        disputed=frozenset(disputed),
        duplicates=len(raw_entries) - len(counted) - len(superseded),
        total=len(raw_entries),
        strangers=frozenset(strangers),
    )


def _addressed(raw_entries: Sequence[AnyEntry], read: Sequence[Entry]) -> Iterable[Entry]:
    """What was sent, each content once, with its addresses."""
    found: dict[bytes | int, Entry] = {}
    for sent, entry in zip(raw_entries, read, strict=True):
        content = entry.raw or id(sent)
        known = found.setdefault(content, entry)
        if known is not entry and not set(entry.urls) <= set(known.urls):
            found[content] = replace(known, urls=(*known.urls, *entry.urls))
    return found.values()


def _settle(same: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The entries that count, more than one where none is newer, and the older ones.

    What reads the same is the same.
    """
    distinct: list[Entry] = []
    for entry in sorted(same, key=_order, reverse=True):
        for number, other in enumerate(distinct):
            if entry.resource == other.resource and entry.broken == other.broken:
                urls = tuple(sorted({*other.urls, *entry.urls}))
                distinct[number] = replace(other, urls=urls)
                break
        else:
            distinct.append(entry)
    latest = _age(distinct[0])
    newest = [entry for entry in distinct if _age(entry) == latest]
    return newest, distinct[len(newest) :]


def _order(entry: Entry) -> tuple[datetime, int, bytes]:
    """Later is newer; what is of one age stands in any fixed order."""
    return (*_age(entry), entry.raw)


def _age(entry: Entry) -> tuple[datetime, int]:
    """By meta.lastUpdated, and then by version number."""
    meta = entry.resource.meta if entry.resource else None
    found = when(meta.last_updated) if meta else None
    version = meta.version_id if meta else ""
    countable = version.isascii() and version.isdigit() and len(version) <= _VERSION_DIGITS
    number = int(version) if countable else -1
    if found is None:
        return _LONG_AGO, number
    day = found.first
    return found.instant or datetime(day.year, day.month, day.day, tzinfo=UTC), number
