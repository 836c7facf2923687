"""Concepts resolved in a second, and throughput of one 29 kB call: `make bench`.

The call's is a ratio to an empty Flask app, and to one that takes the same call and looks at none
of it. Each is served by gunicorn with one sync worker; they take turns in one run, so that a change
of the machine's speed touches all.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from tests.benchmarks import resolving
from tests.benchmarks.load import one_call
from tests.benchmarks.patient import CHARTS, call_of

_PATIENCE = 60.0  # seconds until a server that does not answer counts as broken


def main() -> None:
    """Measure, and print one line for each round and one for the result."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    resolving.main()
    with _server("empty", "/") as empty, _server("whole", "/healthz") as whole:
        discovery = json.loads(_body(one_call(whole, _get("/cds-services"))))
        for name, chart in CHARTS.items():
            body = call_of(discovery, date.today(), chart)
            call = _post("/cds-services/cramp-review", body)
            cards = json.loads(_body(one_call(whole, call)))["cards"]
            noun = "card" if len(cards) == 1 else "cards"
            print(f"{name}: call of {len(body)} bytes, answered with {len(cards)} {noun}")
            turns = [(empty, _get("/")), (empty, _post("/", body)), (whole, call)]
            to_empty, to_taking = _compare(turns, options)
            print(f"{name}: throughput as a ratio to an empty Flask app {to_empty:.3f} (median)")
            print(
                f"{name}: throughput as a ratio to one that takes the call {to_taking:.3f} (median)"
            )


def _compare(turns: list[tuple[int, bytes]], options: argparse.Namespace) -> tuple[float, float]:
    """The median ratios of the last one's throughput to those of the others, taking turns."""
    for port, request in turns:
        _measure(port, request, options.seconds / 3)  # warms it up
    ratios = []
    for turn in range(1, options.rounds + 1):
        empty, taking, ours = (_measure(*one, options.seconds) for one in turns)
        ratios.append((ours / empty, ours / taking))
        print(
            f"round {turn}: calls a second: empty app {empty:.0f}, taking the call {taking:.0f}, "
            f"cramp-review {ours:.0f}; ratios {ours / empty:.3f} and {ours / taking:.3f}"
        )
    return statistics.median(r for r, _ in ratios), statistics.median(r for _, r in ratios)


def _measure(port: int, request: bytes, seconds: float) -> float:
    """Calls answered with 200 in a second. Any other answer stops the benchmark."""
    command = [sys.executable, "-m", "tests.benchmarks.load", str(port), str(seconds)]
    done = subprocess.run(command, input=request, capture_output=True, check=True)
    good, bad, took = done.stdout.split()
    if int(bad) or not int(good):
        raise SystemExit(f"{int(bad)} calls were not answered with 200, {int(good)} were")
    return int(good) / float(took)


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()


def _post(path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _body(response: bytes) -> bytes:
    return response.partition(b"\r\n\r\n")[2]


@contextmanager
def _server(app: str, path: str) -> Iterator[int]:
    """Gunicorn with one sync worker on a free port; gives the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        *(sys.executable, "-m", "gunicorn", f"tests.benchmarks.apps:{app}()"),
        *("--workers", "1", "--worker-class", "sync", "--bind", f"127.0.0.1:{port}"),
        *("--log-level", "error", "--no-control-socket"),
    ]
    environment = {name: value for name, value in os.environ.items() if "CRAMPCHECK" not in name}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port, path)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            if one_call(port, _get(path)).startswith(b"HTTP/1.1 200"):
                return
        except OSError:
            if process.poll() is not None:
                break
        time.sleep(0.05)
    raise SystemExit("a server of the benchmark did not start")


if __name__ == "__main__":
    main()
