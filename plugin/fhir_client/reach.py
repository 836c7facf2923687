"""Which network addresses may be connected to: public ones, and those that the operator lists."""

from __future__ import annotations

import ipaddress

from msgspec import Struct

from plugin.addresses.fhir import Address

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_LOW = 0xFFFFFFFF


class Reach(Struct, frozen=True):
    """`networks` may be connected to although they are not public; so may this machine, if
    `loopback`.
    """

    networks: tuple[Network, ...] = ()
    loopback: bool = False

    def admits(self, address: Address) -> bool:
        """Whether an address may be connected to: itself, and what it stands for."""
        return all(self._one(form) for form in _forms(address))

    def _one(self, address: Address) -> bool:
        if any(address in network for network in self.networks):
            return True
        if address.is_loopback:
            return self.loopback
        return address.is_global and not address.is_multicast


def _forms(address: Address) -> list[Address]:
    """An address, or the IPv4 addresses that an IPv6 one is a way to write or to reach."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    inner: list[Address] = []
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        inner.append(ipaddress.IPv4Address(int(address) & _LOW))
    if address.sixtofour:
        inner.append(address.sixtofour)
    inner += address.teredo or ()
    return [address, *inner]
