"""Settings of the service, from `CRAMPCHECK_*` environment variables. `deploy/` explains each."""

from __future__ import annotations

import os

from plugin.config.settings import (
    ALLOW_UNSIGNED,
    Jurisdiction,
    LogFormat,
    LogLevel,
    Settings,
    SettingsInvalid,
)

__all__ = [
    "ALLOW_UNSIGNED",
    "Jurisdiction",
    "LogFormat",
    "LogLevel",
    "Settings",
    "SettingsInvalid",
    "settings_from_environment",
]

_PREFIX = "CRAMPCHECK_"


def settings_from_environment() -> Settings:
    """Read the environment. `CRAMPCHECK_X_FILE` names a file that holds the value of X.

    Raises SettingsInvalid, whose message names the variable and what it may be.
    """
    if not any(name.startswith(_PREFIX) for name in os.environ):
        return Settings()
    from plugin.config.environment import read  # noqa: PLC0415 - its libraries start slowly

    return read(_PREFIX)
