"""`crampcheck fhir`: what a FHIR server has to know of us."""

from __future__ import annotations

import json
from pathlib import Path

import click

from plugin.cli.shared import write_line
from plugin.errors import CrampcheckError


@click.group()
def fhir() -> None:
    """Register with a FHIR server that patients are exported from."""


@fhir.command()
def jwks() -> None:
    """Print the public key to register with a FHIR server, as a JWK Set.

    It is the public half of the private key in the file that CRAMPCHECK_FHIR_KEY names. Publish
    what is printed at an https address, or hand it to who runs the server.
    """
    from plugin.config import settings_from_environment  # noqa: PLC0415
    from plugin.fhir_client.backend import read_key  # noqa: PLC0415

    file = settings_from_environment().fhir_key
    if not file:
        raise CrampcheckError(
            "CRAMPCHECK_FHIR_KEY is not set: it names the file of your private key. "
            "`openssl ecparam -name secp384r1 -genkey -noout -out crampcheck-key.pem` makes one."
        )
    write_line(json.dumps(read_key(Path(file)).public_set(), indent=2).encode())
