"""`python -m tests.docs.openapi_example` writes the answer that the OpenAPI document shows.

The ids of a card are new in every answer; in the example they are always the same.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from plugin.app import create_app
from plugin.config import Settings
from plugin.samples import FIRST_SAMPLE, WRITTEN_FOR, sample
from tests.docs.pages import REPOSITORY

PLACE = REPOSITORY / "plugin/web/openapi/cards.json"
_SPACE = UUID(int=0)


def answer() -> str:
    """What the service says of the first sample, as the file holds it."""
    app = create_app(Settings(), today=lambda: WRITTEN_FOR)
    response = app.test_client().post(
        "/cds-services/cramp-review",
        data=sample(FIRST_SAMPLE, WRITTEN_FOR),
        content_type="application/json",
    )
    text = json.dumps(_steady(response.get_json()), indent=1, ensure_ascii=False)
    return f"{text}\n"


def _steady(value: Any, place: str = "") -> Any:
    if isinstance(value, dict):
        return {
            name: str(uuid5(_SPACE, place)) if name == "uuid" else _steady(inner, f"{place}/{name}")
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_steady(inner, f"{place}/{at}") for at, inner in enumerate(value)]
    return value


def write(place: Path = PLACE) -> None:
    place.write_text(answer(), encoding="utf-8")


if __name__ == "__main__":
    write()
