"""Whether an address, a connection or a request is of this machine, and of no other."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

# Set by proxies: what looks local may be anybody's.
_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA")


def is_this_machine(host: str) -> bool:
    """Whether this is `localhost` or a loopback address, as it is written. Asks no name server."""
    name = host.strip("[]").partition("%")[0]
    if name.lower() == "localhost":
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def is_reached_from_here_only(host: str) -> bool:
    """Whether a socket that listens on this host is reached from this machine only.

    A name is looked up; every address that it has must be one of this machine. A name that nobody
    knows is not.
    """
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host or None, None)}
    except (OSError, UnicodeError):
        return False
    return bool(host) and bool(found) and all(is_this_machine(str(one)) for one in found)


def is_local_peer(address: str) -> bool:
    """Whether a connection came from this machine; a Unix socket has no address."""
    return not address or is_this_machine(address)


def is_called_by_own_name(environ: Mapping[str, Any]) -> bool:
    """Whether the `Host` of a request is `localhost` or a loopback address; true without any."""
    host = environ.get("HTTP_HOST", "")
    try:
        return not host or is_this_machine(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def is_sent_from_here(environ: Mapping[str, Any]) -> bool:
    """Whether the sender of a request is on a loopback address, and calls us by one.

    A page of another host can make a browser here call a name that leads to 127.0.0.1; the name in
    `Host` gives it away. A proxy on this machine is not its user.
    """
    if any(environ.get(name) for name in _FORWARDED):
        return False
    here = is_this_machine(environ.get("REMOTE_ADDR") or "")
    return here and bool(environ.get("HTTP_HOST")) and is_called_by_own_name(environ)
