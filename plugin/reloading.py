"""A running service takes up the knowledge anew, or keeps what it has and says why.

The parent process of the server does this once, when it is told to (SIGHUP), and then starts
workers that share the result. So all workers speak from one knowledge, and a folder that is half
written is never read by chance.
"""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from flask import Flask

from plugin.app import create_app, serving
from plugin.config import settings_from_environment
from plugin.errors import CrampcheckError
from plugin.observe import log_fault
from plugin.pipeline import fresh_pipeline


def reloaded(app: Flask) -> Flask:
    """The application over the files as they are now; `app` itself where they cannot be used.

    `app` then says so in `/readyz` until a later reload succeeds. Never raises.
    """
    before = serving(app)
    try:
        settings = settings_from_environment()
        fresh = create_app(settings, pipeline=fresh_pipeline(settings), remember=True)
    except CrampcheckError as error:
        why = error.message
    except Exception as error:  # a fault of ours must not end a service that answers
        why = f"internal error; the log has it under {log_fault(error)}"
    else:
        structlog.get_logger().info(
            "reloaded", knowledge=serving(fresh).version, before=before.version
        )
        return fresh
    before.refused_at = datetime.now(UTC).isoformat(timespec="seconds")
    structlog.get_logger().error("reload refused", still_on=before.version, why=why.splitlines())
    return app
