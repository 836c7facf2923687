"""What goes wrong with Spark, as sentences: its own messages are pages of Java."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from plugin.errors import CrampcheckError

_MOST = 300  # characters of a message of Spark that are shown


class SparkMissing(CrampcheckError):  # noqa: N818
    """The extra or Java is not installed."""

    exit_code: ClassVar[int] = 2


class SparkFailed(CrampcheckError):  # noqa: N818
    """Spark did not start, or gave up."""


@contextmanager
def in_sentences(what: str, log: Path) -> Iterator[None]:
    """Say what Spark could not do, and where it says more. Raises SparkFailed.

    Only the kind of a fault is said, unless it is about a path: a message may quote what was read.
    """
    from py4j.protocol import Py4JError  # noqa: PLC0415 - an extra
    from pyspark.errors import PySparkException  # noqa: PLC0415

    try:
        yield
    except (Py4JError, PySparkException, ConnectionError, EOFError) as error:
        more = f"; {log} says more" if log.exists() else ""
        raise SparkFailed(f"Spark {what} ({kind_of(error)}){more}.") from error


def kind_of(error: BaseException) -> str:
    """The name of the fault beneath, as Java or Python has it."""
    java = getattr(error, "java_exception", None)
    if java is None:
        named = getattr(error, "getCondition", lambda: None)() or ""
        return str(named) or type(error).__name__
    return str(_deepest(java).getClass().getSimpleName()) or type(error).__name__


def said_of_path(error: BaseException) -> str:
    """The first line of what Java says about a path, which holds no patient data."""
    java = getattr(error, "java_exception", None)
    text = str(_deepest(java).getMessage()) if java is not None else str(error)
    return text.strip().partition("\n")[0][:_MOST]


def _deepest(java: Any) -> Any:
    cause = java
    while (deeper := cause.getCause()) is not None:
        cause = deeper
    return cause
