"""Methods, headers and addresses that no client should send: an answer, and no fault of ours."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.protocol.fuzz.conftest import Send, examples
from tests.protocol.fuzz.mutations import Draw, encoded
from tests.protocol.fuzz.seeds import TOKEN, feedback_seeds, seeds

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "post")
CONTENT_TYPES = (
    "application/json",
    "application/json; charset=utf-16",
    'application/json;charset="',
    "application/fhir+json",
    "APPLICATION/JSON",
    "text/json",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "",
    "json",
    "application/json, text/plain",
)
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Accept": "text/html"},
    {"Accept": "*/*;q=0"},
    {"Accept": "application/json;q=nonsense"},
    {"Accept-Encoding": "gzip;q=0, identity;q=0"},
    {"Content-Encoding": "gzip"},
    {"Content-Encoding": ", ,"},
    {"Content-Length": "-1"},
    {"Content-Length": "10"},
    {"Content-Length": "99999999999999999999"},
    {"Content-Length": "١٢"},
    {"Expect": "100-continue"},
    {"Authorization": "Bearer"},
    {"Authorization": f"Bearer {TOKEN}"},
    {"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."},
    {"Authorization": "Basic Og=="},
    {"Origin": "https://evil.example"},
    {"Origin": "null", "Access-Control-Request-Method": "POST"},
    {"Host": "evil.example:99999"},
    {"Host": "["},
    {"X-Forwarded-Proto": "javascript"},
    {"X-Forwarded-For": "' or 1=1"},
    {"Range": "bytes=0-1"},
    {"If-Match": "*"},
    {"Cookie": "session=\x80"},
)
PATHS = (
    "",
    "/",
    "?patient=1",
    "/feedback",
    "/feedback/",
    "/%00",
    "/..%2f",
    "/%ff",
    "//",
    ";x",
    "%2ffeedback",
)


@st.composite
def requests(draw: Draw) -> tuple[str, dict[str, Any]]:
    """An address and a request, of which one thing or several are odd."""
    odd = draw(st.sets(st.sampled_from(("method", "type", "headers", "path")), min_size=1))
    url, body = draw(st.sampled_from(seeds() + feedback_seeds()))
    method = draw(st.sampled_from(METHODS)) if "method" in odd else "POST"
    type_ = draw(st.sampled_from(CONTENT_TYPES)) if "type" in odd else "application/json"
    headers = draw(st.sampled_from(HEADERS)) if "headers" in odd else {}
    path = draw(st.sampled_from(PATHS)) if "path" in odd else ""
    named = {"Content-Type": type_, **headers}
    return url + path, {"body": encoded(body), "method": method, "headers": named}


def test_whatever_is_odd_about_a_request_it_is_answered_in_json(send: Send) -> None:
    seen: set[int] = set()

    @examples("requests")
    @given(requests())
    def run(request: tuple[str, dict[str, Any]]) -> None:
        url, asked = request
        seen.add(send(url, **asked).status_code)

    run()
    assert {200, 404, 405, 415} <= seen
