"""The body of a call -> HookRequest. Resources stay undecoded until the reader wants them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from marshmallow import ValidationError

from cds_hooks.errors import BadRequest, TooMany
from cds_hooks.model import NO_PREFETCH, Caller, FhirAccess, HookRequest, PrefetchValue
from cds_hooks.prefetch import read_prefetch, refuse_many
from cds_hooks.schema import AUTHORIZATION, BUNDLES, CONTEXTS, ENVELOPE, faults

MOST_ORDERS = 2000  # in the context of a call, and selections among them
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TOO_DEEP = "The body is nested too deeply to be a call."


class _Body(msgspec.Struct, rename="camel"):
    """The parts of a call that we look at; everything else is skipped."""

    hook: Any = msgspec.UNSET
    hook_instance: Any = msgspec.UNSET
    context: Any = msgspec.UNSET
    prefetch: dict[str, msgspec.Raw] | None = None
    fhir_server: Any = None
    fhir_authorization: Any = None


class _Bundles(msgspec.Struct):
    """The Bundles of a context, undecoded."""

    context: dict[str, msgspec.Raw]


_decoder = msgspec.json.Decoder(_Body)
_bundles_decoder = msgspec.json.Decoder(_Bundles)


def decode_call(body: bytes, hooks: Collection[str], caller: Caller | None = None) -> HookRequest:
    """Read a call of one of these hooks, sent by `caller`. Raises BadRequest for what is not JSON,
    for another hook, and for what lacks something that its hook requires; TooMany for more orders
    or entries than we take.

    Only JSON nested deeper than the interpreter's recursion limit (1000) is too deep.
    """
    raw = _decode(body)
    fields = {"hook": raw.hook, "hookInstance": raw.hook_instance, "context": raw.context}
    sent = {name: value for name, value in fields.items() if value is not msgspec.UNSET}
    try:
        envelope = ENVELOPE.load(sent)
    except ValidationError as error:
        raise BadRequest(f"The call lacks what CDS Hooks requires: {faults(error)}") from None
    hook = envelope["hook"]
    if hook not in hooks:
        answered = ", ".join(sorted(hooks))
        raise BadRequest(f"This service does not answer that hook; it answers {answered}.")
    context = _context(hook, envelope["context"])
    return HookRequest(
        hook=hook,
        hook_instance=envelope["hook_instance"],
        context=context,
        prefetch=_prefetch(raw.prefetch or {}),
        bundles=_bundles(body, context),
        fhir=_access(raw.fhir_server, raw.fhir_authorization),
        caller=caller,
    )


def _bundles(body: bytes, context: dict[str, Any]) -> Mapping[str, PrefetchValue]:
    """The Bundles of a context, taken out of its plain values and read as prefetch is."""
    names = [name for name, field in BUNDLES.items() if context.pop(field, None) is not None]
    if not names:
        return NO_PREFETCH
    sent = _bundles_decoder.decode(body.removeprefix(_BYTE_ORDER_MARK)).context
    bundles = _prefetch({name: sent[name] for name in names})
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


def _decode(body: bytes) -> _Body:
    body = body.removeprefix(_BYTE_ORDER_MARK)
    try:
        if not body.isascii():
            body.decode("utf-8")  # parts that the decoder skips would not be checked
        return _decoder.decode(body)
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not UTF-8 (byte {error.start}).") from None
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
        loaded: dict[str, Any] = CONTEXTS[hook].load(context)
    except ValidationError as error:
        raise BadRequest(f"The context is not one of {hook}: {faults(error)}") from None
    return loaded
