"""The web application: `gunicorn "plugin.app:served()"`."""

from __future__ import annotations

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
from plugin.cards import CardSite
from plugin.config import Settings, settings_from_environment
from plugin.errors import CrampcheckError
from plugin.observe import Metrics, configure_logging, log_fault
from plugin.pipeline import Pipeline, default_pipeline
from plugin.resources import lab_requests
from plugin.services.answering import Answering
from plugin.services.cramp_order_check import cramp_order_check
from plugin.services.cramp_review import cramp_review
from plugin.services.fetching import Fetcher
from plugin.services.servers import Servers
from plugin.serving import Serving
from plugin.store.opening import open_store, prepare
from plugin.trust.cors import cross_origin
from plugin.trust.gate import gate_of
from plugin.trust.memory import MemoryReplay
from plugin.trust.unsigned import local_only
from plugin.watching import Watcher, remembered
from plugin.web.evidence import evidence_pages
from plugin.web.integrators import register_integrators_pages
from plugin.web.source_attributes import source_attribute_pages

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

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
    remember: bool = False,
) -> Flask:
    """Build the application. Without arguments: settings from the environment, our knowledge.

    With `remember` it has a database: it takes feedback, and keeps which cards it sent. Raises
    SettingsInvalid, ClientsInvalid, KnowledgeInvalid or DatabaseInvalid: the service does not start
    on what it cannot read.
    """
    settings = settings or settings_from_environment()
    configure_logging(settings.log_level.value, settings.log_format.value)
    pipeline = pipeline or default_pipeline(settings)
    metrics = Metrics()
    app = _Application("crampcheck", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    store = open_store(settings, metrics) if remember else None
    fetcher = Fetcher(
        Servers.of(settings),
        settings.fetch_seconds,
        pipeline.resolve,
        metrics.fetched,
        settings.fhir_ca,
    )
    answering = Answering(
        pipeline=pipeline,
        watcher=Watcher(metrics, store),
        today=today,
        site=CardSite(
            base_url=settings.base_url,
            smart_url=settings.smart_launch_url,
            smart_context=settings.smart_app_context,
            requests=lab_requests(pipeline.knowledge),
        ),
        remembered=remembered(settings, metrics, store),
        complete=fetcher.complete,
    )
    gate = gate_of(settings, store.replay if store else MemoryReplay(), metrics)
    feedback = store.feedback if store else None
    endpoints = [*cramp_review(answering), *cramp_order_check(answering)]
    app.register_blueprint(cds_blueprint(endpoints, gate, feedback))
    register_errors(app, log_fault)
    trusting = local_only(cross_origin(app.wsgi_app, settings.cors_origins), settings)
    app.wsgi_app = _watched(trusting, metrics)  # type: ignore[method-assign, assignment]
    _operators_pages(app, pipeline, metrics)
    app.register_blueprint(source_attribute_pages(lambda: serving(app).knowledge))
    app.register_blueprint(evidence_pages(lambda: serving(app).knowledge))
    services = [endpoint.service for endpoint in endpoints]
    signed = bool(settings.clients)
    register_integrators_pages(app, services, settings, signed=signed, today=today)
    structlog.get_logger().info(
        "ready", knowledge=pipeline.knowledge.version, rules=len(pipeline.knowledge.rules)
    )
    return app


def served() -> Flask:
    """What a server starts. What stops the start is a sentence and its exit code, no traceback."""
    try:
        settings = settings_from_environment()
        app = create_app(settings, remember=True)
        prepare(settings)
    except CrampcheckError as error:
        print(f"crampcheck: {error.message}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    return app


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


def _watched(wsgi: WSGIApplication, metrics: Metrics) -> WSGIApplication:
    """Add our headers to every response, count it and time it.

    Here, outside of Flask, this costs less than hooks on its requests do.
    """

    def wrapped(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            request = environ.get("werkzeug.request")  # where Werkzeug leaves what it matched
            rule = getattr(request, "url_rule", None)  # a preflight is answered before it matches
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
