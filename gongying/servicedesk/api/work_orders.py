from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Query, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    NOT_THERE,
    Flag,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    current_if_stale,
    line,
    matching,
    page,
    row_or_404,
)
from gongying.common.problems import Problem
from gongying.common.statements import statement_of
from gongying.files.api import PhotoIds, photos_handed_in
from gongying.organization.enums import Trade
from gongying.servicedesk.api.request_steps import (
    ChargeIn,
    HelpIn,
    Long,
    Optionally,
    PlanIn,
    StepIn,
    StepReasonIn,
    take_step,
)
from gongying.servicedesk.api.requests import AGREED_AMOUNT, AgreedAmount, one
from gongying.servicedesk.enums import CheckMethod, PauseReason, RequiredEvidence, Tick, WorkState
from gongying.servicedesk.models import DoorRating, WorkOrder
from gongying.servicedesk.models.work import WorkOrderQuerySet
from gongying.servicedesk.request_answers import JOB_AS_ANSWERED
from gongying.servicedesk.steps import Case

router = Router(tags=["work orders"])


# These change nothing of the job but its state and version, and give it as it is then.
ONLY_MOVED = {"accept", "set_out", "arrive", "pause", "resume", "resume_on_site", "complete"}


class WorkOrderOut(Output):
    """One doer's job within a request."""

    id: int = Field(examples=[11])
    version: int = Field(examples=[2])
    number: str = Field(examples=["YG-BX26-000123/1"])
    service_request_id: int = Field(examples=[7])
    position: int = Field(examples=[1])
    state: WorkState
    trade: Trade | None
    task: str = Field(examples=[""])
    is_joint: bool = Field(examples=[False])
    doer_id: int | None = Field(description="User", examples=[6])
    outside_firm: str = Field(examples=[""])
    firm_id: int | None = Field(description="Outside firm, if it is on file", examples=[None])
    planned_from: Moment | None = Field(examples=["2026-11-22T14:00:00+08:00"])
    planned_to: Moment | None = Field(examples=["2026-11-22T16:00:00+08:00"])
    overlap_allowed_by_id: int | None = Field(description="User", examples=[None])
    overlap_reason: str = Field(description="Why its doer has two jobs at the same time", examples=[""])
    cancel_reason: str = Field(examples=[""])
    created_at: Moment = Field(examples=["2026-11-21T14:40:00+08:00"])

    @staticmethod
    def resolve_number(row: WorkOrder) -> str:
        return str(row)

    @staticmethod
    def resolve_trade(row: WorkOrder) -> str | None:
        return row.trade or None


class WorkOrderQuery(Paging):
    state: WorkState | None = None
    doer_id: PathId | None = None
    service_request_id: PathId | None = None


class ReassignIn(PlanIn):
    reason: Annotated[str, line(200)] = Field(examples=["called to a burst pipe"])


class DoneIn(StepIn):
    """What the worker does himself."""

    done_at: Moment | None = Field(
        None,
        description="When he did it, if that is told later: no network in the basement. Left out: now",
        examples=["2026-11-21T14:32:00+08:00"],
    )

    def arguments(self, request: SignedInRequest, case: Case) -> dict[str, Any]:
        given = super().arguments(request, case)
        given["at"] = given.pop("done_at")
        return given


class DeclineIn(DoneIn, StepReasonIn):
    pass


class TimeIn(StepIn):
    planned_from: Moment = Field(examples=["2026-11-22T14:00:00+08:00"])
    planned_to: Moment = Field(examples=["2026-11-22T15:00:00+08:00"])
    overlap_reason: Annotated[str, line(200, shortest=0)] = Field("", examples=[""])

    def arguments(self, request: SignedInRequest, case: Case) -> dict[str, Any]:
        return {"plan": (self.planned_from, self.planned_to), "overlap_reason": self.overlap_reason}


class PriceBeforeWorkIn(DoneIn):
    """A yes, or a reason."""

    agreed: Flag = Field(False, description="The customer said yes to the price", examples=[True])
    agreed_amount: AgreedAmount | None = Field(None, description=AGREED_AMOUNT, examples=["80.00"])
    reason: Optionally = ""


class PauseIn(DoneIn):
    reason: PauseReason
    until: Moment | None = Field(None, examples=["2026-11-23T09:00:00+08:00"])
    note: Optionally = ""
    photo_ids: PhotoIds = Field(default_factory=list)

    def arguments(self, request: SignedInRequest, case: Case) -> dict[str, Any]:
        given = super().arguments(request, case)
        given["photos"] = photos_handed_in(given.pop("photo_ids"), by=request.user, field="photo_ids")
        return given


class MaterialIn(Input):
    name: Annotated[str, line(100)] = Field(examples=["angle valve"])
    quantity: Annotated[str, line(30, shortest=0)] = Field("", examples=["1 piece"])
    price: Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)] | None = Field(
        None, description="Of one; left out: that of the price list, if it is in it", examples=["25.00"]
    )


class ReleaseIn(StepIn):
    note: Long


Reason = Annotated[str, line(500)]


class CompleteIn(DoneIn):
    ticks: list[Tick] = Field(default_factory=list, max_length=7, description="What was kept of the seven")
    check_list: list[Annotated[str, line(60)]] = Field(
        default_factory=list,
        max_length=20,
        description="Items of the category's rules that were seen to",
        examples=[[]],
    )
    meter_reading: Annotated[str, line(100, shortest=0)] = Field("", examples=["00123.4"])
    missing_reason: Optionally = Field("", description="Of the seven ticks: why not all", examples=[""])
    evidence_reasons: dict[RequiredEvidence, Reason] = Field(
        {},
        description="Of each evidence that the rules ask for and that is missing",
        examples=[{"photo_before": "dark"}],
    )
    check_list_reasons: dict[Annotated[str, line(60)], Reason] = Field(
        {}, description="Of each item of the rules that was not seen to", examples=[{"Close the main valve": "stuck"}]
    )
    result: Optionally = ""
    minutes: Annotated[int, Field(ge=0, le=100_000, strict=True)] | None = Field(None, examples=[40])
    materials: list[MaterialIn] = Field(default_factory=list, max_length=50)
    advice: Optionally = ""
    photos_before_ids: PhotoIds = Field(default_factory=list)
    photos_after_ids: PhotoIds = Field(default_factory=list)
    signature_id: Id | None = Field(
        None, description="Of the customer: handed in as a picture. The work is checked by it"
    )

    def arguments(self, request: SignedInRequest, case: Case) -> dict[str, Any]:
        given = super().arguments(request, case)
        for name in ("photos_before", "photos_after"):
            ids = given.pop(f"{name}_ids")
            given[name] = photos_handed_in(ids, by=request.user, field=f"{name}_ids")
        signed = given.pop("signature_id")
        pictures = photos_handed_in([signed] if signed else [], by=request.user, field="signature_id")
        given["signature"] = pictures[0] if pictures else None
        return {**given, "ticks": {tick.value: True for tick in self.ticks}}


class ChargeAtDoorIn(DoneIn, ChargeIn):
    pass


class CheckIn(StepIn):
    method: CheckMethod
    note: Optionally = ""


class RatingOut(Output):
    """What the customer said at the door."""

    work_order_id: int = Field(examples=[11])
    doer_id: int | None = Field(examples=[6])
    outside_firm: str = Field(examples=[""])
    score: int = Field(examples=[5])
    words: str = Field(examples=["quick and clean"])
    at: Moment


def visible(request: SignedInRequest, *, claiming: bool = False) -> WorkOrderQuerySet:
    rows: WorkOrderQuerySet = WorkOrder.objects.visible_to(request.user, claiming=claiming)
    return rows.select_related("service_request")


@router.get("/work-orders", response=Listed[WorkOrderOut])
def list_work_orders(request: SignedInRequest, query: Annotated[WorkOrderQuery, Query()]) -> dict[str, Any]:
    return page(matching(visible(request), query, "state", "doer_id", "service_request_id"), query, order=("-id",))


@router.get("/requests/{int:request_id}/work-orders", response=list[WorkOrderOut])
def list_work_orders_of_request(request: SignedInRequest, request_id: PathId) -> list[WorkOrder]:
    return list(one(request, request_id).work_orders.select_related("service_request").order_by("id"))


@router.get("/work-orders/{int:work_order_id}", response=WorkOrderOut)
def show_work_order(request: SignedInRequest, work_order_id: PathId) -> WorkOrder:
    return row_or_404(visible(request), work_order_id)


@router.get("/work-orders/{int:work_order_id}/rating", response=RatingOut, summary="What the customer said at the door")
def show_rating(request: SignedInRequest, work_order_id: PathId) -> DoorRating:
    rating = DoorRating.objects.filter(work_order=row_or_404(visible(request), work_order_id)).first()
    if rating is None:
        raise Problem(404, NOT_THERE)
    return rating


def _seen_or_404(request: SignedInRequest, pk: int, *, claiming: bool) -> WorkOrder:
    user = request.user
    rows = statement_of(
        user,
        f"work orders, claiming: {claiming}",
        lambda pk: WorkOrder.objects.visible_to(user, claiming=claiming).filter(pk=pk),
        pk=int,
    )
    found = rows.first(pk=pk)
    if found is None:
        raise Problem(404, NOT_THERE)
    return found


def add_step(noun: str, key: str, body_type: type[StepIn], words: str) -> None:
    def take(request: SignedInRequest, work_order_id: int, body: StepIn) -> WorkOrder:
        work_order = _seen_or_404(request, work_order_id, claiming=key == "claim")
        with current_if_stale(work_order, WorkOrderOut):
            done: WorkOrder = take_step(request, work_order, key, body)
        return done if key in ONLY_MOVED else JOB_AS_ANSWERED.one(pk=work_order_id)

    take.__name__ = f"{noun.replace('-', '_')}_of_work_order"
    take.__annotations__ = {"request": SignedInRequest, "work_order_id": PathId, "body": body_type}
    if not any(field.is_required() for field in body_type.model_fields.values()):
        take.__defaults__ = (body_type.model_validate({}),)
    router.post(f"/work-orders/{{int:work_order_id}}/{noun}", response=WorkOrderOut, summary=words)(take)


for _step in (
    ("assignment", "assign", PlanIn, "Assign to a worker or an outside firm"),
    ("assignment-undo", "unassign", StepIn, "Take an assignment back that nobody has taken yet"),
    ("planned-time", "plan", TimeIn, "Another time, with the same doer"),
    ("claim", "claim", StepIn, "Take an open job"),
    ("acceptance", "accept", DoneIn, "Take the job one was given"),
    ("refusal", "decline", DeclineIn, "Give the job back"),
    ("departure", "set_out", DoneIn, "Set out"),
    ("price-agreement", "price", PriceBeforeWorkIn, "Before paid work: the price is agreed to, or a reason"),
    ("arrival", "arrive", DoneIn, "Arrived"),
    ("pause", "pause", PauseIn, "Pause"),
    ("resumption", "resume", DoneIn, "Go on"),
    ("resumption-on-site", "resume_on_site", DoneIn, "Go on, still on site"),
    ("completion", "complete", CompleteIn, "Done"),
    ("charge", "charge", ChargeAtDoorIn, "Settle the final price, write down what was received"),
    ("release", "release", ReleaseIn, "The lead lets the work go on after a safety stop"),
    ("help-call", "help", HelpIn, "Call for the supervisor"),
    ("check", "check", CheckIn, "Found good"),
    ("failed-check", "fail_check", StepReasonIn, "Not good: back to the doer"),
    ("reassignment", "reassign", ReassignIn, "Hand to somebody else"),
    ("cancellation", "cancel", StepReasonIn, "Cancel the job"),
):
    add_step(*_step)
