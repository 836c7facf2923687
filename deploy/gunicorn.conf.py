"""How gunicorn serves Crampcheck. Its settings are environment variables: see crampcheck.env.

Nothing of a patient may reach a log: the access log has no query string, no referrer and no header,
and what a client sent is cut from gunicorn's own messages.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from environs import EnvError, FileAwareEnv
from marshmallow import validate
from prometheus_client.multiprocess import mark_process_dead

from plugin.config import settings_from_environment
from plugin.config.environment import one_sentence
from plugin.errors import CrampcheckError
from plugin.reloading import reloaded
from plugin.trust.server_log import quieten
from plugin.trust.unsigned import refuse_unsigned


def _read_settings() -> dict[str, Any]:
    env = FileAwareEnv(prefix="CRAMPCHECK_")
    service = settings_from_environment()
    refuse_unsigned(service, service.host)
    threads = env.int("THREADS", 1, validate=validate.Range(1))
    host = f"[{service.host}]" if ":" in service.host else service.host
    return {
        "bind": f"{host}:{service.port}",
        "loglevel": service.log_level.value,
        "workers": env.int("WORKERS", 0, validate=validate.Range(0))
        or len(os.sched_getaffinity(0)),
        # Of one thread: a slow client then holds a socket, and not the worker. Gunicorn's own
        # worker of several threads lets each slow client hold one of them.
        "worker_class": "plugin.trust.worker.BufferingWorker" if threads == 1 else "gthread",
        "threads": threads,
        "timeout": env.int("TIMEOUT", 30, validate=validate.Range(1)),
        "graceful_timeout": env.int("GRACEFUL_TIMEOUT", 10, validate=validate.Range(1)),
        "accesslog": "-" if env.bool("ACCESS_LOG", True) else None,
        "forwarded_allow_ips": env.str("PROXY_ADDRESSES", "127.0.0.1,::1"),
    }


try:
    globals().update(_read_settings())
except CrampcheckError as error:
    print(f"crampcheck: {error}", file=sys.stderr)
    sys.exit(error.exit_code)
except EnvError as error:
    print(f"crampcheck: {one_sentence(error)}", file=sys.stderr)
    sys.exit(2)

wsgi_app = "plugin.app:served()"
proc_name = "crampcheck"
# The knowledge is read once, before the workers are forked: they share its memory, and a fault in
# it stops the start rather than every worker. SIGHUP reads it again: see on_reload.
preload_app = True
# The heartbeat files of the workers: a disk that stalls must not look like a worker that hangs.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
access_log_format = (
    '{"time": "%(t)s", "method": "%(m)s", "path": "%(U)s", "status": %(s)s, "bytes": %(B)s, '
    '"microseconds": %(D)s, "worker": "%(p)s"}'
)


def on_starting(server: Any) -> None:
    """Called once in the parent, before a port is open and the workers are forked."""
    quieten(server.log)
    try:
        for address in server.cfg.address:  # those of gunicorn's own options included
            if isinstance(address, tuple):  # a Unix socket is a path
                refuse_unsigned(settings_from_environment(), address[0])
    except CrampcheckError as error:
        print(f"crampcheck: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def on_reload(server: Any) -> None:
    """Called in the parent on SIGHUP, before new workers are forked and the old ones end.

    Knowledge that cannot be used leaves the application as it is.
    """
    server.app.callable = reloaded(server.app.callable)


def child_exit(_server: Any, worker: Any) -> None:
    """Called in the parent when a worker ended: its gauges no longer count."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        mark_process_dead(worker.pid)
