"""Addresses of FHIR servers: how they are read, compared and reached."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.addresses.fhir import base_of, is_id, own_id, own_page
from plugin.fhir_client import Reach

MAPPED = ipaddress.ip_address("::ffff:10.1.2.3")  # written in two ways by versions of Python
EHR = base_of("https://ehr.example.org/fhir/r4")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://EHR.example.org/fhir/r4/", "https://ehr.example.org/fhir/r4"),
        ("https://ehr.example.org:443", "https://ehr.example.org"),
        ("http://ehr.example.org:80/", "http://ehr.example.org"),
        ("https://ehr.example.org:8443/a", "https://ehr.example.org:8443/a"),
        ("https://10.1.2.3/fhir", "https://10.1.2.3/fhir"),
        ("https://[2001:DB8:0::1]/fhir", "https://[2001:db8::1]/fhir"),
        ("https://[::ffff:10.1.2.3]/fhir", f"https://[{MAPPED}]/fhir"),
        ("https://h/v1/projects/p/fhirStores/s$x", "https://h/v1/projects/p/fhirStores/s$x"),
    ],
)
def test_a_base_address_has_one_spelling(written: str, read: str) -> None:
    """So that two of them can be compared."""
    assert base_of(written).url == read
    assert base_of(read).url == read


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ehr.example.org/fhir",
        "//ehr.example.org/fhir",
        "ftp://ehr.example.org",
        "file:///etc/passwd",
        "https://",
        "https:///fhir",
        "https://ada@ehr.example.org/fhir",
        "https://ehr.example.org@169.254.169.254/fhir",
        "https://ehr.example.org\\@evil.example.org/",
        "https://ehr.example.org/fhir?x=1",
        "https://ehr.example.org/fhir#x",
        "https://ehr.example.org/fhir?",
        "https://ehr.example.org/fhir/../admin",
        "https://ehr.example.org/./fhir",
        "https://ehr.example.org/%2e%2e/admin",
        "https://ehr.example.org/a//b",
        "https://ehr.example.org/a b",
        "https://ehr.example.org/a\r\nX: y",
        "https://ehr.example.org:0/fhir",
        "https://ehr.example.org:99999/fhir",
        "https://ehr.example.org:x/fhir",
        "https://127.1/fhir",
        "https://2130706433/fhir",
        "https://0x7f000001/fhir",
        "https://0x7f.1/fhir",
        "https://0177.0.0.1/fhir",
        "https://127.0.0.1./fhir",
        "https://ehr.example.org./fhir",
        "https://[fe80::1%25eth0]/fhir",
        "https://[::1/fhir",
        "https://[v1.x]/fhir",
        "https://ehr..example.org/fhir",
        "https://-ehr.example.org/fhir",
        "https://ähr.example.org/fhir",
        "https://ehr。example.org/fhir",
        f"https://{'a' * 64}.example.org/fhir",
        f"https://ehr.example.org/{'a' * 5000}",
    ],
)
def test_an_address_that_could_be_read_in_two_ways_is_none(address: str) -> None:
    """The fault does not repeat it."""
    with pytest.raises(ValueError, match=r"\Aits? ") as caught:
        base_of(address)
    assert not address or address not in str(caught.value)


@given(st.text(max_size=60) | st.from_regex(r"https?://[\x20-\x7e]{0,40}", fullmatch=True))
def test_what_is_read_as_an_address_is_read_alike_by_the_library(text: str) -> None:
    """Two parsers that differ over the host are how a check is passed."""
    try:
        base = base_of(text)
    except ValueError:
        return
    parts = urlsplit(base.url)
    assert (parts.scheme, parts.hostname) == (base.scheme, base.host)
    assert (parts.username, parts.query, parts.fragment) == (None, "", "")
    assert base_of(base.url) == base


@pytest.mark.parametrize(
    ("listed", "covered"),
    [
        ("https://ehr.example.org/fhir/r4", True),
        ("https://ehr.example.org/fhir", True),
        ("https://ehr.example.org", True),
        ("https://ehr.example.org:443/fhir/r4/", True),
        ("https://ehr.example.org/fhir/r", False),
        ("https://ehr.example.org/fhir/r4/tenant", False),
        ("https://ehr.example.org/other", False),
        ("http://ehr.example.org/fhir/r4", False),
        ("https://ehr.example.org:8443/fhir/r4", False),
        ("https://example.org/fhir/r4", False),
        ("https://ehr.example.org.evil.example/fhir/r4", False),
    ],
)
def test_a_listed_address_covers_itself_and_what_is_below_it(listed: str, covered: bool) -> None:
    """By whole segments: `/fhir/r` does not cover `/fhir/r4`."""
    assert base_of(listed).covers(EHR) is covered


@given(st.text(max_size=80), st.sampled_from(["", "https://", "//", "/", "?", "https://ehr"]))
def test_no_link_leads_off_the_server(text: str, start: str) -> None:
    """Whatever it is: None, or an address at or below the base."""
    page = own_page(EHR, f"{EHR.url}/Observation?patient=1", start + text)
    if page is not None:
        assert page.partition("?")[0] == EHR.url or page.startswith(f"{EHR.url}/")
        assert "/../" not in page.partition("?")[0] + "/"


@pytest.mark.parametrize(
    ("reference", "id_"),
    [
        ("Medication/m1", "m1"),
        ("Medication/m1/_history/3", "m1"),
        ("https://ehr.example.org/fhir/r4/Medication/m1", "m1"),
        ("https://ehr.example.org/fhir/r4/Medication/m1/_history/3", "m1"),
        ("https://EHR.example.org:443/fhir/r4/Medication/m1", "m1"),
        ("https://ehr.example.org/fhir/Medication/m1", ""),
        ("https://ehr.example.org/fhir/r4/tenant/Medication/m1", ""),
        ("https://evil.example.org/fhir/r4/Medication/m1", ""),
        ("http://ehr.example.org/fhir/r4/Medication/m1", ""),
        ("Patient/m1", ""),
        ("Medication/../Patient/m1", ""),
        ("Medication/..", ""),
        ("Medication/m1?x=1", ""),
        ("/Medication/m1", ""),
        ("Medication?code=1", ""),
        ("#m1", ""),
        ("urn:uuid:7a05bc93-cf1a-4929-9aca-6178ba9abcb7", ""),
        ("m1", ""),
        ("", ""),
    ],
)
def test_only_what_lies_on_the_server_is_read_from_it(reference: str, id_: str) -> None:
    """By a relative reference, or by an absolute one under the same base."""
    assert own_id(EHR, reference, "Medication") == id_


@given(st.text(max_size=70))
def test_an_id_cannot_leave_its_place_in_a_path(text: str) -> None:
    """It has no separators, and is no dots alone."""
    if is_id(text):
        assert not set(text) & set("/?#%\\ ;@:")
        assert text.strip(".")


PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111"]
PRIVATE = [
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.1",
    "127.0.0.1", "127.8.8.8", "224.0.0.1", "239.1.1.1", "255.255.255.255", "192.0.2.1",
    "198.18.0.1", "240.0.0.1", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
    "2001:db8::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:127.0.0.1",
    "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1", "2002:a9fe:a9fe::1", "2002:7f00:1::", "::7f00:1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_connected_to(address: str) -> None:
    """Those of anybody's servers."""
    assert Reach().admits(ipaddress.ip_address(address))
    assert Reach(loopback=True).admits(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_may_not(address: str) -> None:
    """Nor in the spelling of another family."""
    assert not Reach().admits(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("network", "inside", "outside"),
    [
        ("10.20.0.0/16", "10.20.3.4", "10.21.0.1"),
        ("10.20.0.0/16", "::ffff:10.20.3.4", "::ffff:10.21.0.1"),
        ("fd00:1::/32", "fd00:1::5", "fd00:2::5"),
        ("169.254.169.254/32", "169.254.169.254", "169.254.169.253"),
    ],
)
def test_a_listed_network_may_be_connected_to(network: str, inside: str, outside: str) -> None:
    """And no other one becomes reachable by it."""
    reach = Reach((ipaddress.ip_network(network),))
    assert reach.admits(ipaddress.ip_address(inside))
    assert not reach.admits(ipaddress.ip_address(outside))


def test_this_machine_may_be_connected_to_where_that_is_said() -> None:
    """It, and nothing near it."""
    reach = Reach(loopback=True)
    assert reach.admits(ipaddress.ip_address("127.0.0.1"))
    assert reach.admits(ipaddress.ip_address("::1"))
    assert not reach.admits(ipaddress.ip_address("10.0.0.1"))
    assert not reach.admits(ipaddress.ip_address("169.254.169.254"))
