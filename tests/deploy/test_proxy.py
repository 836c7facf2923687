"""The service behind the proxy that we hand out: a real nginx, over TLS."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator

import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.cds_hooks.auth.signing import new_key
from tests.deploy.proxy import NAME, Proxy, proxied
from tests.deploy.service import Service
from tests.deploy.signed_service import URL, running_signed, token
from tests.plugin.hook_calls import call, order, prefetch
from tests.servers.local import HOST, PATIENCE

CALL = call(prefetch(order("xqzzt the blue one")))


@pytest.fixture(scope="module")
def key() -> RSAKey | ECKey:
    return new_key("RS384")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, key: RSAKey | ECKey) -> Iterator[Service]:
    with running_signed(tmp_path_factory.mktemp("service"), key) as started:
        yield started


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, service: Service) -> Iterator[Proxy]:
    with proxied(tmp_path_factory.mktemp("proxy"), service.port) as started:
        yield started


def _headers(one: str = "") -> dict[str, str]:
    bearer = {"Authorization": f"Bearer {one}"} if one else {}
    return {"Content-Type": "application/json", **bearer}


def test_a_signed_call_is_answered_over_tls(proxy: Proxy, key: RSAKey | ECKey) -> None:
    """And once only; who has no token is refused through the proxy as without it."""
    once = token(key)
    answer, headers = proxy.ask("POST", URL, CALL, _headers(once))
    assert 200 == answer.status
    assert ["Cramp check incomplete"] == [
        card["summary"].partition(":")[0] for card in json.loads(answer.body)["cards"]
    ]
    assert headers["strict-transport-security"].startswith("max-age=")
    assert "no-store" in headers["cache-control"]
    assert 401 == proxy.ask("POST", URL, CALL, _headers(once))[0].status
    refused, headers = proxy.ask("POST", URL, CALL, _headers())
    assert (401, "Bearer") == (refused.status, headers["www-authenticate"].partition(" ")[0])


def test_a_call_may_be_as_large_as_the_service_takes_it(proxy: Proxy, key: RSAKey | ECKey) -> None:
    """What is larger gets its 413 from the proxy, and the service never sees it."""
    spaces = b" " * (16 * 2**20 - len(CALL))
    assert 200 == proxy.ask("POST", URL, CALL + spaces, _headers(token(key)))[0].status
    assert 413 == proxy.ask("POST", URL, CALL + spaces + b" ", _headers(token(key)))[0].status


def test_no_query_and_no_token_is_in_the_logs_of_the_proxy(
    proxy: Proxy, key: RSAKey | ECKey
) -> None:
    """Neither of a sound request, nor of one that nginx refuses by itself."""
    one = token(key)
    proxy.ask("GET", "/healthz?patient=Quilpworthy", headers={"Referer": "https://Quilpworthy/"})
    proxy.ask("POST", f"{URL}?patient=Quilpworthy", CALL, _headers(one))
    proxy.ask("GET", "/" + "a" * 20_000 + "?patient=Quilpworthy")
    logged = proxy.logged()
    assert '"GET /healthz" 200' in logged
    assert f'"POST {URL}" ' in logged
    assert "Quilpworthy" not in logged
    assert one not in logged


def test_metrics_are_for_the_machine_itself(proxy: Proxy) -> None:
    """Who asks from it sees them; that others are kept out stands in the configuration."""
    answer, _ = proxy.ask("GET", "/metrics")
    assert 200 == answer.status
    assert b"crampcheck_" in answer.body


def test_a_client_may_speak_http_2(proxy: Proxy) -> None:
    context = ssl.create_default_context(cafile=str(proxy.trust))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection((HOST, proxy.port), timeout=PATIENCE) as connection,
        context.wrap_socket(connection, server_hostname=NAME) as secured,
    ):
        assert "h2" == secured.selected_alpn_protocol()
        assert secured.version() in ("TLSv1.2", "TLSv1.3")
