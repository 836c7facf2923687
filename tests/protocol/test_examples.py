"""Calls of other projects: what each must be answered with was written down before it was run."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.plugin.hook_calls import Json
from tests.protocol.conftest import Post

FOLDER = Path(__file__).parents[3] / "shared" / "protocol" / "examples"
TABLE: Json = tomllib.loads(Path(__file__).with_name("examples.toml").read_text(encoding="utf-8"))
AS_ASKED = [name for name, row in TABLE.items() if "as_asked" in row]
NULL: Json = {}

pytestmark = pytest.mark.skipif(
    not FOLDER.exists(), reason="the examples are not beside the repository (../shared/protocol)"
)


def test_every_example_is_in_the_table() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_an_example_is_answered_as_was_written_down(post: Post, name: str) -> None:
    row = TABLE[name]
    service = row["service"]
    url = "cramp-review/feedback" if service == "feedback" else service
    judge(post(f"/cds-services/{url}", (FOLDER / f"{name}.json").read_bytes()), row)


@pytest.mark.parametrize("name", AS_ASKED)
def test_an_example_with_our_keys_is_answered_as_was_written_down(
    client: FlaskClient, post: Post, name: str
) -> None:
    row, service = TABLE[name]["as_asked"], TABLE[name]["service"]
    body = json.loads((FOLDER / f"{name}.json").read_bytes())
    described = next(
        one
        for one in client.get("/cds-services").get_json()["services"]
        if (one["id"], one["hook"]) == (service, body["hook"])
    )
    sent = dict.fromkeys(described["prefetch"]) if row.get("known_empty") else NULL.copy()
    theirs = body.get("prefetch", {})
    body["prefetch"] = (
        sent
        | {ours: theirs[name] for name, ours in row.get("rename", {}).items()}
        | row.get("add", {})
    )
    body["context"] |= row.get("context", {})
    judge(post(f"/cds-services/{service}", json.dumps(body).encode()), row)


def judge(response: TestResponse, row: dict[str, Any]) -> None:
    """That a response is what the table says."""
    assert response.status_code == row["status"], response.text
    if response.status_code != 200:
        (issue,) = response.get_json()["issue"]
        text = issue["diagnostics"]
        assert row.get("says", "") in text
        assert [key for key in row.get("keys", []) if f"{key} (" not in text] == []
        assert [key for key in row.get("not_keys", []) if f"{key} (" in text] == []
        return
    if "topics" in row:
        cards = response.get_json()["cards"]
        assert [card["source"]["topic"]["code"] for card in cards] == row["topics"]
        detail = "".join(card["detail"] for card in cards)
        assert [words for words in row.get("detail", []) if words not in detail] == []
        if "indicators" in row:
            assert [card["indicator"] for card in cards] == row["indicators"]
