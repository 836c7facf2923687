"""`detected-issues.ndjson` and `guidance-responses.ndjson`: the findings as FHIR, for a server.

A DetectedIssue for each finding, and for each patient one GuidanceResponse that says whether the
patient was assessed and what could not be read. Both have ids of ours, the same in every run: who
loads them with `PUT` updates what an earlier run brought.
"""

from __future__ import annotations

from pathlib import Path

from plugin.resources import failure, is_guidance
from plugin.screening.outcome import Failed, Outcome
from plugin.screening.sinks.files import create, finish
from plugin.screening.sinks.names import GUIDANCE, ISSUES
from plugin.screening.sinks.sink import About


class FhirSink:
    """Both files; the workers made what stands in them."""

    def __init__(self, folder: Path, about: About) -> None:
        self._about = about
        self._issues = create(folder / ISSUES)
        try:
            self._guidance = create(folder / GUIDANCE)
        except OSError:
            self._issues.close()
            raise

    def write(self, outcome: Outcome) -> None:
        """Append what was said of one patient, or that nothing could be."""
        if isinstance(outcome, Failed):
            about = self._about
            line = failure(outcome.patient, outcome.reason, about.as_of, about.knowledge_version)
            self._guidance.write(line + b"\n")
            return
        if not outcome.issues:  # silence here would say that nothing was found
            raise ValueError("FHIR was chosen, and the workers were not told so")
        for line in outcome.issues:
            (self._guidance if is_guidance(line) else self._issues).write(line + b"\n")

    def close(self) -> None:
        finish(self._issues)
        finish(self._guidance)

    def abandon(self) -> None:
        self._issues.close()
        self._guidance.close()
