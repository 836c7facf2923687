"""The FHIR server that a run names: where it is, how far connections may go, who gets the token."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from plugin.addresses.fhir import Base, base_of
from plugin.addresses.link import Link, link_of
from plugin.config import Settings
from plugin.errors import FhirServerError
from plugin.fhir_client.backend import BackendTokens, FixedToken, NoToken, Tokens, read_key
from plugin.fhir_client.backend.granting import Place, discovered, grant
from plugin.fhir_client.backend.keys import SETTING
from plugin.fhir_client.backend.scopes import both
from plugin.fhir_client.faults import FetchFault
from plugin.fhir_client.reach import Network, Reach
from plugin.fhir_client.wire import session_for


class Server(Struct, frozen=True):
    """A FHIR server. The token goes to its own origin, and to those that the operator lists."""

    base: Base
    reach: Reach
    ca: str = ""
    trusted: frozenset[str] = frozenset()  # origins

    def trusts(self, link: Link) -> bool:
        """Whether the token may be sent there."""
        return link.server.origin == self.base.origin or link.server.origin in self.trusted


def server_at(address: str, settings: Settings) -> Server:
    """The server at an address that the user gave. Raises FhirServerError."""
    try:
        base = base_of(address)
    except ValueError as error:
        raise FhirServerError(f"the address of the FHIR server cannot be used: {error}.") from None
    if base.scheme != "https" and not base.loopback:
        raise FhirServerError(
            f"{base.origin} is not https, and patients' data would travel there in the open; plain "
            "http is for this machine only."
        )
    trusted = (_listed(base, one) for one in settings.fhir_file_origins)
    networks = tuple(_networks(settings.fhir_networks))
    return Server(base, _reach(base, networks), settings.fhir_ca, frozenset(trusted))


def tokens_for(server: Server, settings: Settings, types: Sequence[str]) -> Tokens:
    """Where the tokens for a server come from, as the settings say.

    A fixed token comes before a key. Raises FhirServerError, and KeyUnusable for the file of the
    key. Nothing is asked of the network before the first token is needed.
    """
    if settings.fhir_token:
        try:
            return FixedToken(settings.fhir_token)
        except FetchFault:
            raise FhirServerError(
                "CRAMPCHECK_FHIR_TOKEN is no bearer token: it has characters that none has."
            ) from None
    client, file = settings.fhir_client_id, settings.fhir_key
    if not client and not file:
        return NoToken()
    if not client or not file:
        missing = SETTING if client else "CRAMPCHECK_FHIR_CLIENT_ID"
        raise FhirServerError(f"a token is got by a client id and a key: set {missing} too.")
    key = read_key(Path(file))
    explicit = _token_url(settings, server) if settings.fhir_token_url else None
    reach = _reach(explicit.server, server.reach.networks) if explicit else server.reach
    session = session_for(reach, server.ca)

    def ask() -> bytes:
        place = Place(explicit) if explicit else discovered(session, server.base)
        asked = both(types, place.capabilities)
        wanted = (settings.fhir_scopes,) if settings.fhir_scopes else asked
        return grant(session, place.endpoint, client, key, wanted)

    return BackendTokens(ask)


def _reach(base: Base, networks: tuple[Network, ...]) -> Reach:
    """Public addresses, listed networks, and what the address itself says in figures."""
    own = (ipaddress.ip_network(base.literal),) if base.literal else ()
    return Reach((*networks, *own), loopback=base.loopback)


def _token_url(settings: Settings, server: Server) -> Link:
    try:
        return link_of(settings.fhir_token_url, server.base.url)
    except ValueError as error:
        raise FhirServerError(f"CRAMPCHECK_FHIR_TOKEN_URL cannot be used: {error}.") from None


def _networks(texts: Iterable[str]) -> Iterator[Network]:
    for text in texts:
        try:
            yield ipaddress.ip_network(text)
        except ValueError as error:
            raise FhirServerError(
                f"CRAMPCHECK_FHIR_NETWORKS: {error}. Give networks such as 10.20.0.0/16, separated "
                "by commas."
            ) from None


def _listed(base: Base, text: str) -> str:
    try:
        link = link_of(text, base.url)
    except ValueError as error:
        raise FhirServerError(
            f"CRAMPCHECK_FHIR_FILE_ORIGINS: {text} cannot be used: {error}. Give origins such as "
            "https://files.example.org, separated by commas."
        ) from None
    if link.target != "/":
        raise FhirServerError(
            f"CRAMPCHECK_FHIR_FILE_ORIGINS: {link.server.origin} is given with a path; an origin "
            "ends with its host or port."
        )
    return link.server.origin
