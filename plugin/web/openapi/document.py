"""The OpenAPI document, made from the routes that an application really has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from inspect import getdoc
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from werkzeug.routing import Rule

from plugin.web.openapi import examples
from plugin.web.openapi.operations import (
    HTML,
    INTEGRATORS,
    JSON,
    OPERATIONS,
    TAGS,
    Described,
    Operation,
)
from plugin.web.openapi.shapes import REF, add_shapes

Json = dict[str, Any]
_ARGUMENT = re.compile(r"<(?:(?P<kind>[a-z]+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
_UNDESCRIBED = ("HEAD", "OPTIONS")  # every route has them, and they say nothing of their own
_REFUSALS = {
    400: "The body is not JSON, or lacks what its hook requires.",
    401: "Clients are configured, and the call is not signed by one of them.",
    403: "Nobody has to sign, and the request comes from another machine.",
    404: "There is no such route or service.",
    405: "The route does not take that method.",
    412: "A required part of the record was not sent and cannot be obtained.",
    413: "The body is larger than this service accepts.",
    415: "The body is not declared as JSON, or it is compressed.",
    500: "A fault of the service; the text has a word that finds it in the log.",
    503: "Something that is needed is down: send it again later.",
}
_ALWAYS = (403, 405, 500)
_ABOUT = (
    "Finds the drugs of a FHIR medication list that are linked to muscle cramps, and proposes "
    "mitigations for a clinician to decide on. Every answer of 400 and above is a FHIR "
    "OperationOutcome; no fault is answered with an empty list of cards. `HEAD` and `OPTIONS` "
    "are answered on every route."
)


def api_document(app: Flask, about: Described) -> Json:
    """The document of an application's routes, in plain JSON values."""
    marshmallow = MarshmallowPlugin()
    spec = APISpec(
        title="Crampcheck",
        version=version("crampcheck"),
        openapi_version="3.1.0",
        plugins=[marshmallow],
        info={"description": _ABOUT},
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        servers=[{"url": about.base_url or "/"}],
    )
    add_shapes(spec, marshmallow, about.services)
    spec.components.security_scheme(
        "jwt",
        {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "As CDS Hooks has it: a new token for each call, signed by the client.",
        },
    )
    for status, text in _REFUSALS.items():
        spec.components.response(_name(status), _outcome(text, status))
    for rule, method, operation in described_routes(app):
        path = _ARGUMENT.sub(lambda found: f"{{{found['name']}}}", rule.rule)
        parameters = [_parameter(found, about) for found in _ARGUMENT.finditer(rule.rule)]
        parameters += [_query(name, text) for name, text in operation.query]
        shared = {"parameters": parameters} if parameters else {}
        spec.path(path, operations={method: {**_operation(operation, about), **shared}})
    return spec.to_dict()


def described_routes(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    """Each route with each of its methods, in the order of the tags."""
    found = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - set(_UNDESCRIBED)):
            said = getdoc(app.view_functions[rule.endpoint]) or rule.endpoint
            fallback = Operation(said.partition("\n")[0].rstrip("."), INTEGRATORS, media=HTML)
            operation = OPERATIONS.get((rule.rule, method.lower()), fallback)
            found.append((rule, method.lower(), operation))
    order = list(TAGS)
    yield from sorted(found, key=lambda one: (order.index(one[2].tag), one[0].rule, one[1]))


def _operation(operation: Operation, about: Described) -> Json:
    made: Json = {"summary": operation.summary, "tags": [operation.tag]}
    if operation.description:
        made["description"] = operation.description
    if operation.takes:
        made["requestBody"] = {"required": True, "content": {JSON: _taken(operation.takes, about)}}
    answers: Json = {"200": _given(operation)}
    for status in sorted({*operation.refusals, *_ALWAYS}):
        answers[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
    if operation.absent_page:
        page = _given(operation)
        page["content"][JSON] = {"schema": {"$ref": REF.format(name="OperationOutcome")}}
        words = "A page that says so; where no route matches, an OperationOutcome."
        answers["404"] = {**page, "description": words}
    made["responses"] = answers
    if operation.signed:
        made["security"] = [{"jwt": []}] if about.signed else [{}, {"jwt": []}]
    return made


def _given(operation: Operation) -> Json:
    if not operation.media:
        return {"description": operation.said}
    content: Json = {"schema": {"type": "string"}}
    if operation.gives:
        content = {"schema": {"$ref": REF.format(name=operation.gives)}}
        example = examples.answer(operation.gives)
        if example is not None:
            content["example"] = example
    return {"description": operation.said, "content": {operation.media: content}}


def _taken(name: str, about: Described) -> Json:
    shown = examples.bodies(name, about.services)
    return {
        "schema": {"$ref": REF.format(name=name)},
        "examples": {key: {"value": value} for key, value in shown.items()},
    }


def _parameter(found: re.Match[str], about: Described) -> Json:
    schema: Json = {"type": "string"}
    if found["name"] == "service_id":
        schema["enum"] = sorted({service.id for service in about.services})
    return {"name": found["name"], "in": "path", "required": True, "schema": schema}


def _query(name: str, text: str) -> Json:
    return {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}


def _outcome(text: str, status: int) -> Json:
    example = examples.outcome(status, text)
    media = {"schema": {"$ref": REF.format(name="OperationOutcome")}, "example": example}
    return {"description": text, "content": {JSON: media}}


def _name(status: int) -> str:
    return f"Refused{status}"
