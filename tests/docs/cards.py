"""The card that the service gives for a shipped sample, as the pages show it."""

from __future__ import annotations

from typing import Any

from plugin.app import create_app
from plugin.config import Settings
from plugin.samples import WRITTEN_FOR, sample


def card_as_shown(name: str) -> str:
    """The first card that a shipped sample gets, as a quotation in Markdown."""
    app = create_app(Settings(), today=lambda: WRITTEN_FOR)
    response = app.test_client().post(
        "/cds-services/cramp-review",
        data=sample(name, WRITTEN_FOR),
        content_type="application/json",
    )
    answer: Any = response.get_json()
    card = answer["cards"][0]
    lines = [f"**{card['summary']}** ({card['indicator']})", "", *card["detail"].splitlines()]
    return "".join(f"> {line}".rstrip() + "\n" for line in lines)
