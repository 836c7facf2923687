"""Whether a request has arrived: told from its bytes, before anybody parses it. Pure.

The server's parser reads the same bytes again and decides. It gets no more than what is here, so
that a request which is made to look whole is refused, and waited for by nobody.
"""

from __future__ import annotations

import re

MOST_HEAD = 64 * 1024
_HEAD_ENDS = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
_SIZE = re.compile(rb"[0-9a-fA-F]{1,15}(?=[ \t]*(?:;|\Z))")
_LONGEST_SIZE = 1024  # bytes of the line that a chunk begins with


class Received:
    """What came of a request so far. `most` are the bytes of a body that the service takes."""

    def __init__(self, most: int) -> None:
        self.data = bytearray()
        self.awaits_consent = False  # the client sends the body once it hears 100 Continue
        self.whole = False  # all of it is here; otherwise more may come
        self._most = most
        self._head = 0  # where the body begins; 0 until that is known
        self._length: int | None = None  # of the body; None for chunks
        self._next = 0  # where the next chunk begins
        self._framing = 0  # bytes of the body that are not of its content

    @property
    def head_too_long(self) -> bool:
        """Whether the headers go on beyond what is read of them."""
        return not self._head and len(self.data) > MOST_HEAD

    def add(self, chunk: bytes) -> bool:
        """Take what came; True when the request can be handled, or need not be waited for."""
        self.data += chunk
        if not self._head and not self._read_head(len(self.data) - len(chunk)):
            return self.head_too_long
        if self._length is None:
            return self._read_chunks()
        self.whole = len(self.data) >= self._head + self._length
        return self.whole or self._length > self._most

    def _read_head(self, before: int) -> bool:
        end = self.data.find(_HEAD_ENDS, max(0, before - len(_HEAD_ENDS)))
        if end < 0:
            return False
        self._head = self._next = end + len(_HEAD_ENDS)
        head = bytes(self.data[: self._head])
        found = _LENGTH.search(head)
        chunked = _CHUNKED.search(head) is not None
        self._length = None if chunked else int(found[1]) if found else 0
        self.awaits_consent = _EXPECTS.search(head) is not None
        return True

    def _read_chunks(self) -> bool:
        """Go from chunk to chunk (RFC 9112, section 7.1), as far as they have come."""
        while self._next <= len(self.data):
            ends = self.data.find(b"\r\n", self._next, self._next + _LONGEST_SIZE)
            if ends < 0:
                return len(self.data) - self._next > _LONGEST_SIZE or self._too_large()
            size = _SIZE.match(bytes(self.data[self._next : ends]))
            if size is None:
                return True  # no chunk, as the parser will say
            length = int(size[0], 16)
            if not length:
                # Two line ends: after the size, or after the last of the trailers.
                self.whole = self.data.find(_HEAD_ENDS, ends) >= 0
                return self.whole or len(self.data) - ends > MOST_HEAD
            framing = ends + 4 - self._next  # its size, and the line ends around it
            self._framing += framing
            self._next += length + framing
        return self._too_large()

    def _too_large(self) -> bool:
        """Whether more came than the service takes; chunks of a byte or two count as they are."""
        came = len(self.data) - self._head
        return came - self._framing > self._most or came > 2 * self._most + MOST_HEAD
