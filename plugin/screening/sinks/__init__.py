"""Where the answers of a run go. Nothing has its final name before all of it is written."""

from __future__ import annotations

from plugin.screening.sinks.earlier import is_result, may_hold_results, result_files
from plugin.screening.sinks.formats import Chosen, ExtraMissing, Format, FormatUnknown, choose
from plugin.screening.sinks.names import RESULTS
from plugin.screening.sinks.naming import name_results
from plugin.screening.sinks.opening import Sinks, open_sinks
from plugin.screening.sinks.ready import check_ready
from plugin.screening.sinks.sink import About, Reported, Sink

__all__ = [
    "RESULTS",
    "About",
    "Chosen",
    "ExtraMissing",
    "Format",
    "FormatUnknown",
    "Reported",
    "Sink",
    "Sinks",
    "check_ready",
    "choose",
    "is_result",
    "may_hold_results",
    "name_results",
    "open_sinks",
    "result_files",
]
