"""The web application: `gunicorn "plugin.app:served()"`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date
from http import HTTPStatus

import structlog
from flask import Flask, Response

from cds_hooks.blueprint import cds_blueprint
from cds_hooks.errors import register_errors
from cds_hooks.model import Service
from plugin.cards import CardSite
from plugin.config import Settings, settings_from_environment
from plugin.errors import CrampcheckError
from plugin.observe import Metrics, configure_logging, log_fault
from plugin.pipeline import Pipeline, default_pipeline
from plugin.resources import lab_requests
from plugin.services.answering import Answering
from plugin.services.cramp_order_check import cramp_order_check
from plugin.services.cramp_review import cramp_review
from plugin.services.fetch.fetcher import Fetcher
from plugin.services.fetch.servers import Servers
from plugin.serving import Serving
from plugin.store.opening import Store, open_store, prepare
from plugin.trust.cors import cross_origin
from plugin.trust.gate import gate_of
from plugin.trust.memory import MemoryReplay
from plugin.trust.unsigned import local_only
from plugin.watching import Watcher, remembered, repeats
from plugin.web.evidence import evidence_pages
from plugin.web.integrators import register_integrators_pages
from plugin.web.operators import operators_pages
from plugin.web.responding import watched
from plugin.web.source_attributes import source_attribute_pages

_SERVING = "crampcheck"  # under which an application holds what it serves


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
    answering = _answering(settings, pipeline, metrics, store, today)
    endpoints = [*cramp_review(answering), *cramp_order_check(answering)]
    gate = gate_of(settings, store.replay if store else MemoryReplay(), metrics)
    feedback = store.feedback if store else None
    app.register_blueprint(cds_blueprint(endpoints, gate, feedback))
    register_errors(app, log_fault)
    services = [endpoint.service for endpoint in endpoints]
    _add_pages(app, settings, pipeline, metrics, services=services, today=today)
    trusting = local_only(cross_origin(app.wsgi_app, settings.cors_origins), settings)
    app.wsgi_app = watched(trusting, metrics)  # type: ignore[method-assign, assignment]
    structlog.get_logger().info(
        "ready", knowledge=pipeline.knowledge.version, rules=len(pipeline.knowledge.rules)
    )
    return app


def _answering(
    settings: Settings,
    pipeline: Pipeline,
    metrics: Metrics,
    store: Store | None,
    today: Callable[[], date],
) -> Answering:
    """What every service works with."""
    fetcher = Fetcher(
        Servers.of(settings),
        settings.fetch_seconds,
        pipeline.resolve,
        metrics.fetched,
        settings.fhir_ca,
    )
    return Answering(
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
        repeats=repeats(settings, metrics, store),
        complete=fetcher.complete,
    )


def _add_pages(
    app: Flask,
    settings: Settings,
    pipeline: Pipeline,
    metrics: Metrics,
    *,
    services: Sequence[Service],
    today: Callable[[], date],
) -> None:
    """All that is served beside the protocol."""
    here = app.extensions[_SERVING] = Serving.of(pipeline)
    app.register_blueprint(operators_pages(here.about, here.ready, metrics.exposition))
    app.register_blueprint(source_attribute_pages(lambda: here.knowledge))
    app.register_blueprint(evidence_pages(lambda: here.knowledge))
    signed = bool(settings.clients)
    register_integrators_pages(app, services, settings, signed=signed, today=today)


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
