"""An export at the server: begun, waited for until its manifest is there, deleted."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from plugin.addresses.link import Link, link_of
from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.screening.remote.asking import BUSY, PASSING, Answer, Asker, elsewhere, refusal
from plugin.screening.remote.bulk.manifest import (
    MOST_BYTES,
    MOST_PAGES,
    Manifest,
    Page,
    joined,
    read_page,
)
from plugin.screening.remote.bulk.request import ExportRequest, wanted_types
from plugin.screening.visible import visible

_JSON, _FHIR = "application/json", "application/fhir+json"
_SMALL = 1024 * 1024
_METADATA = 32 * 1024 * 1024
_OK, _ACCEPTED = 200, 202
_GONE = frozenset({404, 410})
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # between two looks, where the server does not say
_MOST_FAULTS = 8  # in a row
_LONGEST_PROGRESS = 100  # characters that are shown
_SECRET = re.compile(r"(?i)\b(bearer|basic)\s+\S+|\S{25,}")  # no word of a progress is so long

Say = Callable[[str], None]


class Expired(Exception):  # noqa: N818
    """The server does not know the export any more."""


class _Capabilities(Struct, rename="camel"):
    fhir_version: Any = ""
    rest: Any = ()


class _Issues(Struct):
    issue: Any = ()


def types_of(asker: Asker, request: ExportRequest) -> tuple[str, ...]:
    """The types to export: those named, or what is read and the server has. Raises FetchFault."""
    return request.types or types_read(asker)


def types_read(asker: Asker) -> tuple[str, ...]:
    """What is read and the server has. Raises FetchFault."""
    base = asker.server.base
    place = Link(base, f"{base.path}/metadata")
    answer = asker.ask("GET", place, {"Accept": _FHIR}, _METADATA, attempts=2)
    said = _Capabilities()
    if answer.status == _OK:
        try:
            said = msgspec.json.decode(answer.body, type=_Capabilities)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            said = _Capabilities()  # the kick-off will show whether this is a FHIR server
    version = said.fhir_version if isinstance(said.fhir_version, str) else ""
    return wanted_types(version, frozenset(_offered(said.rest)))


def _offered(rest: Any) -> Iterator[str]:
    for side in rest if isinstance(rest, list) else ():
        resources = side.get("resource") if isinstance(side, dict) else None
        for one in resources if isinstance(resources, list) else ():
            if isinstance(one, dict) and isinstance(one.get("type"), str):
                yield one["type"]


def begin(asker: Asker, request: ExportRequest, types: tuple[str, ...]) -> Link:
    """Begin an export. Returns where its status is. Raises FetchFault."""
    link = request.link(asker.server.base, types)
    headers = {"Accept": _FHIR, "Prefer": "respond-async"}
    answer = asker.ask("GET", link, headers, _SMALL, once_only=True)
    if answer.status != _ACCEPTED:
        fault = refusal(answer.status, answer.body)
        raise FetchFault(fault.outcome, f"{fault.message} to the request for an export")
    try:
        status = link_of(answer.headers.get("Content-Location", ""), link.url)
    except ValueError as error:
        raise FetchFault(
            Outcome.NOT_FHIR,
            f"it began an export and does not say where its status is (Content-Location): {error}",
        ) from None
    if not asker.server.trusts(status):
        raise elsewhere(status)
    return status


def waited(asker: Asker, status: Link, hours: float, say: Say) -> Manifest:
    """The manifest, once the export is done. Raises Expired, and FetchFault."""
    ends = time.monotonic() + hours * 3600
    pause, faults, shown = _FIRST_PAUSE, 0, ""
    while True:
        looked = _look(asker, status)
        faults = faults + 1 if isinstance(looked, FetchFault) else 0
        if isinstance(looked, FetchFault):
            if faults >= _MOST_FAULTS:
                raise looked
        elif looked.status == _OK:
            return joined(_pages(asker, status, looked))
        else:
            progress = _shown(looked.headers.get("X-Progress", ""))
            if progress and progress != shown:
                say(f"the server prepares the export: {progress}")
                shown = progress
        wait = looked.wait if isinstance(looked, Answer) else None
        if wait is None:
            wait, pause = pause, min(_LONGEST_PAUSE, pause * 1.5)
        if time.monotonic() + wait > ends:
            raise FetchFault(
                Outcome.TIMED_OUT,
                f"it was not done with the export after {hours:g} hours; wait for longer with "
                "--export-hours",
            )
        asker.pace.pause(wait)


def _look(asker: Asker, status: Link) -> Answer | FetchFault:
    """The status as it is now: an answer that is none of a fault, or a fault that may pass."""
    try:
        answer = asker.ask("GET", status, {"Accept": _JSON}, MOST_BYTES, attempts=1)
    except FetchFault as fault:
        if fault.outcome in (Outcome.UNREACHABLE, Outcome.TIMED_OUT):
            return fault
        raise
    if answer.status in (_OK, _ACCEPTED) or answer.status in BUSY:
        return answer  # a busy server is told from a broken one: it is waited for
    if answer.status in _GONE:
        raise Expired
    refused = refusal(answer.status, answer.body)
    if answer.status in PASSING or _may_pass(answer.body):
        return refused
    raise FetchFault(refused.outcome, f"{refused.message} for the status of the export")


def _may_pass(body: bytes) -> bool:
    """Whether an OperationOutcome says that another try may help."""
    try:
        issues = msgspec.json.decode(body, type=_Issues).issue
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    named = issues if isinstance(issues, list) else []
    codes = [one.get("code") for one in named if isinstance(one, dict)]
    return bool(codes) and all(code in ("transient", "throttled", "timeout") for code in codes)


def _pages(asker: Asker, status: Link, first: Answer) -> Iterator[Page]:
    page = read_page(first.body, status.url)
    seen = {status.url}
    while True:
        yield page
        if page.next is None:
            return
        if page.next.url in seen or len(seen) >= MOST_PAGES:
            raise FetchFault(Outcome.NOT_FHIR, "the pages of its manifest do not end")
        seen.add(page.next.url)
        answer = asker.ask("GET", page.next, {"Accept": _JSON}, MOST_BYTES)
        if answer.status in _GONE:
            raise Expired
        if answer.status != _OK:
            fault = refusal(answer.status, answer.body)
            raise FetchFault(fault.outcome, f"{fault.message} for a page of its manifest")
        page = read_page(answer.body, page.next.url)


def delete(asker: Asker, status: Link) -> str:
    """Have the server throw the export away. Returns what it said against that, or nothing.

    What is not there any more is gone; a server that never deletes (405, 501) keeps it.
    """
    try:
        answer = asker.ask("DELETE", status, {"Accept": _FHIR}, _SMALL, attempts=2)
    except FetchFault as fault:
        return fault.message
    if answer.status in range(_OK, 300) or answer.status in (404, 405, 410, 501):
        return ""
    return refusal(answer.status, answer.body).message


def _shown(progress: str) -> str:
    """What a server says of its progress, without what may be a token or a signed link."""
    return visible(_SECRET.sub("...", progress.strip()))[:_LONGEST_PROGRESS]
