"""Settings of the service, from `CRAMPCHECK_*` environment variables. `deploy/` explains each."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from environs import EnvError, FileAwareEnv
from marshmallow import ValidationError, validate
from msgspec import Struct

from cds_hooks.claims import ALGORITHMS
from plugin.addresses import fault_of_origin
from plugin.errors import CrampcheckError

# What a site has to say in so many words before calls are served that nobody signed.
ALLOW_UNSIGNED = "anyone who reaches this address may call"

_MEBIBYTE = 1024 * 1024
_MAX_PORT = 65535
_DATA = "crampcheck-data"  # in the current folder
_INDEX = "rxnorm.sqlite"
_MOST_TOKEN_SECONDS = 3600


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
    receive_seconds: int = 10  # CRAMPCHECK_RECEIVE_SECONDS: in which a call has to arrive
    clients: str = ""  # CRAMPCHECK_CLIENTS: the file of who may call; empty: nobody signs
    algorithms: tuple[str, ...] = ("ES384", "RS384")  # CRAMPCHECK_ALGORITHMS: of signatures
    token_seconds: int = 300  # CRAMPCHECK_TOKEN_SECONDS: the longest life of a token
    allow_unsigned: str = ""  # CRAMPCHECK_ALLOW_UNSIGNED: ALLOW_UNSIGNED, word for word, or empty
    cors_origins: tuple[str, ...] = ()  # CRAMPCHECK_CORS_ORIGINS: of web pages that may call
    log_level: LogLevel = LogLevel.INFO  # CRAMPCHECK_LOG_LEVEL: debug, info, warning, error
    log_format: LogFormat = LogFormat.JSON  # CRAMPCHECK_LOG_FORMAT: json, console
    jurisdiction: Jurisdiction | None = None  # CRAMPCHECK_JURISDICTION: US, UK, EU; US if nowhere
    overlay: str = ""  # CRAMPCHECK_OVERLAY: what this site changed of the knowledge
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
            receive_seconds=env.int(
                "RECEIVE_SECONDS", default.receive_seconds, validate=validate.Range(1)
            ),
            clients=env.str("CLIENTS", default.clients),
            algorithms=tuple(
                env.list("ALGORITHMS", [*default.algorithms], _trimmed, validate=_each_known)
            ),
            token_seconds=env.int(
                "TOKEN_SECONDS",
                default.token_seconds,
                validate=validate.Range(1, _MOST_TOKEN_SECONDS),
            ),
            allow_unsigned=env.str(
                "ALLOW_UNSIGNED",
                default.allow_unsigned,
                validate=validate.OneOf(["", ALLOW_UNSIGNED], error=_IN_WORDS),
            ),
            cors_origins=tuple(env.list("CORS_ORIGINS", [], _trimmed, validate=_origins)),
            log_level=env.enum("LOG_LEVEL", default.log_level, enum=LogLevel, by_value=True),
            log_format=env.enum("LOG_FORMAT", default.log_format, enum=LogFormat, by_value=True),
            jurisdiction=(
                env.enum("JURISDICTION", enum=Jurisdiction, by_value=True)
                if env.str("JURISDICTION", "")
                else default.jurisdiction
            ),
            data=env.str("DATA", default.data),
            rxnorm=env.str("RXNORM", default.rxnorm),
            overlay=env.str("OVERLAY", default.overlay),
        )
    except (EnvError, ValueError) as error:
        raise SettingsInvalid(one_sentence(error)) from None


_IN_WORDS = f'It must be "{ALLOW_UNSIGNED}", in these words, or empty'


def _trimmed(word: str) -> str:
    """What stands between two commas."""
    return word.strip()


def _each_known(algorithms: list[str]) -> None:
    if not algorithms or not set(algorithms) <= set(ALGORITHMS):
        raise ValidationError(f"It must name one or more of {', '.join(ALGORITHMS)}")


def _origins(origins: list[str]) -> None:
    for origin in origins:
        if fault := fault_of_origin(origin):
            raise ValidationError(f"{origin} {fault}")


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
