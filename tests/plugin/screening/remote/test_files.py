"""Downloads: cut short, changed, expired, elsewhere, too large; and all of it there in the end."""

from __future__ import annotations

import gzip
import threading
from pathlib import Path

import pytest

from tests.plugin.screening.conftest import lines
from tests.plugin.screening.remote.bulk_server import (
    TOKEN,
    Asked,
    BulkServer,
    Reply,
    bulk_server,
    ranged,
    rows,
)
from tests.plugin.screening.remote.conftest import Screen
from tests.plugin.screening.remote.ward import all_warned, filled, levels, ward

OBSERVATIONS = "Observation-1"


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAMPCHECK_FHIR_TOKEN", TOKEN)


def of_observations(bulk: BulkServer) -> list[Asked]:
    return [one for one in bulk.asked if one.name.endswith(OBSERVATIONS)]


def cut(body: bytes, at: int, **headers: str) -> Reply:
    """A file whose connection breaks off."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(200, body, {"Content-Type": "application/fhir+ndjson", **named}, cut=at)


def test_a_file_that_broke_off_is_taken_up_where_it_was(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """The rest alone is asked for, and proven to be of the same file."""
    body = filled(bulk).files[OBSERVATIONS]
    bulk.once(OBSERVATIONS, cut(body, 100, ETag='"of-the-file"'))
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")
    first, second = of_observations(bulk)
    assert "range" not in first.headers
    assert ("bytes=100-", '"of-the-file"') == (
        second.headers["range"],
        second.headers["if-range"],
    )


def test_a_file_that_comes_without_end_is_given_up_and_gone_on_with(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """A byte now and then is no silence, and a file would not end in years."""
    body, never = filled(bulk).files[OBSERVATIONS], threading.Event()
    slow = cut(body, 100, ETag='"of-the-file"')
    slow.hold = never
    bulk.once(OBSERVATIONS, slow)
    try:
        ran = screen(bulk.url, "--export", "system", "--export-hours", "1e-9")
    finally:
        never.set()
    assert 12 == ran.code
    assert "was not here whole after 1e-09 hours" in ran.err
    assert [] == bulk.deletions
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_a_file_that_proves_nothing_is_begun_again(
    bulk: BulkServer, screen: Screen, tmp_path: Path, etag: str
) -> None:
    body = filled(bulk).files[OBSERVATIONS]
    bulk.once(OBSERVATIONS, cut(body, 100, ETag=etag), cut(body, 7, ETag=etag))
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")
    assert 3 == len(of_observations(bulk))
    assert not any("range" in one.headers for one in of_observations(bulk))


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_in_chunks_is_whole_or_asked_for_again(
    bulk: BulkServer, screen: Screen, tmp_path: Path, packed: bool
) -> None:
    """Its length is not said, and its end is."""
    body = filled(bulk).files[OBSERVATIONS]
    sent = gzip.compress(body) if packed else body
    headers = {"Transfer-Encoding": "chunked"} | ({"Content-Encoding": "gzip"} if packed else {})
    chunks = [b"%x\r\n%s\r\n" % (len(one), one) for one in (sent[:90], sent[90:], b"")]
    broken = [b"".join(chunks[:2]), chunks[0] + b"zz\r\n", chunks[0] + b"fff\r\nshort"]
    bulk.once(
        OBSERVATIONS,
        *(Reply(200, one, headers, cut=len(one)) for one in broken),
        Reply(200, b"".join(chunks), headers),
    )
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")
    assert 4 == len(of_observations(bulk))


def test_two_states_of_a_file_are_never_mixed(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """A server that leaves If-Range out of account, or starts elsewhere, is not believed."""
    body = filled(bulk).files[OBSERVATIONS]
    other = rows(*reversed(ward()["Observation"]))
    wrong = {"Content-Range": f"bytes 100-{len(other) - 1}/{len(other)}", "ETag": '"new"'}
    shifted = {"Content-Range": f"bytes 90-{len(other) - 1}/{len(other)}", "ETag": '"old"'}
    bulk.once(
        OBSERVATIONS,
        cut(body, 100, ETag='"old"'),
        Reply(206, other[100:], wrong),
        cut(body, 100, ETag='"old"'),
        Reply(206, other[90:], shifted),
        cut(body, 100, ETag='"old"'),
        Reply(416),
    )
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")
    assert "range" not in of_observations(bulk)[-1].headers


def test_a_file_may_come_packed(bulk: BulkServer, screen: Screen, tmp_path: Path) -> None:
    """By Content-Encoding, or as a file that is gzip."""
    filled(bulk)
    packed = {one: gzip.compress(bulk.files[one]) for one in (OBSERVATIONS, "Medication-1")}
    encoded = {"Content-Encoding": "gzip", "Content-Type": "application/fhir+ndjson"}
    broken = packed[OBSERVATIONS][:-12]
    bulk.once(
        OBSERVATIONS,
        Reply(200, broken, encoded),
        Reply(200, packed[OBSERVATIONS], encoded),
    )
    bulk.once("Medication-1", Reply(200, packed["Medication-1"]))
    bulk.counts = {OBSERVATIONS: 3}
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")
    assert [] == lines(tmp_path / "out" / "quarantine.ndjson")


def test_fewer_resources_than_the_manifest_says_are_a_fault(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """Fetched once more, then named; what is there is screened."""
    filled(bulk).counts = {OBSERVATIONS: 4, "Patient-1": 3}
    ran = screen(bulk.url, "--export", "system")
    assert 13 == ran.code
    assert 2 == len(of_observations(bulk))
    assert all_warned(tmp_path / "out")
    [row] = lines(tmp_path / "out" / "quarantine.ndjson")
    assert (f"{OBSERVATIONS}.ndjson", 0) == (row["file"], row["line"])
    assert "holds 3 resources, and the manifest of the export says 4" in row["reason"]


def test_a_busy_server_is_given_time(bulk: BulkServer, screen: Screen, tmp_path: Path) -> None:
    busy = {"Retry-After": "0"}
    bulk.once(OBSERVATIONS, Reply(429, headers=busy), Reply(503, headers=busy), Reply(500))
    ran = screen(filled(bulk).url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert all_warned(tmp_path / "out")


@pytest.mark.parametrize("status", [403, 404, 410])
def test_expired_links_are_asked_for_anew(
    bulk: BulkServer, screen: Screen, tmp_path: Path, status: int
) -> None:
    """The status of the same export has new ones."""

    def expired(asked: Asked) -> Reply | None:
        manifests = bulk.paths().count("/fhir/status/1")
        if asked.name.endswith(OBSERVATIONS) and "v=2" not in asked.path:
            return Reply(status)
        if asked.name == "/fhir/status/1" and asked.method == "GET" and manifests > 1:
            links = bulk.written("1")["output"]
            bulk.manifest["output"] = [{**one, "url": f"{one['url']}&v=2"} for one in links]
        return None

    filled(bulk).script.append(expired)
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert "1 link to a file has expired; asking for new ones." in ran.err
    assert all_warned(tmp_path / "out")
    assert 1 == sum(path.endswith("$export") for path in bulk.paths())
    # What was here already is not asked for again, under whatever signature.
    assert 1 == sum(path.endswith("Patient-1") for path in bulk.paths())


def test_links_that_stay_expired_have_it_exported_anew(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    bulk.script.append(lambda asked: Reply(410) if "/file/1/" in asked.path else None)
    ran = screen(filled(bulk).url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert "it is exported anew" in ran.err
    assert all_warned(tmp_path / "out")
    assert 2 == sum(path.endswith("$export") for path in bulk.paths())


def test_a_file_that_never_comes_is_no_half_answer(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """Without its labs nobody is screened."""
    bulk.script.append(lambda asked: Reply(404) if OBSERVATIONS in asked.path else None)
    ran = screen(filled(bulk).url, "--export", "system")
    assert 12 == ran.code
    assert "expire before they can be downloaded" in ran.err
    assert not (tmp_path / "out" / "assessments.ndjson").exists()


def test_a_page_in_place_of_a_file_is_refused(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """A login page with status 200 is not an empty list."""
    page = Reply(200, b"<html>Log in</html>", {"Content-Type": "text/html; charset=utf-8"})
    bulk.once(OBSERVATIONS, page)
    ran = screen(filled(bulk).url, "--export", "system")
    assert 12 == ran.code
    assert f"a page or XML where {OBSERVATIONS}.ndjson should be" in ran.err
    assert not (tmp_path / "out" / "assessments.ndjson").exists()


def test_no_more_is_downloaded_than_is_allowed(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """And with more room the rest is got, from the same export."""
    ran = screen(filled(bulk).url, "--export", "system", "--export-gigabytes", "0.0000005")
    assert 12 == ran.code
    assert "its export is larger than 5e-07 GiB; allow more with --export-gigabytes" in ran.err
    again = screen(bulk.url, "--export", "system")
    assert 0 == again.code, again.err
    assert 1 == sum(path.endswith("$export") for path in bulk.paths())
    assert all_warned(tmp_path / "out")


def test_files_elsewhere_are_got_without_the_token(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """A store of files with signed links, as servers in a cloud have."""
    with bulk_server() as store:
        filled(store)
        filled(bulk).manifest = {**store.written("1"), "requiresAccessToken": False}
        ran = screen(bulk.url, "--export", "system")
        assert 0 == ran.code, ran.err
        assert all_warned(tmp_path / "out")
        assert 4 == len(store.asked)
        assert not any("authorization" in one.headers for one in store.asked)


def test_files_elsewhere_get_the_token_only_if_listed(
    bulk: BulkServer, screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bulk_server() as store:
        filled(store)
        filled(bulk).manifest = store.written("1")
        ran = screen(bulk.url, "--export", "system")
        assert 12 == ran.code
        assert f"{store.origin}, where the token may not go" in ran.err
        assert "CRAMPCHECK_FHIR_FILE_ORIGINS" in ran.err
        assert [] == store.asked
        monkeypatch.setenv("CRAMPCHECK_FHIR_FILE_ORIGINS", store.origin)
        again = screen(bulk.url, "--export", "system")
        assert 0 == again.code, again.err
        assert all_warned(tmp_path / "out")
        assert {f"Bearer {TOKEN}"} == {one.headers["authorization"] for one in store.asked}


def test_a_redirect_is_followed_without_the_token(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    with bulk_server() as store:
        body = filled(bulk).files[OBSERVATIONS]
        store.script.append(lambda asked: ranged(asked, body))
        bulk.once(OBSERVATIONS, Reply(307, headers={"Location": f"{store.origin}/x?sig=1"}))
        ran = screen(bulk.url, "--export", "system")
        assert 0 == ran.code, ran.err
        assert all_warned(tmp_path / "out")
        [asked] = store.asked
        assert "authorization" not in asked.headers


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://169.254.169.254/latest/meta-data/", "a network address that may not be called"),
        ("http://169.254.169.254/latest/meta-data/", "it is not https"),
        ("https://10.0.0.1/x", "a network address that may not be called"),
        ("https://[::ffff:169.254.169.254]/x", "a network address that may not be called"),
        ("https://0x7f.1/x", "its host is a number that is no IPv4 address"),
        ("file:///etc/passwd", "it does not begin with https://"),
        ("gopher://127.0.0.1/x", "it does not begin with https://"),
        ("", "it is no address"),
    ],
)
def test_nothing_is_fetched_from_where_nobody_may(
    bulk: BulkServer, screen: Screen, tmp_path: Path, location: str, words: str
) -> None:
    """Sent there by a redirect, or by the manifest."""
    bulk.once(OBSERVATIONS, Reply(302, headers={"Location": location}))
    ran = screen(filled(bulk).url, "--export", "system")
    assert 12 == ran.code
    assert words in ran.err
    links = [{"type": "Observation", "url": location}]
    bulk.manifest = {"output": links, "requiresAccessToken": False}
    named = screen(bulk.url, "--export", "system", out=tmp_path / "named")
    assert 12 == named.code
    assert words in named.err


def test_redirects_end(bulk: BulkServer, screen: Screen) -> None:
    loop = Reply(302, headers={"Location": f"{bulk.url}/file/1/{OBSERVATIONS}"})
    bulk.script.append(lambda asked: loop if OBSERVATIONS in asked.path else None)
    ran = screen(filled(bulk).url, "--export", "system")
    assert 12 == ran.code
    assert "sends us from one address to the next" in ran.err


def test_what_was_not_asked_for_is_not_downloaded(
    bulk: BulkServer, screen: Screen, tmp_path: Path
) -> None:
    """A server may send every type; a file that says no type may hold anything."""
    filled(bulk).files["Encounter-1"] = b"{}\n"
    output = bulk.written("1")["output"]
    bulk.manifest = {
        "output": [{"url": one["url"]} if one["type"] == "Patient" else one for one in output]
    }
    ran = screen(bulk.url, "--export", "system")
    assert 0 == ran.code, ran.err
    assert "of types that were not asked for: Encounter (1)." in ran.err
    assert not any("Encounter" in path for path in bulk.paths())
    assert 3 == len(levels(tmp_path / "out"))


def test_an_empty_export_is_said(bulk: BulkServer, screen: Screen) -> None:
    ran = screen(bulk.url, "--export", "system", "--since", "2026-11-01T00:00:00Z")
    assert 11 == ran.code
    assert "the export is empty" in ran.err
    assert "since 2026-11-01T00:00:00Z" in ran.err
    assert ["1"] == bulk.deletions
