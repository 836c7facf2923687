"""What a client sent under a prefetch key: a resource, nothing, or its own failure to get one."""

from __future__ import annotations

import msgspec

from cds_hooks.bundle import (
    has_next,
    is_included,
    is_misspelt,
    is_search_result,
    lacks,
    refused_response,
    says_more,
)
from cds_hooks.errors import TooMany
from cds_hooks.model import PrefetchValue, Sent, State
from cds_hooks.peek import Peek, describe, failed, look

MOST_ENTRIES = 50_000  # of a call, or of one answer of a FHIR server
_OUTCOME = b'"OperationOutcome"'
_BUNDLE = b'"Bundle"'
_NULL = b"null"
# How a resource begins as nearly every server writes it: a search of its whole text is slower.
_STARTS = (b'{"resourceType":"', b'{"resourceType": "')
_WRAPPERS = tuple(start + name[1:] for start in _STARTS for name in (_OUTCOME, _BUNDLE))
_NO_RESOURCE = PrefetchValue(State.FAILED, problem="no FHIR resource was sent")
_MISSPELT = PrefetchValue(State.FAILED, problem="a Bundle without the key entry, in lower case")
_NO_RESULT = PrefetchValue(State.FAILED, problem="an empty Bundle that is no result of a search")


def read_prefetch(value: msgspec.Raw | bytes) -> PrefetchValue:
    """The state of one prefetch value; its resources stay as they were sent.

    Raises RecursionError for Bundles in Bundles without end, TooMany for more than MOST_ENTRIES.
    """
    raw = bytes(value)
    if raw == _NULL:
        return PrefetchValue(State.NULL)
    peek = look(raw)
    if peek is not None and peek.resource_type == "Bundle":
        return _bundle(raw, peek)
    if peek is not None and not peek.resource_type and bytes(peek.resource):
        raw = bytes(peek.resource)
        peek = look(raw)
    if peek is None or not isinstance(peek.resource_type, str) or not peek.resource_type:
        return _NO_RESOURCE
    if peek.resource_type == "OperationOutcome":
        return PrefetchValue(State.FAILED, problem=describe(peek))
    if peek.resource_type == "Bundle":
        return _bundle(raw, peek)
    return PrefetchValue(State.PRESENT, (Sent(raw),))


def _bundle(raw: bytes, bundle: Peek) -> PrefetchValue:
    if not bundle.entry:
        return _empty(raw, bundle)
    refuse_many(len(bundle.entry))
    sent: list[Sent] = []
    problem, more, plain, included = "", False, True, 0
    for place, item in enumerate(bundle.entry, 1):
        resource = bytes(item.resource)
        if resource or not bytes(item.response):
            sent.append(Sent(resource or _NULL, item.full_url, place))
            plain = plain and is_plain(resource)
            included += is_included(item.search)
        else:  # the answer to a request that brought nothing
            problem = problem or refused_response(bytes(item.response))
    if not plain:
        sent, inner, more = _unpacked(sent)
        problem = problem or inner
    if problem and not sent:
        return PrefetchValue(State.FAILED, problem=problem)
    more = more or lacks(bundle.total, len(sent) - included, included) or has_next(bundle.link)
    return PrefetchValue(State.PRESENT, tuple(sent), more, problem)


def is_plain(resource: bytes) -> bool:
    """Whether this is no OperationOutcome and no Bundle, which would have to be taken apart."""
    if resource.startswith(_STARTS) and not resource.startswith(_WRAPPERS):
        return True  # nearly always
    return bool(resource) and _OUTCOME not in resource and _BUNDLE not in resource


def refuse_many(entries: int) -> None:
    """Raise TooMany for more entries than we take: entries of two bytes cost as much as others."""
    if entries > MOST_ENTRIES:
        raise TooMany(f"More than {MOST_ENTRIES} entries were sent, which is no patient's record.")


def _empty(raw: bytes, bundle: Peek) -> PrefetchValue:
    """Nothing was found; or something is there that we do not see."""
    if is_misspelt(raw):
        return _MISSPELT
    if not is_search_result(bundle.type):
        return _NO_RESULT
    more = says_more(bundle.total, 0) or has_next(bundle.link)
    return PrefetchValue(State.PRESENT, incomplete=more)


def _unpacked(sent: list[Sent]) -> tuple[list[Sent], str, bool]:
    """The entries without OperationOutcomes, and with what Bundles among them hold.

    Also the first error that they tell of, and whether more exists than was sent.
    """
    found: list[Sent] = []
    problem, more = "", False
    for one in sent:
        peek = look(one.raw) if _OUTCOME in one.raw or _BUNDLE in one.raw else None
        kind = peek.resource_type if peek is not None else ""
        if peek is not None and kind == "OperationOutcome":
            problem = problem or (describe(peek) if failed(peek) else "")
        elif peek is not None and kind == "Bundle":
            inner = _bundle(one.raw, peek)
            found += [Sent(each.raw, each.full_url, one.place) for each in inner.sent]
            refuse_many(len(found))
            problem, more = problem or inner.problem, more or inner.incomplete
        else:
            found.append(one)
    return found, problem, more
