"""The clients file (CRAMPCHECK_CLIENTS) -> the clients that may call, or every fault in it."""

from __future__ import annotations

import ssl
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from marshmallow import ValidationError
from msgspec import Struct

from cds_hooks.claims import Issuer
from cds_hooks.keys import KeysById, read_keys
from knowledge.faults import Fault, flatten
from plugin.errors import CrampcheckError
from plugin.trust.schema import ClientSchema

MOST_BYTES = 1024 * 1024  # of the file, and of a file of keys
_SCHEMA = ClientSchema()


class ClientsInvalid(CrampcheckError):  # noqa: N818
    """The clients file cannot be used. The message lists every fault by key."""

    exit_code = 2


class Client(Struct, frozen=True):
    """A client that may call. `keys` are those of its file; with a `jku`, they are fetched."""

    name: str
    issuer: Issuer
    keys: KeysById | None
    ca_file: str = ""
    left_out: tuple[str, ...] = ()  # sentences on keys of the file that are of no use


def load_clients(path: Path, algorithms: tuple[str, ...]) -> tuple[Client, ...]:
    """Read the file and the keys that it names. `algorithms` are those of who names none.

    Raises ClientsInvalid.
    """
    faults: list[Fault] = []
    clients = _read(path, algorithms, faults)
    if faults:
        lines = "\n".join(f"  {fault}" for fault in sorted(set(faults)))
        count = f"{len(set(faults))} fault{'s'[: len(set(faults)) > 1]}"
        raise ClientsInvalid(
            f"the clients file {path} (CRAMPCHECK_CLIENTS) has {count}:\n{lines}\n"
            "docs/reference/clients-file.md says what each key may be."
        )
    return tuple(clients)


def _read(path: Path, algorithms: tuple[str, ...], faults: list[Fault]) -> list[Client]:
    try:
        tables = tomllib.loads(_content(path).decode("utf-8"))
    except OSError as error:
        faults.append(Fault(path.name, "", f"cannot be read ({_why(error)})"))
        return []
    except (ValueError, RecursionError) as error:
        fault = "is not UTF-8 text" if isinstance(error, UnicodeError) else f"is no TOML: {error}"
        faults.append(Fault(path.name, "", fault))
        return []
    raw = tables.pop("client", None)
    faults += [
        Fault(path.name, key, "is not a key of this file; it has [[client]] only") for key in tables
    ]
    if not isinstance(raw, list) or not raw:
        faults.append(Fault(path.name, "client", "is missing: write each client as a [[client]]"))
        return []
    found = [_client(path, index, one, algorithms, faults) for index, one in enumerate(raw)]
    clients = [client for client in found if client is not None]
    faults += _twice(path.name, clients)
    return clients


def _client(
    path: Path, index: int, raw: Any, algorithms: tuple[str, ...], faults: list[Fault]
) -> Client | None:
    place = f"client[{index}]"
    try:
        said = _SCHEMA.load(raw)
    except ValidationError as error:
        faults += [Fault(path.name, key, text) for key, text in flatten(error.messages, place)]
        return None
    issuer = Issuer(
        name=said["issuer"],
        algorithms=frozenset(said["algorithms"] or algorithms),
        jku=said["jku"],
        audiences=frozenset(said["audiences"]),
        tenants=frozenset(said["tenants"]),
        fhir_servers=tuple(one.rstrip("/") for one in said["fhir_servers"]),
    )
    try:
        keys, left_out = _keys_of(path, said["jwks_file"])
    except ValueError as error:
        faults.append(Fault(path.name, f"{place}.jwks_file", str(error)))
        return None
    try:
        ca_file = _ca_of(path, said["ca_file"])
    except OSError as error:  # ssl.SSLError is one
        fault = f"cannot be read as certificates in PEM ({_why(error)})"
        faults.append(Fault(path.name, f"{place}.ca_file", fault))
        return None
    return Client(said["name"], issuer, keys, ca_file, left_out)


def _keys_of(path: Path, name: str) -> tuple[KeysById | None, tuple[str, ...]]:
    """The keys of a file. Raises ValueError, whose text is the end of a sentence."""
    if not name:
        return None, ()
    try:
        read = read_keys(msgspec.json.decode(_content(path.parent / name)))
    except OSError as error:
        raise ValueError(f"{name} cannot be read ({_why(error)})") from None
    except msgspec.DecodeError:
        raise ValueError(f"{name} is not JSON") from None
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None
    if not read.keys:
        why = "; ".join(read.left_out)
        raise ValueError(f"{name} has no key that can be used{': ' if why else ''}{why}")
    return read.keys, read.left_out


def _ca_of(path: Path, name: str) -> str:
    """The path of a file of certificates, once it was found sound. Raises OSError."""
    if not name:
        return ""
    found = str(path.parent / name)
    ssl.create_default_context(cafile=found)
    return found


def _content(path: Path) -> bytes:
    with path.open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"has more than {MOST_BYTES} bytes")
    return content


def _twice(file: str, clients: list[Client]) -> Iterator[Fault]:
    """An issuer of two clients would leave open whose keys are meant."""
    for key, values in (
        ("name", [client.name for client in clients]),
        ("issuer", [client.issuer.name for client in clients]),
    ):
        for value in sorted({one for one in values if values.count(one) > 1}):
            yield Fault(file, f"client.{key}", f"{value} is there twice; each client has its own")


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
