"""A real FHIR server (sekmet-fhir) on this machine, and what a test has to ask of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
import yaml
from msgspec import Struct

from tests.servers.local import HOST, PATIENCE, free_port, wait_for

TOKEN = "of-the-tests"  # noqa: S105 - of a server that lives as long as a test

Json = dict[str, Any]


class FhirServer(Struct, frozen=True):
    """A running server: its base address, and the token that it wants."""

    url: str
    token: str = TOKEN
    certificates: str = ""

    def get(self, query: str) -> Json:
        """What a client that has the token gets."""
        answer = requests.get(
            f"{self.url}/{query}",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=PATIENCE,
            verify=self.certificates or True,
        )
        answer.raise_for_status()
        found: Json = answer.json()
        return found

    def answers(self) -> bool:
        """Whether it is there yet."""
        return bool(self.get("metadata"))

    def load(self, resources: Iterable[Json]) -> None:
        """Store resources under their own ids: what is POSTed would get other ones."""
        entries = [
            {
                "resource": one,
                "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"},
            }
            for one in resources
        ]
        answer = requests.post(
            self.url,
            json={"resourceType": "Bundle", "type": "batch", "entry": entries},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=PATIENCE,
            verify=self.certificates or True,
        )
        answer.raise_for_status()
        statuses = [entry["response"]["status"][:1] for entry in answer.json()["entry"]]
        assert statuses == ["2"] * len(entries)


@contextmanager
def sekmet(
    folder: Path,
    certificate: Path | None = None,
    key: Path | None = None,
    smart: Json | None = None,
    behaviour: Json | None = None,
) -> Iterator[Any]:
    """Run a server in a folder, over TLS if it has a certificate and its key.

    `smart` is how it lets backend services in that sign, beside who has the token; `behaviour` what
    it does as other servers do. A folder that had a server before has its data.
    """
    port = free_port()
    url = f"{'https' if certificate else 'http'}://{HOST}:{port}/fhir"
    settings = {
        "base_url": url,
        "data_dir": str(folder),
        "validation": {"inbound": "off"},
        "simulator": {"enabled": False},
        "log_inbound": False,
        "server_behaviour": behaviour or {},
        "server_auth": {"types": ["bearer"], "tokens": [TOKEN]},
    }
    if smart:
        settings["server_auth"] = {"types": ["bearer", "smart"], "tokens": [TOKEN], **smart}
    if certificate:
        settings |= {"tls_certfile": str(certificate), "tls_keyfile": str(key)}
    (folder / "settings.yaml").write_text(yaml.safe_dump(settings))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("sekmet")),
                *("serve", "-c", str(folder / "settings.yaml")),
                *("--host", HOST, "--port", str(port)),
            ],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    server = FhirServer(url, certificates=str(certificate or ""))
    try:
        wait_for(server.answers, process, (folder / "log").read_text)
        yield server
    finally:
        process.kill()  # it would wait for connections that clients keep; its data are the test's
        process.wait(timeout=PATIENCE)
