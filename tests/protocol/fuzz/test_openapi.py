"""What our OpenAPI says of each route, held against what it does with requests made from it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import redirect_stderr
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from schemathesis import checks
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as described

from plugin.app import create_app
from plugin.config import Settings
from tests.plugin.hook_calls import TODAY
from tests.protocol.fuzz.conftest import examples
from tests.protocol.held import hold

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ROUTES = {
    "/cds-services",
    "/cds-services/{service_id}",
    "/cds-services/{service_id}/feedback",
    "/evidence",
    "/healthz",
    "/openapi.json",
    "/readyz",
}
CHECKS = [
    checks.not_a_server_error,
    described.status_code_conformance,
    described.content_type_conformance,
    described.response_schema_conformance,
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The whole application; its log is of no interest here."""
    data = str(tmp_path_factory.mktemp("data"))
    with redirect_stderr(io.StringIO()):
        return create_app(Settings(data=data), today=lambda: TODAY, remember=True)


@pytest.fixture(scope="module")
def described_api(app: Flask) -> schemathesis.BaseSchema:
    """The description, as a client gets it."""

    def on_this_machine(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """As a server tells it: there are pages for this machine only."""
        return app({**environ, "REMOTE_ADDR": "127.0.0.1"}, start)

    return schemathesis.openapi.from_wsgi("/openapi.json", on_this_machine)


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_every_route_of_the_protocol_is_described(client: FlaskClient) -> None:
    assert set(client.get("/openapi.json").get_json()["paths"]) >= ROUTES


def test_each_route_does_what_its_description_says(described_api: schemathesis.BaseSchema) -> None:
    ran: set[str] = set()

    def try_out(operation: Any) -> None:
        @examples("described")
        @given(operation.as_strategy())
        def run(case: Any) -> None:
            ran.add(case.path)
            response = case.call()
            mimetype = response.headers.get("content-type", [""])[0].partition(";")[0]
            url = case.formatted_path
            hold(case.method, url, response.status_code, mimetype, response.content)
            refused = response.status_code >= 400 and mimetype == "application/json"
            # Any route may refuse in JSON, which `hold` has read; a page need not say so.
            case.validate_response(response, checks=CHECKS[:2] if refused else CHECKS)

        run()

    for operation in described_api.get_all_operations():
        assert isinstance(operation, Ok)
        try_out(operation.ok())
    assert ran >= ROUTES - {"/openapi.json"}
