"""The application around the services: operators' pages, headers, settings, logs, faults."""

from __future__ import annotations

import io
import json
import logging
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from plugin.app import create_app
from plugin.config import LogFormat, LogLevel, Settings, SettingsInvalid, settings_from_environment
from plugin.observe import configure_logging, describe, log_fault
from plugin.pipeline import default_pipeline
from tests.plugin.hook_calls import TODAY, URL, call, order, prefetch


def test_health_and_readiness_are_answered_in_json(client: FlaskClient) -> None:
    """Ready means that the knowledge is loaded: the answer says which."""
    assert client.get("/healthz").get_json() == {"status": "ok"}
    ready = client.get("/readyz").get_json()
    assert ready["status"] == "ready"
    assert ready["knowledge_version"] == default_pipeline().knowledge.version
    assert ready["knowledge_review"] == "awaiting clinical review"
    assert ready["rules"] > 0


def test_the_front_page_says_what_this_is(client: FlaskClient) -> None:
    """A card's source leads here when the service's address is set."""
    response = client.get("/")
    assert response.mimetype == "text/plain"
    assert "/cds-services" in response.get_data(as_text=True)


def test_every_response_forbids_caching_sniffing_and_framing(client: FlaskClient) -> None:
    """Errors included."""
    for response in (client.get("/cds-services"), client.get("/nowhere"), client.post(URL)):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/nowhere", "/cds-services/", "/cds-services/none", "/docs/"])
def test_an_unknown_path_is_an_operation_outcome(client: FlaskClient, path: str) -> None:
    """No HTML page of the framework reaches an EHR."""
    response = client.get(path)
    assert response.status_code in {404, 405}
    assert response.get_json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/cds-services", {"GET", "HEAD", "OPTIONS"}),
        (URL, {"POST", "OPTIONS"}),
        ("/healthz", {"GET", "HEAD", "OPTIONS"}),
        ("/metrics", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_options_is_answered_with_the_methods_and_without_a_body(
    client: FlaskClient, path: str, methods: set[str]
) -> None:
    """Proxies ask; no page of the framework answers."""
    response = client.options(path)
    assert (response.status_code, response.data) == (204, b"")
    assert set(response.allow) == methods
    assert "Content-Type" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    assert client.options("/nowhere").get_json()["resourceType"] == "OperationOutcome"


def test_metrics_count_responses_levels_cards_and_what_was_not_read() -> None:
    """By route and status; never by patient."""
    client = create_app(Settings(), today=lambda: TODAY).test_client()
    body = call(prefetch(order("xqzzt the blue one")))
    assert client.post(URL, data=body, content_type="application/json").status_code == 200
    client.get("/nowhere")
    text = client.get("/metrics").get_data(as_text=True)
    route = 'route="/cds-services/<service_id>"'
    assert f'crampcheck_http_responses_total{{{route},status="200"}} 1.0' in text
    assert 'crampcheck_http_responses_total{route="(none)",status="404"} 1.0' in text
    assert f"crampcheck_http_seconds_count{{{route}}} 1.0" in text
    assert 'crampcheck_assessments_total{level="none"} 1.0' in text
    assert 'crampcheck_cards_total{indicator="info"} 1.0' in text
    assert 'crampcheck_unread_total{reason="no-drug-named"} 1.0' in text
    assert "zora" not in text


def test_the_metrics_of_all_workers_are_added_up_when_they_share_a_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, client: FlaskClient
) -> None:
    """Otherwise each scrape would show one worker's share."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    assert client.get("/metrics").status_code == 200


def test_a_body_over_the_limit_is_a_413() -> None:
    """The limit is a setting."""
    client = create_app(Settings(max_body_bytes=100), today=lambda: TODAY).test_client()
    response = client.post(URL, data=call(prefetch()), content_type="application/json")
    assert response.status_code == 413
    assert "100 bytes" in response.get_json()["issue"][0]["diagnostics"]


def test_cards_link_to_the_address_of_the_service_when_it_is_set() -> None:
    """The link is absolute, and answered."""
    settings = Settings(base_url="https://cramp.example.org")
    client = create_app(settings, today=lambda: TODAY).test_client()
    body = call(prefetch(order("xqzzt the blue one")))
    [card] = client.post(URL, data=body, content_type="application/json").get_json()["cards"]
    assert card["source"]["url"] == "https://cramp.example.org/evidence"


def test_results_are_judged_by_the_day_of_the_call() -> None:
    """The clock is asked at each call, not when the service starts."""
    days = iter([date(2026, 11, 1), date(2033, 1, 1)])
    client = create_app(Settings(), today=lambda: next(days)).test_client()
    child = {"resourceType": "Patient", "id": "zora", "birthDate": "2014-06-01"}
    body = call(prefetch(patient=child))
    first = client.post(URL, data=body, content_type="application/json").get_json()["cards"]
    second = client.post(URL, data=body, content_type="application/json").get_json()["cards"]
    assert (len(first), len(second)) == (1, 0)


# --- settings ----------------------------------------------------------------------------------


def test_without_environment_the_service_listens_on_this_machine_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Safe by default."""
    for name in Settings.__struct_fields__:
        monkeypatch.delenv(f"CRAMPCHECK_{name.upper()}", raising=False)
    assert settings_from_environment() == Settings()
    assert Settings().host == "127.0.0.1"


def test_each_setting_is_read_from_its_variable_or_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Orchestrators give secrets as files."""
    (tmp_path / "port").write_text("9001")
    values = {
        "HOST": "0.0.0.0",  # noqa: S104
        "PORT_FILE": str(tmp_path / "port"),
        "BASE_URL": "https://cramp.example.org/",
        "SMART_LAUNCH_URL": "https://app.example.org/launch/",
        "SMART_APP_CONTEXT": "true",
        "MAX_BODY_BYTES": "1000",
        "LOG_LEVEL": "warning",
        "LOG_FORMAT": "console",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"CRAMPCHECK_{name}", value)
    assert settings_from_environment() == Settings(
        host="0.0.0.0",  # noqa: S104
        port=9001,
        base_url="https://cramp.example.org",
        smart_launch_url="https://app.example.org/launch/",
        smart_app_context=True,
        max_body_bytes=1000,
        log_level=LogLevel.WARNING,
        log_format=LogFormat.CONSOLE,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("MAX_BODY_BYTES", "-1"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("BASE_URL", "cramp.example.org"),
        ("BASE_URL", "javascript:alert(1)"),
        ("BASE_URL", "https://cramp.example.org/a b"),
        ("SMART_LAUNCH_URL", "launch.html"),
        ("SMART_APP_CONTEXT", "perhaps"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Before the service starts."""
    monkeypatch.setenv(f"CRAMPCHECK_{name}", value)
    with pytest.raises(SettingsInvalid, match=name) as refused:
        create_app()
    said = str(refused.value)
    assert "See deploy/crampcheck.env" in said
    assert [] == [wrong for wrong in ("..", "['", "']") if wrong in said]


def test_an_empty_address_is_the_default_and_not_every_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A socket takes an empty address for all of them: nobody means that."""
    monkeypatch.setenv("CRAMPCHECK_HOST", "")
    assert "127.0.0.1" == settings_from_environment().host


# --- logs and faults ---------------------------------------------------------------------------


def logged(text: str) -> list[dict[str, object]]:
    """The events of a JSON log."""
    return [json.loads(line) for line in text.splitlines()]


def log_of(capsys: pytest.CaptureFixture[str], body: bytes) -> str:
    """What a call leaves in the log, after the line that tells of the start."""
    client = create_app(Settings(), today=lambda: TODAY).test_client()
    assert [event["event"] for event in logged(capsys.readouterr().err)] == ["ready"]
    assert client.post(URL, data=body, content_type="application/json").status_code == 200
    return capsys.readouterr().err


def test_a_call_is_one_event_of_counts_without_anything_of_the_record(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An operator finds a call by its instance; no one learns about a patient from the log."""
    log = log_of(capsys, call(prefetch(order("xqzzt the blue one"))))
    [event] = logged(log)
    assert event["event"] == "answered"
    assert event["call"] == "9f1a7c52-6f0e-4f6e-8f27-0f4b3f2f8f11"
    assert (event["level"], event["cards"], event["unread"]) == ("info", 1, 1)
    assert (event["advice"], event["entries"]) == ("none", 2)
    assert "zora" not in log
    assert "blue" not in log


def test_a_call_instance_that_is_no_uuid_does_not_enter_the_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It could be anything."""
    log = log_of(capsys, call(prefetch(), hookInstance="Ada-Lovelace"))
    assert "Lovelace" not in log
    assert logged(log)[0]["call"] == "not-a-uuid"


def test_a_fault_is_logged_by_type_and_place_and_answered_with_its_word() -> None:
    """Its message may quote the record, so neither the log nor the client gets it."""

    def broken() -> date:
        try:
            raise KeyError("Ada Lovelace")
        except KeyError as error:
            raise ValueError("Ada Lovelace, 60") from error

    app = create_app(Settings(), today=broken)
    stream = io.StringIO()
    configure_logging("error", "json", stream)
    response = app.test_client().post(URL, data=call(prefetch()), content_type="application/json")
    assert response.status_code == 500
    [event] = logged(stream.getvalue())
    text = response.get_data(as_text=True)
    assert str(event["fault"]) in text
    assert event["error"] == "ValueError < KeyError"
    assert "test_app.py" in str(event["at"])
    assert "Lovelace" not in text + stream.getvalue()
    assert response.get_json()["resourceType"] == "OperationOutcome"
    assert "cards" not in response.get_json()


def test_events_below_the_level_are_not_written_and_a_person_can_read_the_others() -> None:
    """The console format is for a terminal."""
    stream = io.StringIO()
    configure_logging("error", "console", stream)
    word = log_fault(RuntimeError("secret"))
    assert word in stream.getvalue()
    assert "secret" not in stream.getvalue()
    assert logging.getLevelName("ERROR") == logging.ERROR


def test_a_fault_that_causes_itself_is_described_once() -> None:
    """Chains of exceptions can be circular."""
    error = RuntimeError()
    error.__context__ = error
    assert describe(error) == {"error": "RuntimeError", "at": []}
