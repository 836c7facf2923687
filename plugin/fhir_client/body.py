"""The body of an answer: bounded, and JSON, or a fault that says what it is instead."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping

import msgspec
import requests
from msgspec import Raw

from cds_hooks.peek import describe, look
from plugin.fhir_client.faults import FetchFault, Outcome

_CHUNK = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_JSON = re.compile(r"(application/(fhir\+json|json|json\+fhir)|text/json)\Z")


def read_body(response: requests.Response, most: int) -> bytes:
    """The body, unpacked: at most that many bytes, whatever the headers declare.

    Raises FetchFault for a larger one, and for one that is packed in another way than gzip.
    """
    packed = response.headers.get("Content-Encoding", "identity").strip().lower()
    chunks = _bounded(response.raw.stream(_CHUNK, decode_content=False), most)
    if packed in ("identity", ""):
        return b"".join(chunks)
    if packed in ("gzip", "x-gzip"):
        return b"".join(_bounded(_unpacked(chunks, most), most))
    raise FetchFault(Outcome.NOT_FHIR, "the FHIR server's answer is packed in an unknown way")


def _too_large() -> FetchFault:
    return FetchFault(Outcome.TOO_LARGE, "the FHIR server's answer is too large")


def _bounded(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise _too_large()
        yield chunk


def _unpacked(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    """What gzip unpacks to, of each chunk no more than `most` bytes and one: a bomb stays small."""
    gzip = zlib.decompressobj(_GZIP)
    try:
        for chunk in chunks:
            yield gzip.decompress(chunk, most + 1)
            if gzip.unconsumed_tail:
                raise _too_large()
    except zlib.error:
        raise _broken_gzip() from None
    if not gzip.eof:
        raise _broken_gzip()


def _broken_gzip() -> FetchFault:
    return FetchFault(Outcome.NOT_FHIR, "the FHIR server's answer is broken gzip")


def checked_json(headers: Mapping[str, str], body: bytes) -> bytes:
    """The body, if it is JSON and not declared as something else. Raises FetchFault."""
    declared = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if declared and not _JSON.match(declared):
        raise FetchFault(Outcome.NOT_FHIR, "the FHIR server answered with a type that is no JSON")
    body = body.removeprefix(b"\xef\xbb\xbf")
    if not is_json(body):
        raise FetchFault(
            Outcome.NOT_FHIR, "the FHIR server answered with something that is no JSON"
        )
    return body


def is_json(body: bytes) -> bool:
    """Whether bytes are a JSON document in UTF-8, of a depth that can be decoded."""
    try:
        body.decode("utf-8")
        msgspec.json.decode(body, type=Raw)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        return False
    return True


def outcome_in(body: bytes) -> str:
    """` with OperationOutcome (code)` for the body of a refusal that has one; else empty."""
    peek = look(body) if is_json(body) else None
    if peek is None or peek.resource_type != "OperationOutcome":
        return ""
    return f" with {describe(peek)}"
