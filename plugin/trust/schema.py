"""The shape of the clients file. docs/reference/clients-file.md explains each key."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from cds_hooks.claims import ALGORITHMS
from plugin.addresses.fhir import listed_base
from plugin.addresses.written import fault_of_url

_LINE = validate.And(
    validate.Length(min=1, max=256, error="must have 1 to 256 characters"),
    validate.Predicate("isprintable", error="must be one line without unseen characters"),
)


def _sendable(url: str) -> None:
    if fault := fault_of_url(url):
        raise ValidationError(fault)


def _can_be_asked(url: str) -> None:
    """Read as a call's own address will be: what is let in here is never passed over there."""
    try:
        listed_base(url)
    except ValueError as error:
        raise ValidationError(f"cannot be used: {error}") from None


def _text(*checks: Any, **more: Any) -> fields.String:
    return fields.String(validate=[_LINE, *checks], error_messages=_MESSAGES, **more)


def _list(of: fields.String) -> fields.List[Any]:
    return fields.List(of, load_default=[], validate=_not_empty, error_messages=_MESSAGES)


def _not_empty(values: list[str]) -> None:
    if not values:
        raise ValidationError("must not be empty; leave the key out instead")
    if len(set(values)) != len(values):
        raise ValidationError("names something twice")


_MESSAGES: dict[str, Any] = {
    "required": "is missing",
    "invalid": "must be a text, or a list of texts where the key takes several",
}
_ALGORITHM = validate.OneOf(ALGORITHMS, error=f"must be one of {', '.join(ALGORITHMS)}")


class ClientSchema(Schema):
    """One `[[client]]`."""

    error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "unknown": "is not a key of a client; docs/reference/clients-file.md lists them all",
        "type": "must be a table of keys and values",
    }

    class Meta:
        """Settings that marshmallow reads."""

        unknown = RAISE

    name = _text(required=True)
    issuer = _text(required=True)
    jku = _text(_sendable, load_default="")
    jwks_file = _text(load_default="")
    ca_file = _text(load_default="")
    algorithms = _list(_text(_ALGORITHM))
    audiences = _list(_text())
    tenants = _list(_text())
    fhir_servers = _list(_text(_can_be_asked))

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _one_source_of_keys(self, _data: Any, written: Any, **_: Any) -> None:
        if not isinstance(written, dict):
            return
        if "jku" not in written and "jwks_file" not in written:
            raise ValidationError("needs `jku` or `jwks_file`: where its public keys are")
        if "jku" in written and "jwks_file" in written:
            raise ValidationError("has both `jku` and `jwks_file`; keep one of the two")
        if "ca_file" in written and "jku" not in written:
            raise ValidationError("has a `ca_file`, which is for fetching keys from a `jku`")
