"""The clients file: what it says is taken, and what is wrong with it is said, all at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plugin.app import create_app
from plugin.config import Settings, SettingsInvalid
from plugin.trust.clients import Client, ClientsInvalid, load_clients
from tests.cds_hooks.auth.signing import new_key, public
from tests.deploy.service import DEPLOY

USUAL = ("ES384", "RS384")
SOUND = """
[[client]]
name = "an EHR"
issuer = "https://ehr.example.org/fhir"
jku = "https://ehr.example.org/.well-known/jwks.json"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "clients.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> list[str]:
    """What is said of the file, a fault a line, without its name."""
    with pytest.raises(ClientsInvalid) as refused:
        load_clients(write(folder, text), USUAL)
    lines = refused.value.message.splitlines()
    assert "CRAMPCHECK_CLIENTS" in lines[0]
    assert "docs/reference/clients-file.md" in lines[-1]
    assert f"has {len(lines) - 2} fault" in lines[0]
    return [line.strip().removeprefix("clients.toml: ") for line in lines[1:-1]]


def test_a_client_is_read_with_what_the_settings_say(tmp_path: Path) -> None:
    """Only name, issuer and where its keys are must be there."""
    [client] = load_clients(write(tmp_path, SOUND), USUAL)
    assert isinstance(client, Client)
    assert ("an EHR", None, "") == (client.name, client.keys, client.ca_file)
    assert frozenset(USUAL) == client.issuer.algorithms
    assert "https://ehr.example.org/.well-known/jwks.json" == client.issuer.jku
    assert (frozenset(), frozenset(), ()) == (
        client.issuer.audiences,
        client.issuer.tenants,
        client.issuer.fhir_servers,
    )


def test_everything_that_can_be_said_of_a_client_is_read(tmp_path: Path) -> None:
    """Keys are looked for beside the file."""
    (tmp_path / "keys.json").write_text(json.dumps(public(new_key(kid="a"))), encoding="utf-8")
    text = """
[[client]]
name = "another"
issuer = "b"
jwks_file = "keys.json"
algorithms = ["ES512"]
audiences = ["https://cramp.example.org"]
tenants = ["north", "south"]
fhir_servers = ["https://ehr.example.org/r4/", "http://127.0.0.1:8080/fhir"]
"""
    first, second = load_clients(write(tmp_path, SOUND + text), USUAL)
    assert "an EHR" == first.name
    assert second.keys is not None
    assert ["a"] == list(second.keys)
    assert frozenset({"ES512"}) == second.issuer.algorithms
    assert frozenset({"https://cramp.example.org"}) == second.issuer.audiences
    assert frozenset({"north", "south"}) == second.issuer.tenants
    assert ("https://ehr.example.org/r4", "http://127.0.0.1:8080/fhir") == (
        second.issuer.fhir_servers
    )


def test_every_fault_is_said_at_once_by_its_key(tmp_path: Path) -> None:
    """So that a file is mended once."""
    text = """
contact = "Ada"
[[client]]
issuer = ""
jku = "http://ehr.example.org/jwks.json"
algorithm = "RS384"
[[client]]
name = "b"
issuer = "b"
algorithms = ["HS256"]
tenants = []
fhir_servers = ["ehr.example.org"]
[[client]]
name = "c"
issuer = 7
jku = "https://user:password@c.example.org/"
jwks_file = "keys.json"
"""
    said = faults(tmp_path, text)
    expected = [
        "client[0].algorithm: is not a key of a client",
        "client[0].issuer: must have 1 to 256 characters",
        "client[0].jku: must begin with https://; http:// is for this machine itself",
        "client[0].name: is missing",
        "client[1].algorithms[0]: must be one of ES256, ES384",
        "client[1].fhir_servers[0]: cannot be used: it does not begin with https://",
        "client[1].tenants: must not be empty",
        "client[1]: needs `jku` or `jwks_file`",
        "client[2].issuer: must be a text",
        "client[2].jku: must not hold a user name or a password",
        "client[2]: has both `jku` and `jwks_file`",
        "contact: is not a key of this file",
    ]
    for fault in expected:
        assert [1] == [len([line for line in said if line.startswith(fault)])], (fault, said)
    assert len(expected) == len(said)
    assert "password@" not in "".join(said)


@pytest.mark.parametrize(
    "server",
    [
        "http://localhost:8090/fhir",
        "https://ehr.example.org/fhir//r4",
        "https://ehr.example.org/fhir/%7Er4",
        "https://ehr.example.org:0/fhir",
        "https://127.1/fhir",
    ],
)
def test_a_fhir_server_that_no_call_could_point_to_is_a_fault(tmp_path: Path, server: str) -> None:
    """Listed here, it would be refused at every call as not listed."""
    (said,) = faults(tmp_path, f'{SOUND}fhir_servers = ["{server}"]\n')
    assert said.startswith("client[0].fhir_servers[0]: cannot be used: it")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "client: is missing"),
        ("client = 1", "client: is missing"),
        ("[client]\nname = 'a'", "client: is missing"),
        ("client = []", "client: is missing"),
        ("client = [1]", "client[0]: must be a table"),
        ("[[client", "is no TOML"),
        (SOUND + SOUND, "client.issuer: https://ehr.example.org/fhir is there twice"),
        (SOUND + "ca_file = 'none.pem'", "client[0].ca_file: cannot be read as certificates"),
        (SOUND + "ca_file = 'clients.toml'", "client[0].ca_file: cannot be read as certificates"),
    ],
)
def test_a_file_that_names_nobody_or_cannot_be_read_is_refused(
    tmp_path: Path, text: str, fault: str
) -> None:
    """Never as an open door."""
    assert [] != [line for line in faults(tmp_path, text) if line.startswith(fault)]


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    """A folder, nothing, and bytes."""
    with pytest.raises(ClientsInvalid, match="no such file"):
        load_clients(tmp_path / "none.toml", USUAL)
    with pytest.raises(ClientsInvalid, match="is a directory"):
        load_clients(tmp_path, USUAL)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ClientsInvalid, match="is not UTF-8 text"):
        load_clients(tmp_path / "bytes.toml", USUAL)


def test_a_file_of_keys_must_have_one_that_can_be_used(tmp_path: Path) -> None:
    """Why each cannot is said; a private key is not quoted."""
    text = "[[client]]\nname = 'a'\nissuer = 'a'\njwks_file = 'keys.json'\n"
    assert ["client[0].jwks_file: keys.json cannot be read (no such file or directory)"] == (
        faults(tmp_path, text)
    )
    keys = tmp_path / "keys.json"
    for content, fault in (
        ("{", "is not JSON"),
        ("[]", "is no JWK Set"),
        ('{"keys": []}', "no key"),
    ):
        keys.write_text(content, encoding="utf-8")
        assert fault in faults(tmp_path, text)[0]
    private = new_key().as_dict(private=True)
    keys.write_text(json.dumps({"keys": [private]}), encoding="utf-8")
    [said] = faults(tmp_path, text)
    assert "keys[0]: is a private key" in said
    assert str(private["d"]) not in said


def test_signed_calls_need_an_address_that_tokens_can_name(tmp_path: Path) -> None:
    """A Host header is chosen by who calls."""
    path = write(tmp_path, SOUND)
    with pytest.raises(SettingsInvalid, match="CRAMPCHECK_BASE_URL is empty"):
        create_app(Settings(clients=str(path)))
    app = create_app(Settings(clients=str(path), base_url="https://cramp.example.org"))
    assert 401 == app.test_client().get("/cds-services").status_code
    assert 200 == app.test_client().get("/readyz").status_code


def test_the_example_that_is_shipped_is_sound() -> None:
    """Every line of it, once it is taken out of its comment."""
    [client] = load_clients(DEPLOY / "clients.example.toml", USUAL)
    assert client.issuer.fhir_servers
    assert client.issuer.jku.startswith("https://ehr.example.org/")
