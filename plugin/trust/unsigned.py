"""Unsigned calls are for this machine: nobody else is served without clients, unless told so."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

from cds_hooks.errors import operation_outcome
from plugin.addresses.machine import (
    is_called_by_own_name,
    is_local_peer,
    is_reached_from_here_only,
)
from plugin.config import ALLOW_UNSIGNED, Settings
from plugin.errors import CrampcheckError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_REMEDY = (
    "name the clients that may call in CRAMPCHECK_CLIENTS, listen on 127.0.0.1, or set "
    f'CRAMPCHECK_ALLOW_UNSIGNED="{ALLOW_UNSIGNED}"'
)


class UnsignedOutside(CrampcheckError):  # noqa: N818
    """Everybody who reaches the address could call, and nobody said that they may."""

    exit_code = 2


def refuse_unsigned(settings: Settings, host: str) -> None:
    """Raise UnsignedOutside where others could call on `host` without signing."""
    if settings.clients or settings.allow_unsigned or is_reached_from_here_only(host):
        return
    raise UnsignedOutside(
        f"{host}: other machines reach this address, and no client is configured, so that anyone "
        f"could call: {_REMEDY}."
    )


def local_only(wsgi: WSGIApplication, settings: Settings) -> WSGIApplication:
    """Refuse connections of other machines where nobody has to sign.

    For servers that did not ask `refuse_unsigned`: the address that they listen on is not known to
    an application. A proxy on this machine is of this machine; the name that it is called by is in
    CRAMPCHECK_BASE_URL. Without one, a name that is not this machine's own is refused too: a page
    of a stranger can have it lead a browser here, and would be of the same origin.
    """
    if settings.clients or settings.allow_unsigned:
        return wsgi
    body = msgspec.json.encode(
        operation_outcome("forbidden", f"Only this machine may call; to change that, {_REMEDY}.")
    )
    status = f"{HTTPStatus.FORBIDDEN.value} {HTTPStatus.FORBIDDEN.phrase}"
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]

    def wrapped(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        peer = environ.get("REMOTE_ADDR", "")
        near = peer == "127.0.0.1" or is_local_peer(peer)
        if not near or not (settings.base_url or is_called_by_own_name(environ)):
            start_response(status, headers)
            return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]
        return wsgi(environ, start_response)

    return wrapped
