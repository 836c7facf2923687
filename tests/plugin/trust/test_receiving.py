"""When a request counts as arrived: in whatever pieces it comes, and whatever it pretends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.trust.receiving import MOST_HEAD, Received

MOST = 10_000
HEAD = b"POST /x HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def fed(sent: bytes, size: int = 1_000_000) -> tuple[bool, Received]:
    """Whether it can be handled before its last piece came, and what there is in the end."""
    received = Received(MOST)
    ready = [received.add(sent[at : at + size]) for at in range(0, len(sent), size)]
    return any(ready[:-1]), received


def chunks(*parts: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    framed = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts)
    return CHUNKED + framed + end


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5), st.integers(1, 50))
def test_chunks_are_whole_with_the_last_one_and_not_before(parts: list[bytes], size: int) -> None:
    """Though a chunk holds what the last one looks like."""
    early, received = fed(chunks(*parts, b"0\r\n\r\n", b"\r\n0\r\n\r\n"), size)
    assert (False, True) == (early, received.whole)


@pytest.mark.parametrize("end", [b"0\r\n\r\n", b"0;x=y\r\n\r\n", b"000 \r\nA: b\r\nC: d\r\n\r\n"])
def test_a_last_chunk_may_have_extensions_and_trailers(end: bytes) -> None:
    """And nothing short of its second line end will do."""
    assert fed(chunks(b"abc", end=end), 1)[1].whole
    assert not fed(chunks(b"abc", end=end)[:-1])[1].whole


def test_what_looks_like_the_last_chunk_within_a_longer_one_is_not_the_end() -> None:
    """A client that sent this much and stops holds nobody up: it is waited for beside others."""
    received = Received(MOST)
    assert not received.add(CHUNKED + b"100\r\n0\r\n\r\n")
    assert not received.whole


@pytest.mark.parametrize(
    "rest",
    [
        b"zz\r\n",
        b"-1\r\n",
        b"\r\n",
        b"f" * 2000,
        b"f" * 30 + b"\r\n",
        b"0\r\nA: " + b"b" * (MOST_HEAD + 10),
        b"ffffff\r\n" + b"a" * (MOST + 10),
        b"1\r\na\r\n" * (MOST + MOST_HEAD // 6),
    ],
)
def test_chunks_that_are_wrong_or_too_much_are_not_waited_for(rest: bytes) -> None:
    """The parser is given what there is, and refuses it."""
    received = Received(MOST)
    assert received.add(CHUNKED + rest)
    assert not received.whole


def test_headers_without_end_are_not_waited_for() -> None:
    """They are refused as too long; a long head that ends is not."""
    early, received = fed(HEAD + b"X: " + b"a" * MOST_HEAD, 1000)
    assert (False, True) == (early, received.head_too_long)
    assert not fed(HEAD + b"X: " + b"a" * 60_000 + b"\r\n\r\n", 1000)[1].head_too_long
