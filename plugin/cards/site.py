"""Where a card is shown and about whom: what it may link to, and what its orders refer to."""

from __future__ import annotations

from msgspec import Struct, structs

from plugin.resources.lab_request import NO_REQUESTS, LabRequests


class CardSite(Struct, frozen=True):
    """What a card needs beside the assessment. By default it links to nothing and orders nothing.

    The first four are of the service, and the same for each call; `of_call` adds the rest.
    """

    base_url: str = ""  # how clients reach this service, without a slash at the end
    smart_url: str = ""  # where a SMART app of the site is launched
    smart_context: bool = False  # whether its link carries the ids of the rules as appContext
    requests: LabRequests = NO_REQUESTS
    patient_id: str = ""
    encounter_id: str = ""
    ordered: frozenset[str] = frozenset()  # labs that drafts of the call order already

    def of_call(
        self, patient_id: str, encounter_id: str = "", ordered: frozenset[str] = frozenset()
    ) -> CardSite:
        """The same for one call."""
        return structs.replace(
            self, patient_id=patient_id, encounter_id=encounter_id, ordered=ordered
        )


NOWHERE = CardSite()
