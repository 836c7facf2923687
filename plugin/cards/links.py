"""The links of a card: the evidence for what it says, and the site's SMART app."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from plugin.cards.shape import EVIDENCE
from plugin.cards.site import CardSite

_MOST_CHARACTERS = 1500  # of a query: clients and proxies cut addresses somewhere above 2,000


def links_of(rules: Iterable[str], site: CardSite) -> list[dict[str, Any]]:
    """What a card about these rules links to. No address holds anything of the patient."""
    ids = _that_fit(rules)
    links: list[dict[str, Any]] = []
    if site.base_url:
        url = f"{site.base_url}{EVIDENCE}?rules={','.join(ids)}"
        links.append({"label": "Evidence and sources", "url": url, "type": "absolute"})
    if site.smart_url:
        link = {"label": "Open the app", "url": site.smart_url, "type": "smart"}
        if site.smart_context:
            link["appContext"] = msgspec.json.encode({"rules": ids}).decode()
        links.append(link)
    return links


def _that_fit(rules: Iterable[str]) -> list[str]:
    """The first of the ids, as many as an address can hold."""
    fitting: list[str] = []
    length = 0
    for rule in dict.fromkeys(rules):
        length += len(rule) + 1
        if length > _MOST_CHARACTERS:
            break
        fitting.append(rule)
    return fitting
