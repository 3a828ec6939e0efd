"""What stands on the printed papers, for programs that print in a layout of their own."""

from typing import Any

from ninja import Field, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Moment, Output, PathId, row_or_404
from gongying.servicedesk.api.requests import visible
from gongying.servicedesk.enums import Tick
from gongying.servicedesk.models import ServiceRequest

router = Router(tags=["papers"])


class SlipJobOut(Output):
    number: str = Field(examples=["YG-BX26-000123/1"])
    worker: str = Field(description="Or the outside firm; empty: nobody yet", examples=["Lao Zhang"])
    task: str = Field(examples=[""])
    planned_from: Moment | None = Field(examples=["2026-11-22T14:00:00+08:00"])
    planned_to: Moment | None = Field(examples=["2026-11-22T16:00:00+08:00"])


class DispatchSlipOut(Output):
    """The work order on paper, in words: what is filled in by hand (result, material, signatures) is not here."""

    number: str = Field(examples=["YG-BX26-000123"])
    number_tail: str = Field(description="Printed large, to read out", examples=["0123"])
    project: str = Field(examples=["Sunshine Gardens"])
    place: str = Field(examples=["2-1-301"])
    contact: str = Field(examples=["Mr Zhou"])
    category: str = Field(examples=["Home / Plumbing / Leak"])
    urgency: str = Field(examples=["Ordinary"])
    registered_at: Moment = Field(examples=["2026-11-21T14:31:07+08:00"])
    registered_by: str = Field(examples=["Xiao Zhao"])
    payer: str = Field(examples=["the company"])
    price_agreed: bool = Field(description="By the owner, where the owner pays", examples=[False])
    window_from: Moment | None = Field(examples=["2026-11-22T14:00:00+08:00"])
    window_to: Moment | None = Field(examples=["2026-11-22T16:00:00+08:00"])
    text: str = Field(examples=["The tap in the kitchen drips."])
    jobs: list[SlipJobOut]
    etiquette: list[str] = Field(description="The seven lines to tick", examples=[["Shoe covers"]])


@router.get("/requests/{int:request_id}/dispatch-slip", response=DispatchSlipOut)
def show_dispatch_slip(request: SignedInRequest, request_id: PathId) -> dict[str, Any]:
    """The words of the paper in your language, not its page.

    The page is made for the browser of somebody who is logged in (its styles, two sizes of paper); who prints from
    another system has a layout of their own and needs what to put into it.
    """
    rows = visible(request).select_related("registered_by", "facility")
    return _slip(row_or_404(rows, request_id))


def _slip(row: ServiceRequest) -> dict[str, Any]:
    return {
        "number": row.number,
        "number_tail": row.number_tail,
        "project": str(row.project),
        "place": row.where,
        "contact": row.caller_name,
        "category": str(row.category),
        "urgency": row.get_urgency_display(),
        "registered_at": row.entered_at,
        "registered_by": str(row.registered_by),
        "payer": row.get_payer_display(),
        "price_agreed": row.price_agreed,
        "window_from": row.window_from,
        "window_to": row.window_to,
        "text": row.text,
        "jobs": [
            {
                "number": str(job),
                "worker": job.doer_name,
                "task": job.task,
                "planned_from": job.planned_from,
                "planned_to": job.planned_to,
            }
            for job in row.work_orders.select_related("service_request").on_paper()
        ],
        "etiquette": [str(label) for label in Tick.labels],
    }
