"""The source attributes of 45 CFR 170.315(b)(11)(iv)(A), as JSON and as a page.

What is stated is data of the knowledge; here it is only put beside the citations of each rule, and
the days on which it was written and reviewed.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

import msgspec
from flask import Blueprint, Response, render_template

from knowledge.model import Citation, Knowledge
from knowledge.review import Review
from knowledge.sheets.attributes import ALL, ANSWER_WORDS, REGULATION
from knowledge.sheets.basis import review_words, sentence
from knowledge.sheets.policy import MITIGATIONS, effect_words
from plugin.wording import review_status

SCHEMA = "crampcheck.source-attributes/1"
STYLE = (
    "body{font:1rem/1.55 system-ui,sans-serif;max-width:60rem;margin:0 auto;"
    "padding:1rem 1.25rem 3rem;color:#1b2a30;background:#fff;overflow-wrap:break-word}"
    "h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.2rem;margin:2rem 0 .5rem}a{color:#0b5c73}"
    "a:focus-visible,summary:focus-visible{outline:3px solid #0b5c73;outline-offset:2px}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{border-top:1px solid #cfd8dc;padding:.5rem .9rem .5rem 0;text-align:left;"
    "vertical-align:top}thead th{border-top:0;color:#51636b}"
    "ul{margin:.2rem 0 0;padding-left:1.2rem;color:#51636b;font-size:.92rem}"
    "summary{cursor:pointer;margin:.5rem 0}"
    "@media(max-width:40rem){thead{display:none}tr,td,th{display:block}"
    "th,td{border:0;padding:.15rem 0}tr{border-top:1px solid #cfd8dc;padding:.6rem 0}}"
)
_POLICY = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
)


def source_attribute_pages(knowledge: Callable[[], Knowledge]) -> Blueprint:
    """The two routes, over the knowledge that is in force when they are asked."""
    pages = Blueprint("source_attributes", __name__, template_folder="templates")

    @pages.get(f"/{ALL}")
    def page() -> Response:
        """For a person."""
        words = {"style": STYLE, "answers": ANSWER_WORDS, **source_attributes(knowledge())}
        text = render_template("source-attributes.html", **words)
        response = Response(text, mimetype="text/html")
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    @pages.get(f"/{ALL}.json")
    def data() -> Response:
        """For a program."""
        stated = source_attributes(knowledge())
        return Response(msgspec.json.encode(stated), mimetype="application/json")

    return pages


def source_attributes(known: Knowledge) -> dict[str, Any]:
    """All that is stated, as plain values.

    `attributes` in the order of the regulation, `rules`, `mitigations` and `interactions` with what
    each cites and the review of its file; `revised` is the day of the latest change of any file.
    """
    reviews = {row.file: row.review for row in known.reviews}
    return {
        "schema": SCHEMA,
        "intervention": "Crampcheck",
        "type": "evidence-based decision support intervention",
        "regulation": REGULATION,
        "knowledge_version": known.version,
        "knowledge_review": review_status(known),
        "revised": str(max((row.review.authored for row in known.reviews), default="")),
        "attributes": [
            {
                "paragraph": f"{REGULATION}({one.paragraph})",
                "id": one.id,
                "name": one.name,
                "answer": one.answer,
                "text": one.text,
                "citations": _citations(one.sources, known),
            }
            for one in sorted(known.attributes.values(), key=lambda one: one.paragraph)
        ],
        "rules": [
            {
                "id": rule.id,
                "level": rule.level.value,
                "text": sentence(rule.summary, known),
                "citations": _citations(rule.sources, known),
                **_reviewed(reviews.get(rule.file)),
            }
            for rule in known.rules
        ],
        "mitigations": [
            {
                "id": one.id,
                "text": sentence(one.text, known),
                "citations": _citations(one.sources, known),
                **_reviewed(reviews.get(MITIGATIONS)),
            }
            for one in known.mitigations.values()
        ],
        "interactions": [
            {
                "id": row.id,
                "level": row.level.value,
                "text": effect_words(row, known),
                "citations": _citations(row.sources, known),
                **_reviewed(reviews.get(row.file)),
            }
            for row in known.interactions
        ],
    }


def _citations(cited: Iterable[Citation], known: Knowledge) -> list[dict[str, str]]:
    found = []
    for citation in cited:
        source = known.sources[citation.source]
        entry = {
            "source": source.id,
            "title": source.title,
            "kind": source.kind,
            "identifier": source.identifier,
            "url": source.url,
            "locator": citation.locator,
        }
        found.append({key: value for key, value in entry.items() if value})
    return found


def _reviewed(review: Review | None) -> dict[str, str]:
    """Who wrote and who reviewed, and when; a sign-off that no longer stands is no review."""
    if review is None:
        return {"developer": "not recorded", "authored": "not recorded", "review": "not recorded"}
    days = {"authored": review.authored, "next_review": review.next_review}
    signed = {"reviewed_by": review.reviewed_by, "reviewed": review.reviewed}
    parts = {"developer": review.authored_by, **days, **(signed if review.stands else {})}
    said = {key: str(value) for key, value in parts.items() if value}
    return {**said, "review": review_words(review)}
