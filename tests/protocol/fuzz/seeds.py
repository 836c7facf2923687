"""Real calls to start from: every shipped sample as a call of each hook, and feedback.

Each carries a name that only the record has and a token, so that it is seen where they go.
"""

from __future__ import annotations

import json
from typing import Any

from tests.plugin.hook_calls import Json
from tests.protocol.corpus import samples

NAME = "Zebulon-Quagga"  # of the record: in no error, and in no log
TOKEN = "okapi-token-4711"  # noqa: S105 - in no answer at all, and in no log
REVIEW = "/cds-services/cramp-review"
CHECK = "/cds-services/cramp-order-check"

Seed = tuple[str, Json]  # the address and the body


def seeds() -> list[Seed]:
    """Every sample as a call of every hook."""
    return [seed for body in samples().values() for seed in _of_every_hook(json.loads(body))]


def feedback_seeds() -> list[Seed]:
    """Feedback of each kind, to each service."""
    accepted: Json = {
        "card": "f6b95768-b1c8-40dc-8385-bf3504b82ffb",
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": "01743ae2-5af4-42ed-b2ad-3a3c1a6ab2a4"}],
        "outcomeTimestamp": "2026-11-01T10:05:31Z",
    }
    overridden: Json = {
        "card": "9368d37b-283f-44a0-93ea-547cebab93ed",
        "outcome": "overridden",
        "overrideReason": {
            "reason": {"code": "not-taking", "system": "urn:crampcheck:override-reason"},
            "userComment": f"{NAME} does not take it",
        },
        "outcomeTimestamp": "2026-11-01T10:06:31+01:00",
    }
    posts = [[accepted], [overridden], [accepted, overridden, accepted]]
    return [
        (f"{url}/feedback", {"feedback": json.loads(json.dumps(post))})
        for url in (REVIEW, CHECK)
        for post in posts
    ]


def _of_every_hook(sample: Json) -> list[Seed]:
    named = _named(sample)
    orders = named["prefetch"]["medications"]
    drafts = json.loads(json.dumps(orders))
    for entry in drafts["entry"]:
        entry["resource"]["status"] = "draft"
    selected = [f"MedicationRequest/{entry['resource']['id']}" for entry in drafts["entry"]]
    contexts: list[tuple[str, str, dict[str, Any]]] = [
        (REVIEW, "patient-view", {}),
        (REVIEW, "encounter-discharge", {"encounterId": "e1"}),
        (REVIEW, "medication-refill", {"medications": orders}),
        (CHECK, "order-select", {"draftOrders": drafts, "selections": selected}),
        (CHECK, "order-sign", {"draftOrders": drafts}),
    ]
    return [
        (url, {**named, "hook": hook, "context": {**named["context"], **more}})
        for url, hook, more in contexts
    ]


def _named(sample: Json) -> Json:
    """The sample with a name and a token. Nobody listens at its server."""
    body: Json = json.loads(json.dumps(sample))
    body["prefetch"]["patient"]["name"] = [{"family": NAME, "text": NAME}]
    for entry in body["prefetch"]["medications"]["entry"]:
        entry["resource"]["note"] = [{"text": f"tell {NAME}"}]
    body["fhirServer"] = "http://127.0.0.1:9/r4"
    body["fhirAuthorization"] = {
        "access_token": TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.read",
        "subject": "crampcheck",
    }
    return body
