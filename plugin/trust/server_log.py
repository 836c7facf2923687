"""What gunicorn writes, without what a client chose to have written.

Nothing of a patient may reach a log, and no client writes lines of it: a path may hold line ends,
and a request that is no HTTP is quoted whole.
"""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import quote

# Text that a client chose: a query string, or whatever stood where HTTP should have been.
_QUERY = re.compile(r"\?\S*")
_NOT_HTTP = re.compile(r"^(Invalid request from ip=\S+?):? .*$", re.DOTALL)
_PATH = "U"  # as gunicorn calls it, decoded
_LEGAL = "/:@!$&'()*+,;=~-._"  # in a path, beside letters and digits (RFC 3986, section 3.3)


class ClientTextRemoved(logging.Filter):
    """Cuts from a message what a client wrote, which may name a patient."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; every record is kept."""
        said = _NOT_HTTP.sub(r"\1: it is not HTTP", record.getMessage())
        record.msg, record.args = _QUERY.sub("?...", said), ()
        if record.exc_info and record.exc_info[0]:
            record.msg += f" ({record.exc_info[0].__name__})"
            record.exc_info = None
        return True


class PathEncoded(logging.Filter):
    """Writes a path as it comes over the wire, so that it is one word of one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; every record is kept."""
        if isinstance(record.args, dict) and isinstance(path := record.args.get(_PATH), str):
            record.args[_PATH] = quote(path, safe=_LEGAL, encoding="latin-1", errors="replace")
        return True


def quieten(log: Any) -> None:
    """Put the filters before the logs of a gunicorn server, once."""
    for logger, kind in ((log.error_log, ClientTextRemoved), (log.access_log, PathEncoded)):
        if not any(isinstance(one, kind) for one in logger.filters):
            logger.addFilter(kind())
