"""The body of a call -> HookRequest. Resources stay undecoded until the reader wants them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from marshmallow import ValidationError

from cds_hooks.errors import BadRequest, TooMany
from cds_hooks.model import NO_PREFETCH, Caller, FhirAccess, HookRequest, PrefetchValue
from cds_hooks.prefetch import read_prefetch, refuse_many
from cds_hooks.schema import AUTHORIZATION, BUNDLES, faults, load_context, load_envelope
from cds_hooks.whole import Body, WholeReader

MOST_ORDERS = 2000  # in the context of a call, and selections among them
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TOO_DEEP = "The body is nested too deeply to be a call."


class _Body(Body, rename="camel"):
    """A call whose prefetch values are undecoded."""

    prefetch: dict[str, msgspec.Raw] | None = None


_decoder = msgspec.json.Decoder(_Body)
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NULL = b"null"


def decode_call(
    body: bytes,
    hooks: Collection[str],
    caller: Caller | None = None,
    whole: WholeReader | None = None,
) -> HookRequest:
    """Read a call of one of these hooks, sent by `caller`. Raises BadRequest for what is not JSON,
    for another hook, and for what lacks something that its hook requires; TooMany for more orders
    or entries than we take.

    Only JSON nested deeper than the interpreter's recursion limit (1000) is too deep. `whole` reads
    a sound call faster, to the same.
    """
    body = _utf8(body)
    at_once = whole.read(body) if whole is not None else None
    raw = at_once or _decode(body)
    fields = {"hook": raw.hook, "hookInstance": raw.hook_instance}
    sent = {name: value for name, value in fields.items() if value is not msgspec.UNSET}
    closed: Mapping[str, msgspec.Raw] = {}
    if bytes(raw.context):
        sent["context"], closed = _opened(raw.context)
    try:
        envelope = load_envelope(sent)
    except ValidationError as error:
        raise BadRequest(f"The call lacks what CDS Hooks requires: {faults(error)}.") from None
    hook = envelope["hook"]
    if hook not in hooks:
        answered = ", ".join(sorted(hooks))
        raise BadRequest(f"This service does not answer that hook; it answers {answered}.")
    context = _context(hook, envelope["context"])
    bundles = _bundles(context, closed)
    prefetch = at_once.prefetch if at_once is not None else _prefetch(raw.prefetch or {})
    return HookRequest(
        hook=hook,
        hook_instance=envelope["hook_instance"],
        context=context,
        prefetch=prefetch,
        bundles=bundles,
        fhir=_access(raw.fhir_server, raw.fhir_authorization),
        caller=caller,
    )


def _opened(context: msgspec.Raw) -> tuple[Any, Mapping[str, msgspec.Raw]]:
    """The plain values of a context, with True for each Bundle; and the Bundles, undecoded.

    What an order holds is judged order by order: a number in one that no float can hold is no
    fault of the call.
    """
    raw = bytes(context)
    try:
        values = _object.decode(raw)
    except msgspec.ValidationError:  # no object: the schema says so
        return _decoded(raw), {}
    bundles = {name: values[name] for name in BUNDLES if name in values}
    bundles = {name: one for name, one in bundles.items() if bytes(one) != _NULL}
    return {name: name in bundles or _decoded(one) for name, one in values.items()}, bundles


def _decoded(raw: bytes | msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except RecursionError:
        raise BadRequest(_TOO_DEEP) from None
    except msgspec.DecodeError as error:
        raise BadRequest(f"The context of the call cannot be read: {error}.") from None


def _bundles(
    context: dict[str, Any], closed: Mapping[str, msgspec.Raw]
) -> Mapping[str, PrefetchValue]:
    """The Bundles that a hook's context has, taken out of its plain values, read as prefetch is."""
    names = [name for name, field in BUNDLES.items() if context.pop(field, None) is not None]
    if not names:
        return NO_PREFETCH
    bundles = _prefetch({name: closed[name] for name in names})
    for name, value in bundles.items():
        _refuse_orders(name, len(value.sent))
    return bundles


def _refuse_orders(name: str, count: int) -> None:
    if count > MOST_ORDERS:
        raise TooMany(f"A call may bring {MOST_ORDERS} in context.{name}, and this has {count}.")


def _access(server: Any, authorization: Any) -> FhirAccess | None:
    """Where data could be fetched. An authorization that cannot be used is said where it is needed:
    a call that brings its data needs none.
    """
    if not isinstance(server, str) or not server.strip():
        return None
    address = server.strip().rstrip("/")
    if authorization is None:
        return FhirAccess(address)
    try:
        given = AUTHORIZATION.load(authorization)
    except ValidationError as error:
        return FhirAccess(address, problem=f"fhirAuthorization: {faults(error)}")
    given.pop("token_type")
    return FhirAccess(address, **{name: value for name, value in given.items() if value})


def _utf8(body: bytes) -> bytes:
    """The body without byte order mark. Checked here: what a decoder skips, it does not look at."""
    body = body.removeprefix(_BYTE_ORDER_MARK)
    if not body.isascii():
        try:
            body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadRequest(f"The body is not UTF-8 (byte {error.start}).") from None
    return body


def _decode(body: bytes) -> _Body:
    try:
        return _decoder.decode(body)
    except RecursionError:
        raise BadRequest(_TOO_DEEP) from None
    except msgspec.ValidationError as error:
        raise BadRequest(f"The body is not a CDS Hooks call: {error}.") from None
    except msgspec.DecodeError as error:
        # The decoder gives the place of every fault but this one.
        fault = f"it is cut short (byte {len(body)})" if "truncated" in str(error) else str(error)
        raise BadRequest(f"The body is not JSON: {fault}.") from None


def _prefetch(values: Mapping[str, msgspec.Raw]) -> dict[str, PrefetchValue]:
    try:
        read, entries = {}, 0
        for name, value in values.items():
            read[name] = read_prefetch(value)
            entries += len(read[name].sent)
            refuse_many(entries)
        return read
    except RecursionError:  # Bundles in Bundles
        raise BadRequest(_TOO_DEEP) from None


def _context(hook: str, context: dict[str, Any]) -> dict[str, Any]:
    try:
        selected = context.get("selections")
        if isinstance(selected, list):
            _refuse_orders("selections", len(selected))
        return load_context(hook, context)
    except ValidationError as error:
        raise BadRequest(f"The context is not one of {hook}: {faults(error)}.") from None
