"""Calls that somebody signed, over TLS, and what the settings list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cds_hooks.decode import decode_call
from cds_hooks.model import Caller, HookRequest, State
from plugin.app import create_app
from plugin.config import Settings, SettingsInvalid, settings_from_environment
from plugin.pipeline import default_pipeline
from plugin.services.fetch.fetcher import Fetcher
from plugin.services.fetch.servers import Servers
from plugin.services.parts import Part, parts_of
from tests.plugin.hook_calls import call, order, prefetch
from tests.servers.asking import PRODUCT, TOKEN, ask, pointing, record, refusal
from tests.servers.certificate import certificate
from tests.servers.charts import our_chart
from tests.servers.scripted import scripted
from tests.servers.sekmet import FhirServer, sekmet

CHART = our_chart("thiazide-low-potassium")
HOOKS = ("patient-view", "order-sign")


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FhirServer]:
    """A FHIR server over TLS, with one patient."""
    folder = tmp_path_factory.mktemp("secured")
    with sekmet(folder, *certificate(folder)) as server:
        server.load(CHART.resources)
        yield server


@pytest.fixture
def parts() -> tuple[Part, ...]:
    return parts_of(default_pipeline().knowledge)


def completed(
    server: str, caller: Caller | None, parts: tuple[Part, ...], ca: str = "", **settings: Any
) -> HookRequest:
    """A call without prefetch, and what could be fetched of it."""
    fetcher = Fetcher(
        Servers.of(Settings(**settings)),
        20,
        default_pipeline().resolve,
        lambda _outcome, _seconds: None,
        ca,
    )
    body = call(
        {},
        context={"userId": "Practitioner/1", "patientId": CHART.patient},
        fhirServer=server,
        fhirAuthorization={
            "access_token": TOKEN,
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": "",
            "subject": "x",
        },
    )
    changed = body.replace(TOKEN.encode(), b"of-the-tests")
    return fetcher.complete(decode_call(changed, HOOKS, caller), parts)


def test_a_listed_server_is_asked_over_tls(secured: FhirServer, parts: tuple[Part, ...]) -> None:
    """Its certificate is checked by the authorities that the operator names."""
    caller = Caller("https://ehr.example.org", fhir_servers=(secured.url,))
    request = completed(secured.url, caller, parts, secured.certificates)
    assert {value.state for value in request.prefetch.values()} == {State.PRESENT}
    assert len(request.prefetch) == len(parts)
    assert len(request.referred) == CHART.count("Medication")


def test_a_server_whose_certificate_is_not_trusted_is_not_asked(
    secured: FhirServer, parts: tuple[Part, ...]
) -> None:
    """It gets no token: the fault is found before anything is sent."""
    caller = Caller("https://ehr.example.org", fhir_servers=(secured.url,))
    request = completed(secured.url, caller, parts)
    problems = {value.problem for value in request.prefetch.values()}
    assert problems == {"the FHIR server's certificate is not trusted"}


def test_a_listed_name_that_leads_into_our_network_is_not_called(
    secured: FhirServer, parts: tuple[Part, ...]
) -> None:
    """Unless the network is listed too."""
    named = secured.url.replace("127.0.0.1", "localhost")
    caller = Caller("https://ehr.example.org", fhir_servers=(named,))
    request = completed(named, caller, parts, secured.certificates)
    [problem] = {value.problem for value in request.prefetch.values()}
    assert "leads to a network address that may not be called" in problem
    networks = ("127.0.0.0/8", "::1/128")
    request = completed(named, caller, parts, secured.certificates, fhir_networks=networks)
    assert {value.state for value in request.prefetch.values()} == {State.PRESENT}


@pytest.mark.parametrize(
    ("server", "listed"),
    [
        ("https://ehr.example.org/fhir", ()),
        ("https://ehr.example.org/fhir", ("https://ehr.example.org/fhir/r4",)),
        ("https://ehr.example.org/fhir", ("https://other.example.org/fhir",)),
        ("https://ehr.example.org/fhir", ("https://ehr.example.org:8443/fhir", "nonsense")),
        ("https://ehr.example.org.evil.example/fhir", ("https://ehr.example.org",)),
    ],
)
def test_a_signed_call_may_point_to_the_servers_of_its_sender_only(
    server: str, listed: tuple[str, ...], parts: tuple[Part, ...]
) -> None:
    """What the operator lists for unsigned calls does not count."""
    caller = Caller("https://ehr.example.org", fhir_servers=listed)
    request = completed(server, caller, parts, fhir_servers=("https://ehr.example.org/fhir",))
    problems = {value.problem for value in request.prefetch.values()}
    assert problems == {"the FHIR server is not listed for who sent the call"}


def test_a_signed_call_may_point_to_this_machine_only_where_that_is_listed(
    parts: tuple[Part, ...],
) -> None:
    """The operator's word for it is needed, and the number: a name may come to lead elsewhere."""
    with scripted(record()) as server:
        request = completed(server.url, Caller("https://ehr.example.org"), parts)
        [problem] = {value.problem for value in request.prefetch.values()}
        assert problem == "the FHIR server is not listed for who sent the call"
        named = server.url.replace("127.0.0.1", "localhost")
        caller = Caller("https://ehr.example.org", fhir_servers=(server.url, named))
        request = completed(named, caller, parts)
        [problem] = {value.problem for value in request.prefetch.values()}
        assert problem == "the FHIR server's address is not https"
        assert server.asked == []
        request = completed(server.url, caller, parts)
        assert request.prefetch["conditions"].state is State.PRESENT


@pytest.mark.parametrize(
    "settings",
    [
        {"host": "0.0.0.0"},  # noqa: S104 - what is tested
        {"host": "10.0.0.5"},
        {"base_url": "https://crampcheck.example.org"},
        {"host": "::"},
    ],
)
def test_a_service_that_others_reach_does_not_ask_its_own_machine(
    settings: dict[str, str],
) -> None:
    """What listens there is not meant for them."""
    with scripted(record()) as server:
        client = create_app(Settings(**settings)).test_client()  # type: ignore[arg-type]
        assert "the FHIR server is not listed" in refusal(ask({}, server.url, client))
        assert server.asked == []


def test_drafts_that_refer_to_a_medication_have_it_read(parts: tuple[Part, ...]) -> None:
    """Beside a list that came whole."""
    with scripted(record(Medication_thz=PRODUCT)) as server:
        body = call(
            prefetch(order("warfarin")),
            hook="order-sign",
            context={
                "userId": "Practitioner/1",
                "patientId": "zora",
                "draftOrders": {
                    "resourceType": "Bundle",
                    "entry": [{"resource": {**pointing(), "status": "draft"}}],
                },
            },
            fhirServer=server.url,
        )
        fetcher = Fetcher(
            Servers.of(Settings()), 20, default_pipeline().resolve, lambda _outcome, _seconds: None
        )
        request = fetcher.complete(decode_call(body, HOOKS), parts)
        assert server.paths() == ["/fhir/Medication/thz"]
    assert [json.loads(one.raw)["id"] for one in request.referred] == ["thz"]


# --- settings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("FHIR_SERVERS", "http://ehr.example.org/fhir", "is not https"),
        ("FHIR_SERVERS", "https://a.example.org, ehr.example.org", "does not begin with"),
        ("FHIR_NETWORKS", "10.0.0.1/8", "has host bits set"),
        ("FHIR_NETWORKS", "internal", "internal"),
        ("FHIR_CA", "/nowhere/ca.pem", "it is not there"),
        ("FETCH_SECONDS", "-1", "CRAMPCHECK_FETCH_SECONDS"),
        ("FETCH_SECONDS", "600", "CRAMPCHECK_FETCH_SECONDS"),
        ("FETCH_SECONDS", "nan", "CRAMPCHECK_FETCH_SECONDS"),
    ],
)
def test_a_setting_that_cannot_be_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    """With its name and what it may be."""
    monkeypatch.setenv(f"CRAMPCHECK_{name}", value)
    with pytest.raises(SettingsInvalid) as caught:
        create_app(settings_from_environment())
    assert f"CRAMPCHECK_{name}" in caught.value.message
    assert says in caught.value.message


def test_lists_in_settings_are_parted_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """With or without spaces."""
    monkeypatch.setenv("CRAMPCHECK_FHIR_SERVERS", "https://a.example.org/fhir ,https://b.example,")
    settings = settings_from_environment()
    assert settings.fhir_servers == ("https://a.example.org/fhir", "https://b.example")
