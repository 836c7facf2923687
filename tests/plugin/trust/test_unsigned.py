"""Without clients, only this machine may call: at the start, and for each connection."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from plugin.addresses.machine import is_reached_from_here_only
from plugin.app import create_app
from plugin.config import ALLOW_UNSIGNED, Settings, SettingsInvalid, settings_from_environment
from plugin.trust.unsigned import UnsignedOutside, refuse_unsigned
from tests.cds_hooks.auth.signing import new_key
from tests.deploy.service import DEPLOY, environment, running
from tests.deploy.signed_service import running_signed
from tests.servers.local import free_port

RUN = [sys.executable, "-c", "from plugin.cli.main import run; run()", "serve"]
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", str(DEPLOY / "gunicorn.conf.py")]
EVERYWHERE = "0.0.0.0"  # noqa: S104


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1"]
)
def test_an_address_of_this_machine_needs_no_clients(host: str) -> None:
    """Names and both families."""
    assert is_reached_from_here_only(host)
    refuse_unsigned(Settings(), host)


@pytest.mark.parametrize(
    "host",
    [
        EVERYWHERE,
        "::",
        "",
        "10.0.0.1",
        "192.0.2.7",
        "2001:db8::1",
        "no-such-host.invalid",
        "0",
        "a b",
    ],
)
def test_an_address_that_others_reach_is_refused_with_the_remedy(host: str) -> None:
    """Or a name that nobody knows."""
    with pytest.raises(UnsignedOutside) as refused:
        refuse_unsigned(Settings(), host)
    for remedy in ("CRAMPCHECK_CLIENTS", "127.0.0.1", ALLOW_UNSIGNED):
        assert remedy in refused.value.message
    refuse_unsigned(Settings(allow_unsigned=ALLOW_UNSIGNED), host)
    refuse_unsigned(Settings(clients="clients.toml"), host)


@pytest.mark.parametrize(
    "value", ["yes", "true", "1", ALLOW_UNSIGNED.upper(), ALLOW_UNSIGNED + "!"]
)
def test_the_words_have_to_be_those_words(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """Nobody sets them by habit."""
    monkeypatch.setenv("CRAMPCHECK_ALLOW_UNSIGNED", value)
    with pytest.raises(SettingsInvalid, match=ALLOW_UNSIGNED):
        settings_from_environment()


def start(command: list[str], folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command that has to end by itself."""
    return subprocess.run(
        command,
        cwd=folder,
        env={**environment({"CRAMPCHECK_PORT": str(free_port()), **settings}), "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("command", "settings"),
    [
        ([*RUN, "--host", EVERYWHERE], {}),
        (RUN, {"CRAMPCHECK_HOST": EVERYWHERE}),
        (GUNICORN, {"CRAMPCHECK_HOST": EVERYWHERE}),
        (GUNICORN, {"CRAMPCHECK_HOST": "::"}),
        ([*GUNICORN, "--bind", f"{EVERYWHERE}:0"], {}),
        (GUNICORN, {"GUNICORN_CMD_ARGS": f"--bind {EVERYWHERE}:0"}),
        ([str(DEPLOY / "entrypoint.sh")], {"CRAMPCHECK_HOST": EVERYWHERE}),
    ],
    ids=["serve --host", "serve", "gunicorn", "gunicorn IPv6", "--bind", "its variable", "image"],
)
def test_every_way_to_start_refuses_an_address_that_others_reach(
    tmp_path: Path, command: list[str], settings: dict[str, str]
) -> None:
    """Exit code 2, a sentence, and no port open."""
    ended = start(command, tmp_path, **settings)
    assert 2 == ended.returncode, ended.stderr
    assert "no client is configured" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "Listening" not in ended.stderr


def test_with_the_words_or_with_clients_it_is_served(tmp_path: Path) -> None:
    """On every address."""
    (tmp_path / "open").mkdir()
    words = {"CRAMPCHECK_ALLOW_UNSIGNED": ALLOW_UNSIGNED, "CRAMPCHECK_HOST": EVERYWHERE}
    with running(tmp_path / "open", **words) as service:
        assert 200 == service.get("/cds-services").status
    with running_signed(tmp_path, new_key("RS384"), CRAMPCHECK_HOST=EVERYWHERE) as service:
        assert 401 == service.get("/cds-services").status


def test_clients_at_fault_stop_every_way_of_starting(tmp_path: Path) -> None:
    """All faults at once, exit code 2; never as an open door."""
    clients = tmp_path / "clients.toml"
    clients.write_text("[[client]]\nname = 'a'\nisuer = 'b'\n", encoding="utf-8")
    settings = {"CRAMPCHECK_CLIENTS": str(clients), "CRAMPCHECK_BASE_URL": "https://a.example.org"}
    for command in (RUN, GUNICORN):
        ended = start(command, tmp_path, **settings)
        assert 2 == ended.returncode, ended.stderr
        for fault in ("client[0].isuer: is not", "client[0].issuer: is missing", "needs `jku`"):
            assert 1 == ended.stderr.count(fault)
        assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", ""])
def test_connections_of_this_machine_are_served(peer: str) -> None:
    """A Unix socket has no address."""
    client = create_app(Settings()).test_client()
    assert 200 == client.get("/cds-services", environ_base={"REMOTE_ADDR": peer}).status_code


@pytest.mark.parametrize("peer", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1", "x"])
def test_connections_of_others_are_refused_under_any_server(peer: str) -> None:
    """A server that listens elsewhere than the settings say; unless the site said so in words."""
    answers = [
        create_app(settings).test_client().get("/cds-services", environ_base={"REMOTE_ADDR": peer})
        for settings in (Settings(), Settings(allow_unsigned=ALLOW_UNSIGNED))
    ]
    assert [403, 200] == [answer.status_code for answer in answers]
    assert "forbidden" == answers[0].get_json()["issue"][0]["code"]
    assert "no-store" == answers[0].headers["Cache-Control"]


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"])
def test_a_call_to_a_name_of_this_machine_is_served(host: str) -> None:
    client = create_app(Settings()).test_client()
    assert client.get("/cds-services", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example.org", "localhost.example.org", "[::1", "10.0.0.1"])
def test_a_name_that_only_leads_here_is_refused(host: str) -> None:
    """A stranger's page, opened here, whose name was made to lead to this machine."""
    environ = {"HTTP_HOST": host, "REMOTE_ADDR": "127.0.0.1"}
    client = create_app(Settings()).test_client()
    refused = client.get("/cds-services", environ_overrides=environ)
    assert refused.status_code == 403
    assert refused.get_json()["resourceType"] == "OperationOutcome"
    assert client.head("/cds-services", environ_overrides=environ).data == b""
    behind = create_app(Settings(base_url="https://cramp.example.org")).test_client()
    served = behind.get("/cds-services", headers={"Host": "cramp.example.org"})
    assert served.status_code == 200


def test_nothing_that_is_shipped_allows_it() -> None:
    """No sample of ours opens the door: the image, without more, does not start."""
    for path in DEPLOY.iterdir():
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        told = [line for line in lines if "ALLOW_UNSIGNED" in line and not line.startswith("#")]
        assert [] == told, path
