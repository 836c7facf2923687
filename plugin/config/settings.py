"""What a site may set, and what it is when nobody does."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from plugin.errors import CrampcheckError

# What a site has to say in so many words before calls are served that nobody signed.
ALLOW_UNSIGNED = "anyone who reaches this address may call"

_MEBIBYTE = 1024 * 1024
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
    """Each setting with its default. The defaults serve the machine itself only.

    A comment names the environment variable, and what it is in few words.
    """

    # The service and the cards
    host: str = "127.0.0.1"  # CRAMPCHECK_HOST: address that the service listens on
    port: int = 8000  # CRAMPCHECK_PORT
    base_url: str = ""  # CRAMPCHECK_BASE_URL: how clients reach us; cards then link to it
    smart_launch_url: str = ""  # CRAMPCHECK_SMART_LAUNCH_URL: an app of the site; cards launch it
    smart_app_context: bool = False  # CRAMPCHECK_SMART_APP_CONTEXT: and tell it the rules' ids
    try_page: bool = True  # CRAMPCHECK_TRY_PAGE: /try, for this machine alone
    log_level: LogLevel = LogLevel.INFO  # CRAMPCHECK_LOG_LEVEL: debug, info, warning, error
    log_format: LogFormat = LogFormat.JSON  # CRAMPCHECK_LOG_FORMAT: json, console

    # The knowledge
    jurisdiction: Jurisdiction | None = None  # CRAMPCHECK_JURISDICTION: US, UK, EU; US if nowhere
    overlay: str = ""  # CRAMPCHECK_OVERLAY: what this site changed of the knowledge
    rxnorm: str = ""  # CRAMPCHECK_RXNORM: index of a RxNorm release; in the data folder if empty

    # Who may call, and how
    max_body_bytes: int = 16 * _MEBIBYTE  # CRAMPCHECK_MAX_BODY_BYTES: larger calls get a 413
    receive_seconds: int = 10  # CRAMPCHECK_RECEIVE_SECONDS: in which a call has to arrive
    clients: str = ""  # CRAMPCHECK_CLIENTS: the file of who may call; empty: nobody signs
    algorithms: tuple[str, ...] = ("ES384", "RS384")  # CRAMPCHECK_ALGORITHMS: of signatures
    token_seconds: int = 300  # CRAMPCHECK_TOKEN_SECONDS: the longest life of a token
    allow_unsigned: str = ""  # CRAMPCHECK_ALLOW_UNSIGNED: ALLOW_UNSIGNED, word for word, or empty
    cors_origins: tuple[str, ...] = ()  # CRAMPCHECK_CORS_ORIGINS: of web pages that may call

    # What is fetched
    fetch_seconds: float = 8.0  # CRAMPCHECK_FETCH_SECONDS: for all that a call needs; 0: no fetch
    fhir_servers: tuple[str, ...] = ()  # CRAMPCHECK_FHIR_SERVERS: that unsigned calls may point to
    fhir_networks: tuple[str, ...] = ()  # CRAMPCHECK_FHIR_NETWORKS: not public, and yet allowed
    fhir_client_id: str = ""  # CRAMPCHECK_FHIR_CLIENT_ID: who we are to a server we export from
    fhir_key: str = ""  # CRAMPCHECK_FHIR_KEY: the file of the private key that signs for it
    fhir_token_url: str = ""  # CRAMPCHECK_FHIR_TOKEN_URL: where tokens are; if empty, it says
    fhir_scopes: str = ""  # CRAMPCHECK_FHIR_SCOPES: to ask for; to read what is exported if empty
    fhir_token: str = ""  # CRAMPCHECK_FHIR_TOKEN: a token as it is, in place of a key
    fhir_file_origins: tuple[str, ...] = ()  # CRAMPCHECK_FHIR_FILE_ORIGINS: that also get the token
    fhir_ca: str = ""  # CRAMPCHECK_FHIR_CA: certificates that FHIR servers are trusted by

    # What is kept
    data: str = ""  # CRAMPCHECK_DATA: the folder that is written to; crampcheck-data if empty
    database: str = ""  # CRAMPCHECK_DATABASE: an SQLAlchemy URL; SQLite in the data folder if empty
    pseudonym_key: str = ""  # CRAMPCHECK_PSEUDONYM_KEY: a secret; a file of ours if empty
    keep_comments: bool = False  # CRAMPCHECK_KEEP_COMMENTS: store what clinicians type as a reason
    shown_days: int = 0  # CRAMPCHECK_SHOWN_DAYS: 0 shows a card whenever a chart is opened
    suppress_days: int = 0  # CRAMPCHECK_SUPPRESS_DAYS: 0 silences nothing
    suppress_on_order_sign: bool = False  # CRAMPCHECK_SUPPRESS_ON_ORDER_SIGN

    def __repr__(self) -> str:
        """Without its secrets: a value is easily logged."""
        return f"Settings(host={self.host!r}, port={self.port})"

    @property
    def data_folder(self) -> Path:
        """The folder that the service writes to."""
        return Path(self.data or _DATA)

    @property
    def rxnorm_index(self) -> Path:
        """Where the index of an imported RxNorm release is, or will be."""
        return Path(self.rxnorm) if self.rxnorm else self.data_folder / _INDEX
