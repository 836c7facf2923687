"""The command `crampcheck`, and the one place where an error becomes a sentence and an exit code.

0 done; 2 usage; 10 knowledge invalid; 11 input unreadable; 12 FHIR server; 13 a patient or a line
could not be screened; 1 anything else.
"""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import click

from plugin.cli.shared import closed_output
from plugin.errors import CrampcheckError

NAME = "crampcheck"
HELP_NAMES = ["-h", "--help"]
DEBUG = "CRAMPCHECK_DEBUG"
COMMANDS = frozenset(
    {
        "assess",
        "explain",
        "feedback",
        "fhir",
        "knowledge",
        "resolve",
        "screen",
        "serve",
        "signal",
        "worklist",
    }
)
# Modules and tables make a hundred thousand objects and no cycle to speak of: to search for those
# after every seven hundred, as Python does, takes a fifth of the start of a command.
RARELY = (20_000, 20, 20)
UNFORESEEN = 1  # also for a reader that is gone: click, which meets some of these first, has it so
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
# Faults of writing. Reading, and writing results, says its own; opening a file names the file.
CANNOT_WRITE = frozenset({errno.EBADF, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC})


class Commands(click.Group):
    """Each command lies in a module of its name, which is imported when the command is asked for.

    What one command takes costs the others no time: the processes of a screening start so too.
    """

    def list_commands(self, _: click.Context) -> list[str]:
        """The names of all, in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """The command of a name; None if there is none."""
        if name not in COMMANDS:
            return None
        command = getattr(import_module(f"plugin.cli.{name}"), name)
        return command if isinstance(command, click.Command) else None


def installed_version() -> str:
    """The version of the distribution, or a word that says that none is installed."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - slow to import

    try:
        return version(NAME)
    except PackageNotFoundError:
        return "not installed"


def _say_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        click.echo(f"{NAME}, version {installed_version()}")
        context.exit()


@click.group(
    cls=Commands, context_settings={"help_option_names": HELP_NAMES, "max_content_width": 100}
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_say_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Find drugs linked to muscle cramps in FHIR medication lists.

    Options for a clinician to decide on, each with its reasons; what could not be read is said.
    """


def run() -> None:
    """Entry point of the console script."""
    gc.set_threshold(*RARELY)
    if sys.stdout is None:  # closed by who started us: to be said where something is to be written
        sys.stdout = closed_output()
    code = execute(sys.argv[1:])
    if code == INTERRUPTED:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # impatience cannot break what is left to do
    gc.freeze()  # all of it goes with the process: not to be searched for cycles once more
    sys.exit(code)


def execute(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. No traceback reaches the user."""
    try:
        outcome = main.main(args=list(arguments), prog_name=NAME, standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("stopped.")
        return INTERRUPTED
    except CrampcheckError as error:
        _say(error.message)
        return error.exit_code
    except Exception as error:
        return _unforeseen(error)
    return outcome if isinstance(outcome, int) else 0


def _unforeseen(error: Exception) -> int:
    """An answer that cannot be written is said as such; all else is a fault of ours.

    Only the type of that is named: its message may quote a patient's record.
    """
    if isinstance(error, BrokenPipeError):
        _write_no_more()  # the reader went away (`| head`)
    elif isinstance(error, OSError) and not error.filename and error.errno in CANNOT_WRITE:
        _write_no_more()
        fault = (error.strerror or "unknown fault").lower()
        _say(f"standard output cannot be written ({fault}); send it to a file or a pipe.")
    elif os.environ.get(DEBUG) == "1":
        traceback.print_exc()
    elif isinstance(error, OSError) and error.filename and error.strerror:
        # A name and a fault of the system, and nothing of what stands in the file.
        _say(f"{error.filename}: {error.strerror.lower()}; check the path and its permissions.")
    else:
        _say(
            f"internal error ({type(error).__name__}). Run it again with {DEBUG}=1 to see where; "
            "that output may quote the record, so mind who reads it."
        )
    return UNFORESEEN


def _write_no_more() -> None:
    """Later writes, at exit too, must find an open end. What is waiting is lost."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError:  # closed from the start
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the end


def _say(sentence: str) -> None:
    with suppress(OSError):  # where nobody can be told, the exit code must do
        click.echo(f"{NAME}: {sentence}", err=True)
