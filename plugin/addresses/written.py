"""Addresses that a site writes down, and why one of them cannot be used."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from plugin.addresses.machine import is_this_machine


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
    if parts.scheme == "http" and not is_this_machine(host):
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
