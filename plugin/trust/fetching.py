"""One request for the keys of a client, to the address that the site pinned, and nowhere else."""

from __future__ import annotations

import re
import time
from typing import Any

import msgspec
import requests
from msgspec import Struct

from cds_hooks.keys import KeySet, read_keys

CONNECT_SECONDS = 2.0
READ_SECONDS = 3.0
WHOLE_SECONDS = 5.0
MOST_BYTES = 256 * 1024
_CHUNK = 16 * 1024
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=\"?(\d{1,9})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[\s,])no-(?:store|cache)\b", re.IGNORECASE)


class FetchFailed(Exception):  # noqa: N818
    """The keys were not got; the message is the end of a sentence and quotes no answer."""


class Fetched(Struct, frozen=True):
    """Keys, and the seconds that their server lets them be kept; None if it says nothing."""

    keys: KeySet
    max_age: int | None


def fetch_keys(url: str, ca_file: str = "") -> Fetched:
    """Get a JWK Set. Follows no redirect: the site pinned this address. Raises FetchFailed."""
    until = time.monotonic() + WHOLE_SECONDS
    try:
        with requests.Session() as session:
            answer = session.get(
                url,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
                verify=ca_file or True,
                headers={"Accept": "application/json", "Accept-Encoding": "identity"},
                auth=_nobody,
            )
            with answer:
                return _read(answer, until)
    except (requests.RequestException, OSError) as error:
        # The class says what happened: a time-out, a certificate, a connection refused.
        raise FetchFailed(f"could not be asked ({type(error).__name__})") from None


def _nobody(request: Any) -> Any:
    """Without this, a password for the host would be taken from a .netrc file."""
    return request


def _read(answer: requests.Response, until: float) -> Fetched:
    if answer.status_code != requests.codes.ok:
        raise FetchFailed(f"answered with status {answer.status_code}")
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise FetchFailed("answered in a compressed form that was not asked for")
    try:
        keys = read_keys(msgspec.json.decode(_body(answer, until)))
    except (msgspec.DecodeError, RecursionError):
        raise FetchFailed("answered with what is not JSON") from None
    except ValueError as error:
        raise FetchFailed(f"answered with what {error}") from None
    return Fetched(keys, _max_age(answer.headers.get("Cache-Control", "")))


def _body(answer: requests.Response, until: float) -> bytes:
    """The body, of a bounded size and within a bounded time, however slowly it drips."""
    body = bytearray()
    while chunk := answer.raw.read1(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise FetchFailed(f"answered with more than {MOST_BYTES} bytes")
        if time.monotonic() > until:
            raise FetchFailed(f"did not end its answer in {WHOLE_SECONDS:g} seconds")
    return bytes(body)


def _max_age(cache_control: str) -> int | None:
    if _NOT_KEPT.search(cache_control):
        return 0
    found = _MAX_AGE.search(cache_control)
    return int(found[1]) if found else None
