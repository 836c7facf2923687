"""One round of fetching: every request that a call needs, side by side, until its deadline.

Medications are asked for as soon as the list that points to them is there, and need not wait for
the slowest of the other searches.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeAlias

from msgspec.structs import replace

from cds_hooks.model import HookRequest, PrefetchValue, Sent, State
from plugin.addresses.fhir import Base, own_id
from plugin.fhir_client import Deadline, FetchFault, FhirClient, Outcome
from plugin.fhir_client.faults import timed_out
from plugin.fhir_client.http import Note
from plugin.fhir_client.scope import Opens, opens
from plugin.services.fetch.queries import query_of
from plugin.services.fetch.referring import MEDICATION, Resolve, open_references
from plugin.services.intake import is_whole
from plugin.services.parts import Part

_AT_ONCE = 8  # requests to a server
_MOST_MEDICATIONS = 200
_Asked: TypeAlias = "Part | str"  # a part, or the id of a Medication


def lacking(sent: PrefetchValue, fault: FetchFault) -> PrefetchValue:
    """A part that could not be fetched: as it was sent, or absent with the reason why."""
    if sent.state is State.ABSENT:
        return PrefetchValue(State.ABSENT, problem=fault.message)
    return sent


class Round:
    """Fetches what one call needs."""

    def __init__(
        self,
        *,
        client: FhirClient,
        base: Base,
        deadline: Deadline,
        note: Note,
        request: HookRequest,
        resolve: Resolve,
    ) -> None:
        self._client, self._base, self._deadline = client, base, deadline
        self._note, self._request, self._resolve = note, request, resolve
        self._scope = request.fhir.scope if request.fhir else ""
        self._values: dict[str, PrefetchValue] = {}
        self._referred: list[Sent] = []
        self._asked: set[str] = set()  # ids of Medications
        self._pending: dict[Future[PrefetchValue | Sent], _Asked] = {}

    def run(
        self, wanted: Sequence[Part], brought: Sequence[Sent]
    ) -> tuple[dict[str, PrefetchValue], tuple[Sent, ...]]:
        """The values of the wanted parts by key, and the Medications that were fetched.

        `brought` are the entries of the call that may point to some, or are some.
        """
        entries = list(brought)
        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch")
        try:
            for part in wanted:
                self._pending[pool.submit(self._search, part)] = part
            self._follow(pool, entries)
            while self._pending and self._deadline.left():
                done, _ = wait(self._pending, self._deadline.left(), FIRST_COMPLETED)
                came = [one for future in done for one in self._take(future)]
                if came:
                    entries += came
                    self._follow(pool, entries)
            for asked in self._pending.values():
                self._fail(asked, timed_out())
        finally:
            # A thread that waits for a name to resolve cannot be stopped: it is left behind.
            pool.shutdown(wait=False, cancel_futures=True)
        return self._values, tuple(self._referred)

    def _take(self, future: Future[PrefetchValue | Sent]) -> Sequence[Sent]:
        """Keep what came; gives what of it may point to a Medication, or is one."""
        asked = self._pending.pop(future)
        try:
            got = future.result()
        except FetchFault as fault:
            self._fail(asked, fault)
            return ()
        if isinstance(got, Sent):
            self._referred.append(got)
            return (got,)
        if not isinstance(asked, Part):
            return ()
        self._values[asked.key.name] = got
        return got.sent if asked.of_medications else ()

    def _fail(self, asked: _Asked, fault: FetchFault) -> None:
        """What a part lacks is said; what a reference points to is missed by who reads it."""
        if isinstance(asked, Part):
            self._values[asked.key.name] = lacking(self._request.value(asked.key.name), fault)

    def _follow(self, pool: ThreadPoolExecutor, entries: Sequence[Sent]) -> None:
        """Ask for the Medications that are pointed to, and were not asked for yet."""
        for reference in open_references(entries, self._resolve):
            id_ = own_id(self._base, reference, MEDICATION)
            if id_ and id_ not in self._asked and len(self._asked) < _MOST_MEDICATIONS:
                self._asked.add(id_)
                self._pending[pool.submit(self._medication, id_)] = id_

    def _search(self, part: Part) -> PrefetchValue:
        query = query_of(part.key.query, self._request.context)
        resource_type, mark, _ = query.partition("?")
        if not mark:
            type_, _, id_ = query.partition("/")
            part_only = self._check_scope(type_, "r")
            return PrefetchValue(State.PRESENT, (self._client.read(type_, id_),), problem=part_only)
        part_only = self._check_scope(resource_type, "s")

        def enough(found: tuple[Sent, ...]) -> bool:
            return is_whole(part, PrefetchValue(State.PRESENT, found))

        value = self._client.search(query, enough)
        return replace(value, problem=value.problem or part_only)

    def _medication(self, id_: str) -> Sent:
        self._check_scope(MEDICATION, "r")
        return self._client.read(MEDICATION, id_)

    def _check_scope(self, resource_type: str, right: str) -> str:
        """Why what is fetched is not all there is; empty if it is.

        Raises FetchFault where the token does not open the type at all: that need not be asked.
        """
        opened = opens(self._scope, resource_type, right)
        if opened is Opens.NOTHING:
            self._note(Outcome.NOT_ALLOWED, 0)
            raise FetchFault(
                Outcome.NOT_ALLOWED, f"the scope of its token does not cover {resource_type}"
            )
        if opened is Opens.PART:
            return f"the scope of the token opens only a part of {resource_type}"
        return ""
