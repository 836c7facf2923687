"""The FHIR client against servers that are slow, broken, greedy or hostile."""

from __future__ import annotations

import gzip
import json
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from plugin.fhir_client import FetchFault, Outcome, Reach
from tests.servers.client import LIST, SHORT, Asking, answering, bundle
from tests.servers.scripted import Asked, Reply, fhir, scripted

# --- what is no answer -------------------------------------------------------------------------

OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "forbidden", "diagnostics": "Ada Lovelace"}],
}
HTML = Reply(b"<html>Ada Lovelace</html>", 200, {"Content-Type": "text/html; charset=utf-8"})
DEEP = b'{"resourceType":"Bundle","entry":' + b"[" * 100_000


@pytest.mark.parametrize(
    ("reply", "outcome", "says"),
    [
        (fhir(OUTCOME, 401), Outcome.DENIED, "answered 401 with OperationOutcome (forbidden)"),
        (fhir(OUTCOME, 403), Outcome.DENIED, "answered 403 with OperationOutcome (forbidden)"),
        (Reply(status=404), Outcome.NOT_FOUND, "answered 404"),
        (Reply(status=410), Outcome.NOT_FOUND, "answered 410"),
        (fhir({"resourceType": "Basket"}, 400), Outcome.REJECTED, "answered 400"),
        (Reply(b"<html>", 502), Outcome.SERVER_FAULT, "answered 502"),
        (Reply(status=204), Outcome.REJECTED, "answered 204"),
        (fhir(OUTCOME), Outcome.NOT_FHIR, "answered with OperationOutcome (forbidden)"),
        (HTML, Outcome.NOT_FHIR, "a type that is no JSON"),
        (fhir({"resourceType": "Patient", "id": "x"}), Outcome.NOT_FHIR, "no Bundle"),
        (Reply(b'{"resourceType":"Bun'), Outcome.NOT_FHIR, "no JSON"),
        (Reply(b"\xff\xfe{}"), Outcome.NOT_FHIR, "no JSON"),
        (Reply(DEEP), Outcome.NOT_FHIR, "no JSON"),
        (Reply(b""), Outcome.NOT_FHIR, "no JSON"),
        (Reply(b"[]"), Outcome.NOT_FHIR, "no FHIR resource"),
        (Reply(b"x", headers={"Content-Encoding": "gzip"}), Outcome.NOT_FHIR, "broken gzip"),
        (Reply(b"x", headers={"Content-Encoding": "br"}), Outcome.NOT_FHIR, "unknown way"),
        (Reply(head=b"not HTTP at all\r\n\r\n"), Outcome.UNREACHABLE, "could not be reached"),
        (Reply(head=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000), Outcome.UNREACHABLE, "broke off"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_said_in_statuses_and_codes(
    reply: Reply, outcome: Outcome, says: str
) -> None:
    """Never in the words of the server, which may be about the patient."""
    with scripted(answering(reply)) as server:
        asking = Asking(server.url)
        fault = asking.fault()
    assert fault.outcome is outcome
    assert says in fault.message
    assert "Lovelace" not in fault.message
    assert set(asking.ended) == {outcome}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304, 300])
def test_a_redirect_is_a_failure_and_is_not_followed(status: int) -> None:
    """Wherever it leads."""
    with scripted() as other, scripted() as server:
        server.script = answering(Reply(b"x", status, {"Location": f"{other.url}/{LIST}"}))
        fault = Asking(server.url).fault()
        assert other.asked == []
        assert len(server.asked) == 1
    assert fault.outcome is Outcome.REDIRECT
    assert str(status) in fault.message


def test_the_body_of_a_redirect_is_not_waited_for() -> None:
    """It would come to its end long after the deadline."""
    reply = Reply(b"x" * 400, 302, {"Location": "/elsewhere"}, pause=0.05)
    with scripted(answering(reply)) as server:
        assert Asking(server.url, seconds=SHORT).fault().outcome is Outcome.REDIRECT


@pytest.mark.parametrize("resource", [{"resourceType": "Patient", "id": "eve"}, bundle(), [], {}])
def test_another_resource_than_was_read_is_none(resource: Any) -> None:
    """A server that gives somebody else's data, by fault or on purpose, is not believed."""
    with scripted(answering(fhir(resource))) as server:
        with pytest.raises(FetchFault) as caught:
            Asking(server.url).client.read("Patient", "zora")
        assert server.paths() == ["/fhir/Patient/zora"]
    assert caught.value.outcome is Outcome.NOT_FHIR


@pytest.mark.parametrize(
    "id_", ["", ".", "..", "../x", "a/b", "a?b", "a b", "a%2fb", "a" * 65, "ä"]
)
def test_what_is_no_id_does_not_get_into_an_address(id_: str) -> None:
    """It is not asked for at all."""
    with scripted() as server:
        with pytest.raises(FetchFault):
            Asking(server.url).client.read("Medication", id_)
        assert server.asked == []


# --- time and size -----------------------------------------------------------------------------

SMALL = json.dumps(bundle("a")).encode()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(SMALL, pause=0.05),
        Reply(head=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", pause=0.1),
        Reply(
            b"".join(b"1\r\n%c\r\n" % byte for byte in SMALL) + b"0\r\n\r\n",
            headers={"Transfer-Encoding": "chunked"},
            pause=0.02,
        ),
    ],
    ids=["body", "headers", "chunks"],
)
def test_a_server_that_trickles_does_not_hold_us(reply: Reply) -> None:
    """Its answer would be sound, if somebody waited for the end of it."""
    with scripted(answering(reply)) as server:
        assert Asking(server.url, seconds=SHORT).fault().outcome is Outcome.TIMED_OUT


def test_a_server_that_says_nothing_does_not_hold_us() -> None:
    """One deadline for all that is asked: the second request is not sent any more."""
    with scripted(answering(Reply(head=b"HTTP/1.1 200 OK\r\n", pause=30))) as server:
        asking = Asking(server.url, seconds=SHORT)
        assert asking.fault().outcome is Outcome.TIMED_OUT
        assert asking.fault().outcome is Outcome.TIMED_OUT
        assert len(server.asked) == 1


def test_gzip_is_unpacked() -> None:
    """As we ask for it."""
    packed = Reply(gzip.compress(SMALL), headers={"Content-Encoding": "gzip"})
    with scripted(answering(packed)) as server:
        assert Asking(server.url).ids() == ["a"]
        assert server.asked[0].headers["accept-encoding"] == "gzip"


def test_a_small_answer_that_unpacks_to_a_huge_one_is_too_large() -> None:
    """It is left as soon as it is known to be."""
    bomb = gzip.compress(b" " * (80 * 1024 * 1024) + SMALL)
    with scripted(answering(Reply(bomb, headers={"Content-Encoding": "gzip"}))) as server:
        assert Asking(server.url).fault().outcome is Outcome.TOO_LARGE


def test_a_huge_answer_is_too_large() -> None:
    """Its headers need not say so."""
    huge = b" " * (33 * 1024 * 1024)
    chunked = b"%x\r\n" % len(huge) + huge + b"\r\n0\r\n\r\n"
    reply = Reply(chunked, headers={"Transfer-Encoding": "chunked"})
    with scripted(answering(reply)) as server:
        assert Asking(server.url).fault().outcome is Outcome.TOO_LARGE


# --- asking again ------------------------------------------------------------------------------


def in_seconds(seconds: float) -> str:
    """A moment as HTTP writes it."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("after", ["0", "a minute ago", "soon", ""])
def test_a_busy_server_is_asked_again(status: int, after: str) -> None:
    """After what it says, or a short pause."""
    with scripted(
        answering(Reply(b"", status, {"Retry-After": after}), fhir(bundle("a")))
    ) as server:
        asking = Asking(server.url)
        assert asking.ids() == ["a"]
    assert asking.ended == [Outcome.BUSY, Outcome.FETCHED]


@pytest.mark.parametrize("after", ["3600", "in an hour", "9" * 400])
def test_a_server_that_asks_for_more_time_than_there_is_is_not_asked_again(after: str) -> None:
    """The deadline stands."""
    said = in_seconds(3600) if after == "in an hour" else after
    with scripted(answering(Reply(b"", 429, {"Retry-After": said}))) as server:
        fault = Asking(server.url).fault()
        assert len(server.asked) == 1
    assert (fault.outcome, fault.message) == (Outcome.BUSY, "the FHIR server answered 429")


def test_a_server_that_stays_busy_is_left_after_a_few_times() -> None:
    """Others wait for it too."""
    with scripted(answering(Reply(b"", 503, {"Retry-After": "0"}))) as server:
        assert Asking(server.url).fault().outcome is Outcome.BUSY
        assert len(server.asked) == 4


def test_other_failures_are_not_tried_again() -> None:
    """They would fail again."""
    with scripted(answering(Reply(status=500), fhir(bundle("a")))) as server:
        assert Asking(server.url).fault().outcome is Outcome.SERVER_FAULT
        assert len(server.asked) == 1


# --- where to ------------------------------------------------------------------------------------


def test_a_name_that_leads_to_this_machine_is_not_called() -> None:
    """The address that is connected to is judged, and not the name: `localhost` stands for any."""
    with scripted(answering(fhir(bundle("a")))) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        fault = Asking(url, reach=Reach()).fault()
        assert server.asked == []
        assert Asking(url).ids() == ["a"]
    assert fault.outcome is Outcome.ADDRESS_REFUSED
    assert "localhost" not in fault.message


def test_nobody_there_is_said() -> None:
    """Without the address."""
    with scripted() as server:
        url = server.url
    fault = Asking(url).fault()
    assert fault.outcome is Outcome.UNREACHABLE
    assert "127.0.0.1" not in fault.message


@pytest.mark.parametrize("token", ["a b", "a\r\nX: y", "ä", "a" * 20_000, "\x00"])
def test_a_token_that_no_header_may_hold_is_not_sent(token: str) -> None:
    """And is not repeated."""
    with scripted() as server:
        with pytest.raises(FetchFault) as caught:
            Asking(server.url, token=token)
        assert server.asked == []
    assert token not in caught.value.message


def test_nothing_is_logged_that_has_an_address_or_a_token_in_it(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """The libraries' own warnings name the address, in which the patient's id stands."""
    bad_header = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nno header\r\n\r\n{}"
    with caplog.at_level(logging.WARNING), scripted(answering(Reply(head=bad_header))) as server:
        asking = Asking(server.url)
        asking.fault()
        assert "t0ken" not in repr(asking.client) + repr(vars(asking.client))
    said = caplog.text + "".join(capfd.readouterr())
    assert "zora" not in said
    assert "t0ken" not in said


def test_asked_and_reply_are_what_the_server_saw() -> None:
    """Guards the tests above: the scripted server notes what it was asked."""
    with scripted(answering(fhir(bundle("a")))) as server:
        Asking(server.url).ids()
    assert isinstance(server.asked[0], Asked)
    assert server.asked[0].headers["host"] == server.url[7:].partition("/")[0]
