"""Whether a request comes from this machine to this machine, and from nowhere else. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

# Set by proxies: what looks local may be anybody's.
_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA")


def is_loopback(host: str) -> bool:
    """Whether this address or name is the machine's own."""
    name = host.strip("[]").partition("%")[0]
    if name.lower() == "localhost":
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def from_this_machine(environ: Mapping[str, Any]) -> bool:
    """Whether the sender is on a loopback address, and calls us by one.

    A page of another host can make a browser here call a name that leads to 127.0.0.1; the name in
    `Host` gives it away. A proxy on this machine is not its user.
    """
    if any(environ.get(name) for name in _FORWARDED):
        return False
    try:
        called = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname or ""
    except ValueError:
        return False
    return is_loopback(environ.get("REMOTE_ADDR") or "") and is_loopback(called)
