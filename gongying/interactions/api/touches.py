from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Field, File, Query, Router, Status, UploadedFile

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    PhoneNumber,
    Seen,
    current_if_stale,
    line,
    matching,
    named_row,
    named_row_if,
    optional,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.common.problems import invalid_field
from gongying.customers.enums import RoleKind
from gongying.customers.models import Party
from gongying.estates.models import Project, Unit
from gongying.files.api import AttachmentOut, attach_file
from gongying.files.models import Attachment
from gongying.interactions.api.circumstances import CircumstancesIn, ParticipantOut
from gongying.interactions.api.promises import PromiseIn
from gongying.interactions.circumstances import NOTHING_SAID
from gongying.interactions.enums import (
    AnswerKind,
    Channel,
    Direction,
    Form,
    JourneyStage,
    Method,
    PlaceKind,
)
from gongying.interactions.models import (
    LONGEST_TEXT,
    LONGEST_VENUE,
    ContactReason,
    Interaction,
    Participant,
)
from gongying.interactions.operations import (
    correct_interaction,
    log_interaction,
    make_promise,
    mark_repeat,
    unmark_repeat,
)
from gongying.interactions.rules import authorize_correction

router = Router(tags=["interactions"])

Text = Annotated[str, line(LONGEST_TEXT), Field(examples=["The lift of building 2 stopped at the third floor."])]
MATCHED = (
    "project_id",
    "unit_id",
    "party_id",
    "channel",
    "direction",
    "answer",
    "reason_code_id",
    "journey_stage",
    "counterpart",
    "thread_id",
)
ORDERS = {"-occurred_at": ("-occurred_at", "-id"), "occurred_at": ("occurred_at", "id")}


class InteractionOut(Output):
    """One touch with a customer."""

    id: int = Field(examples=[512])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    unit_id: int | None = Field(examples=[17])
    party_id: int | None = Field(examples=[5])
    person_name: str = Field(examples=["Mr Zhou"])
    person_phone: str = Field(description="Masked unless your role may see numbers", examples=["138****1234"])
    channel: Channel
    direction: Direction
    topic: str = Field(examples=["Lift"])
    text: str = Field(examples=["The lift of building 2 stopped at the third floor."])
    answer: AnswerKind
    result: str = Field(examples=["Told that the lift company comes at three."])
    occurred_at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    entered_at: Moment = Field(examples=["2026-11-21T14:31:07+08:00"])
    late_reason: str = Field(examples=[""])
    entered_by: str = Field(examples=["Xiao Zhao"])
    external_no: str = Field(examples=[""])
    ended_at: Moment | None = Field(examples=["2026-11-21T14:36:00+08:00"])
    place_kind: PlaceKind = Field(description="Derived from the channel where nobody said it")
    venue: str = Field(description="The place by name", examples=[""])
    form: Form = Field(description="Derived from the channel where nobody said it")
    methods: list[Method] = Field(examples=[["listening", "talking"]])
    counterpart: RoleKind | None = Field(description="What the other side is to the project", examples=["owner"])
    reason_code_id: int | None = Field(description="Why the customer came", examples=[6])
    journey_stage: JourneyStage
    first_responder_id: int | None = Field(description="Who heard it first", examples=[3])
    thread_id: int | None = Field(description="The first entry of the conversation", examples=[498])
    participants: list[ParticipantOut]
    repeat_of_id: int | None = Field(description="The earlier entry about the same matter", examples=[498])

    @staticmethod
    def resolve_counterpart(row: Interaction) -> str | None:
        return row.counterpart or None

    @staticmethod
    def resolve_participants(row: Interaction) -> list[Participant]:
        return list(row.participants.all())

    @staticmethod
    def resolve_entered_by(row: Interaction) -> str:
        return str(row.entered_by)


class InteractionIn(Input):
    project_id: Id
    unit_id: Id | None = None
    party_id: Id | None = None
    channel: Channel
    direction: Direction = Direction.INBOUND
    topic: Annotated[str, line(200, shortest=0)] = Field("", examples=["Lift"])
    text: Text
    answer: AnswerKind = AnswerKind.NONE
    result: Annotated[str, line(LONGEST_TEXT, shortest=0)] = Field("", examples=["Told that somebody comes at three."])
    occurred_at: Moment | None = Field(None, description="Default: now", examples=["2026-11-21T14:30:00+08:00"])
    late_reason: Annotated[str, line(200, shortest=0)] = Field("", description="Needed after 72 hours")
    person_name: Annotated[str, line(100, shortest=0)] = Field("", examples=["Mr Zhou"])
    person_phone: PhoneNumber = Field("", examples=["13800001234"])
    external_no: Annotated[str, line(60, shortest=0)] = Field("", examples=["12345-20261121-0098"])
    promise: PromiseIn | None = Field(None, description="Who answers, and when: needed for the answer `appointment`")
    circumstances: CircumstancesIn | None = Field(None, description="Where, how and with whom; default: derived")


class InteractionChange(Change):
    reason: Annotated[str, line(200)] = Field(description="Why the entry is corrected", examples=["Wrong channel"])
    channel: Channel = optional()
    direction: Direction = optional()
    topic: Annotated[str, line(200, shortest=0)] = optional(examples=["Lift"])
    text: Text = optional()
    answer: AnswerKind = optional()
    result: Annotated[str, line(LONGEST_TEXT, shortest=0)] = optional(examples=["Told that somebody comes at three."])
    person_name: Annotated[str, line(100, shortest=0)] = optional(examples=["Mr Zhou"])
    person_phone: PhoneNumber = optional(examples=["13800001234"])
    occurred_at: Moment = optional(examples=["2026-11-21T14:30:00+08:00"])
    ended_at: Moment | None = optional(examples=["2026-11-21T14:36:00+08:00"])
    place_kind: PlaceKind = optional()
    venue: Annotated[str, line(LONGEST_VENUE, shortest=0)] = optional(examples=["Room 2"])
    form: Form = optional()
    methods: list[Method] = optional(max_length=len(Method), examples=[["listening", "talking"]])
    journey_stage: JourneyStage = optional()
    counterpart: RoleKind = optional()
    reason_code_id: Id = optional(examples=[6])


class RepeatIn(Input):
    of_id: Id


class InteractionQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    party_id: PathId | None = None
    channel: Channel | None = None
    direction: Direction | None = None
    answer: AnswerKind | None = None
    reason_code_id: PathId | None = None
    journey_stage: JourneyStage | None = None
    counterpart: RoleKind | None = None
    thread_id: PathId | None = Field(None, description="The first entry of a conversation")
    since: Moment | None = Field(None, examples=["2026-11-01T00:00:00+08:00"])
    until: Moment | None = Field(None, description="Exclusive", examples=["2026-12-01T00:00:00+08:00"])
    sort: Literal["-occurred_at", "occurred_at"] = "-occurred_at"


def visible(request: SignedInRequest) -> QuerySet[Interaction]:
    return Interaction.objects.visible_to(request.user).select_related("entered_by").prefetch_related("participants")


@router.get("/interactions", response=Listed[InteractionOut])
def list_interactions(request: SignedInRequest, query: Annotated[InteractionQuery, Query()]) -> dict[str, Any]:
    rows = matching(visible(request), query, *MATCHED)
    if query.since:
        rows = rows.filter(occurred_at__gte=query.since)
    if query.until:
        rows = rows.filter(occurred_at__lt=query.until)
    return page(rows, query, order=ORDERS[query.sort])


@router.post("/interactions", response={201: InteractionOut}, summary="Log a touch")
@transaction.atomic
def create_interaction(request: SignedInRequest, body: InteractionIn) -> Status[Interaction]:
    """A touch is recorded once; a service request registered for it brings its own."""
    authorize(request.user, "interactions.log_interaction")
    if body.answer == AnswerKind.APPOINTMENT and (body.promise is None or body.promise.kind is None):
        raise invalid_field("promise", _("Say what is promised, and by when."), code="missing")
    fields = body.model_dump(exclude={"project_id", "unit_id", "party_id", "promise", "circumstances"})
    interaction = log_interaction(
        by=request.user,
        project=named_row(Project.objects.visible_to(request.user), body.project_id, "project_id"),
        unit=named_row_if(Unit.objects.visible_to(request.user), body.unit_id, "unit_id"),
        party=named_row_if(Party.objects.visible_to(request.user), body.party_id, "party_id"),
        circumstances=body.circumstances.said(request) if body.circumstances else NOTHING_SAID,
        **fields,
    )
    if body.promise is not None:
        make_promise(interaction, **body.promise.arguments(request))
    return Status(201, interaction)


@router.get("/interactions/{int:interaction_id}", response=InteractionOut)
def show_interaction(request: SignedInRequest, interaction_id: PathId) -> Interaction:
    return row_or_404(visible(request), interaction_id)


@router.patch("/interactions/{int:interaction_id}", response=InteractionOut, summary="Correct an entry")
def update_interaction(request: SignedInRequest, interaction_id: PathId, body: InteractionChange) -> Interaction:
    """The journal keeps what it said before."""
    interaction = row_or_404(visible(request), interaction_id)
    authorize_correction(request.user, interaction)
    changes = body.changes()
    if "reason_code_id" in changes:
        pk = changes.pop("reason_code_id")
        changes["reason_code"] = named_row(
            ContactReason.objects.visible_to(request.user).in_use(), pk, "reason_code_id"
        )
    with current_if_stale(interaction, InteractionOut):
        return correct_interaction(interaction, by=request.user, seen=body.version, **changes)


@router.get("/interactions/{int:interaction_id}/attachments", response=list[AttachmentOut])
def list_interaction_attachments(request: SignedInRequest, interaction_id: PathId) -> list[Attachment]:
    return list(Attachment.objects.of(row_or_404(visible(request), interaction_id)))


@router.post("/interactions/{int:interaction_id}/attachments", response={201: AttachmentOut})
def create_interaction_attachment(
    request: SignedInRequest, interaction_id: PathId, file: File[UploadedFile]
) -> Status[Attachment]:
    """A photo or document, judged by its content."""
    interaction = row_or_404(visible(request), interaction_id)
    authorize_correction(request.user, interaction)
    return Status(201, attach_file(file, to=interaction, by=request.user))


@router.put("/interactions/{int:interaction_id}/repeat", response=InteractionOut, summary="Mark as a repeat")
def mark_interaction_as_repeat(request: SignedInRequest, interaction_id: PathId, body: RepeatIn) -> Interaction:
    interaction = row_or_404(visible(request), interaction_id)
    authorize_correction(request.user, interaction)
    return mark_repeat(interaction, of=named_row(visible(request), body.of_id, "of_id"), by=request.user)


@router.delete("/interactions/{int:interaction_id}/repeat", response=InteractionOut, summary="Unmark a repeat")
def unmark_interaction_as_repeat(request: SignedInRequest, interaction_id: PathId, version: Seen = None) -> Interaction:
    interaction = row_or_404(visible(request), interaction_id)
    authorize_correction(request.user, interaction)
    with current_if_stale(interaction, InteractionOut):
        return unmark_repeat(interaction, by=request.user, seen=version)
