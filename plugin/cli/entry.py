"""Where the command begins: nothing is imported here that takes time.

Ctrl-C in the first tenth of a second, while the rest is imported, ends as it does later on.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def run() -> None:
    """Entry point of the console script."""
    try:
        from plugin.cli.main import run as run_command  # noqa: PLC0415 - that is the point
    except KeyboardInterrupt:
        with suppress(OSError):  # where nobody can be told, the exit code must do
            os.write(2, b"crampcheck: stopped.\n")
        sys.exit(130)  # 128 + SIGINT, as shells have it
    run_command()
