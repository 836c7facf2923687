"""Errors that a person can act on. Each is a sentence: the place, the fault, the remedy.

    CrampcheckError
    ├── KnowledgeInvalid    exit code 10
    ├── InputUnreadable     exit code 11
    ├── FhirServerError     exit code 12
    ├── NotAllScreened      exit code 13
    ├── FolderTaken         exit code 1
    └── Stopped             exit code 130

The message reaches users, logs and HTTP bodies, so it never holds patient data: name files, lines,
positions and references, not names, texts or values of a record.
"""

from __future__ import annotations

from typing import ClassVar


class CrampcheckError(Exception):
    """An error shown to the user as its sentence, without a traceback."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class KnowledgeInvalid(CrampcheckError):  # noqa: N818
    """The knowledge base does not load. The message lists every fault by file and key."""

    exit_code = 10


class InputUnreadable(CrampcheckError):  # noqa: N818
    """What was given cannot be read as one patient's record."""

    exit_code = 11


class FhirServerError(CrampcheckError):
    """The FHIR server refused, failed or could not be reached."""

    exit_code = 12


class NotAllScreened(CrampcheckError):  # noqa: N818
    """The rest was written, and at least one patient or line could not be screened."""

    exit_code = 13


class FolderTaken(CrampcheckError):  # noqa: N818
    """The output folder is another run's, of which nothing was touched."""


class Stopped(CrampcheckError):  # noqa: N818
    """The user pressed Ctrl-C."""

    exit_code = 130  # 128 + SIGINT, as shells have it
