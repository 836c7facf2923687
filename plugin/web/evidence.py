"""The evidence behind a card, as pages: what `explain` says, with links. No patient is in it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, render_template, request

from knowledge.model import Knowledge
from plugin.web.evidence_view import about, index, rules_of, sheet_of, shown

STYLE = files("plugin.web").joinpath("templates/evidence.css").read_text(encoding="utf-8")
_POLICY = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
)
_BELOW = "evidence/"  # from the index to the sheets
_BESIDE = "../"  # from a sheet to the others


def evidence_pages(knowledge: Callable[[], Knowledge]) -> Blueprint:
    """The pages, over the knowledge that is in force when they are asked for."""
    pages = Blueprint("evidence", __name__, template_folder="templates")

    @pages.get("/evidence")
    def everything() -> Response:
        """All rules, mitigations and drugs; or the rules that `?rules=a,b` names."""
        known = knowledge()
        query = request.args.get("rules")
        if query is None:
            return _page("evidence-index.html", known, "evidence", lists=index(known, _BELOW))
        found, unknown = rules_of(query, known)
        if not found:
            return _not_there(known, "evidence")
        sheets = [shown(one, known, _BELOW) for one in found]
        return _page("evidence-sheets.html", known, "evidence", sheets=sheets, unknown=unknown)

    @pages.get("/evidence/<segment>/<path:name>")
    def entry(segment: str, name: str) -> Response:
        """One entry."""
        known = knowledge()
        sheet = sheet_of(segment, name, known)
        if sheet is None:
            return _not_there(known, "../" * (name.count("/") + 1) + "../evidence")
        sheets = [shown(sheet, known, _BESIDE)]
        return _page("evidence-sheets.html", known, "../../evidence", sheets=sheets, unknown=0)

    return pages


def _page(
    template: str, known: Knowledge, home: str, status: int = HTTPStatus.OK, **words: Any
) -> Response:
    """A page. `home` is the way to the index."""
    text = render_template(template, style=STYLE, home=home, about=about(known), **words)
    response = Response(text, status=status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _not_there(known: Knowledge, home: str) -> Response:
    return _page("evidence-none.html", known, home, HTTPStatus.NOT_FOUND)
