"""Addresses of FHIR servers, read strictly: two parsers that differ over a host are an attack.

Every address that is requested is put together again from checked parts, so that what was checked
is what is called.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from plugin.addresses.machine import is_this_machine

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = {"http": 80, "https": 443}
_LONGEST = 4096
_PRINTABLE = re.compile(r"\A[\x21-\x7e]+\Z")
_SEGMENT = re.compile(r"\A[A-Za-z0-9._~:$!'()*+,;=-]+\Z")
_LABEL = re.compile(r"\A(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
_NUMBER = re.compile(r"\A(0x[0-9a-f]*|[0-9]+)\Z")
_ID = re.compile(r"\A[A-Za-z0-9.-]{1,64}\Z")
_LONGEST_HOST = 253


class Base(Struct, frozen=True):
    """The base address of a FHIR server. `host` is in lower case, an IPv6 one without brackets."""

    scheme: str
    host: str
    port: int
    path: str  # empty, or with a slash before each segment and none at the end

    @property
    def literal(self) -> Address | None:
        """The network address, where the host is one and not a name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None

    @property
    def loopback(self) -> bool:
        """Whether the host is this machine, by its name or its address."""
        return is_this_machine(self.host)

    @property
    def in_the_open(self) -> bool:
        """Whether others could read along: not by https, nor to this machine by its number."""
        return self.scheme != "https" and not (self.literal and self.loopback)

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def url(self) -> str:
        return self.origin + self.path

    def covers(self, other: Base) -> bool:
        """Whether the other is this address, or below it by whole segments of the path."""
        same = (self.scheme, self.host, self.port) == (other.scheme, other.host, other.port)
        return same and f"{other.path}/".startswith(f"{self.path}/")


def base_of(text: str) -> Base:
    """Read a base address. Raises ValueError with what is wrong, which does not quote it."""
    if len(text) > _LONGEST or not _PRINTABLE.match(text) or "\\" in text:
        raise ValueError("it has spaces, control or other characters that no address has")
    try:
        parts = urlsplit(text)
    except ValueError:  # its message quotes the address
        raise ValueError("its host is no IPv6 address") from None
    if parts.scheme not in _PORTS:
        raise ValueError("it does not begin with https:// (or http://)")
    if "@" in parts.netloc:
        raise ValueError("it names a user")
    if "?" in text or "#" in text:
        raise ValueError("it has a query or a fragment")
    try:
        port = parts.port or (_PORTS[parts.scheme] if parts.port is None else 0)
    except ValueError:
        port = 0
    if not port:
        raise ValueError("its port is none")
    path = parts.path.rstrip("/")
    if not all(_is_segment(segment) for segment in path.split("/")[1:]):
        raise ValueError("its path has empty, dotted or encoded parts")
    return Base(parts.scheme, _host(parts.hostname or "", "[" in parts.netloc), port, path)


def listed_base(text: str) -> Base:
    """Read a base address that a site lists, to which tokens are sent. Raises ValueError."""
    base = base_of(text)
    if base.in_the_open:
        raise ValueError(
            "it is not https, and tokens are sent there; only this machine may be listed by http, "
            "as 127.0.0.1 or [::1]"
        )
    return base


def _host(host: str, bracketed: bool) -> str:
    """A host in its one spelling. Raises ValueError for numbers in the shape of no address."""
    if bracketed:
        try:
            address = ipaddress.IPv6Address(host)
        except ValueError:
            raise ValueError("its host is no IPv6 address") from None
        if address.scope_id:
            raise ValueError("its host names a network interface")
        return str(address)
    labels = host.split(".")
    if _NUMBER.match(labels[-1]):  # 127.1, 2130706433 and 0x7f.1 are addresses to some
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise ValueError("its host is a number that is no IPv4 address") from None
    if len(host) > _LONGEST_HOST or not all(map(_LABEL.match, labels)):
        raise ValueError("its host is no host name")
    return host


def _is_segment(segment: str) -> bool:
    return _SEGMENT.match(segment) is not None and segment not in (".", "..")


def is_id(text: str) -> bool:
    """Whether a text is a FHIR id that cannot change the path that it is put into."""
    return _ID.match(text) is not None and text.strip(".") != ""


def own_page(base: Base, page: str, link: str) -> str | None:
    """The address that a link on a page of this server leads to; None if it leads elsewhere.

    Elsewhere is every other scheme, host or port, and every path that is not the base's own.
    """
    try:
        parts = urlsplit(urljoin(page, link))
        target = base_of(f"{parts.scheme}://{parts.netloc}{parts.path}")
    except ValueError:
        return None
    query = f"?{parts.query}" if parts.query else ""
    if not base.covers(target) or len(query) > _LONGEST or "\\" in query:
        return None
    if query and not _PRINTABLE.match(query):
        return None
    return target.url + query


def own_id(base: Base, reference: str, resource_type: str) -> str:
    """The id of what a reference names on this server; empty for what is elsewhere, or no id."""
    text = reference.strip().partition("/_history/")[0]
    if "://" in text:
        page = own_page(base, base.url, text)
        text = (page or "").removeprefix(f"{base.url}/")
    type_, _, id_ = text.partition("/")
    return id_ if type_ == resource_type and is_id(id_) else ""
