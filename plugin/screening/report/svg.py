"""A drawing of matplotlib made fit for our page: no style attribute, no id but those it uses.

The page's policy lets no style attribute act, and two drawings on one page may not share an id.
Colours become classes, so that the page can choose them for light, dark and paper.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_USED = re.compile(r"url\(#([^)]+)\)|^#(.+)$")
_DROPPED = ("metadata", "style")
_PRESENTED = frozenset(
    {"fill", "stroke", "stroke-width", "stroke-linejoin", "stroke-linecap", "text-anchor"}
)
_SIZE = re.compile(r"(?:^|\s)([\d.]+)px\b")


def inline(drawing: str, classes: Mapping[str, str], *, title: str, ids: str) -> str:
    """The drawing as an element of HTML. `classes` gives the class of a colour; `title` is what a
    reader of the screen hears; `ids` goes before each id that stays.
    """
    root = ET.fromstring(drawing)  # noqa: S314 - our own, drawn a moment ago
    used = {name for one in root.iter() for name in _references(one)}
    _clean(root, used, classes, ids)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.attrib |= {"role": "img", "aria-label": title, "focusable": "false", "class": "plot"}
    ET.register_namespace("", _SVG)
    text = ET.tostring(root, encoding="unicode")
    return re.sub(r"\n\s*", "\n", text)


def _references(one: ET.Element) -> set[str]:
    found = (match for value in one.attrib.values() for match in _USED.finditer(value))
    return {match[1] or match[2] for match in found}


def _clean(one: ET.Element, used: set[str], classes: Mapping[str, str], ids: str) -> None:
    for child in list(one):
        if not isinstance(child.tag, str) or child.tag.rpartition("}")[2] in _DROPPED:
            one.remove(child)
        else:
            _clean(child, used, classes, ids)
    attributes = dict(one.attrib)
    one.attrib.clear()
    presented = _declared(attributes.pop("style", "")) | attributes
    for name, value in presented.items():
        if name == "id":
            if value in used:
                one.attrib["id"] = ids + value
        elif name == _XLINK:
            one.attrib["href"] = _USED.sub(lambda match: f"#{ids}{match[2]}", value)
        elif value in classes:
            held = one.attrib.get("class", "")
            one.attrib["class"] = f"{held} {name}-{classes[value]}".strip()
        else:
            one.attrib[name] = value.replace("url(#", f"url(#{ids}")


def _declared(style: str) -> dict[str, str]:
    """What a style attribute says that has an attribute of its own."""
    pairs = (part.partition(":") for part in style.split(";"))
    said = {name.strip(): value.strip() for name, _, value in pairs}
    kept = {name: value for name, value in said.items() if name in _PRESENTED}
    size = _SIZE.search(said.get("font", "") or said.get("font-size", ""))
    if size:
        kept["font-size"] = size[1]
    if re.search(r"\b(bold|600|700)\b", said.get("font", "") or said.get("font-weight", "")):
        kept["font-weight"] = "600"
    return kept
