"""`--overlay`, and what commands say of the changes of a site."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from plugin.screening.counted import counted

if TYPE_CHECKING:
    from knowledge.model import Knowledge
    from knowledge.site import SiteChange

Command = TypeVar("Command", bound=Callable[..., Any])
SETTING = "CRAMPCHECK_OVERLAY"


def overlay_option() -> Callable[[Command], Command]:
    """`--overlay`: in force while the command runs, in the processes that it starts too."""
    return click.option(
        "--overlay",
        metavar="PATH",
        expose_value=False,
        callback=_put_in_force,
        help=f"What a site changed: a TOML file or a folder; if not given, {SETTING}.",
    )


def _put_in_force(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value:
        context.with_resource(in_force(SETTING, value))


@contextmanager
def in_force(setting: str, value: str) -> Iterator[None]:
    """A setting, instead of what the environment has, and afterwards as it was."""
    names = (setting, f"{setting}_FILE")
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    os.environ[setting] = value
    try:
        yield
    finally:
        del os.environ[setting]
        os.environ.update(before)


def site_lines(knowledge: Knowledge) -> Iterator[str]:
    """The overlay in force and each of its changes; nothing if there is none."""
    site = knowledge.site
    if site is None:
        return
    changes = counted(len(site.changes), "change")
    yield f"overlay {site.id} ({site.label}), digest {site.digest}: {changes}"
    yield from (f"  {_said(change)}" for change in site.changes)


def changes_of(target: str, knowledge: Knowledge) -> Iterator[str]:
    """What the site changed of one rule or drug."""
    for change in knowledge.site.changes if knowledge.site else ():
        if target in change.target.split(", "):
            yield f"  Changed by the site: {_said(change)}"


def _said(change: SiteChange) -> str:
    what = " ".join(part for part in (change.what.replace("_", " "), change.target) if part)
    was = f"{change.was} > " if change.was else ""
    signed = f"{change.reason} ({change.by}, {change.date}; {change.file})"
    return f"{what}: {was}{change.now}: {signed}"
