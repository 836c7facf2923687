"""A client of a scripted server, and pages of a search for it to find."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cds_hooks.model import PrefetchValue
from plugin.addresses.fhir import base_of
from plugin.fhir_client import Deadline, FetchFault, FhirClient, Outcome, Reach
from plugin.fhir_client.wire import session_for
from tests.servers.scripted import Json, Reply, Script

HERE = Reach(loopback=True)
LONG = 20.0  # seconds: more than any of these answers takes, unless it is held back
SHORT = 0.5
TOKEN = "t0ken"  # noqa: S105 - of nothing
LIST = "MedicationRequest?patient=zora"


def entry(id_: str) -> Json:
    return {"resource": {"resourceType": "MedicationRequest", "id": id_}}


def bundle(*ids: str, next_page: str = "", **more: Any) -> Json:
    """A page of a search."""
    link = [{"relation": "next", "url": next_page}] if next_page else []
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": link,
        "entry": [entry(one) for one in ids],
        **more,
    }


class Asking:
    """A client, and how its requests ended."""

    def __init__(
        self, url: str, seconds: float = LONG, token: str = TOKEN, reach: Reach = HERE
    ) -> None:
        self.ended: list[Outcome] = []
        self.client = FhirClient(
            base=base_of(url),
            session=session_for(reach),
            deadline=Deadline(seconds),
            note=lambda outcome, _seconds: self.ended.append(outcome),
            token=token,
        )

    def ids(self, query: str = LIST) -> list[str]:
        return ids_of(self.client.search(query))

    def fault(self, query: str = LIST) -> FetchFault:
        """The fault of a search that fails."""
        with pytest.raises(FetchFault) as caught:
            self.client.search(query)
        return caught.value


def ids_of(value: PrefetchValue) -> list[str]:
    return [json.loads(one.raw)["id"] for one in value.sent]


def answering(*replies: Reply) -> Script:
    """Each reply in turn, the last one for ever."""
    left = list(replies)
    return lambda _asked: left.pop(0) if len(left) > 1 else left[0]
