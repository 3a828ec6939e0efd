"""Public faults: announced from a request, joined by callers, ended with a notice for each of them (E-044)."""

from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Flag,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    PhoneNumber,
    current_if_stale,
    line,
    named_row,
    named_row_if,
    optional,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.customers.models import Party
from gongying.estates.models import Building, Entrance, Unit
from gongying.interactions.enums import Channel
from gongying.interactions.models import LONGEST_TEXT
from gongying.servicedesk.api.requests import one
from gongying.servicedesk.enums import NoticeChannel
from gongying.servicedesk.forms.faults import LONGEST_WORDS
from gongying.servicedesk.models import FaultCall, PublicFault
from gongying.servicedesk.operations import announce_fault, change_fault, end_fault, join_fault, tell_caller
from gongying.servicedesk.rules import ANNOUNCE_FAULT

router = Router(tags=["public faults"])

Words = Annotated[str, line(LONGEST_WORDS), Field(examples=["Both lifts of building 2 stand still; the firm is here."])]
Places = Annotated[list[Id], Field(max_length=500)]


class FaultPlaceOut(Output):
    """The whole project, a building of it, or one entrance."""

    project_id: int = Field(examples=[1])
    building_id: int | None = Field(examples=[4])
    entrance_id: int | None = Field(examples=[None])


class FaultOut(Output):
    """A trouble of common parts that many feel: one request, many callers."""

    id: int = Field(examples=[3])
    version: int = Field(examples=[1])
    service_request_id: int = Field(examples=[7])
    project_id: int = Field(examples=[1])
    title: str = Field(examples=["Lift fault"])
    where: str = Field(examples=["Building 2"])
    places: list[FaultPlaceOut]
    words: str = Field(description="What callers are told", examples=["The lift firm is here."])
    expected_end: Moment | None = Field(examples=["2026-11-21T18:00:00+08:00"])
    announced_at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    ended_at: Moment | None = Field(examples=[None])
    ending_words: str = Field(examples=[""])
    number_of_calls: int = Field(examples=[50])
    number_of_households: int = Field(description="Each counts once", examples=[48])

    @staticmethod
    def resolve_places(row: PublicFault) -> list[Any]:
        return list(row.places.all())


class FaultVersionOut(Output):
    """What a stale edit is answered with."""

    id: int = Field(examples=[3])
    version: int = Field(examples=[2])
    words: str = Field(examples=["The lift firm is here."])
    expected_end: Moment | None = Field(examples=["2026-11-21T18:00:00+08:00"])


class FaultQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = Field(None, description="Only faults that concern this unit")
    is_open: bool | None = None


class AnnouncementIn(Input):
    """Buildings, single entrances, or the whole project."""

    words: Words
    expected_end: Moment | None = None
    whole_project: Flag = False
    building_ids: Places = Field(default_factory=list)
    entrance_ids: Places = Field(default_factory=list)


class FaultChange(Change):
    words: Words = optional()
    expected_end: Moment | None = optional()


class FaultEndIn(Input):
    words: Words


class FaultCallIn(Input):
    """Somebody calls because of it; what it is about need not be written down."""

    channel: Channel
    unit_id: Id | None = None
    building_id: Id | None = None
    party_id: Id | None = None
    person_name: Annotated[str, line(100, shortest=0)] = Field("", examples=["Mr Zhou"])
    person_phone: PhoneNumber = Field("", examples=["13800001234"])
    text: Annotated[str, line(LONGEST_TEXT, shortest=0)] = Field("", examples=["The lift does not come."])


class FaultNoticeOut(Output):
    channel: NoticeChannel
    told_at: Moment | None = Field(examples=[None])
    told_by_id: int | None = Field(examples=[None])


class FaultCallOut(Output):
    """A caller, and from the end on how she is to be told or was told."""

    id: int = Field(examples=[12])
    interaction_id: int = Field(examples=[512])
    unit_id: int | None = Field(examples=[17])
    party_id: int | None = Field(examples=[5])
    person_name: str = Field(examples=["Mr Zhou"])
    notice: FaultNoticeOut | None

    @staticmethod
    def of(call: FaultCall) -> "FaultCallOut":
        notice, touch = getattr(call, "notice", None), call.interaction
        return FaultCallOut(
            id=call.pk,
            interaction_id=touch.pk,
            unit_id=touch.unit_id,
            party_id=touch.party_id,
            person_name=touch.person_name,
            notice=FaultNoticeOut.model_validate(notice) if notice else None,
        )


class CallQuery(Paging):
    to_be_told: bool = Field(False, description="Only who still waits to hear that it is over")


class ToldIn(Input):
    channel: NoticeChannel | None = Field(None, description="Default: the one proposed")


def visible(request: SignedInRequest) -> Any:
    return PublicFault.objects.visible_to(request.user).with_numbers().for_page()


def _fault(request: SignedInRequest, fault_id: int) -> PublicFault:
    found: PublicFault = row_or_404(visible(request), fault_id)
    return found


def _calls(request: SignedInRequest) -> Any:
    rows = FaultCall.objects.visible_to(request.user)
    return rows.select_related("interaction", "notice", "fault__service_request__category")


@router.get("/public-faults", response=Listed[FaultOut])
def list_faults(request: SignedInRequest, query: Annotated[FaultQuery, Query()]) -> dict[str, Any]:
    rows = visible(request)
    if query.project_id is not None:
        rows = rows.filter(project=query.project_id)
    if query.unit_id is not None:
        rows = rows.concerning(named_row(Unit.objects.visible_to(request.user), query.unit_id, "unit_id").place)
    if query.is_open is not None:
        rows = rows.filter(ended_at__isnull=query.is_open)
    return page(rows, query, order=("-announced_at", "-id"))


@router.post("/requests/{int:request_id}/public-fault", response={201: FaultOut}, summary="Announce as a public fault")
def create_fault(request: SignedInRequest, request_id: PathId, body: AnnouncementIn) -> Status[PublicFault]:
    """Every desk of these places sees it; who reported it already counts as a caller."""
    service_request = one(request, request_id)
    authorize(request.user, ANNOUNCE_FAULT, service_request)
    buildings = Building.objects.visible_to(request.user)
    entrances = Entrance.objects.visible_to(request.user).select_related("building")
    places = [
        *(named_row_if(buildings, pk, "building_ids") for pk in body.building_ids),
        *(named_row_if(entrances, pk, "entrance_ids") for pk in body.entrance_ids),
        *([service_request.project] if body.whole_project else []),
    ]
    fault = announce_fault(
        service_request,
        by=request.user,
        words=body.words,
        places=[place for place in places if place is not None],
        expected_end=body.expected_end,
    )
    return Status(201, _fault(request, fault.pk))


@router.get("/public-faults/{int:fault_id}", response=FaultOut)
def show_fault(request: SignedInRequest, fault_id: PathId) -> PublicFault:
    return _fault(request, fault_id)


@router.patch("/public-faults/{int:fault_id}", response=FaultOut)
def update_fault(request: SignedInRequest, fault_id: PathId, body: FaultChange) -> PublicFault:
    fault = _fault(request, fault_id)
    authorize(request.user, ANNOUNCE_FAULT, fault.service_request)
    changed = {"words": fault.words, "expected_end": fault.expected_end, **body.changes()}
    with current_if_stale(fault, FaultVersionOut):
        change_fault(fault, by=request.user, seen=body.version, **changed)
    return _fault(request, fault_id)


@router.post("/public-faults/{int:fault_id}/end", response=FaultOut, summary="It is over")
def create_end(request: SignedInRequest, fault_id: PathId, body: FaultEndIn) -> PublicFault:
    """Everybody who called is now to be told: see its calls."""
    fault = _fault(request, fault_id)
    authorize(request.user, ANNOUNCE_FAULT, fault.service_request)
    end_fault(fault, by=request.user, words=body.words)
    return _fault(request, fault_id)


@router.get("/public-faults/{int:fault_id}/calls", response=Listed[FaultCallOut])
def list_calls(request: SignedInRequest, fault_id: PathId, query: Annotated[CallQuery, Query()]) -> dict[str, Any]:
    """The callers of your own places; a fault may reach beyond them."""
    rows = _calls(request).filter(fault=_fault(request, fault_id))
    return page(rows.to_be_told() if query.to_be_told else rows, query, order=("id",), each=FaultCallOut.of)


@router.post(
    "/public-faults/{int:fault_id}/calls", response={201: FaultCallOut}, summary="One more calls because of it"
)
def create_call(request: SignedInRequest, fault_id: PathId, body: FaultCallIn) -> Status[FaultCallOut]:
    """Logs the touch and counts it; no further request is opened."""
    user = request.user
    authorize(user, "interactions.log_interaction")
    fault = _fault(request, fault_id)
    touch = join_fault(
        fault,
        by=user,
        project=fault.project,
        unit=named_row_if(Unit.objects.visible_to(user), body.unit_id, "unit_id"),
        building=named_row_if(Building.objects.visible_to(user), body.building_id, "building_id"),
        party=named_row_if(Party.objects.visible_to(user), body.party_id, "party_id"),
        **body.model_dump(exclude={"unit_id", "building_id", "party_id"}),
    )
    return Status(201, FaultCallOut.of(touch.fault_call))


@router.post("/public-faults/calls/{int:call_id}/told", response=list[FaultCallOut], summary="The caller was told")
def create_told(request: SignedInRequest, call_id: PathId, body: ToldIn) -> list[FaultCallOut]:
    """Who called several times is told once: all of her calls come back."""
    call: FaultCall = row_or_404(_calls(request), call_id)
    authorize(request.user, "servicedesk.report_result", call.fault.service_request)
    notices = tell_caller(call, by=request.user, channel=body.channel or "")
    told = _calls(request).filter(pk__in=[notice.call_id for notice in notices])
    return [FaultCallOut.of(row) for row in told.order_by("pk")]
