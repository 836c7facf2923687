"""An OpenAPI document as what its page shows. Pure.

Only what our own document holds is read: references within it, objects, lists, enums.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
_REQUIRED = "required"
_NO_ANCHOR = re.compile(r"[^\w-]")


def readable(document: Json) -> Json:
    """The words of the template: groups of operations, and the shapes that they refer to."""
    responses = document["components"]["responses"]
    operations = [
        _operation(path, method, one, responses)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]
    common = [_answer(status, *shared) for status, shared in _everywhere(document)]
    return {
        "info": document["info"],
        "everywhere": common,
        "groups": [
            {**tag, "operations": [one for one in operations if one["tag"] == tag["name"]]}
            for tag in document["tags"]
        ],
        "shapes": [
            {
                "name": name,
                "anchor": anchor(name),
                "description": schema.get("description", ""),
                "one_of": [_words(inner) for inner in schema.get("oneOf", [])],
                "rows": list(_rows(schema)),
            }
            for name, schema in document["components"]["schemas"].items()
        ],
    }


def _everywhere(document: Json) -> list[tuple[str, tuple[Json, Json]]]:
    """The answers that every operation has, so that a page says them once."""
    each = [
        {status: given for status, given in one["responses"].items() if "$ref" in given}
        for methods in document["paths"].values()
        for one in methods.values()
    ]
    known = document["components"]["responses"]
    shared = [status for status in each[0] if all(status in one for one in each)] if each else []
    return [(status, (each[0][status], known)) for status in shared]


def anchor(name: str) -> str:
    """The place of a shape in the page."""
    return f"shape-{name.lower().replace('.', '-')}"


def _operation(path: str, method: str, one: Json, responses: Json) -> Json:
    content = one.get("requestBody", {}).get("content", {})
    security = one.get("security")
    return {
        "path": path,
        "method": method.upper(),
        "anchor": _NO_ANCHOR.sub("", f"{method}{path}".replace("/", "-")),
        "summary": one["summary"],
        "description": one.get("description", ""),
        "tag": one["tags"][0],
        "signed": "" if security is None else "may" if {} in security else "must",
        "parameters": [{**row, "type": _words(row["schema"])} for row in one.get("parameters", [])],
        "takes": [
            {
                "media": media,
                "shape": _words(given["schema"]),
                "examples": {
                    name: _pretty(shown["value"]) for name, shown in given["examples"].items()
                },
            }
            for media, given in content.items()
        ],
        "answers": [
            _answer(status, given, responses) for status, given in one["responses"].items()
        ],
    }


def _answer(status: str, given: Json, responses: Json) -> Json:
    if "$ref" in given:
        given = responses[_last(given["$ref"])]
    shown: Json = {"status": status, "description": given["description"]}
    shown |= {"media": "", "example": ""}
    for media, body in given.get("content", {}).items():
        shown |= {"media": media, "shape": _words(body["schema"])}
        if "example" in body:
            shown["example"] = _pretty(body["example"])
    return shown


def _rows(schema: Json, path: str = "") -> Iterator[Json]:
    """A row for each element, those of elements without a name of their own below it."""
    for name, inner in schema.get("properties", {}).items():
        place = f"{path}{name}"
        yield {
            "name": place,
            "type": _words(inner),
            "required": name in schema.get(_REQUIRED, []),
            "description": inner.get("description", ""),
        }
        yield from _rows(inner, f"{place}.")
        yield from _rows(inner.get("items", {}), f"{place}[].")


def _words(schema: Json) -> Json:
    """The type of an element: its words, and the shape they lead to."""
    if "$ref" in schema:
        name = _last(schema["$ref"])
        return {"before": "", "name": name, "anchor": anchor(name)}
    if schema.get("type") == "array":
        inner = _words(schema.get("items", {}))
        return {**inner, "before": f"list of {inner['before']}"}
    return {"before": _plain(schema), "name": "", "anchor": ""}


def _plain(schema: Json) -> str:
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " or ".join(json.dumps(value) for value in schema["enum"])
    kinds = schema.get("type", "anything")
    text = " or ".join(kinds) if isinstance(kinds, list) else kinds
    limits = [f"at most {schema['maxLength']} characters"] if "maxLength" in schema else []
    limits += [schema["format"]] if "format" in schema else []
    return ", ".join([text, *limits])


def _last(reference: str) -> str:
    return reference.rpartition("/")[2]


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
