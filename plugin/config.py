"""Settings of the service, from `CRAMPCHECK_*` environment variables. `deploy/` explains each."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from environs import EnvError, FileAwareEnv
from marshmallow import validate
from msgspec import Struct

from plugin.errors import CrampcheckError

_MEBIBYTE = 1024 * 1024
_MAX_PORT = 65535
_DATA = "crampcheck-data"  # in the current folder
_INDEX = "rxnorm.sqlite"


class SettingsInvalid(CrampcheckError):  # noqa: N818
    """An environment variable holds what its setting cannot be."""

    exit_code = 2


class LogLevel(StrEnum):
    """The least severe event that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How an event is written: one JSON object a line, or columns for a person."""

    JSON = "json"
    CONSOLE = "console"


class Jurisdiction(StrEnum):
    """Whose labels decide on interactions and dose caps."""

    US = "US"
    UK = "UK"
    EU = "EU"


class Settings(Struct, frozen=True):
    """What a site may set. The defaults serve the machine itself only."""

    host: str = "127.0.0.1"  # CRAMPCHECK_HOST: address that the service listens on
    port: int = 8000  # CRAMPCHECK_PORT
    base_url: str = ""  # CRAMPCHECK_BASE_URL: how clients reach us; cards then link to it
    max_body_bytes: int = 16 * _MEBIBYTE  # CRAMPCHECK_MAX_BODY_BYTES: larger calls get a 413
    log_level: LogLevel = LogLevel.INFO  # CRAMPCHECK_LOG_LEVEL: debug, info, warning, error
    log_format: LogFormat = LogFormat.JSON  # CRAMPCHECK_LOG_FORMAT: json, console
    jurisdiction: Jurisdiction | None = None  # CRAMPCHECK_JURISDICTION: US, UK, EU; US if nowhere
    overlay: str = ""  # CRAMPCHECK_OVERLAY: what this site changed of the knowledge
    try_page: bool = True  # CRAMPCHECK_TRY_PAGE: /try, for this machine alone
    data: str = ""  # CRAMPCHECK_DATA: the folder that is written to; crampcheck-data if empty
    rxnorm: str = (
        ""  # CRAMPCHECK_RXNORM: the index of a RxNorm release; in the data folder if empty
    )

    @property
    def rxnorm_index(self) -> Path:
        """Where the index of an imported RxNorm release is, or will be."""
        return Path(self.rxnorm) if self.rxnorm else Path(self.data or _DATA) / _INDEX


def settings_from_environment() -> Settings:
    """Read the environment. `CRAMPCHECK_X_FILE` names a file that holds the value of X.

    Raises SettingsInvalid, whose message names the variable and what it may be.
    """
    env = FileAwareEnv(prefix="CRAMPCHECK_")
    default = Settings()
    try:
        return Settings(
            # Sockets read an empty address as every address: nobody means that by leaving it empty.
            host=env.str("HOST", default.host) or default.host,
            port=env.int("PORT", default.port, validate=validate.Range(1, _MAX_PORT)),
            base_url=_absolute(env.str("BASE_URL", default.base_url)),
            max_body_bytes=env.int(
                "MAX_BODY_BYTES", default.max_body_bytes, validate=validate.Range(1)
            ),
            log_level=env.enum("LOG_LEVEL", default.log_level, enum=LogLevel, by_value=True),
            log_format=env.enum("LOG_FORMAT", default.log_format, enum=LogFormat, by_value=True),
            jurisdiction=(
                env.enum("JURISDICTION", enum=Jurisdiction, by_value=True)
                if env.str("JURISDICTION", "")
                else default.jurisdiction
            ),
            try_page=env.bool("TRY_PAGE", default.try_page),
            data=env.str("DATA", default.data),
            rxnorm=env.str("RXNORM", default.rxnorm),
            overlay=env.str("OVERLAY", default.overlay),
        )
    except (EnvError, ValueError) as error:
        raise SettingsInvalid(one_sentence(error)) from None


def one_sentence(error: Exception) -> str:
    """What the library found, without the brackets of its list, and where the remedy stands."""
    text = str(error)
    found = getattr(error, "error_messages", None)
    if isinstance(found, list):
        text = text.replace(str(found), " ".join(str(one) for one in found))
    return f"{text.rstrip('.')}. See deploy/crampcheck.env for what it may be."


def _absolute(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise ValueError("CRAMPCHECK_BASE_URL must be an absolute address, http:// or https://")
    return url.rstrip("/")
