"""The token endpoint: where it is, and what it is asked."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode

import msgspec
import requests
from msgspec import Struct
from urllib3 import Timeout
from urllib3.exceptions import HTTPError

from plugin.addresses.fhir import Base
from plugin.addresses.link import Link, link_of
from plugin.fhir_client.backend.keys import SigningKey
from plugin.fhir_client.body import read_body
from plugin.fhir_client.faults import AddressRefused, FetchFault, Outcome
from plugin.fhir_client.http import fault_of
from plugin.fhir_client.waiting import retry_after

WELL_KNOWN = "/.well-known/smart-configuration"
_KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SECONDS = 30.0
_MOST_BYTES = 256 * 1024
_ATTEMPTS = 4
_LONGEST_PAUSE = 60.0
_OK = 200
_BUSY = (429, 502, 503, 504)
_CODE = re.compile(r"\A[a-z_]{1,40}\Z")
_WHY = {
    "invalid_client": "it does not know this client with this key: is CRAMPCHECK_FHIR_CLIENT_ID "
    "the id that was given out, is what `crampcheck fhir jwks` prints registered there, and is the "
    "clock of this machine right?",
    "invalid_scope": "it grants none of the scopes: set CRAMPCHECK_FHIR_SCOPES to those that were "
    "granted",
    "unauthorized_client": "it does not let this client get a token in this way",
}


class Place(Struct, frozen=True):
    """A token endpoint, and what its server says that it can do."""

    endpoint: Link
    capabilities: tuple[str, ...] = ()


class _Configuration(Struct):
    token_endpoint: Any = ""
    capabilities: Any = ()


class _Refusal(Struct):
    error: Any = ""


def discovered(session: requests.Session, base: Base) -> Place:
    """The token endpoint that a FHIR server names for itself. Raises FetchFault."""
    page = base.url + WELL_KNOWN
    status, body = _patiently(lambda: _once(session, "GET", page, b""))
    if status != _OK:
        raise FetchFault(
            Outcome.NOT_FOUND,
            f"it does not say where tokens are given out ({WELL_KNOWN} answered {status}); set "
            "CRAMPCHECK_FHIR_TOKEN_URL",
        )
    try:
        said = msgspec.json.decode(body, type=_Configuration)
        named = said.token_endpoint
        endpoint = link_of(named if isinstance(named, str) else "", page)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise FetchFault(Outcome.NOT_FHIR, f"its {WELL_KNOWN} is no JSON object") from None
    except ValueError as error:
        raise FetchFault(
            Outcome.ADDRESS_REFUSED,
            f"its {WELL_KNOWN} names a token endpoint that cannot be used: {error}",
        ) from None
    capabilities = said.capabilities if isinstance(said.capabilities, list) else []
    return Place(endpoint, tuple(one for one in capabilities if isinstance(one, str)))


def grant(
    session: requests.Session, endpoint: Link, client: str, key: SigningKey, wanted: Sequence[str]
) -> bytes:
    """The answer that holds a token, for the first of some scopes that is granted.

    Raises FetchFault. Every request carries a statement of its own: none counts twice.
    """

    def ask(scope: str) -> tuple[int, bytes, float | None]:
        form = {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_assertion_type": _KIND,
            "client_assertion": key.statement(client, endpoint.url),
        }
        return _once(session, "POST", endpoint.url, urlencode(form).encode())

    for place, scope in enumerate(wanted, start=1):
        status, body = _patiently(lambda scope=scope: ask(scope))  # type: ignore[misc]
        if status == _OK:
            return body
        code = _code(body)
        if code != "invalid_scope" or place == len(wanted):
            why = _WHY.get(code, "see what its operator says")
            said = f" ({code})" if code else ""
            raise FetchFault(Outcome.DENIED, f"the token endpoint answered {status}{said}; {why}")
    raise FetchFault(Outcome.DENIED, "no scope is to be asked for")


def _patiently(ask: Callable[[], tuple[int, bytes, float | None]]) -> tuple[int, bytes]:
    pause = 0.5
    for _ in range(_ATTEMPTS - 1):
        status, body, wait = ask()
        if status not in _BUSY:
            return status, body
        time.sleep(min(_LONGEST_PAUSE, pause if wait is None else wait))
        pause *= 2
    status, body, _ = ask()
    return status, body


def _once(
    session: requests.Session, method: str, url: str, form: bytes
) -> tuple[int, bytes, float | None]:
    """Status, body, and the seconds to wait, if said."""
    timeout: Any = Timeout(total=_SECONDS, connect=_SECONDS, read=_SECONDS)
    headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "crampcheck"}
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        response = session.request(
            method,
            url,
            data=form or None,
            headers=headers,
            stream=True,
            allow_redirects=False,
            timeout=timeout,
        )
        with closing(response):
            body = read_body(response, _MOST_BYTES)
            return response.status_code, body, retry_after(response.headers.get("Retry-After", ""))
    except AddressRefused:
        raise FetchFault(
            Outcome.ADDRESS_REFUSED,
            "the token endpoint's name leads to a network address that may not be called; list its "
            "network in CRAMPCHECK_FHIR_NETWORKS if it is yours",
        ) from None
    except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
        raise fault_of(error) from None


def _code(body: bytes) -> str:
    """The code of an OAuth error; empty where there is none that can be shown."""
    try:
        code = msgspec.json.decode(body, type=_Refusal).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return code if isinstance(code, str) and _CODE.match(code) else ""
