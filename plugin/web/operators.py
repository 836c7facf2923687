"""The pages for who runs the service: what it is, whether it is ready, what it counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST


def operators_pages(
    about: Callable[[], str], ready: Callable[[], dict[str, Any]], exposition: Callable[[], bytes]
) -> Blueprint:
    """`/`, `/healthz`, `/readyz` and `/metrics`, each asked for what it shows when it is called."""
    pages = Blueprint("operators", __name__)

    @pages.get("/")
    def index() -> Response:
        return Response(about(), mimetype="text/plain")

    @pages.get("/healthz")
    def health() -> Response:
        """The process answers."""
        return Response(b'{"status":"ok"}', mimetype="application/json")

    @pages.get("/readyz")
    def readiness() -> Response:
        """The knowledge is loaded and checked; without it the application does not start."""
        return Response(msgspec.json.encode(ready()), mimetype="application/json")

    @pages.get("/metrics")
    def metrics() -> Response:
        return Response(exposition(), content_type=CONTENT_TYPE_LATEST)

    return pages
