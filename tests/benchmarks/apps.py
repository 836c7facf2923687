"""What the benchmark serves: nothing at all, and the whole service."""

from __future__ import annotations

from flask import Flask, request

from plugin.app import served


def empty() -> Flask:
    """A Flask application that answers without looking; what is posted it takes, and no more."""
    app = Flask("empty")

    @app.get("/")
    def index() -> str:
        return ""

    @app.post("/")
    def take() -> str:
        request.get_data()
        return ""

    return app


def whole() -> Flask:
    """The service as it is deployed: with its database, logs and metrics."""
    return served()
