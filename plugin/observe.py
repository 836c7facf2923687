"""What operators see: log events and metrics. Ids, counts and timings; nothing of a record.

An unforeseen exception is logged by its type and place. Its message is left out: it may quote what
was being read.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections import Counter as Counts
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TextIO, TypeVar
from uuid import uuid4

import orjson
import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

M = TypeVar("M", Counter, Histogram)
_FRAMES = 12  # innermost frames of a fault that are logged
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def configure_logging(level: str, log_format: str, stream: TextIO | None = None) -> None:
    """Write events of `level` and above to `stream` (stderr), as `json` lines or `console`."""
    as_json = log_format == "json"
    renderer: Any = (
        structlog.processors.JSONRenderer(serializer=_dumps)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.WriteLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def _dumps(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()


def log_fault(error: BaseException, **ids: str) -> str:
    """Log an unforeseen exception; gives the word under which the log has it."""
    word = uuid4().hex[:12]
    structlog.get_logger().error("fault", fault=word, **describe(error), **ids)
    return word


def describe(error: BaseException) -> dict[str, Any]:
    """Type and place of an exception and its causes, without messages."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return {
        "error": " < ".join(type(one).__name__ for one in chain),
        "at": list(_places(error))[-_FRAMES:],
    }


def _places(error: BaseException) -> Iterable[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} {frame.name}"


def _child(metric: M, *labels: str) -> M:
    """The metric with these labels; worth remembering, since labels come from short lists."""
    return metric.labels(*labels)


class Metrics:
    """The Prometheus metrics of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._of = lru_cache(maxsize=1024)(_child)
        self._responses = Counter(
            "crampcheck_http_responses", "Responses", ["route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "crampcheck_http_seconds",
            "Seconds from a request's arrival in the application to its response",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._patients = Counter(
            "crampcheck_assessments",
            "Patients assessed, by level",
            ["level"],
            registry=self._registry,
        )
        self._cards = Counter(
            "crampcheck_cards", "Cards sent, by indicator", ["indicator"], registry=self._registry
        )
        self._unread = Counter(
            "crampcheck_unread",
            "Entries that could not be read, by reason",
            ["reason"],
            registry=self._registry,
        )
        self._refused = Counter(
            "crampcheck_calls_refused",
            "Calls that were not let in, by reason",
            ["reason"],
            registry=self._registry,
        )
        self._store_failures = Counter(
            "crampcheck_store_failures",
            "What the database could not do, by what it was for",
            ["to"],
            registry=self._registry,
        )
        self._silenced = Counter(
            "crampcheck_silenced_findings",
            "Findings that were not said again after a lasting override",
            registry=self._registry,
        )
        self._fetches = Histogram(
            "crampcheck_fetch_seconds",
            "Seconds of a request to a FHIR server, by how it ended",
            ["outcome"],
            buckets=_SECONDS,
            registry=self._registry,
        )

    def responded(self, route: str, status: str, seconds: float) -> None:
        """Count a response. `route` is a template such as `/cds-services/<service_id>`."""
        self._of(self._responses, route, status).inc()
        self._of(self._seconds, route).observe(seconds)

    def refused(self, reason: str) -> None:
        """Count a call that was not let in."""
        self._of(self._refused, reason).inc()

    def fetched(self, outcome: str, seconds: float) -> None:
        """Count a request to a FHIR server. `outcome` is a word from a short list."""
        self._of(self._fetches, outcome).observe(seconds)

    def assessed(self, level: str, indicators: Iterable[str], reasons: Iterable[str]) -> None:
        """Count an assessment with its cards and what it could not read."""
        self._of(self._patients, level).inc()
        for indicator in indicators:
            self._of(self._cards, indicator).inc()
        for reason, count in Counts(reasons).items():
            self._of(self._unread, reason).inc(count)

    def store_failed(self, what: str) -> None:
        """Count something that the database was needed for, and could not do."""
        self._of(self._store_failures, what).inc()

    def silenced(self, findings: int) -> None:
        """Count findings that were left out."""
        self._silenced.inc(findings)

    def exposition(self) -> bytes:
        """The metrics in Prometheus' text format; of all workers when they share a folder.

        Workers share one when `PROMETHEUS_MULTIPROC_DIR` was set before Python started.
        """
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            shared = CollectorRegistry()
            MultiProcessCollector(shared)
            return generate_latest(shared)
        return generate_latest(self._registry)
