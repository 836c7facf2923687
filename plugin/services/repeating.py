"""What is not shown again, because the same user was shown it of this patient, and nothing is new.

Opening a chart ten times a day brings the same card ten times, and nobody reads the tenth. Off
unless a site sets its days, and narrow: on `patient-view` alone, for a card that would say the
same in every finding, option and value, and never where anything of it is critical.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from cds_hooks.model import HookRequest
from knowledge.model import Level
from plugin.model import Assessment

PATIENT_VIEW = "patient-view"


class Repeats(Struct, frozen=True):
    """For how many days a site leaves a card out that was shown (0: never), and who knows of it."""

    days: int
    was_shown: Callable[[HookRequest, Assessment, int], bool]
    left_out: Callable[[int], None]  # told how many findings were


def unrepeated(repeats: Repeats | None, request: HookRequest, assessment: Assessment) -> Assessment:
    """The assessment that cards are made of: without what was found, if that was shown already.

    What could not be read stays, and gets its card.
    """
    if repeats is None or repeats.days <= 0 or request.hook != PATIENT_VIEW:
        return assessment
    if not assessment.findings or assessment.level is Level.CRITICAL:
        return assessment
    if not repeats.was_shown(request, assessment, repeats.days):
        return assessment
    repeats.left_out(len(assessment.findings))
    return replace(assessment, level=Level.NONE, findings=(), mitigations=(), withheld=())
