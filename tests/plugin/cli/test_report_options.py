"""The options of the report, on a command that only says what it was given."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from plugin.cli.report_options import options_of, report_options


@click.command()
@report_options
def said(report_patients: int, suppress_below: int) -> None:
    """Print what was understood."""
    options = options_of(report_patients, suppress_below, ("report",))
    click.echo(f"{options.listed} {options.suppress_below}")


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        ([], "25 0"),
        (["--report-patients", "0"], "0 0"),
        (["--suppress-below", "11"], "0 11"),
        (["--report-patients", "7", "--suppress-below", "5"], "0 5"),
    ],
)
def test_a_suppressed_report_lists_nobody(given: list[str], understood: str) -> None:
    """Whatever number of patients was asked for."""
    assert f"{understood}\n" == CliRunner().invoke(said, given).output


@pytest.mark.parametrize("given", ["1", "4", "-3"])
def test_a_limit_that_protects_nobody_is_refused_with_the_remedy(given: str) -> None:
    """Rounding to less than five would not hide one patient."""
    result = CliRunner().invoke(said, ["--suppress-below", given])
    assert 2 == result.exit_code
    assert "use 5 or more, or 0" in result.output
