"""The web application: `gunicorn "plugin.app:served()"`."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST

from cds_hooks.blueprint import cds_blueprint
from cds_hooks.errors import register_errors
from cds_hooks.model import Card, HookRequest
from cds_hooks.whole import WholeReader
from plugin.config import Settings, settings_from_environment
from plugin.errors import CrampcheckError
from plugin.model import Assessment
from plugin.observe import Metrics, configure_logging, log_fault
from plugin.pipeline import Pipeline, default_pipeline
from plugin.reading.shapes import OF_RECORD
from plugin.services.cramp_review import cramp_review
from plugin.serving import Serving
from plugin.web.source_attributes import source_attribute_pages

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_UUID = re.compile(r"\A[0-9a-fA-F-]{32,36}\Z")
_SERVING = "crampcheck"  # under which an application holds what it serves
_HEADERS = [
    ("Cache-Control", "no-store"),  # answers are about patients
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
]


def create_app(
    settings: Settings | None = None,
    *,
    pipeline: Pipeline | None = None,
    today: Callable[[], date] = date.today,
) -> Flask:
    """Build the application. Without arguments: settings from the environment, our knowledge.

    Raises SettingsInvalid, or KnowledgeInvalid: the service does not start on what it cannot read.
    """
    settings = settings or settings_from_environment()
    configure_logging(settings.log_level.value, settings.log_format.value)
    pipeline = pipeline or default_pipeline(settings)
    metrics = Metrics()
    app = _Application("crampcheck", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    evidence_url = f"{settings.base_url}/" if settings.base_url else ""
    review = cramp_review(pipeline, _Watcher(metrics), today=today, evidence_url=evidence_url)
    app.register_blueprint(cds_blueprint([review], whole=WholeReader(OF_RECORD)))
    register_errors(app, log_fault)
    app.wsgi_app = _watched(app.wsgi_app, metrics)  # type: ignore[method-assign, assignment]
    _operators_pages(app, pipeline, metrics)
    app.register_blueprint(source_attribute_pages(lambda: serving(app).knowledge))
    structlog.get_logger().info(
        "ready", knowledge=pipeline.knowledge.version, rules=len(pipeline.knowledge.rules)
    )
    return app


def served() -> Flask:
    """What a server starts. What stops the start is a sentence and its exit code, no traceback."""
    try:
        return create_app()
    except CrampcheckError as error:
        print(f"crampcheck: {error.message}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None


def serving(app: Flask) -> Serving:
    """What an application of ours serves."""
    held: Serving = app.extensions[_SERVING]
    return held


class _Application(Flask):
    def make_default_options_response(self) -> Response:
        """Which methods a route takes, without a body."""
        response = super().make_default_options_response()
        response.status_code = HTTPStatus.NO_CONTENT
        del response.headers["Content-Type"]
        return response


class _Watcher:
    """Counts each answer, and writes one event for it."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._log = structlog.get_logger().bind()  # bound once: the settings do not change

    def answered(
        self, request: HookRequest, entries: int, assessment: Assessment, cards: list[Card]
    ) -> None:
        self._metrics.assessed(
            assessment.level.value,
            [card["indicator"] for card in cards],
            [one.reason.value for one in assessment.unread],
        )
        instance = request.hook_instance
        self._log.info(
            "answered",
            hook=request.hook,
            call=instance if _UUID.match(instance) else "not-a-uuid",
            entries=entries,
            medications=len(assessment.medications),
            findings=len(assessment.findings),
            unread=len(assessment.unread),
            advice=assessment.level.value,
            cards=len(cards),
        )


def _watched(wsgi: WSGIApplication, metrics: Metrics) -> WSGIApplication:
    """Add our headers to every response, count it and time it.

    Here, outside of Flask, this costs less than hooks on its requests do.
    """

    def wrapped(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            request = environ.get("werkzeug.request")  # where Werkzeug leaves what it matched
            rule = request.url_rule if request is not None else None
            route = rule.rule if rule is not None else "(none)"
            metrics.responded(route, status[:3], time.perf_counter() - started)
            own = {name for name, _ in headers}  # a page may set a policy of its own
            added = [header for header in _HEADERS if header[0] not in own]
            return start_response(status, headers + added, *exc_info)

        return wsgi(environ, start)

    return wrapped


def _operators_pages(app: Flask, pipeline: Pipeline, metrics: Metrics) -> None:
    here = app.extensions[_SERVING] = Serving.of(pipeline)

    @app.get("/")
    def index() -> Response:
        return Response(here.about(), mimetype="text/plain")

    @app.get("/healthz")
    def health() -> Response:
        """The process answers."""
        return Response(b'{"status":"ok"}', mimetype="application/json")

    @app.get("/readyz")
    def readiness() -> Response:
        """The knowledge is loaded and checked; without it the application does not start."""
        return Response(msgspec.json.encode(here.ready()), mimetype="application/json")

    @app.get("/metrics")
    def exposition() -> Response:
        return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
