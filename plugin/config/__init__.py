"""Settings of the service, from `CRAMPCHECK_*` environment variables. `deploy/` explains each."""

from __future__ import annotations

from plugin.config.environment import one_sentence, settings_from_environment
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
    "one_sentence",
    "settings_from_environment",
]
