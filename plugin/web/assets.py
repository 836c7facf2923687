"""The files that our pages load: a style and a script, served by us to whoever shows a page."""

from __future__ import annotations

from importlib.resources import files

from flask import Blueprint, Response, abort

_MEDIA = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_MINUTES = 10  # an upgrade reaches open browsers soon, and a page's parts are not asked for twice


def assets() -> Blueprint:
    """The route. Every file is read now: what is asked for is looked up, never opened."""
    pages = Blueprint("assets", __name__)
    held = {
        one.name: one.read_bytes()
        for one in (files("plugin") / "web" / "static").iterdir()
        if one.name.rpartition(".")[2] in _MEDIA
    }

    @pages.get("/static/<path:name>")
    def asset(name: str) -> Response:
        """One file; the name is that of a file of ours, or there is nothing."""
        if name not in held:
            abort(404)
        response = Response(held[name], mimetype=_MEDIA[name.rpartition(".")[2]])
        response.headers["Cache-Control"] = f"public, max-age={_MINUTES * 60}"
        return response

    return pages
