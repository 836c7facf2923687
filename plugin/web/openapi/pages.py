"""`/openapi.json`, and `/docs`: the same document for a person, without a script."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from flask import Blueprint, Flask, Response, current_app, render_template, request

from plugin.addresses.machine import is_sent_from_here
from plugin.web.openapi.operations import Described
from plugin.web.openapi.reading import readable
from plugin.web.policy import page_policy

_MEDIA = "application/json"


def api_pages(about: Described, *, try_offered: bool = False) -> Blueprint:
    """The two routes. The document is made once, when it is first asked for."""
    pages = Blueprint("api", __name__, template_folder="../templates")

    @cache
    def document(app: Flask) -> dict[str, Any]:
        from plugin.web.openapi.document import api_document  # noqa: PLC0415 - loads slowly

        return api_document(app, about)

    @pages.get("/openapi.json")
    def openapi() -> Response:
        """The document."""
        made = document(_app())
        return Response(msgspec.json.encode(made), mimetype=_MEDIA)

    @pages.get("/docs")
    def docs() -> Response:
        """The document as a page."""
        try_here = try_offered and is_sent_from_here(request.environ)
        text = render_template("docs.html", **readable(document(_app())), try_here=try_here)
        response = Response(text, mimetype="text/html")
        response.headers["Content-Security-Policy"] = page_policy()
        return response

    return pages


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app
