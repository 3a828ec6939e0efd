from typing import Annotated, Any

from ninja import Field, Query, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Day, Flag, Input, Listed, Moment, Output, Paging, PathId, line, page, row_or_404
from gongying.common.permissions import authorize
from gongying.interactions.models import LONGEST_TEXT
from gongying.servicedesk.models import QualitySample
from gongying.servicedesk.operations import inspect_sample
from gongying.servicedesk.rules import INSPECT_SAMPLES

router = Router(tags=["quality samples"])


class SampleOut(Output):
    """A finished order drawn by lot, to be looked at by somebody who did not do it."""

    id: int = Field(examples=[4])
    service_request_id: int = Field(examples=[17])
    week: Day = Field(description="Monday of the week in which it was finished", examples=["2026-11-16"])
    inspector_id: int | None = Field(description="User", examples=[9])
    passed: bool | None = Field(examples=[True])
    note: str = Field(examples=["The site was left clean."])
    inspected_at: Moment | None = Field(examples=["2026-11-23T10:00:00+08:00"])

    @staticmethod
    def resolve_week(sample: QualitySample) -> Any:
        return sample.draw.week


class SampleQuery(Paging):
    waiting: bool = Field(True, description="False: those that are inspected")


class InspectionIn(Input):
    passed: Flag
    note: Annotated[str, line(LONGEST_TEXT, shortest=0)] = Field("", description="Needed if it is not good")


@router.get("/quality-samples", response=Listed[SampleOut])
def list_samples(request: SignedInRequest, query: Annotated[SampleQuery, Query()]) -> dict[str, Any]:
    authorize(request.user, INSPECT_SAMPLES)
    rows = QualitySample.objects.visible_to(request.user).select_related("draw")
    return page(rows.filter(inspected_at__isnull=query.waiting), query, order=("id",))


@router.post("/quality-samples/{int:sample_id}/inspection", response=SampleOut)
def create_inspection(request: SignedInRequest, sample_id: PathId, body: InspectionIn) -> Any:
    """Once; not by who did the work."""
    rows = QualitySample.objects.visible_to(request.user).select_related("draw", "service_request")
    sample = row_or_404(rows, sample_id)
    authorize(request.user, INSPECT_SAMPLES, sample.service_request)
    inspect_sample(sample, by=request.user, **body.dict())
    sample.refresh_from_db()
    return sample
