"""Where the time of a call goes, as a table in Markdown: `python -m tests.benchmarks.profile`.

Processor time of one process, without a server around it: the least of several passes over calls of
different patients, so that other work on the machine disturbs little. A part measured alone runs
warm; in a call it shares the processor's caches with all others, and costs more.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stderr
from datetime import date
from http import HTTPStatus
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask

from cds_hooks.answer import answer_of
from cds_hooks.decode import decode_call
from cds_hooks.whole import WholeReader
from plugin.app import create_app
from plugin.cards import cards_for
from plugin.config import settings_from_environment
from plugin.pipeline import default_pipeline
from plugin.reading.record import read_record
from plugin.services.intake import take_in
from plugin.services.parts import parts_of
from tests.benchmarks.apps import empty
from tests.benchmarks.charts import CHARTS
from tests.benchmarks.patient import calls_of
from tests.benchmarks.signing import Client

A = TypeVar("A")
_PATH = "/cds-services/cramp-review"
_SIGNED = {"RS384": "the whole call, signed by RS384", "ES384": "the whole call, signed by ES384"}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.profile", description=__doc__)
    parser.add_argument("--passes", type=int, default=15)
    parser.add_argument("--calls", type=int, default=100, help="different ones in a pass")
    parser.add_argument("--write", type=Path, help="a page whose first table becomes this one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
        table = _table(Path(folder), nowhere, options.passes, options.calls)
    lines = _lines(table)
    print("\n".join(lines))
    if options.write:
        options.write.write_text(_with_table(options.write.read_text("utf-8"), lines), "utf-8")


def _lines(table: dict[str, dict[str, float]]) -> list[str]:
    names = list(CHARTS)
    rows = [
        f"| {part} | {' | '.join(f'{table[name][part]:.0f}' for name in names)} |"
        for part in table[names[0]]
    ]
    return [f"| microseconds of | {' | '.join(names)} |", f"|---|{'---:|' * len(names)}", *rows]


def _with_table(page: str, lines: list[str]) -> str:
    """The page with its first table replaced."""
    old = page.splitlines()
    first = next(n for n, line in enumerate(old) if line.startswith("|"))
    table = takewhile(lambda line: line.startswith("|"), old[first:])
    return "\n".join([*old[:first], *lines, *old[first + len(list(table)) :], ""])


def _table(folder: Path, nowhere: Any, passes: int, calls: int) -> dict[str, dict[str, float]]:
    """Microseconds by chart and part."""
    today = date.today()
    app = _app({"CRAMPCHECK_DATA": str(folder)}, nowhere)
    discovery = app.test_client().get("/cds-services").get_json()
    clients = {name: Client(name) for name in _SIGNED}
    signed = {name: _app(one.settings(folder), nowhere) for name, one in clients.items()}
    bare, found = empty(), {}
    for name, chart in CHARTS.items():
        bodies = calls_of(discovery, today, chart, calls)
        parts = _parts(bodies, today, passes)
        parts["an empty Flask app"] = _least(
            lambda _: _call(bare, "/", b"", "GET"), [bodies] * passes
        )
        parts["the whole call, unsigned"] = _least(
            lambda body: _call(app, _PATH, body), [bodies] * passes
        )
        for algorithm, label in _SIGNED.items():
            if not _refuses_unsigned(signed[algorithm], bodies[0]):
                continue  # it checks no tokens: there is nothing to measure
            client, service = clients[algorithm], signed[algorithm]
            rounds = [
                [(service, body, client.token(_PATH)) for body in bodies] for _ in range(passes)
            ]
            parts[label] = _least(_signed_call, rounds)
        found[name] = parts
    return found


def _parts(bodies: list[bytes], today: date, passes: int) -> dict[str, float]:
    """What each step of an answer costs alone, in the order of the steps."""
    pipeline = default_pipeline()
    asked = parts_of(pipeline.knowledge)
    whole = WholeReader(part.key for part in asked)

    def decode(body: bytes) -> Any:
        return decode_call(body, {"patient-view"}, whole=whole)

    def read(taken: Any) -> Any:
        request, intake = taken
        return read_record(
            intake.entries,
            knowledge=pipeline.knowledge,
            resolve=pipeline.resolve,
            as_of=today,
            patient=f"Patient/{request.context['patient_id']}",
            extra=intake.missing,
        )

    requests = [decode(body) for body in bodies]
    taken = [(request, take_in(request, asked)) for request in requests]
    records = [read(one) for one in taken]
    answers = [pipeline.assessor.assess(record, today) for record in records]
    cards = [cards_for(answer, pipeline.knowledge) for answer in answers]
    return {
        "decoding the call": _least(decode, [bodies] * passes),
        "sorting out what was sent": _least(lambda one: take_in(one, asked), [requests] * passes),
        "reading the record": _least(read, [taken] * passes),
        "assessing it": _least(
            lambda record: pipeline.assessor.assess(record, today), [records] * passes
        ),
        "writing the cards": _least(
            lambda answer: cards_for(answer, pipeline.knowledge), [answers] * passes
        ),
        "checking and encoding the answer": _least(answer_of, [cards] * passes),
    }


def _least(step: Callable[[A], Any], passes: Iterable[Sequence[A]]) -> float:
    """Microseconds of processor time of one step, in the pass that took the least."""
    least = float("inf")
    for values in passes:
        started = time.process_time()
        for value in values:
            step(value)
        least = min(least, (time.process_time() - started) / len(values))
    return 1e6 * least


def _app(variables: dict[str, str], nowhere: Any) -> Flask:
    """The service with these settings, its log written and thrown away."""
    os.environ.update(variables)
    try:
        with redirect_stderr(nowhere):  # the log goes where it goes when it is set up
            return create_app(settings_from_environment(), remember=True)
    finally:
        for name in variables:
            del os.environ[name]


def _refuses_unsigned(app: Flask, body: bytes) -> bool:
    answer = app.test_client().post(_PATH, data=body, content_type="application/json")
    return answer.status_code == HTTPStatus.UNAUTHORIZED


def _signed_call(sent: tuple[Flask, bytes, str]) -> None:
    app, body, token = sent
    _call(app, _PATH, body, token=token)


def _call(app: Flask, path: str, body: bytes, method: str = "POST", token: str = "") -> None:
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        **({"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}),
    }
    answered = app.wsgi_app(environ, _checked)
    b"".join(answered)
    if hasattr(answered, "close"):
        answered.close()


def _checked(status: str, *_: Any) -> Any:
    if not status.startswith("200"):
        raise SystemExit(f"a call was answered with {status}")


if __name__ == "__main__":
    main()
