"""Which web pages may call from a browser: the origins that the site lists, and no other.

Around Flask rather than in it: what is not from a listed page passes through untouched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ROUTES = "/cds-services"
_ALLOWED = [
    ("Access-Control-Allow-Methods", "GET, POST"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
    ("Access-Control-Max-Age", "600"),
]
_VARIES = ("Vary", "Origin")


def cross_origin(wsgi: WSGIApplication, origins: Collection[str]) -> WSGIApplication:
    """Let pages of these origins call the routes of the protocol, and answer their preflights.

    Nothing of a browser's own (cookies, certificates) is asked for: a token comes in a header.
    """
    if not origins:
        return wsgi
    listed = frozenset(origins)

    def wrapped(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path != _ROUTES and not path.startswith(_ROUTES + "/"):
            return wsgi(environ, start_response)
        origin = environ.get("HTTP_ORIGIN")
        added = [_VARIES]
        if origin in listed:
            added.append(("Access-Control-Allow-Origin", origin))
            if _is_preflight(environ):
                start_response("204 No Content", [*added, *_ALLOWED])
                return []

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            return start_response(status, headers + added, *exc_info)

        return wsgi(environ, start)

    return wrapped


def _is_preflight(environ: WSGIEnvironment) -> bool:
    """What a browser asks before it sends a call of another origin, without a token."""
    asked = environ["REQUEST_METHOD"] == "OPTIONS"
    return asked and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
