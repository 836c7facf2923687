"""The OpenAPI document: every route, shapes that hold of real calls and answers, real examples."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from cds_hooks.model import Service
from plugin.app import create_app
from plugin.config import Settings
from plugin.pipeline import Pipeline, default_pipeline
from plugin.samples import WRITTEN_FOR, sample, sample_names
from plugin.web.openapi.document import api_document
from plugin.web.openapi.operations import OPERATIONS, Described
from plugin.web.openapi.reading import readable
from tests.plugin.hook_calls import URL, call, patient

Json = dict[str, Any]
SIGNED_ROUTES = ("/cds-services", "/cds-services/{service_id}")


@pytest.fixture(scope="module")
def document(app: Flask) -> Json:
    response = app.test_client().get("/openapi.json")
    assert (200, "application/json") == (response.status_code, response.mimetype)
    made: Json = response.get_json()
    return made


def holds(document: Json, name: str, value: Any) -> None:
    """Raise unless a value is of the document's schema of that name."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    Draft202012Validator(schema).validate(value)


def routes(app: Flask) -> set[tuple[str, str]]:
    """Every route and method, in the spelling of OpenAPI."""
    found = set()
    for rule in app.url_map.iter_rules():
        parts = (f"{{{part}}}" if dynamic else part for dynamic, part in rule._trace)
        path = "".join(parts).removeprefix("|")
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found |= {(path, method.lower()) for method in methods}
    return found


def test_the_document_is_valid_openapi(document: Json) -> None:
    """By the schema of OpenAPI 3.1, and every shape is a JSON Schema."""
    assert "3.1.0" == document["openapi"]
    schemathesis.openapi.from_dict(document).validate()
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_route_of_the_application_is_described_and_no_other(
    app: Flask, document: Json
) -> None:
    """Each is described in words of its own, not by what its function says of itself."""
    described = {(path, method) for path, one in document["paths"].items() for method in one}
    assert routes(app) == described
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert (rule.rule, method.lower()) in OPERATIONS


def test_nothing_is_described_that_no_application_has(app: Flask) -> None:
    """Of these alone an application without a database, or without evidence pages, has none."""
    there = {
        (rule.rule, method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set())
    }
    assert set(OPERATIONS) - there <= {
        ("/cds-services/<service_id>/feedback", "post"),
        ("/evidence", "get"),
        ("/evidence/<segment>/<path:name>", "get"),
    }


def test_routes_of_a_fuller_application_are_described_by_what_they_are() -> None:
    """Feedback, and a page whose 404 is a page; a parameter after the `?` is one."""
    app = Flask("full", static_folder=None)
    for rule, method in (
        ("/cds-services/<service_id>/feedback", "POST"),
        ("/evidence", "GET"),
        ("/evidence/<segment>/<path:name>", "GET"),
    ):
        app.add_url_rule(rule, rule, lambda **_: "", methods=[method])
    services = (Service("cramp-review", "patient-view", "t", "d", ()),)
    document = api_document(app, Described(services))
    schemathesis.openapi.from_dict(document).validate()
    feedback = document["paths"]["/cds-services/{service_id}/feedback"]["post"]
    assert {"200", "400", "401", "404", "413", "415", "503"} <= feedback["responses"].keys()
    for shown in feedback["requestBody"]["content"]["application/json"]["examples"].values():
        holds(document, "Feedback", shown["value"])
    holds(document, "Kept", feedback["responses"]["200"]["content"]["application/json"]["example"])
    evidence = document["paths"]["/evidence"]["get"]
    assert ["text/html", "application/json"] == list(evidence["responses"]["404"]["content"])
    assert [("rules", "query")] == [(one["name"], one["in"]) for one in evidence["parameters"]]
    assert readable(document)["groups"]


def test_a_route_that_is_not_described_is_in_the_document_all_the_same() -> None:
    """By its docstring: nothing that answers is hidden."""
    app = Flask("bare", static_folder=None)

    @app.get("/more/<int:number>")
    def more(number: int) -> str:
        """Say more."""
        return str(number)

    document = api_document(app, Described(()))
    assert "Say more" == document["paths"]["/more/{number}"]["get"]["summary"]
    (parameter,) = document["paths"]["/more/{number}"]["get"]["parameters"]
    assert ("number", "path", True) == tuple(parameter[key] for key in ("name", "in", "required"))


def test_every_reference_leads_somewhere(document: Json) -> None:
    """Followed wherever it stands."""
    seen = []

    def look(value: Any) -> None:
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, dict | list):
                look(inner)
        if isinstance(value, dict) and isinstance(value.get("$ref"), str):
            seen.append(value["$ref"])

    look(document)
    assert seen
    for reference in seen:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


def test_examples_are_of_the_shapes_that_they_illustrate(document: Json) -> None:
    """Every one, wherever it stands; calls among them are our samples, and there is one of each."""
    checked = []
    for one in [*_media(document["paths"]), *_media(document["components"]["responses"])]:
        schema = {**one["schema"], "components": document["components"]}
        for value in [*one.get("examples", {}).values()]:
            Draft202012Validator(schema).validate(value["value"])
            checked.append(value["value"])
        if "example" in one:
            Draft202012Validator(schema).validate(one["example"])
            checked.append(one["example"])
    calls = [one for one in checked if "hook" in one]
    assert set(sample_names()) <= set(_calls(document))
    assert len(calls) == len(_calls(document))
    assert any("cards" in one for one in checked)


def _media(value: Any) -> list[Json]:
    """Every media type object below a value."""
    if not isinstance(value, dict):
        return []
    own = list(value["content"].values()) if "content" in value else []
    return own + [one for inner in value.values() for one in _media(inner)]


def _calls(document: Json) -> Json:
    post = document["paths"]["/cds-services/{service_id}"]["post"]
    examples: Json = post["requestBody"]["content"]["application/json"]["examples"]
    return {name: shown["value"] for name, shown in examples.items()}


@pytest.mark.parametrize("name", sample_names())
def test_a_real_call_and_its_answer_are_of_their_shapes(
    client: FlaskClient, document: Json, name: str
) -> None:
    """As sent, and as answered."""
    body = sample(name, WRITTEN_FOR)
    response = client.post(URL, data=body, content_type="application/json")
    holds(document, "Call", _calls(document)[name])
    holds(document, "Cards", response.get_json())


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/cds-services", "Discovery"),
        ("/healthz", "Health"),
        ("/readyz", "Readiness"),
        ("/source-attributes.json", "SourceAttributes"),
        ("/openapi.json", "OpenApi"),
    ],
)
def test_what_a_route_answers_is_of_its_shape(
    client: FlaskClient, document: Json, path: str, shape: str
) -> None:
    """And the document says so."""
    (media,) = document["paths"][path]["get"]["responses"]["200"]["content"].values()
    assert f"#/components/schemas/{shape}" == media["schema"]["$ref"]
    holds(document, shape, client.get(path).get_json())


@pytest.mark.parametrize("path", ["/", "/metrics", "/docs", "/source-attributes", "/try"])
def test_a_page_is_of_the_media_type_that_the_document_says(
    client: FlaskClient, document: Json, path: str
) -> None:
    """Without the charset, which werkzeug adds."""
    (media,) = document["paths"][path]["get"]["responses"]["200"]["content"]
    assert media.partition(";")[0] == client.get(path).mimetype


def _refused(client: FlaskClient, status: int) -> TestResponse:
    asked: dict[int, tuple[str, str, bytes, str]] = {
        400: ("POST", URL, b"{", "application/json"),
        404: ("POST", "/cds-services/none", b"{}", "application/json"),
        405: ("DELETE", "/cds-services", b"", ""),
        412: ("POST", URL, call({"patient": patient()}), "application/json"),
        413: ("POST", URL, b" " * (1 << 25), "application/json"),
        415: ("POST", URL, b"{}", "text/plain"),
    }
    method, path, body, media = asked[status]
    return client.open(path, method=method, data=body, content_type=media)


@pytest.mark.parametrize("status", [400, 404, 405, 412, 413, 415])
def test_a_refusal_is_what_the_document_says(
    client: FlaskClient, document: Json, status: int
) -> None:
    """The status is listed for its route, and the body is an OperationOutcome."""
    response = _refused(client, status)
    assert status == response.status_code
    holds(document, "OperationOutcome", response.get_json())
    listed = document["paths"]["/cds-services/{service_id}"]["post"]["responses"]
    assert str(status) in listed
    shown = document["components"]["responses"][f"Refused{status}"]["content"]["application/json"]
    assert response.get_json()["issue"][0]["code"] == shown["example"]["issue"][0]["code"]


def test_a_call_that_is_none_is_not_of_the_shape(document: Json) -> None:
    """Guards the tests above: the shapes refuse something."""
    sound = _calls(document)["thiazide-low-potassium"]
    for wrong in (
        {**sound, "hook": "no-such-hook"},
        {**sound, "context": {"patientId": "p"}},
        {**sound, "prefetch": []},
        {name: value for name, value in sound.items() if name != "hookInstance"},
    ):
        with pytest.raises(Exception, match="is not valid under any of the given schemas"):
            holds(document, "Call", wrong)
    with pytest.raises(Exception, match="'fatal' is not one of"):
        holds(document, "Card", {**_card(document), "indicator": "fatal"})


def _card(document: Json) -> Json:
    answers = document["paths"]["/cds-services/{service_id}"]["post"]["responses"]
    card: Json = answers["200"]["content"]["application/json"]["example"]["cards"][0]
    return card


def test_prefetch_keys_are_those_of_discovery(client: FlaskClient, document: Json) -> None:
    """With the query of each."""
    for service in client.get("/cds-services").get_json()["services"]:
        shape = document["components"]["schemas"][f"Call.{service['id']}.{service['hook']}"]
        keys = shape["properties"]["prefetch"]["properties"]
        assert service["prefetch"].keys() == keys.keys()
        assert all(
            query in keys[name]["description"] for name, query in service["prefetch"].items()
        )


def test_a_signature_is_said_to_be_asked_for_where_it_is(app: Flask) -> None:
    """`{}` beside it means that a call without one is answered too."""
    must: list[Json] = [{"jwt": []}]
    for signed, security in ((True, must), (False, [{}, *must])):
        document = api_document(app, Described((), signed=signed))
        asked = {path for path, one in document["paths"].items() if "security" in str(one)}
        assert set(SIGNED_ROUTES) <= asked
        assert security == document["paths"]["/cds-services"]["get"]["security"]
        assert "/healthz" not in asked
    assert "bearer" == document["components"]["securitySchemes"]["jwt"]["scheme"]


def test_the_server_is_the_address_that_clients_use() -> None:
    """Where the site has said it; else wherever the document was found."""
    pipeline = Pipeline(default_pipeline().knowledge)
    for base_url, url in (
        ("https://crampcheck.example.org", "https://crampcheck.example.org"),
        ("", "/"),
    ):
        client = create_app(Settings(base_url=base_url), pipeline=pipeline).test_client()
        assert [{"url": url}] == client.get("/openapi.json").get_json()["servers"]
