"""What our OpenAPI says of each route, held against what it does with requests made from it."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from typing import Any

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
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


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
            case.validate_response(response, checks=CHECKS)

        run()

    for operation in described_api.get_all_operations():
        assert isinstance(operation, Ok)
        try_out(operation.ok())
    assert ran >= ROUTES
