"""Concepts resolved in a second, and throughput of one 29 kB call: `make bench`.

The call's is a ratio to an empty Flask app, to one that takes the same call and looks at none of
it, and to HealthChain's smallest CDS service. Calls are signed, each with a token of its own, and
of 200 different patients. Each is served by one worker; they take turns in one run, so that a
change of the machine's speed touches all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median

from tests.benchmarks import resolving
from tests.benchmarks.charts import CHARTS
from tests.benchmarks.load import framed, one_call
from tests.benchmarks.patient import calls_of
from tests.benchmarks.servers import Missing, granian, gunicorn, healthchain
from tests.benchmarks.signing import Client

_PATH = "/cds-services/cramp-review"
_QUIET = "a quiet chart"
_GRANIAN = "a quiet chart under granian"
_HEALTHCHAIN = "HealthChain's smallest service"
_EMPTY, _TAKING = "an empty Flask app", "one that takes the call"


@dataclass
class Turn:
    """One server and what it is sent; what came of it, a value for each round."""

    name: str
    port: int
    path: str
    bodies: list[bytes]
    client: Client | None = None
    rates: list[float] = field(default_factory=list)  # calls a second
    slow: list[float] = field(default_factory=list)  # 99th percentile, seconds

    def measure(self, seconds: float) -> None:
        """Drive the server for that long. Any answer but 200 stops the benchmark."""
        count = round(max(self.rates, default=500) * seconds * 1.3) if self.client else 0
        requests = [self.request(n) for n in range(count or len(self.bodies))]
        command = [sys.executable, "-m", "tests.benchmarks.load", str(self.port), str(seconds)]
        command += ["once"] if self.client else []
        done = subprocess.run(command, input=framed(requests), capture_output=True, check=True)
        said = json.loads(done.stdout)
        if said["bad"] or not said["good"]:
            raise SystemExit(
                f"{self.name}: {said['bad']} calls were not answered with 200, {said['good']} were"
            )
        self.rates.append(said["good"] / said["seconds"])
        self.slow.append(said["p99"])

    def request(self, number: int) -> bytes:
        """An HTTP request with one of the bodies, signed if there is who signs."""
        body = self.bodies[number % len(self.bodies)]
        signed = f"Authorization: Bearer {self.client.token(self.path)}\r\n" if self.client else ""
        if not body:
            return _get(self.path)
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{signed}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def main() -> None:
    """Measure, and print what came of it, one line for each."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only-ours", action="store_true", help="without HealthChain and granian")
    options = parser.parse_args()
    resolving.main()
    with ExitStack() as stack:
        turns = {turn.name: turn for turn in _turns(stack, only_ours=options.only_ours)}
        for turn in turns.values():
            turn.measure(options.seconds / 3)  # warms it up, and tells how many tokens it needs
        for number in range(1, options.rounds + 1):
            for turn in turns.values():
                turn.measure(options.seconds)
            said = ", ".join(f"{name} {turn.rates[-1]:.0f}" for name, turn in turns.items())
            print(f"round {number}: calls a second: {said}", flush=True)
    for turn in turns.values():
        del turn.rates[0], turn.slow[0]  # of the warming up
    _report(turns)


def _turns(stack: ExitStack, *, only_ours: bool) -> Iterator[Turn]:
    """Start every server, and say what each is sent."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    rsa, elliptic = Client("RS384"), Client("ES384")
    empty = stack.enter_context(gunicorn("empty"))
    unsigned = stack.enter_context(gunicorn("whole", {"CRAMPCHECK_DATA": str(folder)}))
    settings = rsa.settings(_inner(folder, "rsa"))
    signed = stack.enter_context(gunicorn("whole", settings))
    by_elliptic = stack.enter_context(gunicorn("whole", elliptic.settings(_inner(folder, "es"))))
    discovery = json.loads(_body(one_call(unsigned, _get("/cds-services"))))
    calls = {name: calls_of(discovery, date.today(), chart) for name, chart in CHARTS.items()}
    _describe(calls, Turn("", unsigned, _PATH, []), Turn("", signed, _PATH, []))
    quiet = calls[_QUIET]
    yield Turn(_EMPTY, empty, "/", [b""])
    yield Turn(_TAKING, empty, "/", quiet)
    for name, bodies in calls.items():
        yield Turn(name, signed, _PATH, bodies, rsa)
    yield Turn(f"{_QUIET} unsigned", unsigned, _PATH, quiet)
    yield Turn(f"{_QUIET} signed by ES384", by_elliptic, _PATH, quiet, elliptic)
    if only_ours:
        return
    try:
        port = stack.enter_context(granian("whole", rsa.settings(_inner(folder, "granian"))))
        yield Turn(_GRANIAN, port, _PATH, quiet, rsa)
        port = stack.enter_context(healthchain())
        yield Turn(_HEALTHCHAIN, port, "/cds/cds-services/smallest", quiet)
    except Missing as missing:
        print(f"not compared: {missing}")


def _describe(calls: dict[str, list[bytes]], unsigned: Turn, signed: Turn) -> None:
    """What is sent, and that the service that is measured refuses what nobody signed."""
    for name, bodies in calls.items():
        unsigned.bodies = bodies
        answers = [one_call(unsigned.port, unsigned.request(n)) for n in range(0, 200, 20)]
        cards = {len(json.loads(_body(answer))["cards"]) for answer in answers}
        said = " or ".join(f"{count} card{'s'[: count != 1]}" for count in sorted(cards))
        print(f"{name}: calls of {len(bodies[0])} bytes, answered with {said}")
    signed.bodies = calls[_QUIET]
    if one_call(signed.port, signed.request(0)).startswith(b"HTTP/1.1 200"):
        print("the service answers calls that nobody signed: tokens are not part of the figures")


def _report(turns: dict[str, Turn]) -> None:
    empty, taking = turns[_EMPTY], turns[_TAKING]
    rivals = {"HealthChain's smallest service": turns.get(_HEALTHCHAIN)}
    for name, turn in turns.items():
        print(f"{name}: {median(turn.rates):.0f} calls a second, p99 {_ms(turn)} ms (medians)")
    for name, turn in turns.items():
        if turn.path != _PATH:
            continue
        for to, other in {_EMPTY: empty, _TAKING: taking, **rivals}.items():
            if other is not None:
                print(f"{name}: throughput as a ratio to {to} {_ratio(turn, other):.3f} (median)")
        slow = median(ours / theirs for ours, theirs in zip(turn.slow, empty.slow, strict=True))
        print(f"{name}: p99 as a ratio to an empty Flask app's {slow:.1f} (median)")
    cost = _microseconds(turns[f"{_QUIET} signed by ES384"]) - _microseconds(turns[_QUIET])
    check = _microseconds(turns[_QUIET]) - _microseconds(turns[f"{_QUIET} unsigned"])
    print(f"a token: RS384 and replay check cost {check:.0f} us a call, ES384 {cost:.0f} us more")


def _ratio(turn: Turn, other: Turn) -> float:
    return median(ours / theirs for ours, theirs in zip(turn.rates, other.rates, strict=True))


def _microseconds(turn: Turn) -> float:
    return 1e6 / median(turn.rates)


def _ms(turn: Turn) -> str:
    return f"{1000 * median(turn.slow):.1f}"


def _inner(folder: Path, name: str) -> Path:
    inner = folder / name
    inner.mkdir()
    return inner


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()


def _body(response: bytes) -> bytes:
    return response.partition(b"\r\n\r\n")[2]


if __name__ == "__main__":
    main()
