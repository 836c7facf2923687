"""The environment -> Settings, or one sentence on what is wrong."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from environs import EnvError, FileAwareEnv
from marshmallow import ValidationError, validate

from cds_hooks.claims import ALGORITHMS
from plugin.addresses.written import fault_of_origin
from plugin.config.settings import (
    ALLOW_UNSIGNED,
    Jurisdiction,
    LogFormat,
    LogLevel,
    Settings,
    SettingsInvalid,
)

_MAX_PORT = 65535
_MAX_DAYS = 3650
_MOST_SECONDS = 60  # a client has long given up
_MOST_TOKEN_SECONDS = 3600
_IN_WORDS = f'It must be "{ALLOW_UNSIGNED}", in these words, or empty'


def read(prefix: str) -> Settings:
    """The settings by the variables whose names begin so. Raises SettingsInvalid."""
    try:
        return _read(FileAwareEnv(prefix=prefix), Settings())
    except (EnvError, ValueError) as error:
        raise SettingsInvalid(one_sentence(error)) from None


def _read(env: FileAwareEnv, default: Settings) -> Settings:
    return Settings(
        # Sockets read an empty address as every address: nobody means that by leaving it empty.
        host=env.str("HOST", default.host) or default.host,
        port=env.int("PORT", default.port, validate=validate.Range(1, _MAX_PORT)),
        base_url=_absolute("BASE_URL", env.str("BASE_URL", default.base_url)).rstrip("/"),
        smart_launch_url=_absolute(
            "SMART_LAUNCH_URL", env.str("SMART_LAUNCH_URL", default.smart_launch_url)
        ),
        smart_app_context=env.bool("SMART_APP_CONTEXT", default.smart_app_context),
        try_page=env.bool("TRY_PAGE", default.try_page),
        log_level=env.enum("LOG_LEVEL", default.log_level, enum=LogLevel, by_value=True),
        log_format=env.enum("LOG_FORMAT", default.log_format, enum=LogFormat, by_value=True),
        jurisdiction=(
            env.enum("JURISDICTION", enum=Jurisdiction, by_value=True)
            if env.str("JURISDICTION", "")
            else default.jurisdiction
        ),
        overlay=env.str("OVERLAY", default.overlay),
        rxnorm=env.str("RXNORM", default.rxnorm),
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
            "TOKEN_SECONDS", default.token_seconds, validate=validate.Range(1, _MOST_TOKEN_SECONDS)
        ),
        allow_unsigned=env.str(
            "ALLOW_UNSIGNED",
            default.allow_unsigned,
            validate=validate.OneOf(["", ALLOW_UNSIGNED], error=_IN_WORDS),
        ),
        cors_origins=tuple(env.list("CORS_ORIGINS", [], _trimmed, validate=_origins)),
        fetch_seconds=env.float(
            "FETCH_SECONDS", default.fetch_seconds, validate=validate.Range(0, _MOST_SECONDS)
        ),
        fhir_servers=_words(env.str("FHIR_SERVERS", "")),
        fhir_networks=_words(env.str("FHIR_NETWORKS", "")),
        fhir_client_id=env.str("FHIR_CLIENT_ID", default.fhir_client_id).strip(),
        fhir_key=_file("FHIR_KEY", env.str("FHIR_KEY", default.fhir_key)),
        fhir_token_url=_absolute("FHIR_TOKEN_URL", env.str("FHIR_TOKEN_URL", "")),
        fhir_scopes=" ".join(env.str("FHIR_SCOPES", default.fhir_scopes).split()),
        fhir_token=env.str("FHIR_TOKEN", default.fhir_token).strip(),
        fhir_file_origins=_words(env.str("FHIR_FILE_ORIGINS", "")),
        fhir_ca=_file("FHIR_CA", env.str("FHIR_CA", default.fhir_ca)),
        data=env.str("DATA", default.data),
        database=env.str("DATABASE", default.database),
        pseudonym_key=env.str("PSEUDONYM_KEY", default.pseudonym_key),
        keep_comments=env.bool("KEEP_COMMENTS", default.keep_comments),
        shown_days=env.int("SHOWN_DAYS", default.shown_days, validate=validate.Range(0, _MAX_DAYS)),
        suppress_days=env.int(
            "SUPPRESS_DAYS", default.suppress_days, validate=validate.Range(0, _MAX_DAYS)
        ),
        suppress_on_order_sign=env.bool("SUPPRESS_ON_ORDER_SIGN", default.suppress_on_order_sign),
    )


def one_sentence(error: Exception) -> str:
    """What the library found, without the brackets of its list, and where the remedy stands."""
    text = str(error)
    found = getattr(error, "error_messages", None)
    if isinstance(found, list):
        text = text.replace(str(found), " ".join(str(one) for one in found))
    return f"{text.rstrip('.')}. See deploy/crampcheck.env for what it may be."


def _trimmed(word: str) -> str:
    """What stands between two commas."""
    return word.strip()


def _words(text: str) -> tuple[str, ...]:
    """What stands between commas, without what is empty."""
    return tuple(word for part in text.split(",") if (word := part.strip()))


def _each_known(algorithms: list[str]) -> None:
    if not algorithms or not set(algorithms) <= set(ALGORITHMS):
        raise ValidationError(f"It must name one or more of {', '.join(ALGORITHMS)}")


def _origins(origins: list[str]) -> None:
    for origin in origins:
        if fault := fault_of_origin(origin):
            raise ValidationError(f"{origin} {fault}")


def _file(name: str, path: str) -> str:
    try:
        if path and not Path(path).exists():
            raise ValueError(f"CRAMPCHECK_{name} names {path}, and it is not there")
    except OSError as error:
        why = (error.strerror or "unknown fault").lower()
        raise ValueError(f"CRAMPCHECK_{name} names {path}, and it cannot be read ({why})") from None
    return path


def _absolute(setting: str, url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.netloc or len(url.split()) > 1):
        raise ValueError(f"CRAMPCHECK_{setting} must be an absolute address, http:// or https://")
    return url
