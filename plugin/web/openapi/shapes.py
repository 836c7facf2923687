"""The shapes of calls and answers as JSON Schema, made from what checks them.

Calls and discovery are checked by marshmallow, answers by msgspec; what neither checks, such as an
OperationOutcome that we send, is written here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import validate

from cds_hooks.answer import card_schemas
from cds_hooks.model import Service
from cds_hooks.schema import AUTHORIZATION, CONTEXTS, DISCOVERY

Json = dict[str, Any]
REF = "#/components/schemas/{name}"
_ANY_CASE = re.compile(r"\(\?i:([a-z]+)\)")
_CODING = {
    "type": "object",
    "required": ["code"],
    "properties": {name: {"type": "string"} for name in ("system", "code", "display")},
}
_UNTYPED: dict[str, Json] = {
    "Cards": {
        "type": "object",
        "required": ["cards"],
        "properties": {"cards": {"type": "array", "items": {"$ref": REF.format(name="Card")}}},
    },
    "Feedback": {
        "type": "object",
        "required": ["feedback"],
        "properties": {
            "feedback": {"type": "array", "items": {"$ref": REF.format(name="Outcome")}}
        },
    },
    "Outcome": {
        "type": "object",
        "description": "What became of one card.",
        "required": ["card", "outcome", "outcomeTimestamp"],
        "properties": {
            "card": {"type": "string", "description": "The card's uuid."},
            "outcome": {"enum": ["accepted", "overridden"]},
            "acceptedSuggestions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id"],
                    "properties": {"id": {"type": "string"}},
                },
            },
            "overrideReason": {
                "type": "object",
                "properties": {"reason": _CODING, "userComment": {"type": "string"}},
            },
            "outcomeTimestamp": {"type": "string", "format": "date-time"},
        },
    },
    "OperationOutcome": {
        "type": "object",
        "description": "Why there is no answer; its text holds no value of the record.",
        "required": ["resourceType", "issue"],
        "properties": {
            "resourceType": {"const": "OperationOutcome"},
            "issue": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["severity", "code", "diagnostics"],
                    "properties": {
                        "severity": {"const": "error"},
                        "code": {"type": "string", "description": "Of FHIR's issue types."},
                        "diagnostics": {"type": "string"},
                    },
                },
            },
        },
    },
    "Kept": {
        "type": "object",
        "description": "How many outcomes are new, and how many were there already.",
        "required": ["stored", "repeated"],
        "properties": {name: {"type": "integer"} for name in ("stored", "repeated")},
    },
    "Health": {
        "type": "object",
        "required": ["status"],
        "properties": {"status": {"const": "ok"}},
    },
    "Readiness": {
        "type": "object",
        "required": ["status", "knowledge_version", "knowledge_review", "jurisdiction"],
        "properties": {
            "status": {"const": "ready"},
            "knowledge_version": {"type": "string"},
            "knowledge_review": {"type": "string"},
            "jurisdiction": {"enum": ["US", "UK", "EU"]},
            "ingredients": {"type": "integer"},
            "rules": {"type": "integer"},
            "rxnorm_release": {"type": ["string", "null"]},
            "overlay": {"type": "object"},
            "reload_refused": {"type": "object"},
        },
    },
    "SourceAttributes": {
        "type": "object",
        "required": ["schema", "attributes", "rules", "mitigations", "interactions"],
        "properties": {
            "schema": {"type": "string"},
            **{
                name: {"type": "array", "items": {"type": "object"}}
                for name in ("attributes", "rules", "mitigations", "interactions")
            },
        },
    },
    "OpenApi": {"type": "object", "required": ["openapi", "info", "paths"]},
    "Shown": {
        "type": "object",
        "description": "An answer of the service, to be shown.",
        "required": ["status", "body"],
        "properties": {"status": {"type": "integer"}, "body": {"type": "string"}},
    },
}


def add_shapes(spec: APISpec, marshmallow: MarshmallowPlugin, services: Sequence[Service]) -> None:
    """Put every schema into the document; `Call` is any call of any of these services."""
    if marshmallow.converter is None:  # never: the document made it
        raise ValueError("the document was made without the plugin")
    marshmallow.converter.add_attribute_function(_pattern)  # type: ignore[no-untyped-call]
    spec.components.schema("Discovery", schema=DISCOVERY)
    spec.components.schema("FhirAuthorization", schema=AUTHORIZATION)
    for name, schema in card_schemas(REF.format(name="")).items():
        spec.components.schema(name, schema)
    for hook in dict.fromkeys(service.hook for service in services):
        spec.components.schema(context_name(hook), schema=CONTEXTS[hook])
    for service in services:
        spec.components.schema(call_name(service), _call(service))
    calls = [{"$ref": REF.format(name=call_name(service))} for service in services]
    spec.components.schema("Call", {"oneOf": calls})
    for name, schema in _UNTYPED.items():
        spec.components.schema(name, schema)


def call_name(service: Service) -> str:
    """The schema of a call of this service."""
    return f"Call.{service.id}.{service.hook}"


def context_name(hook: str) -> str:
    """The schema of a hook's context."""
    return f"Context.{hook}"


def _call(service: Service) -> Json:
    keys = {
        key.name: {
            "type": ["object", "null"],
            "description": f"{key.need.value.capitalize()}. {key.query}",
        }
        for key in service.prefetch
    }
    return {
        "type": "object",
        "required": ["hook", "hookInstance", "context"],
        "properties": {
            "hook": {"const": service.hook},
            "hookInstance": {"type": "string", "description": "A UUID, new for each call."},
            "context": {"$ref": REF.format(name=context_name(service.hook))},
            "prefetch": {
                "type": ["object", "null"],
                "description": "What the client fetched: a resource, or a Bundle of them; `null` "
                "where it looked and there is nothing. Other keys are left alone.",
                "properties": keys,
            },
            "fhirServer": {"type": "string", "format": "uri"},
            "fhirAuthorization": {"$ref": REF.format(name="FhirAuthorization")},
        },
    }


def _pattern(_converter: Any, field: Any, **_: Any) -> Json:
    """A pattern in the dialect of JSON Schema, which has no `\\A`, `\\Z` and `(?i:...)`."""
    for validator in field.validators:
        if isinstance(validator, validate.Regexp):
            text = str(validator.regex.pattern).replace(r"\A", "^").replace(r"\Z", "$")
            return {"pattern": _ANY_CASE.sub(_either, text)}
    return {}


def _either(words: re.Match[str]) -> str:
    """A word in either case: `[Bb][Ee]` of `be`."""
    return "".join(f"[{letter.upper()}{letter}]" for letter in words[1])
