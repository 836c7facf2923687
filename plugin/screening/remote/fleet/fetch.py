"""From a Group, a List or a file of ids to the records in the work folder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from plugin.config import Settings
from plugin.errors import FhirServerError, InputUnreadable
from plugin.fhir_client.backend import NoToken
from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.screening.counted import counted
from plugin.screening.remote.asking import Asker, said_of
from plugin.screening.remote.bulk.exporting import types_read
from plugin.screening.remote.bulk.unfinished import in_place_of_export
from plugin.screening.remote.fleet.memory import DATA, Memory
from plugin.screening.remote.fleet.record import Lost, Record, Records
from plugin.screening.remote.fleet.request import FleetRequest, Whose
from plugin.screening.remote.fleet.roster import Roster, roster_of
from plugin.screening.remote.keeping import clear
from plugin.screening.remote.pace import PER_SECOND, Pace
from plugin.screening.remote.server import Server, tokens_for
from plugin.screening.remote.together import side_by_side
from plugin.screening.source.listing import Source, SourceFile

AT_ONCE = 4
_MOST_AWAY = 5  # patients in a row after which the server is not there
_MOST_DENIED = 20  # and after which, if none was fetched, it is not for us
_AWAY = frozenset({Outcome.UNREACHABLE, Outcome.TIMED_OUT, Outcome.BUSY, Outcome.ADDRESS_REFUSED})

Say = Callable[[str], None]
OnCount = Callable[[int, int], None]


class Fleet(Struct, frozen=True):
    """Patients of a FHIR server, as a user asks for them."""

    server: Server
    settings: Settings
    request: FleetRequest
    at_once: int = AT_ONCE
    per_second: float = PER_SECOND
    unit: str = "patients"

    def fetch(self, folder: Path, say: Say, on_count: OnCount) -> Source:
        """The records of all patients in a folder, which may hold some from an earlier run.

        Raises FhirServerError, InputUnreadable if there is nobody to fetch, and CrampcheckError if
        the folder cannot be written.
        """
        memory, pace = Memory(folder), Pace(self.per_second, tell=say)
        try:
            with in_place_of_export(folder, say, fresh=False), closing(memory):
                return _Run(self, memory, pace, say, on_count).fetched()
        except FetchFault as fault:
            said = said_of(self.server, fault)
            again = " Run it again with the same --out: it goes on from there."
            raise FhirServerError(said + (again if _is_worth(memory) else "")) from None
        except KeyboardInterrupt:
            if _is_worth(memory):
                say("the patients fetched so far are kept; the same command goes on from there")
            raise
        finally:
            pace.stop.set()

    def give_up(self, folder: Path, say: Say) -> None:
        """Nothing of a fleet is left at the server; of an export before it, it is said."""
        with in_place_of_export(folder, say, fresh=True):
            clear(folder)


def _is_worth(memory: Memory) -> bool:
    """Whether there is something to go on with; what is not is removed."""
    worth = bool(memory.done or memory.again)
    if not worth:
        clear(memory.folder)
    return worth


class _Run:
    """One run of the command."""

    def __init__(
        self, fleet: Fleet, memory: Memory, pace: Pace, say: Say, on_count: OnCount
    ) -> None:
        self._fleet, self._request, self._memory = fleet, fleet.request, memory
        self._pace, self._say, self._on_count = pace, say, on_count
        self._doubtful: list[tuple[str, Lost]] = []  # it may be the server, and not the patient

    def fetched(self) -> Source:
        """Everybody's records. Raises FetchFault, CrampcheckError."""
        about = self._request.about(self._fleet.server.base)
        roster = self._memory.load(about)
        before = len(self._memory.done)
        if roster is None or before < len(roster.patients):
            roster = self._rest(about, roster)
        else:
            self._say("the patients are here already, from an earlier run")
        return self._handed_over(roster)

    def _rest(self, about: str, roster: Roster | None) -> Roster:
        server, settings = self._fleet.server, self._fleet.settings
        types = types_read(Asker(server, NoToken(), self._pace))
        lists = () if self._request.whose is Whose.FILE else (str(self._request.whose),)
        tokens = tokens_for(server, settings, (*types, *lists))
        asker = Asker(server, tokens, self._pace)
        tokens.current()  # who gets none need not begin
        if roster is None:
            roster = roster_of(asker, self._request)
            if not roster.patients:
                raise InputUnreadable(
                    f"{self._request.whose}/{self._request.name} names no patient to screen"
                    f"{''.join(f'; {line}' for line in roster.lines)}."
                )
            self._memory.begin(about, roster)
        else:
            here = len(self._memory.done)
            self._say(f"going on with an earlier run: {here} of {len(roster.patients)} are here")
        for line in roster.lines:
            self._say(line)
        self._all(Records(asker, self._request, types, tuple(self._memory.shared)), roster)
        return roster

    def _all(self, records: Records, roster: Roster) -> None:
        memory = self._memory
        rest = [one for one in roster.patients if one not in memory.done]
        rest.sort(key=memory.again.__contains__)  # others first
        self._on_count(len(memory.done), len(roster.patients))
        results = side_by_side(rest, records.fetch, self._pace, self._fleet.at_once)
        with closing(results):
            for patient, result in results:
                if isinstance(result, Record):
                    self._settle()
                    shared = records.shared.unwritten(result.shared)
                    memory.keep(patient, result.rows, shared)
                    records.shared.has_written(shared)
                elif isinstance(result, Lost):
                    self._lost(patient, result)
                else:
                    raise result
                self._on_count(len(memory.done), len(roster.patients))
        if self._doubtful and not self._any_fetched():
            last = self._doubtful[-1][1]
            if last.outcome in _AWAY:
                raise FetchFault(last.outcome, last.reason)
        self._settle()

    def _lost(self, patient: str, lost: Lost) -> None:
        """A patient's own failure, or one more that looks as if the server were not there.

        Those are noted as failures once the server shows that it is; else they are asked for again
        by the next run, after all others, and then believed. Raises FetchFault where it is not.
        """
        denied = lost.outcome is Outcome.DENIED and not self._any_fetched()
        if patient in self._memory.again or (lost.outcome not in _AWAY and not denied):
            self._settle()
            self._memory.lose(patient, lost.reason)
            return
        self._doubtful.append((patient, lost))
        if len(self._doubtful) >= (_MOST_DENIED if denied else _MOST_AWAY):
            if not denied:
                for one, _ in self._doubtful:
                    self._memory.postpone(one)
            raise FetchFault(
                lost.outcome, f"{len(self._doubtful)} patients in a row failed; {lost.reason}"
            )

    def _settle(self) -> None:
        for patient, lost in self._doubtful:
            self._memory.lose(patient, lost.reason)
        self._doubtful.clear()

    def _any_fetched(self) -> bool:
        return len(self._memory.done) > len(self._memory.failed)

    def _handed_over(self, roster: Roster) -> Source:
        memory = self._memory
        lost = len(memory.failed)
        self._say(
            counted(len(roster.patients) - lost, "patient is", "patients are")
            + " here"
            + (f", {lost} could not be fetched" if lost else "")
        )
        files = (SourceFile(DATA, memory.data),) if self._any_fetched() else ()
        return Source(files=files, not_read=roster.missing, failed=tuple(memory.failed))
