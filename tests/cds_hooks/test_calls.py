"""A call is answered, or refused with a status and an OperationOutcome."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from marshmallow import ValidationError
from werkzeug.test import TestResponse

from cds_hooks.blueprint import cds_blueprint, discovery_document
from cds_hooks.model import Endpoint, Service
from tests.cds_hooks.echo import LIMIT, SERVICE, Echo, MakeCall, card

URL = "/cds-services/echo"


def send(client: FlaskClient, body: bytes, content_type: str = "application/json") -> TestResponse:
    """Post a body as it stands."""
    return client.post(URL, data=body, content_type=content_type)


def refusal(response: TestResponse) -> tuple[int, str, str]:
    """Status, issue code and diagnostics of a refusal."""
    outcome = response.get_json()
    assert response.content_type == "application/json"
    assert outcome["resourceType"] == "OperationOutcome"
    assert [issue["severity"] for issue in outcome["issue"]] == ["error"]
    return response.status_code, outcome["issue"][0]["code"], outcome["issue"][0]["diagnostics"]


def test_discovery_lists_the_services_and_leaves_out_what_is_empty(client: FlaskClient) -> None:
    """Elements of the protocol may not be empty."""
    response = client.get("/cds-services")
    assert response.status_code == 200
    assert response.get_json() == {
        "services": [
            {
                "hook": "patient-view",
                "description": "Says what it was sent",
                "id": "echo",
                "prefetch": {"patient": "Patient/{{context.patientId}}"},
            }
        ]
    }


def test_a_sound_call_reaches_the_service_and_its_cards_reach_the_client(
    client: FlaskClient, echo: Echo, call: MakeCall
) -> None:
    """The service sees hook, context and prefetch; the client sees its cards."""
    response = client.post(URL, json=call())
    assert (response.status_code, response.get_json()) == (200, {"cards": [card("heard")]})
    [request] = echo.requests
    assert (request.hook, request.context["patient_id"]) == ("patient-view", "p1")
    assert json.loads(request.value("patient").sent[0].raw) == {
        "resourceType": "Patient",
        "id": "p1",
    }


def test_a_service_without_advice_answers_with_empty_cards(
    client: FlaskClient, echo: Echo, call: MakeCall
) -> None:
    """Nothing to say is a 200 with an empty list."""
    echo.cards = []
    assert client.post(URL, json=call()).get_json() == {"cards": []}


def test_a_card_with_all_that_we_send_passes(
    client: FlaskClient, echo: Echo, call: MakeCall
) -> None:
    """Source, topic and reasons to override."""
    coding = {"system": "urn:x", "code": "c", "display": "d"}
    source = {"label": "echo", "url": "http://localhost:8000/", "topic": coding}
    echo.cards = [
        {**card("x" * 139), "detail": "d", "source": source, "overrideReasons": [coding, coding]}
    ]
    assert client.post(URL, json=call()).get_json() == {"cards": echo.cards}


def test_a_patient_reference_is_taken_for_its_id(
    client: FlaskClient, echo: Echo, call: MakeCall
) -> None:
    """Some clients send Patient/p1 where the protocol has p1."""
    client.post(URL, json=call(context={"userId": "u", "patientId": "Patient/p1"}))
    assert echo.requests[0].context["patient_id"] == "p1"


def test_fields_that_we_do_not_know_change_nothing_and_tokens_are_not_taken_in(
    client: FlaskClient, echo: Echo, call: MakeCall
) -> None:
    """Extensions are allowed; the access token never enters the request that a service sees."""
    extra = {"fhirAuthorization": {"access_token": "s3cret"}, "extension": {"x": 1}, "user": "u"}
    assert client.post(URL, json=call(**extra)).status_code == 200
    assert "s3cret" not in repr(echo.requests)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b'{"hook": "patient-view", "prefe', "not JSON: it is cut short (byte 31)"),
        (b'{"hook": "patient-view",, }', "(byte 24)"),
        (b"hook=patient-view", "not JSON"),
        (b'{"hook": NaN}', "not JSON"),
        (b'{"hook": "\xff\xfe"}', "not UTF-8"),
        (b'{"prefetch": {"patient": {"x": "caf\xe9"}}}', "not UTF-8"),
        (rb'{"hook": "patient-view", "prefetch": {"a": "\ud800 alone"}}', "not JSON"),
        (b"[]", "not a CDS Hooks call"),
        (b'"patient-view"', "not a CDS Hooks call"),
        (b'{"prefetch": 5}', "not a CDS Hooks call"),
        (b"{}", "hook: Missing data"),
        (b'{"prefetch":{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}}", "nested too deeply"),
        (
            b'{"prefetch":{"a":' + b'{"b":' * 10_000 + b"1" + b"}" * 10_001 + b"}",
            "nested too deeply",
        ),
        (b'{"context":' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested too deeply"),
    ],
)
def test_a_body_that_is_no_call_is_a_400_that_says_what_is_wrong(
    client: FlaskClient, echo: Echo, body: bytes, says: str
) -> None:
    """Never a 500, never an empty list of cards, and the service is not asked."""
    status, code, text = refusal(send(client, body))
    assert (status, code) == (400, "invalid")
    assert says in text
    assert echo.requests == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"hook": None}, "hook: Missing data"),
        ({"hook": ""}, "hook: Shorter than minimum length 1."),
        ({"hook": 7}, "hook: Not a valid string."),
        ({"hook": ["patient-view"]}, "hook: Not a valid string."),
        ({"hookInstance": None}, "hookInstance: Missing data"),
        ({"hookInstance": {}}, "hookInstance: Not a valid string."),
        ({"context": None}, "context: Missing data"),
        ({"context": []}, "context: Not a valid mapping type."),
        ({"context": {"userId": "u"}}, "patientId: Missing data"),
        ({"context": {"patientId": "p1"}}, "userId: Missing data"),
        ({"context": {"userId": "u", "patientId": 5}}, "patientId: Not a valid string."),
        ({"context": {"userId": "u", "patientId": "a b"}}, "patientId: String does not match"),
        ({"context": {"userId": "u", "patientId": "x" * 300}}, "patientId: Length must be"),
        ({"hook": "order-sign"}, "does not answer that hook; it answers patient-view"),
    ],
)
def test_a_missing_or_wrong_field_is_a_400_that_names_the_field(
    client: FlaskClient, echo: Echo, call: MakeCall, changes: dict[str, Any], says: str
) -> None:
    """The integration engineer reads which field to mend."""
    status, code, text = refusal(client.post(URL, json=call(**changes)))
    assert (status, code) == (400, "invalid")
    assert says in text
    assert echo.requests == []


def test_a_byte_order_mark_before_the_json_is_passed_over(
    client: FlaskClient, call: MakeCall
) -> None:
    """Some platforms write one; it carries no meaning."""
    body = b"\xef\xbb\xbf" + json.dumps(call()).encode()
    assert send(client, body).status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_not_declared_as_json_is_a_415(
    client: FlaskClient, call: MakeCall, content_type: str
) -> None:
    """The protocol speaks JSON only."""
    response = send(client, json.dumps(call()).encode(), content_type)
    assert refusal(response)[:2] == (415, "not-supported")


def test_json_with_a_charset_or_of_fhir_is_json(client: FlaskClient, call: MakeCall) -> None:
    """Clients add a charset, or name FHIR's flavour."""
    body = json.dumps(call()).encode()
    for content_type in ("application/json; charset=utf-8", "application/fhir+json"):
        assert send(client, body, content_type).status_code == 200


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, gzip", " GZIP "])
def test_a_compressed_body_is_a_415_that_names_the_header(
    client: FlaskClient, call: MakeCall, coding: str
) -> None:
    """It would otherwise be called wrong UTF-8."""
    body = gzip.compress(json.dumps(call()).encode())
    headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
    response = client.post(URL, data=body, headers=headers)
    status, code, text = refusal(response)
    assert (status, code) == (415, "not-supported")
    assert "Content-Encoding is not supported" in text
    assert response.headers["Accept-Encoding"] == "identity"


def test_a_body_that_is_declared_as_it_is_is_read(client: FlaskClient, call: MakeCall) -> None:
    """Identity is the coding that is none."""
    for coding in ("identity", "Identity", ""):
        response = client.post(URL, json=call(), headers={"Content-Encoding": coding})
        assert response.status_code == 200


class BrokenStream(io.RawIOBase):
    """A connection that ends as the servers of WSGI have it: each with an error of its own."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def readable(self) -> bool:
        """So that it is asked."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Never gives a byte."""
        raise self.error


@pytest.mark.parametrize("error", [ConnectionResetError(104, "peer"), ValueError("size: ZZ")])
def test_a_body_that_breaks_off_is_a_400_and_no_fault_of_ours(
    client: FlaskClient, echo: Echo, error: Exception
) -> None:
    """Chunks that are no chunks, and clients that hang up."""
    response = client.post(
        URL,
        content_type="application/json",
        environ_overrides={
            "wsgi.input": io.BufferedReader(BrokenStream(error)),
            "wsgi.input_terminated": True,
            "CONTENT_LENGTH": "",
        },
        headers={"Transfer-Encoding": "chunked"},
    )
    status, code, text = refusal(response)
    assert (status, code) == (400, "invalid")
    assert "its chunks are wrong" in text
    assert echo.faults == []


def test_an_unknown_service_is_a_404(client: FlaskClient, call: MakeCall) -> None:
    """Whatever its body."""
    assert refusal(client.post("/cds-services/none", json=call()))[:2] == (404, "not-found")
    assert refusal(client.get("/nowhere"))[:2] == (404, "not-found")


def test_the_wrong_method_is_a_405_that_names_the_right_one(client: FlaskClient) -> None:
    """As HTTP asks."""
    response = client.get(URL)
    assert refusal(response)[:2] == (405, "not-supported")
    assert "POST" in response.headers["Allow"]


def test_a_body_over_the_limit_is_a_413_that_names_the_limit(client: FlaskClient) -> None:
    """The limit is the application's."""
    status, code, text = refusal(send(client, b" " * (LIMIT + 1)))
    assert (status, code) == (413, "too-long")
    assert str(LIMIT) in text


def test_a_body_sent_in_chunks_is_read_and_has_the_same_limit(
    client: FlaskClient, call: MakeCall
) -> None:
    """Its length is not declared, so it is counted while it is read."""
    chunked = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    for body, status in ((json.dumps(call()).encode(), 200), (b" " * (LIMIT + 1), 413)):
        stream = io.BytesIO(body)
        response = client.post(
            URL,
            input_stream=stream,
            content_type="application/json",
            environ_overrides=chunked,
            headers={"Transfer-Encoding": "chunked"},
        )
        assert response.status_code == status


def test_a_body_without_a_length_that_nobody_ends_is_a_400(client: FlaskClient) -> None:
    """Reading it could wait for ever."""
    response = client.post(URL, input_stream=io.BytesIO(b"{}"), content_type="application/json")
    assert refusal(response)[0] == 400


def test_a_body_shorter_than_declared_is_a_400(client: FlaskClient, call: MakeCall) -> None:
    """A connection that broke off."""
    body = json.dumps(call()).encode()
    response = client.post(
        URL,
        input_stream=io.BytesIO(body[:-20]),
        content_type="application/json",
        environ_overrides={"CONTENT_LENGTH": str(len(body))},
    )
    status, _, text = refusal(response)
    assert status == 400
    assert "the connection broke off" in text


def test_required_data_that_is_missing_is_a_412(client: FlaskClient, call: MakeCall) -> None:
    """As the protocol has it."""
    response = client.post(URL, json=call(prefetch=None))
    assert refusal(response) == (412, "required", "patient was not sent")


def test_a_fault_of_the_service_is_a_500_that_says_so_and_nothing_of_the_patient(
    client: FlaskClient, echo: Echo, call: MakeCall
) -> None:
    """Not an empty list of cards: that would be advice. The log has it under the given word."""
    echo.raises = ZeroDivisionError("Jane Doe")
    status, code, text = refusal(client.post(URL, json=call()))
    assert (status, code) == (500, "exception")
    assert "f00" in text
    assert "Jane" not in text
    assert "Traceback" not in text
    assert echo.faults == [echo.raises]


@pytest.mark.parametrize(
    "broken",
    [
        card("x" * 140),
        card(""),
        {**card("heard"), "indicator": "urgent"},
        {**card("heard"), "indicator": None},
        {**card("heard"), "colour": "red"},
        {**card("heard"), "source": {}},
        {**card("heard"), "source": {"label": "echo", "url": "/relative"}},
        {**card("heard"), "overrideReasons": []},
        {**card("heard"), "overrideReasons": [{"system": "urn:x", "code": "", "display": "d"}]},
        {**card("heard"), "source": {"label": "echo", "topic": {"code": "c"}}},
        {"summary": "heard"},
    ],
)
def test_a_card_that_breaks_the_protocol_is_a_fault_of_ours_and_is_not_sent(
    client: FlaskClient, echo: Echo, call: MakeCall, broken: dict[str, Any]
) -> None:
    """A client could drop such a card in silence."""
    echo.cards = [broken]
    assert refusal(client.post(URL, json=call()))[:2] == (500, "exception")
    assert [type(fault) for fault in echo.faults] == [msgspec.ValidationError]


def test_the_same_id_may_stand_under_two_hooks_but_not_twice_under_one(echo: Echo) -> None:
    """A mistake of the application shows when it starts."""
    endpoint = Endpoint(SERVICE, echo)
    with pytest.raises(ValueError, match="echo stands twice under patient-view"):
        cds_blueprint([endpoint, endpoint])


def test_a_hook_whose_context_has_no_schema_cannot_be_served(echo: Echo) -> None:
    """A context is never taken in unchecked."""
    service = Service("echo", "no-such-hook", "", "d", ())
    with pytest.raises(ValueError, match="no-such-hook has no schema"):
        cds_blueprint([Endpoint(service, echo)])


def test_a_service_that_discovery_cannot_describe_is_refused() -> None:
    """An id that would not survive in a path."""
    with pytest.raises(ValidationError):
        discovery_document([Service("a/b", "patient-view", "", "d", ())])
