from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from ninja import Field, File, Query, Router, Status, UploadedFile

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Flag,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    PagingQuery,
    PathId,
    PhoneNumber,
    line,
    named_row,
    page,
    row_or_404,
    visible_row_if,
)
from gongying.common.models import tell_related
from gongying.common.permissions import authorize
from gongying.common.problems import invalid_field
from gongying.customers.masking import masked_phone
from gongying.estates.models import Building, CommonFacility, Entrance, Project
from gongying.files.api import AttachmentOut, PhotoIds, attach_file, photos_handed_in
from gongying.files.models import Attachment
from gongying.interactions.enums import Channel
from gongying.interactions.models import LONGEST_TEXT, Interaction
from gongying.servicedesk.api.categories import named_leaf
from gongying.servicedesk.api.naming import named_party, named_unit, naming_the_amount
from gongying.servicedesk.api.request_list import RequestQuery, State, requests_asked_for
from gongying.servicedesk.case_page import possible_steps
from gongying.servicedesk.enums import Metric, NoteAudience, Payer, RequestKind, Urgency
from gongying.servicedesk.models import (
    RequestNote,
    ServiceCategory,
    ServiceClock,
    ServiceItem,
    ServiceRequest,
    StageEntry,
    WorkOrder,
)
from gongying.servicedesk.models.request_sets import ServiceRequestQuerySet
from gongying.servicedesk.operations import note_request, order_service, register_request
from gongying.servicedesk.operations.registration import NO_ILLEGAL_ACT
from gongying.servicedesk.policy_choice import fill_policies
from gongying.servicedesk.request_answers import fill_for_answers

router = Router(tags=["requests"])

Text = Annotated[str, line(LONGEST_TEXT), Field(examples=["The tap in the kitchen drips."])]


class ClockOut(Output):
    """One promise: it runs, stands still (`paused_at`), was met, or ended because nobody waits for it any more."""

    id: int = Field(examples=[31])
    metric: Metric
    round: int = Field(description="Grows when it is promised again", examples=[1])
    policy_id: int = Field(examples=[6])
    policy_version: int = Field(examples=[1])
    started_at: Moment = Field(examples=["2026-09-30T16:00:00+08:00"])
    due_at: Moment = Field(examples=["2026-10-12T16:00:00+08:00"])
    paused_at: Moment | None = Field(examples=[None])
    met_at: Moment | None = Field(examples=[None])
    breached_at: Moment | None = Field(description="When it should have been met and was not", examples=[None])
    ended_at: Moment | None = Field(examples=[None])
    level: int = Field(description="Per cent of the escalation ladder reached", examples=[50])


class RequestOut(Output):
    """What a customer calls a work ticket; a complaint is one with its own six steps."""

    id: int = Field(examples=[7])
    version: int = Field(examples=[3])
    number: str = Field(examples=["YG-BX26-000123"])
    kind: RequestKind
    state: State
    possible: list[str] = Field(description="Steps that you may take now", examples=[["accept", "cancel"]])
    channel: Channel
    category_id: int = Field(examples=[12])
    category: str = Field(examples=["Home / Plumbing / Leak"])
    urgency: Urgency
    payer: Payer
    project_id: int = Field(examples=[1])
    building_id: int | None = Field(examples=[4])
    entrance_id: int | None = Field(examples=[9])
    unit_id: int | None = Field(examples=[17])
    facility_id: int | None = Field(examples=[None])
    party_id: int | None = Field(examples=[5])
    caller_name: str = Field(examples=["Mr Zhou"])
    caller_phone: str = Field(description="Masked", examples=["138****1234"])
    caller_address: str = Field(examples=[""])
    price_agreed: bool = Field(description="By the owner, where the owner pays", examples=[True])
    agreed_amount: Decimal | None = Field(description="To how much the owner agreed", examples=["80.00"])
    is_anonymous: bool = Field(examples=[False])
    text: str = Field(examples=["The tap in the kitchen drips."])
    window_from: Moment | None = Field(examples=["2026-11-22T14:00:00+08:00"])
    window_to: Moment | None = Field(examples=["2026-11-22T16:00:00+08:00"])
    estimated_end: Moment | None = Field(examples=["2026-11-22T16:00:00+08:00"])
    owner_id: int = Field(examples=[3])
    owner: str = Field(examples=["Steward Wang"])
    department_id: int = Field(examples=[1])
    registered_by_id: int = Field(examples=[2])
    interaction_id: int | None = Field(description="The touch it came from", examples=[512])
    occurred_at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    entered_at: Moment = Field(examples=["2026-11-21T14:31:07+08:00"])
    late_reason: str = Field(examples=[""])
    needs_follow_up: bool = Field(examples=[True])
    rework_count: int = Field(examples=[0])
    transfer_count: int = Field(examples=[0])
    next_due_metric: Metric | None = Field(description="What is due next", examples=["resolution"])
    next_due_at: Moment | None = Field(examples=["2026-10-12T16:00:00+08:00"])
    next_due_paused: bool = Field(description="That clock stands still", examples=[False])
    clocks: list[ClockOut]

    @staticmethod
    def resolve_next_due_metric(row: ServiceRequest) -> str | None:
        return row.next_due_metric or None

    @staticmethod
    def resolve_clocks(row: ServiceRequest) -> list[ServiceClock]:
        if "clocks_read" in row.__dict__:
            return row.clocks_read
        clocks = list(row.clocks.all())
        fill_policies(clocks)
        return clocks

    @staticmethod
    def resolve_category(row: ServiceRequest) -> str:
        return row.category.path

    @staticmethod
    def resolve_owner(row: ServiceRequest) -> str:
        return str(row.owner)

    @staticmethod
    def resolve_caller_phone(row: ServiceRequest) -> str:
        return masked_phone(row.caller_phone) if row.caller_phone else ""

    @staticmethod
    def resolve_possible(row: ServiceRequest, context: Any) -> list[str]:
        request = context.get("request") if context else None
        return [step.key for step in possible_steps(row, request.user)] if request else []


AgreedAmount = Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=2)]
AGREED_AMOUNT = (
    "Left out: what was quoted, else the one price of the list for the category; needed where neither is there"
)


class RequestIn(Input):
    """The place is that of the unit or facility, else the building or entrance, else the whole project."""

    kind: RequestKind
    category_id: Id | None = Field(None, description="Needed, unless `service_id` says it")
    service_id: Id | None = Field(
        None, description="Of the catalogue: its category, who pays, and the price of today as a quote", examples=[None]
    )
    quantity: Annotated[Decimal, Field(gt=0, max_digits=8, decimal_places=2)] = Field(
        Decimal(1), description="Of the service", examples=["1"]
    )
    text: Text
    channel: Channel
    project_id: Id | None = None
    building_id: Id | None = None
    entrance_id: Id | None = None
    unit_id: Id | None = None
    facility_id: Id | None = None
    party_id: Id | None = None
    interaction_id: Id | None = Field(None, description="The touch, if it was logged already")
    caller_name: Annotated[str, line(100, shortest=0)] = Field("", examples=["Mr Zhou"])
    caller_phone: PhoneNumber = Field("", examples=["13800001234"])
    caller_address: Annotated[str, line(200, shortest=0)] = ""
    is_anonymous: Flag = False
    urgency: Urgency | None = Field(None, description="Default: the category's")
    payer: Payer | None = Field(None, description="Default: the category's")
    price_agreed: Flag = Field(False, description="Kept where the owner pays, with its amount")
    agreed_amount: AgreedAmount | None = Field(None, description=AGREED_AMOUNT, examples=["80.00"])
    window_from: Moment | None = Field(None, examples=["2026-11-22T14:00:00+08:00"])
    window_to: Moment | None = Field(None, examples=["2026-11-22T16:00:00+08:00"])
    occurred_at: Moment | None = Field(None, description="Default: now")
    late_reason: Annotated[str, line(200, shortest=0)] = Field("", description="Needed after 72 hours")
    requested_remedy: Annotated[str, line(LONGEST_TEXT, shortest=0)] = Field("", description="Of a complaint")
    violator: Annotated[str, line(100, shortest=0)] = Field("", description="Of a violation, if known")
    about_work_order_id: Id | None = Field(None, description="The job that a complaint is about", examples=[None])
    photo_ids: PhotoIds = Field(default_factory=list)


class StageOut(Output):
    """A spell in one state: who entered and left it, and when."""

    id: int = Field(examples=[70])
    stage: str = Field(examples=["accepted"])
    entered_at: Moment = Field(examples=["2026-11-21T14:31:07+08:00"])
    entered_by_id: int | None = Field(examples=[2])
    left_at: Moment | None = Field(examples=["2026-11-21T14:40:00+08:00"])
    left_by_id: int | None = Field(examples=[3])


class NoteOut(Output):
    id: int = Field(examples=[5])
    audience: NoteAudience
    text: str = Field(examples=["Call before you come."])
    by_id: int = Field(examples=[2])
    at: Moment = Field(examples=["2026-11-21T14:40:00+08:00"])


class NoteIn(Input):
    audience: NoteAudience = NoteAudience.COLLEAGUES
    text: Text


def visible(request: SignedInRequest) -> ServiceRequestQuerySet:
    rows: ServiceRequestQuerySet = ServiceRequest.objects.visible_to(request.user)
    return rows.for_list()


def one(request: SignedInRequest, request_id: int) -> ServiceRequest:
    found: ServiceRequest = row_or_404(visible(request), request_id)
    return found


def with_clocks(service_request: ServiceRequest) -> ServiceRequest:
    """With what the answer needs of its clocks, read once: after a step, where nothing is read beforehand."""
    prefetch_related_objects([service_request], "clocks__adjustments")
    return service_request


@router.get("/requests", response=Listed[RequestOut])
def list_requests(request: SignedInRequest, query: Annotated[RequestQuery, Query()]) -> dict[str, Any]:
    found = requests_asked_for(request.user, query)
    fill_for_answers(found.rows)
    return {"items": found.rows, "next_cursor": found.next_cursor}


@router.post("/requests", response={201: RequestOut}, summary="Register a matter")
def create_request(request: SignedInRequest, body: RequestIn) -> Status[ServiceRequest]:
    """Logs the touch too, unless `interaction_id` names it; the number carries the project's code."""
    user = request.user
    authorize(user, "servicedesk.register_request")
    if (body.window_from is None) != (body.window_to is None):
        raise invalid_field(
            "window_to" if body.window_to is None else "window_from",
            _("A wished time has a beginning and an end."),
            code="missing",
        )
    ids = {name for name in RequestIn.model_fields if name.endswith("_id")}
    fields = body.model_dump(exclude=ids | {"photo_ids", "window_from", "window_to", "urgency", "payer", "quantity"})
    with naming_the_amount():
        registered = _registering(body)(
            by=user,
            project=visible_row_if(Project, user, body.project_id, "project_id"),
            building=visible_row_if(Building, user, body.building_id, "building_id"),
            entrance=visible_row_if(Entrance, user, body.entrance_id, "entrance_id"),
            unit=named_unit(user, body.unit_id),
            facility=visible_row_if(CommonFacility, user, body.facility_id, "facility_id"),
            party=named_party(user, body.party_id),
            about_work_order=visible_row_if(WorkOrder, user, body.about_work_order_id, "about_work_order_id"),
            interaction=visible_row_if(Interaction, user, body.interaction_id, "interaction_id"),
            window=(body.window_from, body.window_to) if body.window_from and body.window_to else None,
            urgency=body.urgency or "",
            payer=body.payer or "",
            photos=photos_handed_in(body.photo_ids, by=user, field="photo_ids"),
            **fields,
        )
    return Status(201, _just_registered(registered))


@router.get("/requests/{int:request_id}", response=RequestOut)
def show_request(request: SignedInRequest, request_id: PathId) -> ServiceRequest:
    return one(request, request_id)


@router.get("/requests/{int:request_id}/stages", response=list[StageOut])
def list_stages(request: SignedInRequest, request_id: PathId) -> list[StageEntry]:
    return list(one(request, request_id).stages.order_by("id"))


@router.get("/requests/{int:request_id}/notes", response=Listed[NoteOut])
def list_notes(request: SignedInRequest, request_id: PathId, query: PagingQuery) -> dict[str, Any]:
    return page(one(request, request_id).notes.all(), query, order=("id",))


@router.post("/requests/{int:request_id}/notes", response={201: NoteOut})
def create_note(request: SignedInRequest, request_id: PathId, body: NoteIn) -> Status[RequestNote]:
    service_request = one(request, request_id)
    authorize(request.user, "servicedesk.note_request")
    return Status(201, note_request(service_request, by=request.user, text=body.text, audience=body.audience))


@router.get("/requests/{int:request_id}/attachments", response=list[AttachmentOut])
def list_request_attachments(request: SignedInRequest, request_id: PathId) -> list[Attachment]:
    return list(Attachment.objects.of(one(request, request_id)))


@router.post("/requests/{int:request_id}/attachments", response={201: AttachmentOut})
def create_request_attachment(
    request: SignedInRequest, request_id: PathId, file: File[UploadedFile]
) -> Status[Attachment]:
    """A photo or document, judged by its content."""
    service_request = one(request, request_id)
    authorize(request.user, "servicedesk.note_request")
    return Status(201, attach_file(file, to=service_request, by=request.user))


def _just_registered(service_request: ServiceRequest) -> ServiceRequest:
    """For its answer: of what can hang on a request only a price does so from the beginning, the rest is not asked for."""
    service_request.hanging = ["quotes"]
    for clock in service_request.clocks_begun:
        tell_related(clock, adjustments=())
    tell_related(service_request, clocks=service_request.clocks_begun, work_orders=())
    return service_request


def _registering(body: RequestIn) -> Callable[..., ServiceRequest]:
    """A service of the catalogue says its category, who pays and the price."""
    category = None if body.category_id is None else named_leaf(body.category_id)
    if body.service_id is not None:
        item: ServiceItem = named_row(ServiceItem.objects.active().services(), body.service_id, "service_id")
        if category is not None and category.pk != item.category_id:
            raise invalid_field("category_id", _("The service belongs to another category."), code="mismatch")
        return partial(order_service, item, quantity=body.quantity)
    if category is None:
        raise invalid_field("category_id", _("Say the category, or the service that is ordered."), code="missing")
    acts = ServiceCategory.objects.of_violations
    if body.kind == RequestKind.VIOLATION and not acts().filter(pk=category.pk).exists():
        raise invalid_field("category_id", str(NO_ILLEGAL_ACT), code="mismatch")
    return partial(register_request, category=category)
