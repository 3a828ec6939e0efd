"""Orders of 12345 and other offices, and the three rates (E-022, E-023)."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from django.utils import timezone
from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Day,
    Flag,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    PhoneNumber,
    line,
    matching,
    named_row,
    named_row_if,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.customers.models import Party
from gongying.estates.models import Project, Unit
from gongying.servicedesk.api.categories import named_leaf
from gongying.servicedesk.api.requests import Text
from gongying.servicedesk.enums import NoticeChannel, ObjectionOutcome, OrderSource, RequestKind
from gongying.servicedesk.hotline_rates import FIGURES, counted_in, orders_of_month, rates_of
from gongying.servicedesk.models import HotlineOrder
from gongying.servicedesk.operations import (
    decide_objection,
    raise_objection,
    receive_order,
    record_callback,
    record_contact,
    take_back_order,
)
from gongying.servicedesk.rules import HANDLE_ORDERS

router = Router(tags=["outside orders"])

HotlineFigure = StrEnum("HotlineFigure", {key.upper(): key for key in FIGURES})  # type: ignore[misc]
Number = Annotated[str, line(60), Field(examples=["12345-20261121-0098"])]


class ContactOut(Output):
    id: int = Field(examples=[4])
    by_id: int = Field(examples=[2])
    at: Moment
    channel: NoticeChannel
    words: str = Field(examples=["Somebody comes this afternoon."])


class ObjectionOut(Output):
    by_id: int = Field(examples=[2])
    at: Moment
    reason: str = Field(examples=["The road belongs to the town."])
    outcome: ObjectionOutcome | None
    decided_at: Moment | None

    @staticmethod
    def resolve_outcome(row: Any) -> str | None:
        return row.outcome or None


class CallbackOut(Output):
    by_id: int = Field(examples=[2])
    at: Moment
    solved: bool = Field(examples=[True])
    satisfied: bool = Field(examples=[True])
    comment: str = Field(examples=[""])


class OrderOut(Output):
    """What an outside office passed on: its number, its deadline, and the request that it belongs to."""

    id: int = Field(examples=[9])
    service_request_id: int = Field(examples=[7])
    interaction_id: int = Field(examples=[512])
    source: OrderSource
    external_no: str = Field(examples=["12345-20261121-0098"])
    received_at: Moment
    deadline_at: Moment
    is_deadline_printed: bool = Field(description="On the order; else five working days", examples=[False])
    first_receiver_id: int = Field(examples=[2])
    repeat_of_id: int | None = Field(description="The order about the same matter that came first", examples=[None])
    new_facts: str = Field(examples=[""])
    withdrawn_at: Moment | None = Field(description="Entered by mistake and taken back", examples=[None])
    contacts: list[ContactOut]
    objection: ObjectionOut | None
    callback: CallbackOut | None

    @staticmethod
    def resolve_contacts(row: HotlineOrder) -> list[Any]:
        return list(row.contacts.all())

    @staticmethod
    def resolve_objection(row: HotlineOrder) -> Any:
        return getattr(row, "objection", None)

    @staticmethod
    def resolve_callback(row: HotlineOrder) -> Any:
        return getattr(row, "callback", None)


class OrderIn(Input):
    source: OrderSource
    external_no: Number
    received_at: Moment
    deadline_at: Moment | None = Field(None, description="As printed; default: five working days")
    project_id: Id
    unit_id: Id | None = None
    party_id: Id | None = None
    kind: RequestKind
    category_id: Id
    text: Text
    person_name: Annotated[str, line(100, shortest=0)] = Field("", examples=["Mr Zhou"])
    person_phone: PhoneNumber = Field("", examples=["+8613800001234"])
    new_facts: Annotated[str, line(10_000, shortest=0)] = Field(
        "", description="Without them an order about an open matter is linked to it", examples=[""]
    )
    late_reason: Annotated[str, line(200, shortest=0)] = Field("", description="Needed after 72 hours")


class OrderWithdrawalIn(Input):
    reason: Annotated[str, line(10_000), Field(examples=["Meant for another company."])]


class OrderQuery(Paging):
    source: OrderSource | None = None
    service_request_id: PathId | None = None
    is_open: bool | None = None
    month: Day | None = Field(None, description="Any day of the month in which they are due")
    figure: HotlineFigure | None = Field(None, description="What a number of the month's rates counts")


class ContactIn(Input):
    channel: NoticeChannel
    words: Text
    at: Moment | None = Field(None, description="Default: now")


class ObjectionIn(Input):
    reason: Text


class ObjectionDecisionIn(Input):
    outcome: ObjectionOutcome


class CallbackIn(Input):
    solved: Flag
    satisfied: Flag
    comment: Annotated[str, line(10_000, shortest=0)] = Field("", examples=[""])


class RateOut(Output):
    """`number` of `of`; both are lists, too: `figure=<key>` and `figure=<base>`."""

    key: str = Field(examples=["responded"])
    base: str = Field(examples=["due"])
    number: int = Field(examples=[18])
    of: int = Field(examples=[20])
    percent: float | None = Field(description="Null: of nothing", examples=[90.0])


class RateQuery(Paging):
    month: Day | None = Field(None, description="Any day of the month; default: this one")


def visible(request: SignedInRequest) -> Any:
    return HotlineOrder.objects.visible_to(request.user).for_list().prefetch_related("contacts")


def _one(request: SignedInRequest, order_id: int) -> HotlineOrder:
    found: HotlineOrder = row_or_404(visible(request), order_id)
    return found


def _handled(request: SignedInRequest, order_id: int) -> HotlineOrder:
    order = _one(request, order_id)
    authorize(request.user, HANDLE_ORDERS, order.service_request)
    return order


@router.get("/outside-orders", response=Listed[OrderOut])
def list_orders(request: SignedInRequest, query: Annotated[OrderQuery, Query()]) -> dict[str, Any]:
    """By deadline, the most urgent first."""
    rows: Any = matching(visible(request), query, "source", "service_request_id")
    if query.month is not None:
        rows = orders_of_month(rows, _first(query.month))
    if query.figure is not None:
        rows = counted_in(query.figure, rows.counted())
    if query.is_open is not None:
        open_ones = HotlineOrder.objects.visible_to(request.user).open().order_by()
        rows = rows.filter(pk__in=open_ones) if query.is_open else rows.exclude(pk__in=open_ones)
    return page(rows, query, order=("deadline_at", "id"))


@router.post("/outside-orders", response={201: OrderOut}, summary="Enter an order")
def create_order(request: SignedInRequest, body: OrderIn) -> Status[HotlineOrder]:
    """A repeat of an open matter without new facts is linked to it; no second request is opened."""
    user = request.user
    authorize(user, HANDLE_ORDERS)
    order = receive_order(
        by=user,
        project=named_row(Project.objects.visible_to(user), body.project_id, "project_id"),
        unit=named_row_if(Unit.objects.visible_to(user).select_related("entrance"), body.unit_id, "unit_id"),
        party=named_row_if(Party.objects.visible_to(user), body.party_id, "party_id"),
        category=named_leaf(body.category_id),
        **body.model_dump(exclude={"project_id", "unit_id", "party_id", "category_id"}),
    )
    return Status(201, _one(request, order.pk))


@router.get("/outside-orders/rates", response=list[RateOut])
def list_rates(request: SignedInRequest, query: Annotated[RateQuery, Query()]) -> list[Any]:
    """Response, solution and satisfaction rate of what was due in the month."""
    authorize(request.user, "servicedesk.view_requests")
    return list(
        rates_of(
            orders_of_month(HotlineOrder.objects.visible_to(request.user), _first(query.month or timezone.localdate()))
        )
    )


@router.get("/outside-orders/{int:order_id}", response=OrderOut)
def show_order(request: SignedInRequest, order_id: PathId) -> HotlineOrder:
    return _one(request, order_id)


@router.post("/outside-orders/{int:order_id}/contacts", response={201: OrderOut}, summary="The person was spoken to")
def create_contact(request: SignedInRequest, order_id: PathId, body: ContactIn) -> Status[HotlineOrder]:
    record_contact(_handled(request, order_id), by=request.user, **body.model_dump())
    return Status(201, _one(request, order_id))


@router.post("/outside-orders/{int:order_id}/objection", response={201: OrderOut}, summary="Say that it is not ours")
def create_objection(request: SignedInRequest, order_id: PathId, body: ObjectionIn) -> Status[HotlineOrder]:
    """The deadline does not move."""
    raise_objection(_handled(request, order_id), by=request.user, reason=body.reason)
    return Status(201, _one(request, order_id))


@router.post("/outside-orders/{int:order_id}/objection/decision", response=OrderOut, summary="What the office decided")
def create_decision(request: SignedInRequest, order_id: PathId, body: ObjectionDecisionIn) -> HotlineOrder:
    decide_objection(_handled(request, order_id), by=request.user, outcome=body.outcome)
    return _one(request, order_id)


@router.post("/outside-orders/{int:order_id}/callback", response={201: OrderOut}, summary="The office called back")
def create_callback(request: SignedInRequest, order_id: PathId, body: CallbackIn) -> Status[HotlineOrder]:
    record_callback(_handled(request, order_id), by=request.user, **body.model_dump())
    return Status(201, _one(request, order_id))


@router.post("/outside-orders/{int:order_id}/withdrawal", response={201: OrderOut}, summary="It was entered by mistake")
def create_order_withdrawal(
    request: SignedInRequest, order_id: PathId, body: OrderWithdrawalIn
) -> Status[HotlineOrder]:
    """Its number is free again; the request that it opened ends with it, as long as nobody has begun to handle it."""
    take_back_order(_handled(request, order_id), by=request.user, reason=body.reason)
    return Status(201, _one(request, order_id))


def _first(day: date) -> date:
    return day.replace(day=1)
