"""What a running application serves, as its operators' pages say it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from knowledge.model import Knowledge
from plugin.pipeline import Pipeline
from plugin.wording import review_status


class Serving(Struct):
    """The knowledge in force. `refused_at` is when newer files were last found to be at fault."""

    knowledge: Knowledge
    jurisdiction: str
    release: str = ""  # the label of the RxNorm release in use
    refused_at: str = ""

    @classmethod
    def of(cls, pipeline: Pipeline) -> Serving:
        """What a pipeline answers from."""
        release = pipeline.release.info.label if pipeline.release else ""
        return cls(pipeline.knowledge, pipeline.jurisdiction, release)

    @property
    def version(self) -> str:
        return self.knowledge.version

    def ready(self) -> dict[str, Any]:
        """The answer of `/readyz`."""
        known = self.knowledge
        said: dict[str, Any] = {
            "status": "ready",
            "knowledge_version": known.version,
            "knowledge_review": review_status(known),
            "jurisdiction": self.jurisdiction,
            "ingredients": len(known.ingredients),
            "rules": len(known.rules),
            "rxnorm_release": self.release or None,
        }
        if known.site:
            said["overlay"] = {
                "id": known.site.id,
                "label": known.site.label,
                "digest": known.site.digest,
                "changes": len(known.site.changes),
                "rules_off": [rule.id for rule in known.switched_off],
            }
        if self.refused_at:
            said["reload_refused"] = {
                "at": self.refused_at,
                "reason": "knowledge, overlay or settings are at fault; the log lists every fault",
            }
        return said

    def about(self) -> str:
        """The text of the front page."""
        lines = [
            "Crampcheck: drugs linked to muscle cramps, for clinicians.",
            "",
            "CDS Hooks discovery: /cds-services",
            "Every route: /docs, and as OpenAPI: /openapi.json",
            "Evidence for every rule: /evidence",
            "Source attributes (45 CFR 170.315(b)(11)(iv)(A)): /source-attributes",
            f"Knowledge: {self.version}, {review_status(self.knowledge)}",
        ]
        if self.knowledge.site:
            lines.append(f"With the changes of {self.knowledge.site.label}")
        return "\n".join([*lines, ""])
