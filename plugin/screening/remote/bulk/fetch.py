"""From the request for an export to its files in the work folder, whatever comes between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from plugin.addresses.link import Link, link_of
from plugin.config import Settings
from plugin.errors import FhirServerError
from plugin.fhir_client.backend import NoToken, Tokens
from plugin.fhir_client.faults import FetchFault, Outcome
from plugin.screening.counted import counted
from plugin.screening.remote.asking import Asker, said_of
from plugin.screening.remote.bulk.download import Downloader
from plugin.screening.remote.bulk.downloads import fetch_all
from plugin.screening.remote.bulk.exporting import Expired, begin, delete, types_of, waited
from plugin.screening.remote.bulk.hours import Hours
from plugin.screening.remote.bulk.manifest import ExportFile, Kind, Manifest
from plugin.screening.remote.bulk.referred import Referred, fetch_referred
from plugin.screening.remote.bulk.request import READ, ExportRequest
from plugin.screening.remote.bulk.room import Room
from plugin.screening.remote.bulk.state import ExportState, Fetched, FileCard, Memory
from plugin.screening.remote.bulk.summing import summed
from plugin.screening.remote.bulk.unfinished import unfinished
from plugin.screening.remote.pace import Pace
from plugin.screening.remote.server import Server, tokens_for
from plugin.screening.source.listing import NotRead, Source, SourceFile

HOURS = 24.0
GIGABYTES = 100.0
_MOST_EXPORTS = 2  # begun in one run
_MOST_ROUNDS = 3  # of links, for one export
_PARTING = 10.0  # seconds of silence, when there is nothing left to get
# After these another try may find the export as it was; after all others it is of no use.
_MAY_GO_ON = frozenset(
    {
        Outcome.UNREACHABLE,
        Outcome.TIMED_OUT,
        Outcome.BUSY,
        Outcome.DENIED,
        Outcome.ADDRESS_REFUSED,
        Outcome.TOO_LARGE,
    }
)


class Telling(Struct, frozen=True):
    """Who hears of an export.

    `say` is told sentences without their stop, `on_file` how many files of how many are here."""

    say: Callable[[str], None] = lambda _: None
    on_file: Callable[[int, int], None] = lambda _done, _total: None


class Bounds(Struct, frozen=True):
    """How long the server may prepare, and then send each file, and how much it may send."""

    hours: float = HOURS
    gigabytes: float = GIGABYTES


SILENT, USUAL = Telling(), Bounds()


def fetch_export(
    server: Server,
    settings: Settings,
    request: ExportRequest,
    folder: Path,
    *,
    telling: Telling = SILENT,
    bounds: Bounds = USUAL,
) -> Source:
    """Export, download into a folder, and hand over the files.

    Goes on with what an earlier run left there. Raises FhirServerError; also CrampcheckError if the
    files cannot be kept. The export is deleted at the server once all of it is here, when it is of
    no use, and on Ctrl-C.
    """
    run = _Run(server, settings, request, Memory(folder), telling=telling, bounds=bounds)
    try:
        fetched = run.fetched()
    except FetchFault as fault:
        kept = run.give_up(fault)
        again = " Run it again with the same --out: it goes on from there." if kept else ""
        raise FhirServerError(said_of(server, fault) + again) from None
    except KeyboardInterrupt:
        run.give_up(None)
        raise
    files = run.memory.files
    return Source(
        files=tuple(SourceFile(name, files / name) for name in fetched.files),
        not_read=tuple(NotRead(one.name, one.reason) for one in fetched.missing),
    )


def give_up_export(
    server: Server, settings: Settings, request: ExportRequest, folder: Path, telling: Telling
) -> None:
    """Have the server delete the export that an earlier run left there, and forget it.

    Raises CrampcheckError where no token can be asked for, or the folder cannot be emptied.
    """
    _Run(server, settings, request, Memory(folder), telling=telling, bounds=USUAL).give_up_earlier()


class _Run:
    """One run of the command, and its export."""

    def __init__(
        self,
        server: Server,
        settings: Settings,
        request: ExportRequest,
        memory: Memory,
        *,
        telling: Telling,
        bounds: Bounds,
    ) -> None:
        self.memory = memory
        self._server, self._settings, self._request = server, settings, request
        self._telling, self._bounds = telling, bounds
        self._about = request.about(server.base)
        self._pace = Pace(tell=telling.say)
        self._tokens: Tokens = NoToken()
        self._status: Link | None = None

    def fetched(self) -> Fetched:
        """All that is exported, here. Raises FetchFault."""
        state = self.memory.load()
        if state and state.status:
            self._status = self._own(state.status)
            if self._status is None and state.fetched is None:
                raise unfinished(state)  # at a server that is not asked for it
        if state and state.fetched and state.about == self._about:
            self._telling.say("the export is here already, from an earlier run")
            if self._status:
                types = self._request.types or READ
                self._tokens = tokens_for(self._server, self._settings, types)
            return self._ended(state.fetched)
        types = types_of(Asker(self._server, NoToken(), self._pace), self._request)
        self._tokens = tokens_for(self._server, self._settings, types)
        asker = Asker(self._server, self._tokens, self._pace)
        if state and state.about != self._about:
            self._delete_earlier(state)  # it was given up for this one
            self._forget()
        if self._status:
            self._telling.say("going on with the export of an earlier run")
        for _ in range(_MOST_EXPORTS):
            if self._status is None:
                self._begin(asker, types)
            try:
                return self._ended(self._all(asker, types))
            except Expired:
                self._telling.say("the export has expired at the server; it is exported anew")
                self._forget()
        raise FetchFault(Outcome.NOT_FOUND, "its exports expire before they can be downloaded")

    def give_up(self, fault: FetchFault | None) -> bool:
        """After a fault or Ctrl-C (None): whether the export is kept to go on with."""
        self._pace.stop.set()
        if fault and fault.outcome in _MAY_GO_ON:
            return self._status is not None
        if self._status:
            self._delete()
        self._forget()
        return False

    def give_up_earlier(self) -> None:
        """Leave nothing of an earlier run, here or at the server."""
        if not self.memory.folder.exists():
            return
        state = self.memory.load()
        if state and state.status:
            self._status = self._own(state.status)
            self._tokens = tokens_for(self._server, self._settings, self._request.types or READ)
            self._delete_earlier(state)
        self._forget()

    def _delete_earlier(self, state: ExportState) -> None:
        said = self._delete() if self._status or not state.status else "it is of another server"
        if said:
            self._telling.say(f"the export of an earlier run stays at its server: {said}")
        elif state.status:
            self._telling.say("the export of an earlier run was deleted at the server")

    def _begin(self, asker: Asker, types: tuple[str, ...]) -> None:
        self._telling.say(f"asking {self._server.base.origin} to export {', '.join(types)}")
        self._status = begin(asker, self._request, types)
        self.memory.save(ExportState(self._about, self._status.url))

    def _all(self, asker: Asker, types: tuple[str, ...]) -> Fetched:
        """Wait for the manifest and download; once more where links expire meanwhile."""
        status = self._status
        if status is None:
            raise Expired
        room = Room(self._bounds.gigabytes)
        before: set[str] = set()
        for _ in range(_MOST_ROUNDS):
            manifest = waited(asker, status, self._bounds.hours, self._telling.say)
            wanted = [file for file in manifest.files if _is_wanted(file, types)]
            hours = Hours(self._bounds.hours)
            loader = Downloader(asker, self.memory, room, hours, manifest.requires_token)
            cards, expired = fetch_all(wanted, loader, self._pace, self._telling.on_file)
            if not expired:
                referred = self._referred(asker, wanted, types, room)
                return self._summed(manifest, wanted, cards, referred)
            links = {file.link.url for file in expired}
            if links <= before:
                break  # the server stands by links that lead nowhere
            before |= links
            self._telling.say(
                f"{counted(len(expired), 'link to a file has', 'links to files have')} expired; "
                "asking for new ones"
            )
        raise Expired

    def _referred(
        self, asker: Asker, wanted: list[ExportFile], types: tuple[str, ...], room: Room
    ) -> Referred:
        outputs = [file for file in wanted if file.kind is Kind.OUTPUT]
        return fetch_referred(asker, self.memory.files, outputs, types, room)

    def _summed(
        self,
        manifest: Manifest,
        wanted: list[ExportFile],
        cards: dict[str, FileCard],
        referred: Referred,
    ) -> Fetched:
        fetched = summed(self.memory.files, manifest.transaction_time, wanted, cards)
        unwanted = Counter(file.type for file in manifest.files if file not in set(wanted))
        more = (*referred.lines, *_of_no_use(unwanted))
        files = (*fetched.files, *referred.files)
        done = Fetched(files, fetched.missing, fetched.lines + more, fetched.transaction_time)
        status = self._status.url if self._status else ""
        self.memory.save(ExportState(self._about, status, done))
        return done

    def _ended(self, fetched: Fetched) -> Fetched:
        """All is here: the server need not keep it."""
        if self._status:
            if said := self._delete():
                self._telling.say(f"the export could not be deleted at the server: {said}")
            self.memory.save(ExportState(self._about, "", fetched))
            self._status = None
        for line in fetched.lines:
            self._telling.say(line)
        return fetched

    def _delete(self) -> str:
        if self._status is None:
            return ""
        return delete(Asker(self._server, self._tokens, Pace(), _PARTING), self._status)

    def _own(self, address: str) -> Link | None:
        """The status of an earlier export, if it is one of this server."""
        try:
            link = link_of(address, self._server.base.url)
        except ValueError:
            return None
        return link if self._server.trusts(link) else None

    def _forget(self) -> None:
        self._status = None
        self.memory.forget()


def _is_wanted(file: ExportFile, types: tuple[str, ...]) -> bool:
    """A server that leaves `_type` out of account sends everything."""
    return file.kind is not Kind.OUTPUT or not file.type or file.type in types


def _of_no_use(unwanted: Counter[str]) -> Iterator[str]:
    if unwanted:
        named = ", ".join(f"{kind} ({count})" for kind, count in sorted(unwanted.items()))
        yield f"files not downloaded, of types that were not asked for: {named}"
