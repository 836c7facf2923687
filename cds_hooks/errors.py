"""Why a call was refused, as a status and an OperationOutcome. Never an empty list of cards.

    HookError
    ├── BadRequest          400  not JSON, a missing field, a hook that the service does not have
    ├── Unauthorized        401  who calls is not known (cds_hooks.auth)
    ├── UnknownService      404
    ├── PrefetchMissing     412  data that the service cannot do without
    ├── TooMany             413  a list with more entries than we take
    ├── NotJson             415  the Content-Type is not JSON
    ├── Encoded             415  the body is compressed
    └── Unavailable         503  something that we need is down; the call may be repeated

Diagnostics are sentences for the integration engineer. They name fields, keys and positions, and
never hold values of the record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec
from flask import Flask, Response
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge


class HookError(Exception):
    """A refusal. `issue_code` is of FHIR's issue-type code system."""

    status: ClassVar[int] = 400
    issue_code: ClassVar[str] = "invalid"
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, diagnostics: str) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics


class BadRequest(HookError):  # noqa: N818
    """The call itself is wrong."""


class UnknownService(HookError):  # noqa: N818
    """No service has that id."""

    status = 404
    issue_code = "not-found"


class PrefetchMissing(HookError):  # noqa: N818
    """Required data was not sent, and cannot be obtained."""

    status = 412
    issue_code = "required"


class TooMany(HookError):  # noqa: N818
    """A list is longer than we take."""

    status = 413
    issue_code = "too-long"


class NotJson(HookError):  # noqa: N818
    """The body is declared as something other than JSON."""

    status = 415
    issue_code = "not-supported"


class Encoded(HookError):  # noqa: N818
    """The body is compressed, or otherwise encoded."""

    status = 415
    issue_code = "not-supported"
    headers: ClassVar[Mapping[str, str]] = {"Accept-Encoding": "identity"}


class Unavailable(HookError):  # noqa: N818
    """What we need to answer is down for now."""

    status = 503
    issue_code = "transient"
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}


_HTTP_ISSUE_CODES = {404: "not-found", 405: "not-supported", 413: "too-long"}
_SERVER_FAULT = 500


def operation_outcome(issue_code: str, diagnostics: str) -> dict[str, Any]:
    """A FHIR OperationOutcome with one issue of severity error."""
    issue = {"severity": "error", "code": issue_code, "diagnostics": diagnostics}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def refusal(status: int, issue_code: str, diagnostics: str) -> Response:
    """A response that carries an OperationOutcome."""
    body = msgspec.json.encode(operation_outcome(issue_code, diagnostics))
    return Response(body, status=status, mimetype="application/json")


def register_errors(app: Flask, report: Callable[[Exception], str]) -> None:
    """Answer every error of the application in JSON, whatever its route.

    `report` is called with an unforeseen exception, and returns a word that finds it in the log.
    """

    def refused(error: HookError) -> Response:
        response = refusal(error.status, error.issue_code, error.diagnostics)
        response.headers.update(error.headers)
        return response

    def http(error: HTTPException) -> Response:
        status = error.code or _SERVER_FAULT
        text = error.description or error.name
        if isinstance(error, RequestEntityTooLarge):
            limit = app.config["MAX_CONTENT_LENGTH"]
            text = f"The body is larger than the {limit} bytes that this service accepts."
        response = refusal(status, _HTTP_ISSUE_CODES.get(status, "invalid"), text)
        for name, value in error.get_headers():
            if name.lower() not in ("content-type", "content-length"):
                response.headers[name] = value
        return response

    def unforeseen(error: Exception) -> Response:
        word = report(error)
        text = (
            "The service failed and gives no advice on this patient; "
            f"the fault is in the service's log under {word}."
        )
        return refusal(_SERVER_FAULT, "exception", text)

    app.register_error_handler(HookError, refused)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, unforeseen)
