"""Discovery: what a client learns of the services before it calls one."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.plugin.hook_calls import Json
from tests.protocol.conftest import Post
from tests.protocol.corpus import reviews
from tests.protocol.requirement import requirement

Services = list[dict[str, Any]]


@requirement(4, 5, 13)
def test_discovery_is_a_get_of_cds_services_below_the_base_address(client: FlaskClient) -> None:
    for path in ("/cds-services", "/cds-services?_format=json"):
        assert client.get(path).status_code == 200
    for elsewhere in ("/r4/cds-services", "/cds-service", "/cds-services/"):
        assert client.get(elsewhere).status_code == 404


@requirement(6)
def test_discovery_is_an_object_with_a_list_of_services(client: FlaskClient) -> None:
    body = client.get("/cds-services").get_json()
    assert list(body) == ["services"]
    assert len(body["services"]) >= 1
    assert all(isinstance(service, dict) for service in body["services"])


@requirement(7, 8, 9, 10, 12)
@pytest.mark.parametrize("field", ["hook", "title", "description", "id", "usageRequirements"])
def test_each_service_is_described_in_text(services: Services, field: str) -> None:
    for service in services:
        assert isinstance(service[field], str)
        assert service[field].strip()


@requirement(11, 29, 36)
def test_each_service_says_what_to_prefetch_as_a_query_under_a_key(services: Services) -> None:
    for service in services:
        keys = service["prefetch"]
        assert {"patient", "medications"} <= set(keys)
        assert all(isinstance(query, str) and query for query in keys.values())
        assert len(set(keys.values())) == len(keys)


@requirement(10, 16)
def test_a_service_answers_at_its_id_below_cds_services(post: Post, services: Services) -> None:
    body = reviews()["low potassium"]
    ids = {service["id"] for service in services if service["hook"] == "patient-view"}
    assert ids
    for id_ in ids:
        assert post(f"/cds-services/{id_}", body).status_code == 200
    assert post("/cds-services/cramp-reviews", body).status_code == 404
    assert post("/cds-services/cramp-review/", body).status_code == 404


@requirement(14)
def test_what_is_no_discovery_request_is_refused_with_a_reason(client: FlaskClient) -> None:
    refused = client.delete("/cds-services")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]
    said: Json = refused.get_json()
    assert said["resourceType"] == "OperationOutcome"
