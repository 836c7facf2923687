"""An address that a server hands out: to a status, a file, a page, a place that it sends us on to.

Such a link may hold a secret in its query (a signed URL), so nothing here shows more than its
origin.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from plugin.addresses.fhir import Base, base_of

_LONGEST = 16 * 1024
_PRINTABLE = re.compile(r"\A[\x21-\x7e]+\Z")


class Link(Struct, frozen=True):
    """A checked address: the server, and what is asked of it (path and query)."""

    server: Base
    target: str  # begins with a slash

    def __repr__(self) -> str:
        """Without path and query."""
        return f"Link({self.server.origin!r})"

    @property
    def url(self) -> str:
        return self.server.origin + self.target

    @property
    def mark(self) -> str:
        """The same for the same file under another signature: a hash of all but the query."""
        path = self.target.partition("?")[0]
        return blake2b(f"{self.server.origin}{path}".encode(), digest_size=16).hexdigest()


def link_of(text: str, page: str = "") -> Link:
    """Read an absolute address, or one relative to a page. Raises ValueError, without quoting it.

    https; http only within this machine, from a page that came by http as well.
    """
    if not text or len(text) > _LONGEST or not _PRINTABLE.match(text) or "\\" in text:
        raise ValueError("it is no address")
    try:
        parts = urlsplit(urljoin(page, text))
    except ValueError:  # its message quotes the address
        raise ValueError("it is no address") from None
    server = base_of(f"{parts.scheme}://{parts.netloc}")
    if server.scheme != "https" and not (server.loopback and page.startswith("http://")):
        raise ValueError("it is not https")
    query = f"?{parts.query}" if parts.query else ""
    return Link(server, (parts.path or "/") + query)
