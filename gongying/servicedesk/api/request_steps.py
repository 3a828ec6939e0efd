"""One endpoint a step: `POST /requests/{id}/<noun>`. What a step does and who may is said in `servicedesk.steps`."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from ninja import Field, Router

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Day,
    Flag,
    Id,
    Input,
    Moment,
    PathId,
    current_if_stale,
    line,
    named_row,
    named_row_if,
)
from gongying.common.errors import Refused
from gongying.common.machines import Machine
from gongying.improvements.models import ImprovementItem
from gongying.interactions.enums import Channel
from gongying.interactions.models import LONGEST_TEXT
from gongying.organization.models import StaffMember
from gongying.servicedesk.api.categories import named_leaf
from gongying.servicedesk.api.naming import naming_the_amount
from gongying.servicedesk.api.requests import (
    AGREED_AMOUNT,
    AgreedAmount,
    RequestOut,
    one,
    visible,
    with_clocks,
)
from gongying.servicedesk.case_page import may_take
from gongying.servicedesk.enums import (
    CauseCode,
    DecisionOutcome,
    Metric,
    NoticeChannel,
    PauseReason,
    PaymentMethod,
    Quality,
    RequestKind,
    Severity,
    TransferReason,
)
from gongying.servicedesk.machines import COMPLAINT, REQUEST
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.steps import Case, Step, find_step

router = Router(tags=["steps of a request"])

Long = Annotated[str, line(LONGEST_TEXT), Field(examples=["New valve fitted, tested for ten minutes."])]
Optionally = Annotated[str, line(LONGEST_TEXT, shortest=0), Field(examples=[""])]


Price = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2, examples=["180.00"])]
Received = Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=2, examples=["180.00"])]


class StepIn(Input):
    version: Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)] | None = Field(
        None, description="As last read; left out: whatever it is now", examples=[3]
    )

    def arguments(self, request: SignedInRequest, case: Case) -> dict[str, Any]:
        """What the operation takes beside the case, the actor and the version."""
        del request, case
        return self.model_dump(exclude={"version"})


class AnswerIn(StepIn):
    text: Long


class StepReasonIn(StepIn):
    reason: Long


class NoticeIn(StepIn):
    channel: NoticeChannel
    words: Long
    told_at: Moment | None = Field(None, description="Default: now")


class FeedbackIn(NoticeIn):
    further_routes: Optionally = ""


class FollowUpIn(StepIn):
    reached: Flag
    solved: Flag | None = None
    score: Annotated[int, Field(ge=1, le=5, strict=True)] | None = Field(None, examples=[5])
    comment: Optionally = ""
    qualities: dict[Quality, Annotated[int, Field(ge=1, le=5, strict=True)]] = Field({}, examples=[{"fast": 5}])
    channel: NoticeChannel = NoticeChannel.PHONE


class DecisionIn(StepIn):
    outcome: DecisionOutcome
    reason: Long


class CancelIn(StepIn):
    asked_by: Annotated[str, line(100)] = Field(examples=["Mr Zhou"])
    reason: Long


class RejectIn(StepIn):
    explanation: Long


class MergeRequestIn(StepIn):
    into_id: Id

    def arguments(self, request: SignedInRequest, case: Case) -> dict[str, Any]:
        return {"into": named_row(visible(request), self.into_id, "into_id")}


class TransferTo(Input):
    to_id: Id = Field(description="User")
    reason: TransferReason
    note: Optionally = ""

    def chosen(self) -> dict[str, Any]:
        return {"to": colleague(self.to_id, "to_id"), "reason": self.reason, "note": self.note}


class TransferRequestIn(TransferTo, StepIn):
    def arguments(self, request: SignedInRequest, case: Case) -> dict[str, Any]:
        return self.chosen()


class KindIn(StepIn):
    to: RequestKind
    reason: Long
    category_id: Id | None = Field(
        None, description="Another category: of a violation one that names the illegal act", examples=[None]
    )

    def arguments(self, request: SignedInRequest, case: Case) -> dict[str, Any]:
        category = None if self.category_id is None else named_leaf(self.category_id)
        return {"to": self.to, "reason": self.reason, "category": category}


class EstimateIn(StepIn):
    estimated_end: Moment = Field(examples=["2026-11-23T18:00:00+08:00"])
    reason: Long


class PriceIn(StepIn):
    price_agreed: Flag = Field(description="By the owner, who pays", examples=[True])
    agreed_amount: AgreedAmount | None = Field(None, description=AGREED_AMOUNT, examples=["80.00"])


class ChaseIn(StepIn):
    channel: Channel
    text: Optionally = ""


class HelpIn(StepIn):
    note: Long


class PauseClockIn(StepIn):
    reason: PauseReason
    note: Optionally = ""


class AdjustmentIn(StepIn):
    metric: Metric = Metric.RESOLUTION
    new_due: Moment = Field(examples=["2026-11-24T18:00:00+08:00"])
    reason: Long


class AdjustmentDecisionIn(StepIn):
    outcome: Literal["approved", "declined"]
    answer: Optionally = Field("", description="Needed to decline")


class SpotIn(StepIn):
    text: Long
    channel: NoticeChannel = NoticeChannel.PHONE
    score: Annotated[int, Field(ge=1, le=5, strict=True)] | None = Field(None, examples=[5])


class FactsIn(StepIn):
    facts: Long
    severity: Severity
    is_attributable: Flag
    attribution_reason: Optionally = Field("", description="Needed where it is not attributable")
    is_group: Flag = Field(False, description="Of several households: at least serious")


class ItemIn(Input):
    title: Annotated[str, line(200)] = Field(examples=["Check the tool bag before setting out"])
    owner_id: Id = Field(description="User")
    due_on: Day = Field(examples=["2026-12-31"])


class ImproveIn(StepIn):
    cause_code: CauseCode
    root_cause: Long
    item: ItemIn | None = None
    joins_id: Id | None = Field(None, description="An improvement under way that it joins", examples=[None])
    no_improvement_reason: Optionally = ""

    def arguments(self, request: SignedInRequest, case: Case) -> dict[str, Any]:
        given = self.model_dump(exclude={"version", "item", "joins_id"})
        given["joins"] = named_row_if(ImprovementItem.objects.visible_to(request.user), self.joins_id, "joins_id")
        if self.item is not None:
            owner = colleague(self.item.owner_id, "item.owner_id")
            given["item"] = {"title": self.item.title, "owner": owner, "due_on": self.item.due_on}
        return given


class WithdrawIn(StepIn):
    confirmed_with: Annotated[str, line(100)] = Field(examples=["Mr Zhou"])
    reason: Long


class Plan(Input):
    doer_id: Id | None = Field(None, description="User")
    outside_firm: Annotated[str, line(100, shortest=0)] = ""
    planned_from: Moment | None = None
    planned_to: Moment | None = None
    overlap_reason: Annotated[str, line(200, shortest=0)] = Field(
        "", description="Why this worker has two jobs at the same time; without it that is refused", examples=[""]
    )
    trade_reason: Annotated[str, line(200, shortest=0)] = Field(
        "", description="Why a worker who does not know the trade; without it that is refused", examples=[""]
    )

    def chosen(self) -> dict[str, Any]:
        plan = (self.planned_from, self.planned_to) if self.planned_from and self.planned_to else None
        doer = colleague(self.doer_id, "doer_id") if self.doer_id else None
        chosen = {"doer": doer, "outside_firm": self.outside_firm, "plan": plan}
        return {**chosen, "overlap_reason": self.overlap_reason, "trade_reason": self.trade_reason}


class PlanIn(Plan, StepIn):
    def arguments(self, request: SignedInRequest, case: Case) -> dict[str, Any]:
        return self.model_dump(exclude={"version", *Plan.model_fields}) | self.chosen()


class ChargeIn(StepIn):
    """The final price, or what was received, or both."""

    price: Price | None = None
    price_reason: Optionally = Field("", description="Needed where it differs from what was agreed")
    customer_agreed: Flag = Field(False, description="Needed where it is above what was agreed")
    received: Received | None = None
    method: PaymentMethod | None = Field(None, description="Needed with `received`")
    receipt_no: Annotated[str, line(40, shortest=0)] = Field("", description="Left out: the next number", examples=[""])

    def arguments(self, request: SignedInRequest, case: Any) -> dict[str, Any]:
        return {**super().arguments(request, case), "method": self.method or ""}


class OpenWorkIn(StepIn):
    task: Optionally = ""
    is_joint: Flag = False


def colleague(user_id: int, field: str) -> User:
    staff: StaffMember = named_row(
        StaffMember.objects.employed().select_related("user").filter(user=user_id), _pk_of(user_id), field
    )
    return staff.user


def _pk_of(user_id: int) -> int:
    return StaffMember.objects.filter(user=user_id).values_list("pk", flat=True).first() or 0


def take_step(request: SignedInRequest, case: Case, key: str, body: StepIn) -> Any:
    """The step's own permission first, then the operation; what the machine does not allow is 409."""
    step: Step | None = find_step(case, key)
    if step is None:
        raise Refused(_("A matter of this kind has no such step."), current=case.present_state())
    if not may_take(step, case, request.user):
        raise PermissionDenied(_("Your role does not allow this."))
    given = body.arguments(request, case)
    if step.takes_version:
        given["seen"] = body.version
    with naming_the_amount():
        return step.act(case, by=request.user, **given)


def refuse_other_kinds(service_request: ServiceRequest, machine: Machine) -> None:
    """Both machines have a step `close` that asks for different things: each endpoint is for one of them."""
    if service_request.machine.name != machine.name:
        raise Refused(_("A matter of this kind has no such step."), current=service_request.present_state())


def add_step(noun: str, key: str, body_type: type[StepIn], words: str, machine: Machine | None = None) -> None:
    def take(request: SignedInRequest, request_id: int, body: StepIn) -> ServiceRequest:
        service_request = one(request, request_id)
        if machine is not None:
            refuse_other_kinds(service_request, machine)
        with current_if_stale(service_request, RequestOut):
            take_step(request, service_request, key, body)
        service_request.refresh_from_db()
        return with_clocks(service_request)

    take.__name__ = f"{noun.replace('-', '_')}_of_request"
    take.__annotations__ = {"request": SignedInRequest, "request_id": PathId, "body": body_type}
    if not any(field.is_required() for field in body_type.model_fields.values()):
        take.__defaults__ = (body_type.model_validate({}),)
    router.post(f"/requests/{{int:request_id}}/{noun}", response=RequestOut, summary=words)(take)


for _step in (
    ("acceptance", "accept", StepIn, "Accept"),
    ("start", "start", StepIn, "Start answering"),
    ("answer", "resolve", AnswerIn, "Give the result of the handling"),
    ("result-notice", "report", NoticeIn, "Tell the customer the result"),
    ("closure", "close", StepIn, "Close a request; a complaint closes by its improvement", REQUEST),
    ("reopening", "reopen", StepReasonIn, "Reopen"),
    ("cancellation", "cancel", CancelIn, "Cancel"),
    ("rejection", "reject", RejectIn, "Reject, with what the customer was told"),
    ("merge", "merge", MergeRequestIn, "Merge into another request"),
    ("merge-undo", "undo_merge", StepIn, "Undo the merge"),
    ("acknowledgement", "acknowledge", StepIn, "Complaint: acknowledge"),
    ("verification", "verify", StepIn, "Complaint: start verifying"),
    ("facts", "establish", FactsIn, "Complaint: establish the facts"),
    ("feedback", "give_feedback", FeedbackIn, "Complaint: give feedback"),
    ("improvement", "close", ImproveIn, "Complaint: root cause, improvement, closed", COMPLAINT),
    ("withdrawal", "withdraw", WithdrawIn, "Complaint: withdraw, confirmed"),
    ("measures", "measures", AnswerIn, "Complaint: write down measures"),
    ("anonymous-settlement", "settle", StepIn, "Complaint: nobody can be asked"),
    ("dispatch", "dispatch", PlanIn, "Give the work to somebody"),
    ("further-work", "open_work", OpenWorkIn, "Order further work"),
    ("on-the-spot-answer", "on_the_spot", SpotIn, "Answered while the customer listens"),
    ("follow-ups", "follow_up", FollowUpIn, "One attempt to ask the customer"),
    ("follow-up-decision", "decide", DecisionIn, "Decide about a lukewarm answer"),
    ("transfer", "transfer", TransferRequestIn, "Pass on to a colleague"),
    ("help-call", "help", HelpIn, "Call for the supervisor"),
    ("chasers", "chase", ChaseIn, "The customer asks how far it is"),
    ("urgings", "urge", StepIn, "Urge who has it: doer and supervisor are told, at most once in ten minutes"),
    ("estimate", "estimate", EstimateIn, "Change the estimated end"),
    ("clock-pause", "pause_clock", PauseClockIn, "Stop the clock of the resolution"),
    ("clock-resumption", "resume_clock", StepIn, "Let the clock run on"),
    ("due-time-wish", "ask_adjustment", AdjustmentIn, "Ask for another due time"),
    ("due-time-decision", "decide_adjustment", AdjustmentDecisionIn, "Decide about the due time asked for"),
    ("price-agreement", "price", PriceIn, "Correct whether the owner agreed to the price"),
    ("charge", "charge", ChargeIn, "Settle the final price, write down what was received"),
    ("kind-change", "kind", KindIn, "Change the kind"),
):
    add_step(*_step)
