"""A load client for one server: as many calls as it answers, each on a connection of its own.

Run as a process apart, so that it does not share an interpreter with what it measures:
`python -m tests.benchmarks.load PORT SECONDS [once]` with requests on stdin, as `framed` writes
them. They are sent in turn, over and over; with `once` each is sent once, as signed calls must be.
"""

from __future__ import annotations

import json
import socket
import statistics
import struct
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import cycle

_THREADS = 4  # enough that a call waits whenever the worker is free
_CHUNK = 65536
_LENGTH = struct.Struct("!I")


def framed(requests: Sequence[bytes]) -> bytes:
    """Raw HTTP requests, each behind its length."""
    return b"".join(_LENGTH.pack(len(one)) + one for one in requests)


def _unframed(data: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(data):
        [length] = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size + length
        yield data[place - length : place]


def one_call(port: int, request: bytes) -> bytes:
    """Send a request and read the answer to its end."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        chunks = []
        while chunk := connection.recv(_CHUNK):
            chunks.append(chunk)
        return b"".join(chunks)


def drive(port: int, requests: Iterator[bytes], seconds: float) -> tuple[list[float], int, float]:
    """Call for that long, or until no request is left.

    Gives the seconds that each 200 answer took, how many other answers there were, and how long it
    went on.
    """
    started = time.perf_counter()
    took: list[float] = []
    bad: list[int] = []
    lock = threading.Lock()

    def work() -> None:
        while time.perf_counter() < started + seconds:
            with lock:
                request = next(requests, None)
            if request is None:
                return
            before = time.perf_counter()
            answer = one_call(port, request)
            if answer.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
                took.append(time.perf_counter() - before)
            else:
                bad.append(1)

    threads = [threading.Thread(target=work) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, len(bad), time.perf_counter() - started


def main() -> None:
    """Drive, and print what came of it as JSON."""
    sent = list(_unframed(sys.stdin.buffer.read()))
    requests = iter(sent) if "once" in sys.argv else cycle(sent)
    took, bad, seconds = drive(int(sys.argv[1]), requests, float(sys.argv[2]))
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    said = {"good": len(took), "bad": bad, "seconds": seconds, "p50": cuts[49], "p99": cuts[98]}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
