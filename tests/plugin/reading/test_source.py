"""From bytes to entries: every way a file can be wrong has a sentence with place and remedy."""

from __future__ import annotations

import json

import pytest

from plugin.errors import InputUnreadable
from plugin.reading.source import RawEntry, split
from tests.nesting import TOO_DEEP, lists
from tests.plugin.reading.build import bundle, order, person


def _types(data: bytes) -> list[str]:
    return [json.loads(entry.raw)["resourceType"] for entry in split(data)]


@pytest.mark.parametrize(
    "kind", ["searchset", "collection", "transaction", "batch", "document", "history", "made-up"]
)
def test_a_bundle_of_any_type_is_taken_apart(kind: str) -> None:
    """The type of a Bundle says why it was sent, not what is in it."""
    data = bundle({"fullUrl": "urn:uuid:1", "resource": person()}, type=kind)
    assert [("urn:uuid:1", "entry 1")] == [(e.full_url, e.position) for e in split(data)]


def test_one_resource_is_one_entry() -> None:
    """A resource that stands alone needs no Bundle."""
    raw = json.dumps(person()).encode()
    assert [RawEntry(raw)] == split(raw)


def test_ndjson_holds_resources_and_bundles_a_line() -> None:
    """Blank lines do not count, and the position names the line."""
    lines = [json.dumps(person()).encode(), b"", bundle({"resource": order()}), b""]
    entries = split(b"\r\n".join(lines))
    assert ["line 1", "line 3, entry 1"] == [entry.position for entry in entries]


def test_a_json_list_of_resources_is_read() -> None:
    """Some tools write a list instead of a Bundle."""
    data = json.dumps([person(), {"resourceType": "Bundle", "entry": [{"resource": order()}]}])
    assert ["Patient", "MedicationRequest"] == _types(data.encode())


def test_a_bundle_in_a_bundle_is_flattened() -> None:
    """Prefetch answers and batch responses nest Bundles."""
    inner = json.loads(bundle({"resource": order()}))
    data = bundle({"resource": inner}, {"resource": person()})
    assert ["entry 1, entry 1", "entry 2"] == [entry.position for entry in split(data)]
    assert ["MedicationRequest", "Patient"] == _types(data)


def test_a_resource_that_mentions_a_bundle_is_not_one() -> None:
    """Only resourceType makes a Bundle, wherever else the word stands."""
    resources: list[object] = [{"resourceType": "Basic", "code": "Bundle"}, ["Bundle"], "Bundle"]
    assert 3 == len(split(bundle(*({"resource": resource} for resource in resources))))


def test_a_byte_order_mark_is_tolerated() -> None:
    """Editors on Windows write one."""
    assert ["Patient"] == _types(b"\xef\xbb\xbf" + json.dumps(person()).encode())


def test_entries_without_resource_are_entries_only_if_nothing_explains_them() -> None:
    """A DELETE or a response carries nothing to read; an entry with nothing at all is a fault."""
    data = bundle({"request": {"method": "DELETE", "url": "x"}}, {"response": {}}, {}, 5)
    assert [b"null", b"null", b"5"] == [entry.raw for entry in split(data)]


@pytest.mark.parametrize(
    ("data", "raws"),
    [
        (b'{"resourceType":"Bundle","entry":{"resource":{"a":1}}}', [b'{"a":1}']),
        (b'{"resourceType":"Bundle","entry":null}', []),
        (b'{"resourceType":"Bundle","entry":"x"}', [b'"x"']),
        (b'{"resourceType":"Bundle"}', []),
        (b'{"resourceType":"Bundle","entry":[{"fullUrl":4,"resource":{"a":1}}]}', [b'{"a":1}']),
        (b'{"resourceType":"Bundle","entry":[{"fullUrl":1e999,"resource":{"a":1}}]}', [b'{"a":1}']),
        (b'{"resourceType":7,"entry":[]}', [b'{"resourceType":7,"entry":[]}']),
        (b'{"resourceType":"List","entry":[{"item":{}}]}', None),
        (b'{"resourceType":"List","entry":3}', None),
    ],
)
def test_an_odd_envelope_loses_nothing(data: bytes, raws: list[bytes] | None) -> None:
    """One object where a list belongs, a number as address: the resources are still there."""
    assert (raws if raws is not None else [data]) == [entry.raw for entry in split(data)]


def test_a_page_with_more_after_it_says_so() -> None:
    """What is left of the Bundle becomes an entry, so that it can be reported."""
    link = [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]
    for entry in ([{"resource": person()}], {"resource": person()}):
        data = json.dumps({"resourceType": "Bundle", "entry": entry, "link": link}).encode()
        assert ["Patient", "Bundle"] == _types(data)


@pytest.mark.parametrize(
    ("data", "place", "remedy"),
    [
        (b"", "empty", "Give a FHIR Bundle"),
        (b" \n\t", "empty", "one resource a line"),
        (b'{"resourceType":"Bundle","entry":[{"res', "after 39 bytes", "Send the whole"),
        (b'{"resourceType":"Patient",}', "at column 26", "Correct it"),
        (b'{"a":1,\n "b":}', "line 2, column 6", "Correct it"),
        (b'{"a":1}{"b":2}', "at column 8", "Correct it"),
        (b'{"a":1}\n{"b":2}\n{"c":', "Line 3 ends", "Send the whole"),
        (b'{"a":\n1} {"b":2}', "line 2, column 4", "Correct it"),
        (b'{"a":1}\n{"b":}', "Line 2 is malformed at column 6", "Correct it"),
        (b'{"a":\n{"b":2}', "after 13 bytes", "Send the whole"),
        (b'{"a":"\\ud800"}', "at column 7", "Correct it"),
        (b'{"a":"\xff"}', "byte 7 cannot", "Save it as UTF-8"),
        (b'{"a":1}\n{"a":"\xe9"}', "byte 15, on line 2", "Save it as UTF-8"),
        (b"\xff\xfe{\x00", "UTF-16", "Save it as UTF-8"),
        (b"\x1f\x8b\x08\x00", "gzip", "Unpack it"),
        (b"<Bundle/>", "XML", "Ask for FHIR JSON"),
        (b"5", "no FHIR resource", "Give a FHIR Bundle"),
        (b'"text"', "no FHIR resource", "Give a FHIR Bundle"),
        (b"nonsense", "malformed", "Correct it"),
        (lists(TOO_DEEP), f"at byte {TOO_DEEP}", "what wrote it"),
        (b'{"a":1}\n' + b"[" * TOO_DEEP, "Line 2 is nested deeper", "what wrote it"),
        (
            b'{"a":' + b'{"x}[":' * TOO_DEEP + b"1" + b"}" * TOO_DEEP,
            "nested deeper",
            "what wrote it",
        ),
    ],
)
def test_what_cannot_be_taken_apart_is_said_with_place_and_remedy(
    data: bytes, place: str, remedy: str
) -> None:
    """No traceback, no half a record: a sentence with where, what and what to do."""
    with pytest.raises(InputUnreadable) as caught:
        split(data)
    assert place in caught.value.message
    assert remedy in caught.value.message


def test_a_resource_nested_too_deep_in_a_bundle_is_said() -> None:
    """The fault may sit in one entry of many."""
    deep = b'{"resourceType":"Basic","x":' + lists(TOO_DEEP) + b"}"
    data = b'{"resourceType":"Bundle","entry":[{"resource":' + deep + b"}]}"
    with pytest.raises(InputUnreadable, match="nested deeper"):
        split(data)


def test_bundles_nested_too_deep_are_said() -> None:
    """Flattening gives up with the same sentence as decoding."""
    data = b'{"resourceType":"Basic"}'
    count = 2_000  # more than Python's own calls go; some versions decode so many
    data = b'{"resourceType":"Bundle","entry":[{"resource":' * count + data + b"}]}" * count
    with pytest.raises(InputUnreadable, match="nested deeper"):
        split(data)


def test_ten_thousand_entries_are_ten_thousand_entries() -> None:
    """A large Bundle is no special case."""
    data = bundle(*({"resource": order(id=f"m{number}")} for number in range(10_000)))
    assert 10_000 == len(split(data))
