"""Every response that a test gets, held to the protocol: what it may be, by its route and status.

`tests/conftest.py` puts this around the test client, so that no test has to ask for it; tests that
speak to a real server hand their responses over themselves.
"""

from __future__ import annotations

import json
import re
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator

OURS = Path(__file__).parent / "schemas"
THEIRS = Path(__file__).parents[3] / "shared" / "protocol"
_NAMES = {"discovery": "discovery", "answer": "response"}  # ours: the one beside the repository
_SERVICES = "/cds-services"
_CALL = re.compile(rf"{_SERVICES}/[^/]+")
_EMPTY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class NotHeld(AssertionError):  # noqa: N818
    """A response that the protocol does not allow."""


def hold(method: str, url: str, status: int, mimetype: str, body: bytes) -> None:
    """Raises NotHeld for a response that no route of ours may give."""
    where = f"{method} {urlsplit(url).path} -> {status}"
    _require(b"Traceback (most recent call last)" not in body, where, "a traceback")
    if method == "HEAD" or status in _EMPTY:
        _require(not body, where, "a body that none may read")
    elif status >= HTTPStatus.BAD_REQUEST and not _is_page(url, mimetype):
        _json(body, mimetype, where, "outcome")
    elif mimetype == "application/json":
        _json(body, mimetype, where, _schema_of(method, urlsplit(url).path))
    else:
        _require(not urlsplit(url).path.startswith(_SERVICES), where, f"{mimetype}, not JSON")


def _is_page(url: str, mimetype: str) -> bool:
    """A page for people may say in HTML that it is not there; a route of the protocol may not."""
    return mimetype == "text/html" and not urlsplit(url).path.startswith(_SERVICES)


def _schema_of(method: str, path: str) -> str:
    if path == _SERVICES:
        return "discovery"
    return "answer" if method == "POST" and _CALL.fullmatch(path) else ""


def _json(body: bytes, mimetype: str, where: str, schema: str) -> None:
    _require(mimetype == "application/json", where, f"a body of type {mimetype or 'none'}")
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except ValueError as error:
        raise NotHeld(f"{where}: not JSON: {error}") from None
    for validator in validators(schema) if schema else ():
        for fault in validator.iter_errors(value):
            raise NotHeld(f"{where}: {fault.json_path}: {fault.message}")


@cache
def validators(schema: str) -> list[Draft202012Validator]:
    """Of one of our schemas; and of the one written by others, where it is there."""
    files = [OURS / f"{schema}.schema.json"]
    theirs = THEIRS / f"cds-hooks-{_NAMES.get(schema, schema)}.schema.json"
    files += [theirs] if theirs.exists() else []
    return [Draft202012Validator(json.loads(file.read_bytes())) for file in files]


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _require(held: bool, where: str, fault: str) -> None:
    if not held:
        raise NotHeld(f"{where}: {fault}")
