"""`crampcheck serve`: the CDS Hooks service under gunicorn."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plugin.cli.overlay import in_force, overlay_option
from plugin.cli.shared import packaged_pipeline
from plugin.errors import CrampcheckError
from plugin.samples import FIRST_SAMPLE, write_samples

if TYPE_CHECKING:
    from flask import Flask

SERVICE = "cramp-review"


class AddressTaken(CrampcheckError):  # noqa: N818
    """The address or port cannot be listened on."""

    exit_code = 2


_WORKERS = "WEB_CONCURRENCY"  # as gunicorn calls it


@click.command()
@click.option("--host", help="Address to listen on; if not given, CRAMPCHECK_HOST, else 127.0.0.1.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on, 0 for a free one; if not given, CRAMPCHECK_PORT, else 8000.",
)
@overlay_option()
def serve(host: str | None, port: int | None) -> None:
    """Serve CDS Hooks over HTTP.

    Prints a line to try it with. Settings are environment variables CRAMPCHECK_*; the number of
    worker processes is gunicorn's WEB_CONCURRENCY. SIGHUP reads the knowledge and the overlay
    again; if they are at fault, the service stays on what it has, and says so.
    """
    from plugin.app import create_app  # noqa: PLC0415 - Flask is loaded for this command only
    from plugin.config import settings_from_environment  # noqa: PLC0415
    from plugin.store.opening import prepare  # noqa: PLC0415
    from plugin.trust.unsigned import refuse_unsigned  # noqa: PLC0415
    from plugin.web.integrators import try_offered  # noqa: PLC0415

    if host:  # what may be fetched depends on it, here and after a reload
        click.get_current_context().with_resource(in_force("CRAMPCHECK_HOST", host))
    settings = settings_from_environment()
    _some_workers()
    host, port = settings.host, settings.port if port is None else port
    refuse_unsigned(settings, host)
    packaged_pipeline()  # a fault of the knowledge is said here, not in a worker's log
    _can_listen(host, port)
    app = create_app(settings, remember=True)
    prepare(settings)
    with _samples_of_today() as written:
        page = try_offered(settings)
        _listen(app, host, port, written, page=page, clients=settings.clients)


def _some_workers() -> None:
    """Raise UsageError for a number that gunicorn fails at, or with which nobody answers."""
    asked = os.environ.get(_WORKERS, "1")
    if not (asked.isascii() and asked.isdigit() and int(asked)):
        raise click.UsageError(
            f"{_WORKERS} is {asked!r}, and no number of worker processes; write 1 or more."
        )


def _can_listen(host: str, port: int) -> None:
    """Raise AddressTaken where gunicorn would try six times and then say nothing of a remedy."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        fault = (error.strerror or str(error)).lower()
        raise AddressTaken(
            f"{host}, port {port}: cannot be listened on ({fault}); stop what listens there, "
            "or name another with --port, CRAMPCHECK_PORT or `make serve PORT=8001`."
        ) from None


def try_it(url: str, samples: list[Path], *, page: bool = True, clients: str = "") -> str:
    """What to type at once: the page that tries it, discovery, and a call with a shipped patient.

    `page`: whether `/try` is there. `clients`: the file of those who may call; then nothing can be
    called without a token, and that is said instead.
    """
    if clients:
        return (
            f"Crampcheck listens on {url}\n"
            f"Each call has to be signed by one of the clients in {clients}; another gets a 401."
        )
    first = next((path for path in samples if path.stem == FIRST_SAMPLE), samples[0])
    others = ", ".join(path.name for path in samples if path != first)
    return "\n".join(
        [
            f"Crampcheck listens on {url}",
            *([f"Try it in a browser: {url}/try"] if page else []),
            "Try it:",
            f"  curl -s {url}/cds-services",
            f"  curl -s -H 'Content-Type: application/json' -d @{first} "
            f"{url}/cds-services/{SERVICE}",
            f"Other invented patients in {first.parent}: {others}",
        ]
    )


@contextmanager
def _samples_of_today() -> Iterator[list[Path]]:
    """The samples as files that `curl` can send, removed when the server stops."""
    folder = Path(tempfile.mkdtemp(prefix="crampcheck-samples-"))
    owner = os.getpid()
    try:
        yield write_samples(folder, date.today())
    finally:
        # A worker is a fork that leaves through here too: only the parent may tidy up.
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)


def _listen(
    app: Flask, host: str, port: int, samples: list[Path], *, page: bool, clients: str
) -> None:
    """Run gunicorn in this process until it is told to stop. Does not return."""
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 - starts slowly

    from plugin.reloading import reloaded  # noqa: PLC0415
    from plugin.trust.server_log import quieten  # noqa: PLC0415

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        """The application, loaded once before the workers are forked."""

        def load_config(self) -> None:
            self.cfg.set("bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
            self.cfg.set("worker_class", "plugin.trust.worker.BufferingWorker")
            self.cfg.set("preload_app", True)
            self.cfg.set("on_starting", lambda arbiter: quieten(arbiter.log))
            self.cfg.set("when_ready", _say_ready)
            self.cfg.set("on_reload", _reload)
            if "control_socket_disable" in self.cfg.settings:  # not before gunicorn 25.1
                # Nobody asked for a socket in the home folder that steers the server.
                self.cfg.set("control_socket_disable", True)

        def load(self) -> Flask:
            return app

    def _reload(arbiter: Any) -> None:
        """Called on SIGHUP, before new workers are forked."""
        arbiter.app.callable = reloaded(arbiter.app.callable)

    def _say_ready(arbiter: Any) -> None:
        """Called once the socket is open, so that a line that can be tried is true."""
        click.echo(
            try_it(f"http://{_address(arbiter)}", samples, page=page, clients=clients), err=True
        )

    Server().run()


def _address(arbiter: Any) -> str:
    """The address that was bound, the port included where gunicorn chose it."""
    host, port = arbiter.LISTENERS[0].sock.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - shown as an address that a client can use
        host = "127.0.0.1"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
