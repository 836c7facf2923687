"""The routes of the protocol, as a Flask blueprint: discovery, calls and feedback.

Mounted by an application that also registers `cds_hooks.errors.register_errors`, so that every
refusal is an OperationOutcome.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Sequence
from typing import Any

import msgspec
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from cds_hooks.answer import answer_of
from cds_hooks.decode import decode_call
from cds_hooks.errors import BadRequest, Encoded, NotJson, UnknownService
from cds_hooks.feedback import FeedbackSink, decode_feedback, refuse_faults
from cds_hooks.model import Caller, Endpoint, Gate, Service
from cds_hooks.schema import CONTEXTS, DISCOVERY
from cds_hooks.whole import WholeReader

_JSON = "application/json"
_UNKNOWN = "No service has that id; GET /cds-services lists those there are."
_BROKEN_OFF = (
    "The body could not be read to its end: the connection broke off, or its chunks are wrong."
)


def open_to_all(_authorization: str, _path: str) -> Caller | None:
    """The gate of a service that nobody has to sign calls for."""
    return None


def cds_blueprint(
    endpoints: Sequence[Endpoint],
    gate: Gate = open_to_all,
    feedback: FeedbackSink | None = None,
) -> Blueprint:
    """Serve the endpoints to those whom `gate` lets in; take feedback where there is a sink for it.

    Raises ValueError for two of one id and hook, or an unknown hook.
    """
    services = _by_id_and_hook(endpoints)
    whole = WholeReader(key for endpoint in endpoints for key in endpoint.service.prefetch)
    discovery = discovery_document([endpoint.service for endpoint in endpoints])
    blueprint = Blueprint("cds_hooks", __name__)

    @blueprint.get("/cds-services")
    def discover() -> Response:
        _caller(gate)
        return Response(discovery, mimetype=_JSON)

    @blueprint.post("/cds-services/<service_id>")
    def call(service_id: str) -> Response:
        caller = _caller(gate)
        hooks = services.get(service_id)
        if hooks is None:
            raise UnknownService(_UNKNOWN)
        _must_be_json("A call")
        hook_request = decode_call(_body(), hooks, caller, whole)
        cards = hooks[hook_request.hook].handle(hook_request)
        return Response(answer_of(cards), content_type=_JSON)

    if feedback is not None:
        blueprint.post("/cds-services/<service_id>/feedback")(_taker(feedback, services, gate))
    return blueprint


def _taker(
    feedback: FeedbackSink, services: Container[str], gate: Gate
) -> Callable[[str], Response]:
    """The route of feedback. What can be read is kept before what cannot is refused."""

    def take_feedback(service_id: str) -> Response:
        caller = _caller(gate)
        if service_id not in services:
            raise UnknownService(_UNKNOWN)
        _must_be_json("Feedback")
        batch = decode_feedback(_body())
        kept = feedback.keep(service_id, batch.entries, caller)
        refuse_faults(batch)
        return Response(msgspec.json.encode(kept), content_type=_JSON)

    return take_feedback


def _must_be_json(what: str) -> None:
    if request.environ.get("CONTENT_TYPE") != _JSON and not request.is_json:
        raise NotJson(f"{what} is JSON: send it with Content-Type: application/json.")


def _caller(gate: Gate) -> Caller | None:
    environ = request.environ
    return gate(environ.get("HTTP_AUTHORIZATION", ""), environ["PATH_INFO"])


def _body() -> bytes:
    """The body of the request.

    Raises RequestEntityTooLarge over the application's limit, Encoded for one that is compressed,
    and BadRequest for one that breaks off.

    Read straight from the server: Werkzeug's stream costs a tenth of a whole call, and cuts a body
    that comes in chunks at the limit without a word.
    """
    environ, limit = request.environ, request.max_content_length or sys.maxsize - 1
    if environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("identity", ""):
        raise Encoded("Content-Encoding is not supported: send the JSON as it is.")
    declared = environ.get("CONTENT_LENGTH", "")
    sized = declared.isdecimal()
    least = int(declared) if sized else 0
    if least > limit:
        raise RequestEntityTooLarge
    # In chunks, which the server puts together; without a server that does, there is no end.
    length = least if sized or not environ.get("wsgi.input_terminated") else limit + 1
    try:
        body: bytes = environ["wsgi.input"].read(length)
    except Exception:  # each server has its own; whatever it is, what it reads from is the client
        raise BadRequest(_BROKEN_OFF) from None
    if len(body) > limit:
        raise RequestEntityTooLarge
    if len(body) < least:
        raise BadRequest(_BROKEN_OFF)
    return body


def discovery_document(services: Sequence[Service]) -> bytes:
    """The JSON of discovery. Raises marshmallow's ValidationError for a service without a name."""
    document = {"services": [_describe(service) for service in services]}
    DISCOVERY.load(document)
    return msgspec.json.encode(document)


def _describe(service: Service) -> dict[str, Any]:
    described: dict[str, Any] = {
        "hook": service.hook,
        "title": service.title,
        "description": service.description,
        "id": service.id,
        "prefetch": {key.name: key.query for key in service.prefetch},
        "usageRequirements": service.usage_requirements,
        "version": service.version,
    }
    return {name: value for name, value in described.items() if value}


def _by_id_and_hook(endpoints: Sequence[Endpoint]) -> dict[str, dict[str, Endpoint]]:
    services: dict[str, dict[str, Endpoint]] = {}
    for endpoint in endpoints:
        service = endpoint.service
        if service.hook not in CONTEXTS:
            raise ValueError(f"{service.id}: the context of {service.hook} has no schema")
        hooks = services.setdefault(service.id, {})
        if service.hook in hooks:
            raise ValueError(f"{service.id} stands twice under {service.hook}")
        hooks[service.hook] = endpoint
    return services
