"""Which FHIR servers a call may point to: those listed for its sender, or by the operator.

An address that a stranger chooses is never called with whatever it brings: our network is not the
caller's.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence

from msgspec import Struct

from cds_hooks.model import Caller, FhirAccess
from plugin.addresses.fhir import Base, base_of, listed_base
from plugin.addresses.machine import is_this_machine
from plugin.config import Settings, SettingsInvalid
from plugin.fhir_client import FetchFault, Outcome, Reach
from plugin.fhir_client.reach import Network


class Server(Struct, frozen=True):
    """A server that may be asked, and the network addresses at which."""

    base: Base
    reach: Reach


class Servers(Struct, frozen=True):
    """What the operator lets a call point to.

    `listed` counts for calls that nobody signed; a signed call has its sender's own list. `here` is
    true where the service answers this machine only, which may then point to itself.
    """

    listed: tuple[Base, ...] = ()
    networks: tuple[Network, ...] = ()
    here: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Servers:
        """As the settings say. Raises SettingsInvalid."""
        listed = tuple(_listed(settings.fhir_servers))
        return cls(listed, tuple(_networks(settings.fhir_networks)), _is_here(settings))

    def admit(self, access: FhirAccess, caller: Caller | None) -> Server:
        """The server of a call. Raises FetchFault, in words that do not quote it."""
        try:
            base = base_of(access.server)
        except ValueError as error:
            raise _refused(f"the address of the FHIR server cannot be used: {error}") from None
        if caller is None and self.here and base.loopback:
            return Server(base, Reach(self.networks, loopback=True))
        if base.in_the_open:
            raise _refused("the FHIR server's address is not https")
        listed = self.listed if caller is None else tuple(_sound(caller.fhir_servers))
        if not any(one.covers(base) for one in listed):
            whose = "is not listed" if caller is None else "is not listed for who sent the call"
            raise _refused(f"the FHIR server {whose}")
        own = (ipaddress.ip_network(base.literal),) if base.literal else ()
        return Server(base, Reach((*self.networks, *own)))


def _refused(message: str) -> FetchFault:
    return FetchFault(Outcome.ADDRESS_REFUSED, message)


def _listed(addresses: Sequence[str]) -> Iterator[Base]:
    for address in addresses:
        try:
            yield listed_base(address)
        except ValueError as error:
            raise SettingsInvalid(
                f"CRAMPCHECK_FHIR_SERVERS: {address} cannot be used: {error}. Give base addresses "
                "such as https://ehr.example.org/fhir, separated by commas."
            ) from None


def _networks(texts: Sequence[str]) -> Iterator[Network]:
    for text in texts:
        try:
            yield ipaddress.ip_network(text)
        except ValueError as error:
            raise SettingsInvalid(
                f"CRAMPCHECK_FHIR_NETWORKS: {error}. Give networks such as 10.20.0.0/16, "
                "separated by commas."
            ) from None


def _sound(addresses: Sequence[str]) -> Iterator[Base]:
    """The addresses of a list that are addresses; another one covers nothing."""
    for address in addresses:
        try:
            yield base_of(address)
        except ValueError:
            continue


def _is_here(settings: Settings) -> bool:
    """Whether only this machine reaches the service, as far as the settings tell."""
    if not is_this_machine(settings.host):
        return False
    try:
        return not settings.base_url or base_of(settings.base_url).loopback
    except ValueError:
        return False
