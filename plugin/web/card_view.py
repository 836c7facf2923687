"""An answer of the service as what its page shows, in the way that an EHR would. Pure."""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import msgspec
import nh3
from markdown_it import MarkdownIt
from msgspec import Struct

Json = dict[str, Any]
_TAGS = {
    *("p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_LEVELS = {"critical": "Critical", "warning": "Warning", "info": "Information"}


class Shown(Struct, frozen=True):
    """An answer to be shown: its status, and its body as it came."""

    status: int
    body: str


def shown_answer(answer: Shown) -> Json:
    """The words of the template: `cards`, or the `issues` of an OperationOutcome; the JSON as sent.

    Whatever the body is, there is something to show.
    """
    try:
        body = msgspec.json.decode(answer.body) if answer.body else None
        pretty = json.dumps(body, indent=2, ensure_ascii=False)
    except (msgspec.DecodeError, RecursionError):
        body, pretty = None, answer.body
    found = body if isinstance(body, dict) else {}
    cards = found.get("cards")
    return {
        "status": answer.status,
        "phrase": _phrase(answer.status),
        "cards": [_card(card) for card in _dicts(cards)],
        "answered": isinstance(cards, list),
        "issues": [_issue(issue) for issue in _dicts(found.get("issue"))],
        "pretty": pretty,
    }


def _card(card: Json) -> Json:
    level = _text(card.get("indicator"))
    source = card.get("source")
    source = source if isinstance(source, dict) else {}
    return {
        "uuid": _text(card.get("uuid")),
        "summary": _text(card.get("summary")),
        "level": level if level in _LEVELS else "info",
        "level_name": _LEVELS.get(level, level),
        "detail": rendered(_text(card.get("detail"))),
        "source": {"label": _text(source.get("label")), "url": _address(source.get("url"))},
        "suggestions": [_suggestion(one) for one in _dicts(card.get("suggestions"))],
        "several": card.get("selectionBehavior") == "any",
        "reasons": [
            {"value": json.dumps(one), "display": _text(one.get("display") or one.get("code"))}
            for one in _dicts(card.get("overrideReasons"))
        ],
        "links": [
            {
                "label": _text(one.get("label")),
                "url": _address(one.get("url")),
                "smart": one.get("type") == "smart",
            }
            for one in _dicts(card.get("links"))
        ],
    }


def _suggestion(one: Json) -> Json:
    return {
        "uuid": _text(one.get("uuid")),
        "label": _text(one.get("label")),
        "recommended": one.get("isRecommended") is True,
        "actions": [
            {
                "type": _text(action.get("type")),
                "description": _text(action.get("description")),
                "resource": _acted_on(action),
            }
            for action in _dicts(one.get("actions"))
        ],
    }


def _acted_on(action: Json) -> str:
    """The resource that an action brings, or the reference of the one that it deletes."""
    if "resource" in action:
        return json.dumps(action["resource"], indent=2, ensure_ascii=False)
    return _text(action.get("resourceId"))


def _issue(issue: Json) -> Json:
    return {name: _text(issue.get(name)) for name in ("severity", "code", "diagnostics")}


def rendered(markdown: str) -> str:
    """Markdown with the HTML in it, as clients render both, and of that only what is harmless.

    Links lead to http and https alone; nothing is loaded, nothing runs.
    """
    html = _markdown().render(markdown)
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_followed,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _followed(_tag: str, name: str, value: str) -> str | None:
    """An attribute as it may stand: a link that leads nowhere loses its address."""
    return (_address(value) or None) if name == "href" else value


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _address(url: Any) -> str:
    """An address that may be followed, or nothing."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        return ""
    return str(url) if parts and parts.scheme in ("http", "https") and parts.netloc else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _dicts(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
