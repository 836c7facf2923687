"""The pages for who connects a client: the routes described, and a page to try them with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from flask import Flask

from cds_hooks.model import Service
from plugin.addresses.machine import is_this_machine
from plugin.config import Settings
from plugin.web.assets import assets
from plugin.web.openapi.operations import Described
from plugin.web.openapi.pages import api_pages
from plugin.web.try_page import try_pages


def register_integrators_pages(
    app: Flask,
    services: Sequence[Service],
    settings: Settings,
    *,
    signed: bool = False,
    today: Callable[[], date] = date.today,
) -> None:
    """Add `/openapi.json`, `/docs`, `/try` and what they load.

    `signed`: clients are configured, so that every call of the protocol has to be signed.
    """
    about = Described(tuple(services), settings.base_url, signed)
    app.register_blueprint(assets())
    offered = try_offered(settings)
    app.register_blueprint(api_pages(about, try_offered=offered))
    app.register_blueprint(try_pages(services, offered=offered, signed=signed, today=today))


def try_offered(settings: Settings) -> bool:
    """Whether `/try` is there: the service listens on this machine alone, and nobody forbade it."""
    return settings.try_page and is_this_machine(settings.host)
