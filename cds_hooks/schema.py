"""The shapes of the protocol: what a call must have, and what discovery may say.

A call is read tolerantly (unknown fields are left alone); what we send is held to its schema.
"""

from __future__ import annotations

import re
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

_ID_LIMIT = 256  # FHIR allows 64; clients send longer ones
_text = validate.Length(min=1)
_is_id = re.compile(rf"[^\x00-\x20\x7f]{{1,{_ID_LIMIT}}}").fullmatch
_id_fault = validate.And(
    validate.Length(min=1, max=_ID_LIMIT), validate.Regexp(r"\A[^\x00-\x20\x7f]+\Z")
)


def _id(value: str) -> None:
    """One match for a sound id; what is wrong with another, the library's validators say."""
    if not _is_id(value):
        _id_fault(value)


class _Incoming(Schema):
    class Meta:
        unknown = EXCLUDE


class EnvelopeSchema(_Incoming):
    """The fields of a call that every hook has."""

    hook = fields.String(required=True, validate=_text)
    hook_instance = fields.String(required=True, validate=_id, data_key="hookInstance")
    context = fields.Dict(required=True)


class AuthorizationSchema(_Incoming):
    """`fhirAuthorization`. Read only where data has to be fetched."""

    token = fields.String(required=True, validate=_text, data_key="access_token")
    token_type = fields.String(load_default="Bearer", validate=validate.Regexp(r"\A(?i:bearer)\Z"))
    expires_in = fields.Integer(load_default=None, allow_none=True)
    scope = fields.String(load_default="", allow_none=True)
    subject = fields.String(load_default="", allow_none=True)
    patient = fields.String(load_default="", allow_none=True)


class PatientIdField(fields.String):
    """The id of a patient. Some clients send a reference where the specification asks for an id."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, *args, **kwargs).removeprefix("Patient/")


class PatientViewContext(_Incoming):
    """The context of `patient-view`. `patient_id` comes out without a leading `Patient/`."""

    user_id = fields.String(required=True, validate=_id, data_key="userId")
    patient_id = PatientIdField(required=True, validate=_id, data_key="patientId")
    encounter_id = fields.String(allow_none=True, data_key="encounterId")


class EncounterDischargeContext(PatientViewContext):
    """The context of `encounter-discharge`: there is always an encounter."""

    encounter_id = fields.String(required=True, validate=_id, data_key="encounterId")


class MedicationRefillContext(PatientViewContext):
    """The context of `medication-refill`, which a program may call on nobody's behalf."""

    user_id = fields.String(allow_none=True, data_key="userId")
    medications = fields.Raw(required=True)


class OrderSignContext(PatientViewContext):
    """The context of `order-sign`."""

    draft_orders = fields.Raw(required=True, data_key="draftOrders")


class OrderSelectContext(OrderSignContext):
    """The context of `order-select`: `selections` are references into `draftOrders`."""

    selections = fields.List(fields.String(validate=_id), required=True)


CONTEXTS: dict[str, Schema] = {
    "patient-view": PatientViewContext(),
    "encounter-discharge": EncounterDischargeContext(),
    "medication-refill": MedicationRefillContext(),
    "order-select": OrderSelectContext(),
    "order-sign": OrderSignContext(),
}
# The Bundles that a context may hold, by the names of the protocol and of the schemas.
BUNDLES = {"draftOrders": "draft_orders", "medications": "medications"}
ENVELOPE = EnvelopeSchema()
AUTHORIZATION = AuthorizationSchema()
_Plan = tuple[
    tuple[str, str, fields.Field[Any], bool], ...
]  # name, key, field, whether it is an id


def load_envelope(sent: dict[str, Any]) -> dict[str, Any]:
    """The envelope of a call under our names. Raises ValidationError.

    A sound one is told by a look: the schema's machinery costs as much as decoding the whole call.
    """
    hook, instance = sent.get("hook"), sent.get("hookInstance")
    sound = type(hook) is str and hook and type(instance) is str and _is_id(instance)
    if sound and type(sent.get("context")) is dict:
        return {"hook": hook, "hook_instance": instance, "context": sent["context"]}
    loaded: dict[str, Any] = ENVELOPE.load(sent)
    return loaded


def load_context(hook: str, sent: dict[str, Any]) -> dict[str, Any]:
    """The context of a call of the hook under our names. Raises ValidationError."""
    plan = _PLANS[hook]
    loaded = _sound(plan, sent) if plan else None
    return CONTEXTS[hook].load(sent) if loaded is None else loaded


def _plan(schema: Schema) -> _Plan:
    """The fields of a context of texts and ids alone; of another, none."""
    found = []
    for name, field in schema.fields.items():
        if type(field) not in (fields.String, PatientIdField) or field.validators not in (
            [],
            [_id],
        ):
            return ()
        found.append((name, field.data_key or name, field, field.validators == [_id]))
    return tuple(found)


def _sound(plan: _Plan, sent: dict[str, Any]) -> dict[str, Any] | None:
    """What the schema would load; None where it has to be asked."""
    loaded: dict[str, Any] = {}
    for name, key, field, is_id in plan:
        value = sent.get(key)
        if type(value) is not str:
            if field.required or key in sent:
                return None
            continue
        if type(field) is PatientIdField:
            value = value.removeprefix("Patient/")
        if is_id and not _is_id(value):
            return None
        loaded[name] = value
    return loaded


_PLANS = {hook: _plan(schema) for hook, schema in CONTEXTS.items()}


class _Outgoing(Schema):
    class Meta:
        unknown = RAISE


class ServiceSchema(_Outgoing):
    """A service in discovery. Elements may not be empty: what is not said is left out."""

    id = fields.String(required=True, validate=validate.Regexp(r"\A[A-Za-z0-9._~-]+\Z"))
    hook = fields.String(required=True, validate=_text)
    title = fields.String(validate=_text)
    description = fields.String(required=True, validate=_text)
    prefetch = fields.Dict(fields.String(validate=_text), fields.String(validate=_text))
    usage_requirements = fields.String(validate=_text, data_key="usageRequirements")
    version = fields.String(validate=validate.Regexp(r"\A\d+\.\d+(\.\d+)?"))


class DiscoverySchema(_Outgoing):
    """What discovery answers with."""

    services = fields.List(fields.Nested(ServiceSchema), required=True)


DISCOVERY = DiscoverySchema()


def faults(error: ValidationError) -> str:
    """A validation error as one line, `context.patientId: Missing data for required field`."""
    return "; ".join(sorted(_flatten("", error.messages)))


def _flatten(path: str, messages: Any) -> list[str]:
    if isinstance(messages, dict):
        found: list[str] = []
        for key, inner in messages.items():
            found += _flatten(path if key == "_schema" else f"{path}.{key}".lstrip("."), inner)
        return found
    return [f"{path}: {text.removesuffix('.')}" for text in messages]
