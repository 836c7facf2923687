"""Addresses that a site writes down: which are safe to use, and which are of this machine."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit


def is_loopback(host: str) -> bool:
    """Whether a socket that listens on this host is reached from this machine only.

    A name is looked up; every address that it has must be one of this machine. A name that nobody
    knows is not.
    """
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host or None, None)}
    except (OSError, UnicodeError):
        return False
    return bool(host) and bool(found) and all(_loopback_address(str(one)) for one in found)


def is_local_peer(address: str) -> bool:
    """Whether a connection came from this machine; a Unix socket has no address."""
    return not address or _loopback_address(address)


def _loopback_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def fault_of_url(url: str) -> str:
    """Why nothing may be sent to this address; empty if it may.

    https, or http to this machine itself: anybody between could read or change what http carries.
    """
    try:
        parts = urlsplit(url)
        host = _host(parts)
    except ValueError:
        return "is no address"
    if parts.scheme not in ("https", "http") or not host or url != url.strip():
        return "must be an address that begins with https://"
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or a password"
    if parts.query or parts.fragment:
        return "must end with its path: without `?` and `#`"
    if parts.scheme == "http" and not (host == "localhost" or _loopback_address(host)):
        return "must begin with https://; http:// is for this machine itself, such as 127.0.0.1"
    return ""


def fault_of_origin(origin: str) -> str:
    """Why this is not the origin of a web page, written as browsers do; empty if it is."""
    try:
        parts = urlsplit(origin)
        host = _host(parts)
    except ValueError:
        return "is no origin"
    if origin == "*":
        return "must be exact origins: `*` would let any web page call"
    written = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in ("https", "http") or not host or origin != written.lower():
        return "must be origins such as https://ehr.example.org, in small letters, without a path"
    return ""


def _host(parts: SplitResult) -> str:
    """The host; raises ValueError for a port that is none."""
    _ = parts.port
    return parts.hostname or ""
