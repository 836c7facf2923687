"""What can become of a call on its way: changes of its JSON, and of its bytes."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from tests.protocol.fuzz.seeds import NAME, Seed

_DEEP = re.compile(rb'"@deep (\w) (\d+)@"')
_TYPES = (
    "Patient",
    "Bundle",
    "OperationOutcome",
    "Medicationrequest",
    "Observation",
    "",
    "X",
    None,
)
_WORDS = (
    "é",
    "\u202e",
    "\x00",
    "\ud800",
    "\udfff\ud83d",
    "\U0001d518",
    "ﷺ",
    "a\u0301",
    "<img src=x>",
    "](",
    "{{",
)
_NUMBERS = (0, -1, 2**63, -(2**70), 10**308, 1e-320, 0.1, 1.0, float("nan"), float("inf"))
_DATES = ("2026-02-30", "0000", "9999-12-31T23:59:60Z", "26-1-1", "2026-11-01T25:00", "-2026")

Path = tuple[Any, ...]
Draw = Callable[[st.SearchStrategy[Any]], Any]

odd_value = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(_NUMBERS),
    st.sampled_from(_WORDS),
    st.sampled_from(_DATES),
    st.sampled_from(_TYPES),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.builds(lambda text, times: text * times, st.sampled_from(_WORDS), st.just(5000)),
    st.builds(
        lambda kind, depth: f"@deep {kind} {depth}@",
        st.sampled_from("ao"),
        st.sampled_from((30, 900, 1100, 20_000)),
    ),
    st.just([]),
    st.just({}),
    st.lists(st.none() | st.integers() | st.text(max_size=3), max_size=3),
    st.dictionaries(
        st.sampled_from(["resourceType", "id", "entry", "resource", ""]),
        st.none() | st.text(max_size=3),
        max_size=3,
    ),
)


@st.composite
def mutated_calls(draw: Draw, seeds: list[Seed]) -> tuple[str, bytes]:
    """An address and a body of which one to four things have changed."""
    url, body = draw(st.sampled_from(seeds))
    changed = json.loads(json.dumps(body))
    for _ in range(draw(st.integers(1, 4))):
        changed = _change(draw, changed)
    return url, encoded(changed)


@st.composite
def mutated_bytes(draw: Draw, seeds: list[Seed]) -> tuple[str, bytes]:
    """An address, and a body whose bytes have changed."""
    url, body = draw(st.sampled_from(seeds))
    raw = encoded(body)
    place = draw(st.integers(0, len(raw)))
    extra = draw(
        st.binary(max_size=4)
        | st.sampled_from((b"\x00", b"\xff", b'"', b"}", b"\\u", b"NaN", b"1e999"))
    )
    as_text = raw.decode()
    return url, draw(
        st.sampled_from(
            (
                raw[:place],
                raw[place:],
                raw[:place] + extra + raw[place:],
                raw[:place] + extra + raw[place + 1 :],
                raw + raw,
                b"[" + raw + b"]",
                b"\xef\xbb\xbf" + raw,
                as_text.encode("utf-16"),
                as_text.encode("utf-32"),
                as_text.encode("cp037"),
                gzip.compress(raw),
                raw.replace(b'"id"', b'"id": "first", "id"'),
                raw.replace(b'"hook"', b'"hook": 1, "hook"'),
                raw.replace(b":", b":,", 1),
                extra,
                b"",
            )
        )
    )


def encoded(value: Any) -> bytes:
    """A value as JSON, with the nesting that it asks for; lone surrogates as escapes."""
    return _DEEP.sub(_nested, json.dumps(value).encode())


def _nested(match: re.Match[bytes]) -> bytes:
    depth = int(match[2])
    if match[1] == b"a":
        return b"[" * depth + b"]" * depth
    return b'{"a":' * depth + b"1" + b"}" * depth


def _change(draw: Draw, body: Any) -> Any:
    paths = list(_paths(body))
    if not paths:
        return draw(odd_value)
    path = draw(st.sampled_from(paths))
    holder, last = _at(body, path[:-1]), path[-1]
    kind = draw(
        st.sampled_from(("odd", "delete", "double", "wrap", "retype", "rename", "other", "mark"))
    )
    if kind == "delete":
        del holder[last]
    elif kind == "double" and isinstance(holder, list):
        holder.extend([holder[last]] * draw(st.sampled_from((1, 2, 50))))
    elif kind == "wrap":
        holder[last] = draw(st.sampled_from(([holder[last]], {"resource": holder[last]})))
    elif kind == "retype" and isinstance(holder, dict):
        holder["resourceType"] = draw(st.sampled_from(_TYPES))
    elif kind == "rename" and isinstance(last, str):
        renamed = draw(st.sampled_from((last.upper(), last + "_", "_" + last, last[:-1], NAME)))
        holder[renamed] = holder.pop(last)
    elif kind == "other":
        # Not the token: what stands in a record may be said, and then it would be no secret.
        told = [one for one in paths if one[0] != "fhirAuthorization"] or [path]
        holder[last] = deepcopy(_at(body, draw(st.sampled_from(told))))
    elif kind == "mark":
        holder[last] = f"{NAME} {holder[last]}"[:500]
    else:
        holder[last] = draw(odd_value)
    return body


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, one in inner:
        yield (*path, key)
        yield from _paths(one, (*path, key))


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value
