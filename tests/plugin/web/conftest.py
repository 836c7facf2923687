"""The command line beside the pages."""

from tests.plugin.cli.conftest import crampcheck

__all__ = ["crampcheck"]
