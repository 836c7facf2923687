"""What each route is for, in words and by the names of the shapes that it takes and gives.

A route that is not described here is still in the document, by the docstring of its function.
"""

from __future__ import annotations

from msgspec import Struct

from cds_hooks.model import Service

PROTOCOL, EVIDENCE, OPERATORS, INTEGRATORS = "CDS Hooks", "Evidence", "Operation", "For integrators"
TAGS = {
    PROTOCOL: "Discovery, calls and feedback, as CDS Hooks 2.0 has them.",
    EVIDENCE: "What an answer rests on, for a clinician who follows a card's link.",
    OPERATORS: "Whether the service lives and what it does; for the operators' network.",
    INTEGRATORS: "These pages.",
}
JSON, HTML, TEXT = "application/json", "text/html", "text/plain"
METRICS = "text/plain; version=1.0.0; charset=utf-8"


class Described(Struct, frozen=True):
    """What the document is made for, beside the routes."""

    services: tuple[Service, ...]
    base_url: str = ""
    signed: bool = False  # whether clients are configured, so that calls must be signed


class Operation(Struct, frozen=True):
    """A method of a route. `gives` and `takes` name schemas; an empty `media` is an empty body."""

    summary: str
    tag: str
    description: str = ""
    media: str = JSON
    gives: str = ""
    takes: str = ""
    said: str = "Done."  # what a 200 means
    refusals: tuple[int, ...] = ()
    absent_page: bool = False  # whether its 404 is a page too
    query: tuple[tuple[str, str], ...] = ()  # parameters after the `?`, each with what it is
    signed: bool = False  # whether clients must sign where clients are configured


_TRY = "Answered on a loopback address only, and to the machine itself; 404 elsewhere."
OPERATIONS: dict[tuple[str, str], Operation] = {
    ("/cds-services", "get"): Operation(
        "The services, and the prefetch keys that they ask for",
        PROTOCOL,
        gives="Discovery",
        said="Every service, once for each hook that it answers.",
        refusals=(401, 503),
        signed=True,
    ),
    ("/cds-services/<service_id>", "post"): Operation(
        "Call a service",
        PROTOCOL,
        "One id may stand under several hooks; the body's `hook` says which of them is called. "
        "Unknown elements of a call, and of the resources in it, are no fault.",
        takes="Call",
        gives="Cards",
        said="Cards. An empty list means: everything was read, and nothing was found.",
        refusals=(400, 401, 404, 412, 413, 415, 503),
        signed=True,
    ),
    ("/cds-services/<service_id>/feedback", "post"): Operation(
        "Say what became of cards",
        PROTOCOL,
        "May be sent in batches, again, and in any order: each outcome is kept once. Entries that "
        "cannot be read give a 400 that names them; the others are kept.",
        takes="Feedback",
        gives="Kept",
        said="Kept, durably.",
        refusals=(400, 401, 404, 413, 415, 503),
        signed=True,
    ),
    ("/evidence", "get"): Operation(
        "What the rules rest on: all of them, or those that a card names",
        EVIDENCE,
        "No patient is in it.",
        media=HTML,
        refusals=(404,),
        absent_page=True,
        query=(("rules", "Ids of rules, between commas; a card's link has them."),),
    ),
    ("/evidence/<segment>/<path:name>", "get"): Operation(
        "A rule, a drug or an option with its sources and its review",
        EVIDENCE,
        media=HTML,
        refusals=(404,),
        absent_page=True,
    ),
    ("/source-attributes", "get"): Operation(
        "The source attributes of 45 CFR 170.315(b)(11)(iv)(A), as a page", EVIDENCE, media=HTML
    ),
    ("/source-attributes.json", "get"): Operation(
        "The source attributes, with what each rule, mitigation and interaction cites",
        EVIDENCE,
        gives="SourceAttributes",
    ),
    ("/", "get"): Operation("What this is, in a few lines", OPERATORS, media=TEXT),
    ("/healthz", "get"): Operation(
        "Whether the process answers", OPERATORS, gives="Health", said="It does."
    ),
    ("/readyz", "get"): Operation(
        "Whether calls can be answered, and from which knowledge",
        OPERATORS,
        gives="Readiness",
        said="The knowledge is loaded and checked.",
    ),
    ("/metrics", "get"): Operation(
        "Counters and timings in Prometheus' text format", OPERATORS, media=METRICS
    ),
    ("/openapi.json", "get"): Operation(
        "This document", INTEGRATORS, gives="OpenApi", said="OpenAPI 3.1."
    ),
    ("/docs", "get"): Operation("This document as a page", INTEGRATORS, media=HTML),
    ("/static/<path:name>", "get"): Operation(
        "Styles and scripts of these pages", INTEGRATORS, media="*/*", refusals=(404,)
    ),
    ("/try", "get"): Operation(
        "A page that sends a call and shows its cards", INTEGRATORS, _TRY, HTML, refusals=(404,)
    ),
    ("/try/samples/<path:name>", "get"): Operation(
        "The call of an invented patient, with its dates moved to today",
        INTEGRATORS,
        _TRY,
        gives="Call",
        refusals=(404,),
    ),
    ("/try/cards", "post"): Operation(
        "Cards as a piece of a page; nothing of them is kept",
        INTEGRATORS,
        _TRY,
        HTML,
        takes="Shown",
        refusals=(400, 404, 413, 415),
    ),
}
