"""Completes a call: what its client did not look for is fetched from the client's FHIR server.

Only that, in parallel, and until one deadline for all of it. What comes back stands where prefetch
would have brought it; what could not be had stays absent, with the reason why.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

import requests
import structlog
from msgspec.structs import replace

from cds_hooks.errors import BadRequest
from cds_hooks.model import ABSENT, FhirAccess, HookRequest, PrefetchValue, Sent, State
from plugin.fhir_client import Deadline, FetchFault, FhirClient, Outcome, Reach
from plugin.fhir_client.http import Note
from plugin.fhir_client.wire import session_for
from plugin.services.drafted import inside
from plugin.services.fetch.referring import Resolve, open_references
from plugin.services.fetch.rounds import Round, lacking
from plugin.services.fetch.servers import Server, Servers
from plugin.services.intake import is_whole
from plugin.services.parts import Part

Complete = Callable[[HookRequest, Sequence[Part]], HookRequest]
Count = Callable[[str, float], None]  # told how a request ended, and its seconds

_MOST_SESSIONS = 32


def as_sent(request: HookRequest, _parts: Sequence[Part]) -> HookRequest:
    """What completes a call where nothing is fetched."""
    return request


class Fetcher:
    """Fetches for the calls of one service. Safe to share between threads."""

    def __init__(
        self, servers: Servers, seconds: float, resolve: Resolve, count: Count, ca: str = ""
    ) -> None:
        """`seconds` are for all that a call needs; with 0, nothing is fetched. `ca`: a file of the
        certificates that FHIR servers are trusted by.
        """
        self._servers, self._seconds, self._resolve = servers, seconds, resolve
        self._count, self._ca = count, ca
        self._sessions: dict[tuple[str, Reach], requests.Session] = {}
        self._lock = threading.Lock()

    def complete(self, request: HookRequest, parts: Sequence[Part]) -> HookRequest:
        """The call with what could be fetched of the parts that it lacks: those that the client
        did not look for, and those of which it sent a page that hides the rest.

        Raises BadRequest for a token of another patient, whether or not it is needed.
        """
        access = request.fhir
        if access is None:
            return request
        _of_one_patient(request, access)
        sent = request.prefetch
        wanted = [
            part
            for part in parts
            if (value := sent.get(part.key.name, ABSENT)).state is State.ABSENT
            or (value.incomplete and not is_whole(part, value))
        ]
        brought = _medicines(request, parts)
        if not self._seconds or not (wanted or open_references(brought, self._resolve)):
            return request
        return self._completed(request, access, wanted, brought)

    def _completed(
        self, request: HookRequest, access: FhirAccess, wanted: list[Part], brought: list[Sent]
    ) -> HookRequest:
        started, ended = time.monotonic(), _Ended(self._count)
        try:
            values, referred = self._fetched(request, access, wanted, brought, ended.note)
        except FetchFault as fault:
            ended.note(fault.outcome, 0)
            values = {
                part.key.name: lacking(request.value(part.key.name), fault) for part in wanted
            }
            referred = ()
        structlog.get_logger().info(
            "fetched",
            keys=len(wanted),
            lacking=sum(value.state is State.ABSENT for value in values.values()),
            medications=len(referred),
            requests=ended.counts(),
            seconds=round(time.monotonic() - started, 3),
        )
        return replace(request, prefetch={**request.prefetch, **values}, referred=referred)

    def _fetched(
        self,
        request: HookRequest,
        access: FhirAccess,
        wanted: list[Part],
        brought: list[Sent],
        note: Note,
    ) -> tuple[dict[str, PrefetchValue], tuple[Sent, ...]]:
        """What came of each part, and the Medications. Raises FetchFault where nobody is asked."""
        deadline = Deadline(self._seconds)
        server = self._servers.admit(access, request.caller)
        client = FhirClient(
            base=server.base,
            session=self._session(server),
            deadline=deadline,
            note=note,
            token=_token(access, server),
        )
        return Round(
            client=client,
            base=server.base,
            deadline=deadline,
            note=note,
            request=request,
            resolve=self._resolve,
        ).run(wanted, brought)

    def _session(self, server: Server) -> requests.Session:
        """The session of a server: its connections serve later calls too."""
        key = server.base.origin, server.reach
        with self._lock:
            if key not in self._sessions:
                if len(self._sessions) >= _MOST_SESSIONS:
                    self._sessions.clear()
                self._sessions[key] = session_for(server.reach, self._ca)
            return self._sessions[key]


class _Ended:
    """How the requests of one call ended, counted from several threads."""

    def __init__(self, count: Count) -> None:
        self._count = count
        self._lock = threading.Lock()
        self._counts = Counter[str]()

    def note(self, outcome: Outcome, seconds: float) -> None:
        with self._lock:
            self._counts[outcome.value] += 1
        self._count(outcome.value, seconds)

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(self._counts)


def _medicines(request: HookRequest, parts: Sequence[Part]) -> list[Sent]:
    """The entries of a call that may point to Medications, and the Medications among them."""
    lists = [request.value(part.key.name) for part in parts if part.of_medications]
    ordered = [one for value in request.bundles.values() for one in value.sent]
    # What an order contains points to Medications as any other does.
    inner = [Sent(one.raw) for one in inside(ordered)[0]]
    return [*(one for value in lists for one in value.sent), *ordered, *inner]


def _of_one_patient(request: HookRequest, access: FhirAccess) -> None:
    bound = access.patient.removeprefix("Patient/")
    if bound and bound != request.context["patient_id"]:
        raise BadRequest(
            "fhirAuthorization.patient is not the patient of the context: the call speaks of two "
            "patients, and neither is assessed."
        )


def _token(access: FhirAccess, server: Server) -> str:
    """The token to send. Raises FetchFault where there is none and the server is not our own."""
    if access.problem:
        raise FetchFault(Outcome.DENIED, f"its authorization cannot be used: {access.problem}")
    if not access.token and not server.reach.loopback:
        raise FetchFault(Outcome.DENIED, "no access token for the FHIR server came with the call")
    return access.token
