"""HealthChain's smallest CDS service, as its documentation writes one: one card, whatever came.

Run in an environment of its own, where Crampcheck is not: `uvicorn healthchain_service:app`.
"""

from __future__ import annotations

from healthchain.gateway import CDSHooksService, HealthChainAPI
from healthchain.models.requests.cdsrequest import CDSRequest
from healthchain.models.responses.cdsresponse import CDSResponse

service = CDSHooksService()


@service.hook("patient-view", id="smallest", title="Smallest", description="One card")  # type: ignore[untyped-decorator]
def smallest(request: CDSRequest) -> CDSResponse:
    """Answer with one card."""
    source = {"label": "HealthChain"}
    return CDSResponse(cards=[{"summary": "A card", "indicator": "info", "source": source}])


app = HealthChainAPI()
app.register_service(service)
