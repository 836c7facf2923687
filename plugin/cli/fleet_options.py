"""The options of `screen` for patients of a FHIR server, one by one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import Struct

if TYPE_CHECKING:
    from plugin.addresses.fhir import Base
    from plugin.screening.remote.fleet.fetch import Fleet
    from plugin.screening.remote.fleet.request import FleetRequest

Command = TypeVar("Command", bound=Callable[..., Any])

_OBSERVATIONS = ("all", "laboratory")
_MOST_AT_ONCE = 32


class FleetOptions(Struct, frozen=True):
    """The options as they were given; None where they were not."""

    group: str | None = None
    listed: str | None = None
    patients: Path | None = None
    observations: str | None = None
    at_once: int | None = None
    per_second: float | None = None

    @property
    def whose(self) -> list[str]:
        """The options given that say of whom."""
        said = {"--group": self.group, "--list": self.listed, "--patients": self.patients}
        return [name for name, value in said.items() if value is not None]

    @property
    def how(self) -> list[str]:
        """The options given that say how they are fetched."""
        said = {
            "--observations": self.observations,
            "--concurrency": self.at_once,
            "--rate": self.per_second,
        }
        return [name for name, value in said.items() if value is not None]

    def of(self, source: str, as_of: date) -> Fleet:
        """What is to be fetched. One of `whose` was given.

        Raises UsageError for an id that is none, FhirServerError, SettingsInvalid, and
        InputUnreadable for the file of ids.
        """
        from plugin.config import settings_from_environment  # noqa: PLC0415 - slow, rarely needed
        from plugin.screening.remote.fleet.fetch import AT_ONCE, Fleet  # noqa: PLC0415
        from plugin.screening.remote.pace import PER_SECOND  # noqa: PLC0415
        from plugin.screening.remote.server import server_at  # noqa: PLC0415

        settings = settings_from_environment()
        server = server_at(source, settings)
        return Fleet(
            server,
            settings,
            self._request(server.base, as_of),
            self.at_once or AT_ONCE,
            self.per_second or PER_SECOND,
        )

    def _request(self, base: Base, as_of: date) -> FleetRequest:
        from plugin.addresses.fhir import is_id  # noqa: PLC0415
        from plugin.screening.remote.fleet import request  # noqa: PLC0415
        from plugin.screening.remote.fleet.ids import read_ids  # noqa: PLC0415

        observations = request.Observations(self.observations or "all")
        if self.patients is not None:
            return read_ids(self.patients, base, as_of, observations)
        whose = request.Whose.GROUP if self.group is not None else request.Whose.LIST
        id_ = self.group if self.group is not None else self.listed or ""
        if not is_id(id_):
            raise click.UsageError(
                f"--{whose.lower()} takes an id, of letters, digits, - and dots, without {whose}/."
            )
        return request.FleetRequest(whose, id_, as_of, observations=observations)


def fleet_options(command: Command) -> Command:
    """Adds the options to a command, which gets them as one: `fleet`, a FleetOptions."""

    @click.option(
        "--group",
        metavar="ID",
        help="SOURCE is a FHIR server: fetch the members of this Group from it, one by one.",
    )
    @click.option("--list", "listed", metavar="ID", help="The same, of whom this List names.")
    @click.option(
        "--patients",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The same, of whom a file names: an id or Patient/id on each line.",
    )
    @click.option(
        "--observations",
        type=click.Choice(_OBSERVATIONS),
        help="Which Observations of a patient to ask for: all, or those of the category "
        "laboratory, for a server that wants one.  [default: all]",
    )
    @click.option(
        "--concurrency",
        "at_once",
        type=click.IntRange(min=1, max=_MOST_AT_ONCE),
        metavar="N",
        help="Patients to fetch at once.  [default: 4]",
    )
    @click.option(
        "--rate",
        "per_second",
        type=click.FloatRange(min=0.1, max=1000),
        metavar="N",
        help="Requests in a second, of all of them together.  [default: 10]",
    )
    @functools.wraps(command)
    def with_fleet(
        *,
        group: str | None,
        listed: str | None,
        patients: Path | None,
        observations: str | None,
        at_once: int | None,
        per_second: float | None,
        **rest: Any,
    ) -> Any:
        fleet = FleetOptions(group, listed, patients, observations, at_once, per_second)
        return command(fleet=fleet, **rest)

    return with_fleet  # type: ignore[return-value]
