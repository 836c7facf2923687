"""What an analysis needs beside the core: scipy for the intervals, matplotlib for the plot."""

from __future__ import annotations

from importlib.util import find_spec

from plugin.errors import CrampcheckError

NEEDED = ("matplotlib", "scipy")


def check_extra() -> None:
    """Raises CrampcheckError, with the remedy, if either is not installed."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise CrampcheckError(
            f"signal needs {' and '.join(missing)}; install what it needs with "
            "pip install 'crampcheck[signal]'."
        )
