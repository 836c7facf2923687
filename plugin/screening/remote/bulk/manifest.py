"""The manifest of an export: which files there are. Read from bytes that anybody may have sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct, structs

from plugin.addresses.link import Link, link_of
from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.screening.remote.bulk.request import is_instant, is_type

MOST_BYTES = 64 * 1024 * 1024  # of one page
MOST_PAGES = 1000
MOST_FILES = 100_000
_WORDS = {"true": True, "false": False}  # a server is known that writes them as text


class Kind(StrEnum):
    """What a file of an export holds."""

    OUTPUT = "output"
    ERROR = "error"  # OperationOutcomes
    DELETED = "deleted"  # Bundles that name what is no more


class ExportFile(Struct, frozen=True):
    """A file of an export. `name` is ours: no name of the server's is used or shown."""

    kind: Kind
    link: Link
    type: str = ""  # empty where the manifest does not say
    count: int | None = None  # resources in it, where the manifest says
    name: str = ""


class Page(Struct, frozen=True):
    """One page of a manifest."""

    files: tuple[ExportFile, ...]
    requires_token: bool | None
    transaction_time: str  # empty where it is none
    next: Link | None


class Manifest(Struct, frozen=True):
    """All pages of one. Where `requires_token` is None, the server does not say."""

    files: tuple[ExportFile, ...]
    requires_token: bool | None
    transaction_time: str


class _Page(Struct, rename="camel"):
    transaction_time: Any = ""
    requires_access_token: Any = None
    output: Any = msgspec.UNSET
    error: Any = ()
    outcome: Any = ()  # what later drafts of the specification call `error`
    deleted: Any = ()
    link: Any = ()


_decoder = msgspec.json.Decoder(_Page)


def read_page(body: bytes, address: str) -> Page:
    """One page, which came from an address. Raises FetchFault."""
    try:
        said = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _bad("is no JSON object") from None
    if said.output is msgspec.UNSET:
        raise _bad("has no `output`")
    time = said.transaction_time
    return Page(
        files=(
            *_files(Kind.OUTPUT, said.output, address),
            *_files(Kind.ERROR, said.error, address),
            *_files(Kind.ERROR, said.outcome, address),
            *_files(Kind.DELETED, said.deleted, address),
        ),
        requires_token=_WORDS.get(str(said.requires_access_token).lower()),
        transaction_time=time if isinstance(time, str) and is_instant(time) else "",
        next=_next(said.link, address),
    )


def joined(pages: Iterable[Page]) -> Manifest:
    """All pages as one: each file once, named by type and number. Raises FetchFault."""
    files: dict[str, ExportFile] = {}
    first: Page | None = None
    requires: bool | None = None
    for page in pages:
        first = first or page
        requires = page.requires_token if requires is None else requires or page.requires_token
        for file in page.files:
            files.setdefault(file.link.url, file)
        if len(files) > MOST_FILES:
            raise _bad(f"names more than {MOST_FILES} files")
    time = first.transaction_time if first else ""
    return Manifest(tuple(_named(files.values())), requires, time)


def _named(files: Iterable[ExportFile]) -> Iterator[ExportFile]:
    numbers: Counter[str] = Counter()
    for file in files:
        what = {Kind.ERROR: "errors", Kind.DELETED: "deleted"}.get(file.kind, file.type or "any")
        numbers[what] += 1
        yield structs.replace(file, name=f"{what}-{numbers[what]}.ndjson")


def _files(kind: Kind, entries: Any, address: str) -> Iterator[ExportFile]:
    if entries is None:
        return
    if not isinstance(entries, (list, tuple)):
        raise _bad(f"has an `{kind}` that is no list")
    if len(entries) > MOST_FILES:
        raise _bad(f"names more than {MOST_FILES} files")
    for number, entry in enumerate(entries, start=1):
        url = entry.get("url") if isinstance(entry, dict) else None
        if not isinstance(url, str):
            raise _bad(f"has no address in `{kind}`, entry {number}")
        try:
            link = link_of(url, address)
        except ValueError as error:
            raise _bad(
                f"has an address in `{kind}`, entry {number}, that cannot be used: {error}"
            ) from None
        yield ExportFile(kind, link, _type(entry.get("type")), _count(entry.get("count")))


def _type(value: Any) -> str:
    return value if isinstance(value, str) and is_type(value) else ""


def _count(value: Any) -> int | None:
    sound = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if sound else None


def _next(links: Any, address: str) -> Link | None:
    for one in links if isinstance(links, list) else ():
        if isinstance(one, dict) and one.get("relation") == "next":
            url = one.get("url")
            try:
                return link_of(url if isinstance(url, str) else "", address)
            except ValueError as error:
                raise _bad(f"has a next page whose address cannot be used: {error}") from None
    return None


def _bad(fault: str) -> FetchFault:
    return FetchFault(Outcome.NOT_FHIR, f"its manifest {fault}")
