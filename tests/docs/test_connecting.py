"""The pages that connect a client: their commands run, their tables are read, their claims hold."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plugin.app import create_app
from plugin.config import Settings
from plugin.samples import FIRST_SAMPLE, WRITTEN_FOR, sample
from tests.deploy.service import Service, running
from tests.docs.pages import REPOSITORY, run
from tests.servers.local import HOST, not_installed

FOLDER = REPOSITORY / "docs" / "how-to"
PLAIN = FOLDER / "connect-a-fhir-server.md"
PAGES = [PLAIN, FOLDER / "connect-epic.md", FOLDER / "connect-oracle-health.md"]
TOML = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CURL = re.compile(r"^curl .*$", re.MULTILINE)
CLIENT_KEYS = {
    *("name", "issuer", "jku", "jwks_file", "ca_file"),
    *("algorithms", "audiences", "tenants", "fhir_servers"),
}


def tables(page: Path, name: str) -> list[dict[str, Any]]:
    """The tables of that name in the TOML blocks of a page."""
    blocks = [tomllib.loads(block) for block in TOML.findall(page.read_text(encoding="utf-8"))]
    return [table for block in blocks for table in block.get(name, [])]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("connecting")) as started:
        yield started


def test_the_lines_for_a_terminal_bring_a_card(service: Service, tmp_path: Path) -> None:
    """In their order, as they stand, but for the port."""
    if shutil.which("curl") is None:
        not_installed("curl is not installed")
    lines = CURL.findall(PLAIN.read_text(encoding="utf-8"))
    assert 3 == len(lines)
    answers = [
        subprocess.run(
            shlex.split(line.replace(f"{HOST}:8000", f"{HOST}:{service.port}")),
            cwd=tmp_path,
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for line in lines
    ]
    assert json.loads(answers[0])["services"]
    (card,) = json.loads(answers[2])["cards"]
    assert card["indicator"] == "warning"


@pytest.mark.parametrize("path", ["/try", "/docs", "/openapi.json", "/cds-services", "/metrics"])
def test_the_routes_that_the_pages_name_are_there(service: Service, path: str) -> None:
    """Asked of a running service."""
    assert any(path in page.read_text(encoding="utf-8") for page in PAGES)
    assert 200 == service.get(path).status


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_has_one_client_with_known_keys(page: Path) -> None:
    """Its keys have one source; every address but Oracle's fixed issuer is an invented one."""
    (client,) = tables(page, "client")
    assert {"name", "issuer", "fhir_servers"} <= client.keys() <= CLIENT_KEYS
    assert ("jku" in client) != ("jwks_file" in client)
    addresses = [client["issuer"], client["jku"], *client["fhir_servers"]]
    known = [one for one in addresses if "example.org/" not in f"{one}/"]
    assert known == (["https://cds-hooks.cerner.com"] if "oracle" in page.stem else [])


def test_the_order_code_of_the_page_is_taken_up(tmp_path: Path) -> None:
    """As an overlay, with the review block that every file has."""
    (block,) = [one for one in TOML.findall(PAGES[1].read_text()) if "[[order_code]]" in one]
    example = (FOLDER / "overlay" / "site.toml").read_text(encoding="utf-8")
    head = example.partition("[jurisdiction]")[0]
    (tmp_path / "site.toml").write_text(head + block, encoding="utf-8")
    said = run("crampcheck knowledge list --overlay site.toml", tmp_path)
    assert "order code potassium: urn:com.epic.cdshooks" in said
    assert "THE-ITEM" in said


def test_what_is_said_of_our_cards_is_true() -> None:
    """A static alphanumeric code of at most 100 characters, a uuid, no appContext, a summary."""
    app = create_app(Settings(), today=lambda: WRITTEN_FOR)
    answers = [
        app.test_client().post(
            "/cds-services/cramp-review",
            data=sample(FIRST_SAMPLE, WRITTEN_FOR),
            content_type="application/json",
        )
        for _ in range(2)
    ]
    (one,), (other,) = ([*answer.get_json()["cards"]] for answer in answers)
    code = one["source"]["topic"]["code"]
    assert code == other["source"]["topic"]["code"]
    assert re.fullmatch(r"[A-Za-z0-9]{1,100}", code)
    assert one["uuid"] != other["uuid"]
    assert one["detail"].startswith("**Why**")
    for card in (one, other):
        assert {"any"} >= {card.get("selectionBehavior", "any")}
        for suggestion in card.get("suggestions", []):
            assert suggestion["uuid"]
            assert [bool(action["description"]) for action in suggestion["actions"]] == [True]
        assert not [link for link in card.get("links", []) if "appContext" in link]


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.stem)
def test_a_page_about_an_ehr_says_how_little_it_rests_on(page: Path) -> None:
    """Nobody should take it for the vendor's word."""
    text = page.read_text(encoding="utf-8")
    assert "**Where this comes from.**" in text
    assert "We have not called the service from an" in text
    assert "before you rely on it" in text
