"""The options of a run over a source that is a FHIR server."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import Struct

from plugin.cli.fleet_options import FleetOptions, fleet_options

if TYPE_CHECKING:
    from plugin.screening.remote.acquire import Remote
    from plugin.screening.remote.fleet.fetch import Fleet

Command = TypeVar("Command", bound=Callable[..., Any])

_NDJSON = "application/fhir+ndjson"
_ADDRESS = ("https://", "http://")  # told here: what talks to servers loads slowly


class RemoteOptions(Struct, frozen=True):
    """The options as they were given; None where they were not."""

    export: str | None = None
    types: str | None = None
    since: str | None = None
    output_format: str | None = None
    hours: float | None = None
    gigabytes: float | None = None
    fleet: FleetOptions = FleetOptions()

    def of(self, source: str, as_of: date) -> Remote | Fleet | None:
        """What is to be fetched; None for a source of files.

        Raises UsageError where the source and the options do not go together, FhirServerError for
        an address that cannot be used, SettingsInvalid, and InputUnreadable for a file of ids.
        """
        fleet, of_export = self.fleet, self._of_export()
        if not source.startswith(_ADDRESS):
            if self.export is not None or of_export or fleet.whose or fleet.how:
                raise click.UsageError(
                    "--export, --group, --list, --patients and what goes with them are for a FHIR "
                    "server; SOURCE is no address such as https://ehr.example.org/fhir."
                )
            return None
        whose = [*(["--export"] if self.export is not None else []), *fleet.whose]
        if not whose:
            raise click.UsageError(
                "SOURCE is the address of a FHIR server: say what to export from it, with --export "
                "system, --export patient or --export group/ID; or whom to fetch, with --group ID, "
                "--list ID or --patients FILE."
            )
        if len(whose) > 1:
            raise click.UsageError(f"{' and '.join(whose)} exclude each other; give one of them.")
        if self.export is None:
            if of_export:
                raise click.UsageError(f"{of_export[0]} is for --export, not for {whose[0]}.")
            return fleet.of(source, as_of)
        if fleet.how:
            raise click.UsageError(f"{fleet.how[0]} is not for --export.")
        return self._asked(source, self.export)

    def _of_export(self) -> list[str]:
        """The options given that are for an export only."""
        said = {
            "--types": self.types,
            "--since": self.since,
            "--output-format": self.output_format,
            "--export-hours": self.hours,
            "--export-gigabytes": self.gigabytes,
        }
        return [name for name, value in said.items() if value is not None]

    def _asked(self, source: str, export: str) -> Remote:
        from plugin.config import settings_from_environment  # noqa: PLC0415
        from plugin.screening.remote.acquire import Remote  # noqa: PLC0415
        from plugin.screening.remote.bulk.fetch import GIGABYTES, HOURS, Bounds  # noqa: PLC0415
        from plugin.screening.remote.bulk.request import read_request  # noqa: PLC0415
        from plugin.screening.remote.server import server_at  # noqa: PLC0415

        try:
            request = read_request(
                export, self.types or "", self.since or "", self.output_format or _NDJSON
            )
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        settings = settings_from_environment()
        return Remote(
            server_at(source, settings),
            settings,
            request,
            Bounds(self.hours or HOURS, self.gigabytes or GIGABYTES),
        )


def remote_options(command: Command) -> Command:
    """Adds the options to a command, which gets them as one: `remote`, a RemoteOptions."""

    @click.option(
        "--export",
        metavar="LEVEL",
        help="SOURCE is a FHIR server: export from it (Bulk Data) of whom LEVEL says, system, "
        "patient (all patients) or group/ID.",
    )
    @click.option(
        "--types",
        metavar="TYPES",
        help="Resource types to export, separated by commas; if not given, exactly those that are "
        "read.",
    )
    @click.option(
        "--since",
        metavar="INSTANT",
        help="Export only what changed since then: 2026-11-01T00:00:00Z. A patient's older "
        "resources are then missing from what is screened.",
    )
    @click.option(
        "--output-format",
        metavar="TYPE",
        help=f"Format to ask the server for.  [default: {_NDJSON}]",
    )
    @click.option(
        "--export-hours",
        "hours",
        type=click.FloatRange(min=0, min_open=True),
        metavar="HOURS",
        help="How long the server may prepare the export, and send a file.  [default: 24]",
    )
    @click.option(
        "--export-gigabytes",
        "gigabytes",
        type=click.FloatRange(min=0, min_open=True),
        metavar="GIB",
        help="How much may be downloaded, as it is sent.  [default: 100]",
    )
    @fleet_options
    @functools.wraps(command)
    def with_remote(
        *,
        export: str | None,
        types: str | None,
        since: str | None,
        output_format: str | None,
        hours: float | None,
        gigabytes: float | None,
        fleet: FleetOptions,
        **rest: Any,
    ) -> Any:
        remote = RemoteOptions(export, types, since, output_format, hours, gigabytes, fleet)
        return command(remote=remote, **rest)

    return with_remote  # type: ignore[return-value]
