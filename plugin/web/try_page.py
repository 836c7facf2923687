"""`/try`: send a call to the service and see its cards, on the machine itself alone.

The page's script sends the call to the same route as an EHR does. What came back is posted here to
be shown, and is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import msgspec
from flask import Blueprint, Response, abort, render_template, request
from msgspec import Struct

from cds_hooks.errors import BadRequest, NotJson
from cds_hooks.model import Service
from plugin.addresses.machine import is_sent_from_here
from plugin.samples import FIRST_SAMPLE, order_sample_names, sample, sample_names
from plugin.web.policy import page_policy


class Sample(Struct, frozen=True):
    """A sample that can be sent: its name, the same in words, and the service that it calls."""

    name: str
    words: str
    hook: str
    service: str


def try_pages(
    services: Sequence[Service],
    *,
    offered: bool,
    signed: bool = False,
    today: Callable[[], date] = date.today,
) -> Blueprint:
    """The routes. Not `offered`, as on an address that others reach: each is a 404.

    `signed`: clients are configured, whose keys this page does not have.
    """
    pages = Blueprint("try_page", __name__, template_folder="templates", url_prefix="/try")

    @pages.before_request
    def _only_here() -> None:
        if not (offered and is_sent_from_here(request.environ)):
            abort(404)

    @pages.get("", strict_slashes=False)
    def page() -> Response:
        """The page, with the first sample in it."""
        words = {"services": services, "signed": signed, "first": FIRST_SAMPLE}
        return _html(render_template("try.html", samples=samples(services), **words))

    @pages.get("/samples/<path:name>")
    def a_sample(name: str) -> Response:
        """The call of an invented patient, as if written today."""
        if name not in (*sample_names(), *order_sample_names()):
            abort(404)
        return Response(sample(name, today()), mimetype="application/json")

    @pages.post("/cards")
    def cards() -> Response:
        """Cards, or an OperationOutcome, as a piece of the page."""
        from plugin.web.card_view import Shown, shown_answer  # noqa: PLC0415 - loads slowly

        if not request.is_json:
            raise NotJson("An answer to be shown is JSON: {status, body}.")
        try:
            answer = msgspec.json.decode(request.get_data(), type=Shown)
        except (msgspec.DecodeError, RecursionError) as error:
            raise BadRequest(f"This is no answer to be shown: {error}.") from None
        return _html(render_template("cards.html", **shown_answer(answer)))

    return pages


def samples(services: Sequence[Service]) -> list[Sample]:
    """The samples that can be sent to one of these services, those of an opened chart first."""
    found = []
    for name in (*sample_names(), *order_sample_names()):
        hook = str(msgspec.json.decode(sample(name, date.today()))["hook"])
        service = next((one.id for one in services if one.hook == hook), "")
        if service:
            words = name.rpartition("/")[2].replace("-", " ").capitalize()
            found.append(Sample(name, words, hook, service))
    return found


def _html(text: str) -> Response:
    response = Response(text, mimetype="text/html")
    response.headers["Content-Security-Policy"] = page_policy(script=True)
    return response
