"""`/docs`: the OpenAPI document for a person, with nothing that runs or is fetched elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from plugin.web.openapi.reading import readable


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def values(self, name: str) -> list[str]:
        return [value for found, value in self.attributes if found == name]


def read(client: FlaskClient, path: str = "/docs") -> _Reader:
    response = client.get(path)
    assert (200, "text/html") == (response.status_code, response.mimetype)
    reader = _Reader()
    reader.feed(response.get_data(as_text=True))
    return reader


def test_the_page_shows_every_route_and_every_shape(client: FlaskClient) -> None:
    """And where a type leads to a shape, the link does."""
    document = client.get("/openapi.json").get_json()
    page = read(client)
    said = "".join(page.text)
    for path in document["paths"]:
        assert path in page.text
    for name, schema in document["components"]["schemas"].items():
        assert name in said
        assert all(element in said for element in schema.get("properties", {}))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inside = {link[1:] for link in page.values("href") if link.startswith("#")}
    assert inside <= set(ids)


def test_every_answer_is_shown_once_where_all_routes_have_it(client: FlaskClient) -> None:
    """403, 405 and 500 are said at the top, other statuses with their routes."""
    page = readable(client.get("/openapi.json").get_json())
    assert ["403", "405", "500"] == [one["status"] for one in page["everywhere"]]
    assert 1 == "".join(read(client).text).count("405")


def test_the_page_runs_nothing_and_loads_only_our_style(client: FlaskClient) -> None:
    """No script, no style of its own, no other host."""
    page = read(client)
    assert {"script", "img", "iframe", "form", "style"}.isdisjoint(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    loaded = [link for link in page.values("href") if link.startswith("static/")]
    assert ["static/mark.svg", "static/pages.css"] == sorted(loaded)
    assert not [link for link in page.values("href") if "//" in link]
    (policy,) = client.get("/docs").headers.getlist("Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "script-src" not in policy


def test_what_the_page_loads_is_served(client: FlaskClient) -> None:
    """With its own media type, and kept by browsers for a while."""
    for name, media in (("pages.css", "text/css"), ("mark.svg", "image/svg+xml")):
        response = client.get(f"/static/{name}")
        assert (200, media) == (response.status_code, response.mimetype)
        assert "public, max-age=600" == response.headers["Cache-Control"]
        assert "nosniff" == response.headers["X-Content-Type-Options"]


@pytest.mark.parametrize(
    "name",
    ["none.css", "../app.py", "..%2fapp.py", "%2e%2e/app.py", "etc/passwd", "", "pages.css/"],
)
def test_nothing_but_our_files_is_served(client: FlaskClient, name: str) -> None:
    """Whatever the spelling: names are looked up, no path is opened."""
    response = client.get(f"/static/{name}")
    assert 404 == response.status_code
    assert "OperationOutcome" == response.get_json()["resourceType"]
