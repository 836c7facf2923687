"""The FHIR client: what it sends, and how it follows pages."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from cds_hooks.model import State
from tests.servers.client import LIST, Asking, answering, bundle, ids_of
from tests.servers.scripted import Reply, fhir, scripted


def test_what_is_sent_is_a_get_for_fhir_json_with_the_token() -> None:
    """And nothing from the environment, such as a proxy."""
    with scripted(answering(fhir(bundle("a", "b")))) as server:
        assert Asking(server.url).ids() == ["a", "b"]
    [asked] = server.asked
    assert asked.path == f"/fhir/{LIST}"
    assert asked.headers["authorization"] == "Bearer t0ken"
    assert asked.headers["accept"] == "application/fhir+json"
    assert "cookie" not in asked.headers


def test_proxies_and_password_files_of_the_environment_are_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """A token goes to the server that was checked, and not through another one."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with scripted() as proxy, scripted(answering(fhir(bundle("a")))) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert Asking(server.url, token="").ids() == ["a"]
        assert proxy.asked == []
    assert "authorization" not in server.asked[0].headers


def test_cookies_of_one_answer_are_not_sent_with_the_next() -> None:
    """They would tie calls about different patients together."""
    with scripted(answering(fhir(bundle("a"), Set_Cookie="session=1; Path=/"))) as server:
        asking = Asking(server.url)
        asking.ids()
        asking.ids()
    assert len(server.asked) == 2
    assert all("cookie" not in asked.headers for asked in server.asked)


# --- pages -------------------------------------------------------------------------------------


def test_pages_are_followed_to_the_last() -> None:
    """By absolute links and by relative ones."""
    with scripted() as server:
        pages = {
            f"/fhir/{LIST}": bundle("a", next_page=f"{server.url}/{LIST}&page=2"),
            f"/fhir/{LIST}&page=2": bundle("b", next_page=f"{LIST}&page=3"),
            f"/fhir/{LIST}&page=3": bundle("c", next_page=f"{server.url}?_getpages=4"),
            "/fhir?_getpages=4": bundle("d", total=4),
        }
        server.script = lambda asked: fhir(pages[asked.path])
        value = Asking(server.url).client.search(LIST)
    assert ids_of(value) == ["a", "b", "c", "d"]
    assert (value.state, value.incomplete, value.problem) == (State.PRESENT, False, "")


@pytest.mark.parametrize(
    "link",
    [
        "{other}/MedicationRequest?page=2",
        "//{other_host}/fhir/MedicationRequest?page=2",
        "{own}@{other_host}/fhir/page",
        "{own_host}\\@{other_host}/fhir/page",
        "https://{own_host}/fhir/MedicationRequest?page=2",
        "file:///etc/passwd",
        "/other-tenant/MedicationRequest?page=2",
        "{own}/../admin",
        "{own}/%2e%2e/admin",
        "{own}-other/MedicationRequest",
        "{own}/MedicationRequest?a=\x00",
        "http://[::1",
        "",
    ],
)
def test_a_next_link_to_anywhere_else_is_not_followed_and_the_list_is_not_whole(link: str) -> None:
    """Another host, port, scheme or path: neither the token nor a request goes there."""
    with scripted() as other, scripted() as server:
        hosts = {"other_host": other.url[7:].partition("/")[0], "own": server.url}
        hosts |= {"other": other.url, "own_host": server.url[7:].partition("/")[0]}
        page = bundle("a", next_page="x")
        page["link"][0]["url"] = link.format(**hosts)
        server.script = lambda _asked: fhir(page)
        value = Asking(server.url).client.search(LIST)
        assert other.asked == []
        assert server.paths() == [f"/fhir/{LIST}"]
    assert ids_of(value) == ["a"]
    assert value.incomplete


def test_pages_that_lead_in_a_circle_end() -> None:
    """And what was found is not taken for all there is."""
    with scripted() as server:
        pages = {
            f"/fhir/{LIST}": bundle("a", next_page=f"{server.url}/x?2"),
            "/fhir/x?2": bundle("b", next_page=f"{server.url}/{LIST}"),
        }
        server.script = lambda asked: fhir(pages[asked.path])
        value = Asking(server.url).client.search(LIST)
        assert len(server.asked) == 2
    assert ids_of(value) == ["a", "b"]
    assert value.incomplete


def test_pages_without_end_end() -> None:
    """A bounded number of them is read."""
    numbers = count()
    with scripted() as server:
        server.script = lambda _asked: fhir(
            bundle("a", next_page=f"{server.url}/x?{next(numbers)}")
        )
        value = Asking(server.url, seconds=60).client.search(LIST)
        assert len(server.asked) == 50
    assert value.incomplete


def test_a_page_that_fails_leaves_those_before_it_and_says_so() -> None:
    """What was found stays."""
    with scripted() as server:
        first = fhir(bundle("a", next_page=f"{server.url}/x?2"))
        server.script = answering(first, Reply(status=500))
        value = Asking(server.url).client.search(LIST)
    assert ids_of(value) == ["a"]
    assert value.problem == "the FHIR server answered 500"


def test_a_total_above_what_was_found_is_not_whole() -> None:
    """Some servers drop the link to the rest."""
    with scripted(answering(fhir(bundle("a", total=3)))) as server:
        assert Asking(server.url).client.search(LIST).incomplete


def test_enough_is_enough() -> None:
    """The newest results are wanted, and not all of them."""
    with scripted() as server:
        server.script = lambda _asked: fhir(bundle("a", next_page=f"{server.url}/x?2"))
        value = Asking(server.url).client.search(LIST, lambda found: len(found) > 0)
        assert len(server.asked) == 1
    assert value.incomplete
