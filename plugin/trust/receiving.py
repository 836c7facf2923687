"""Whether a request has arrived: told from its bytes, before anybody parses it. Pure.

A guess on the side of the server's parser, which reads the same bytes again and decides. Where the
guess is wrong, the parser waits for the rest, for a bounded time.
"""

from __future__ import annotations

import re

_HEAD_ENDS = b"\r\n\r\n"
_MOST_HEAD = 64 * 1024  # a longer one is for the parser to refuse
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
_LAST_CHUNK = b"0\r\n\r\n"


class Received:
    """What came of a request so far. `most` are the bytes of a body that the service takes."""

    def __init__(self, most: int) -> None:
        self.data = bytearray()
        self.awaits_consent = False  # the client sends the body once it hears 100 Continue
        self.whole = False  # all of it is here; otherwise more may come
        self._most = most
        self._head = 0  # where the body begins; 0 until that is known
        self._length: int | None = None  # of the body; None for chunks

    def add(self, chunk: bytes) -> bool:
        """Take what came; True when the request can be handled, or need not be waited for."""
        self.data += chunk
        if not self._head and not self._read_head(len(self.data) - len(chunk)):
            return len(self.data) > _MOST_HEAD
        if self._length is None:
            self.whole = self.data.endswith(_LAST_CHUNK, self._head)
            return self.whole or len(self.data) - self._head > self._most
        self.whole = len(self.data) >= self._head + self._length
        return self.whole or self._length > self._most

    def _read_head(self, before: int) -> bool:
        end = self.data.find(_HEAD_ENDS, max(0, before - len(_HEAD_ENDS)))
        if end < 0:
            return False
        self._head = end + len(_HEAD_ENDS)
        head = bytes(self.data[: self._head])
        found = _LENGTH.search(head)
        chunked = _CHUNKED.search(head) is not None
        self._length = None if chunked else int(found[1]) if found else 0
        self.awaits_consent = _EXPECTS.search(head) is not None
        return True
