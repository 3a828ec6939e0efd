"""Home visits: planned, made, recorded; how many households were visited, and whom to visit next."""

from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    line,
    matching,
    named_row,
    named_row_if,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.estates.models import Unit
from gongying.organization.models import StaffMember
from gongying.schedule.models import team_of
from gongying.servicedesk.enums import RequestKind
from gongying.visits.coverage import Coverage, Proposal, coverage_of, propose
from gongying.visits.enums import VisitReason, VisitState
from gongying.visits.forms import people_of
from gongying.visits.machines import MAKE
from gongying.visits.models import HomeVisit, VisitNeed
from gongying.visits.models.visits import LONGEST_NEED, LONGEST_SUBJECT, LONGEST_WORDS
from gongying.visits.operations import (
    NewNeed,
    NewPromise,
    cancel_visit,
    close_visit,
    confirm_visit,
    decline_need,
    dispatch_need,
    log_visit,
    meet_household,
    miss_household,
    move_visit,
    plan_visit,
    record_visit,
    replan_visit,
    undo_miss,
)
from gongying.visits.rules import VIEW

router = Router(tags=["visits"])

LONGEST_MATTER = 10_000
Words = Annotated[str, line(LONGEST_WORDS)]


class HomeVisitOut(Output):
    """Somebody goes to a household."""

    id: int = Field(examples=[61])
    version: int = Field(examples=[1])
    unit_id: int = Field(examples=[12])
    party_id: int | None = Field(description="Whom to see", examples=[5])
    steward_id: int = Field(description="Log-in of who goes", examples=[4])
    reason: VisitReason
    subject: str = Field(examples=["How they like the new gate"])
    planned_for: Moment
    is_planned: bool = Field(description="false: on a round, entered afterwards")
    state: VisitState
    replans: int = Field(description="How often it was planned again because nobody was home", examples=[0])
    met_at: Moment | None
    interaction_id: int | None = Field(description="The touch that it became", examples=[512])


class HomeVisitIn(Input):
    unit_id: Id
    planned_for: Moment
    party_id: Id | None = None
    steward_id: Id | None = Field(None, description="Log-in; default: you")
    reason: VisitReason = VisitReason.ROUTINE
    subject: Annotated[str, line(LONGEST_SUBJECT, shortest=0)] = Field("", examples=["How they like the new gate"])


class VisitTimeIn(Input):
    planned_for: Moment


class VisitReasonIn(Input):
    reason: Words = Field(examples=["They have moved out"])


class VisitNeedIn(Input):
    text: Annotated[str, line(LONGEST_NEED)] = Field(examples=["The tap in the kitchen drips"])
    kind: RequestKind = RequestKind.REPAIR


class VisitPromiseIn(Input):
    text: Annotated[str, line(500)] = Field(examples=["When the gate is mended"])
    due_at: Moment


class VisitRecordIn(Input):
    matter: Annotated[str, line(LONGEST_MATTER)] = Field(examples=["The new gate"])
    result: Annotated[str, line(LONGEST_MATTER)] = Field(examples=["They are content"])
    persons: Annotated[str, line(100, shortest=0)] = Field("", examples=["Mr Zhou and his mother"])
    party_id: Id | None = None
    needs: list[VisitNeedIn] = Field(default_factory=list, max_length=10)
    promises: list[VisitPromiseIn] = Field(default_factory=list, max_length=10)

    def arguments(self, unit: Unit, user: User) -> dict[str, Any]:
        return {
            "matter": self.matter,
            "result": self.result,
            "persons": self.persons,
            "party": named_row_if(people_of(unit, user), self.party_id, "party_id"),
            "needs": [NewNeed(need.text, need.kind) for need in self.needs],
            "promises": [NewPromise(promise.text, promise.due_at) for promise in self.promises],
        }


class VisitLogIn(VisitRecordIn):
    unit_id: Id
    at: Moment | None = Field(None, description="Default: now", examples=[None])


class VisitNeedOut(Output):
    """What a household wants."""

    id: int = Field(examples=[9])
    visit_id: int = Field(examples=[61])
    text: str = Field(examples=["The tap in the kitchen drips"])
    kind: RequestKind
    service_request_id: int | None = Field(description="null: not dispatched", examples=[7])
    declined: str = Field(description="Why it becomes no request", examples=[""])


class VisitDeclineIn(Input):
    words: Words = Field(examples=["They will ask the developer"])


class VisitCoverageOut(Output):
    """Of the households of a territory, as of today: those met at home, and those touched at all, within twelve months."""

    territory_id: int = Field(examples=[3])
    territory: str = Field(examples=["East"])
    households: int = Field(examples=[400])
    visited: int = Field(examples=[290])
    touched: int = Field(examples=[350])
    never: int = Field(description="Never visited", examples=[40])

    @staticmethod
    def resolve_territory_id(row: Coverage) -> int:
        return int(row.territory.pk)

    @staticmethod
    def resolve_territory(row: Coverage) -> str:
        return str(row.territory)


class VisitProposalOut(Output):
    """A household to visit next, and why."""

    unit_id: int = Field(examples=[12])
    unit: str = Field(examples=["2-1-301"])
    why: str = Field(examples=["never visited"])

    @staticmethod
    def resolve_unit_id(row: Proposal) -> int:
        return int(row.unit.pk)

    @staticmethod
    def resolve_unit(row: Proposal) -> str:
        return str(row.unit)


class HomeVisitQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    steward_id: PathId | None = None
    state: VisitState | None = None
    since: Moment | None = None
    until: Moment | None = Field(None, description="Exclusive")


class ProposalQuery(Input):
    number: int = Field(12, ge=1, le=60)


@router.get("/home-visits", response=Listed[HomeVisitOut])
def list_home_visits(request: SignedInRequest, query: Annotated[HomeVisitQuery, Query()]) -> dict[str, Any]:
    authorize(request.user, VIEW)
    rows = matching(HomeVisit.objects.visible_to(request.user), query, "project_id", "unit_id", "steward_id", "state")
    if query.since:
        rows = rows.filter(planned_for__gte=query.since)
    if query.until:
        rows = rows.filter(planned_for__lt=query.until)
    return page(rows, query, order=("planned_for", "id"))


@router.post("/home-visits", response={201: HomeVisitOut})
def plan_home_visit(request: SignedInRequest, body: HomeVisitIn) -> Status[HomeVisit]:
    authorize(request.user, MAKE)
    unit = named_row(Unit.objects.visible_to(request.user), body.unit_id, "unit_id")
    visit = plan_visit(
        unit,
        by=request.user,
        planned_for=body.planned_for,
        steward=_steward(body.steward_id, request.user),
        party=named_row_if(people_of(unit, request.user), body.party_id, "party_id"),
        reason=body.reason,
        subject=body.subject,
    )
    return Status(201, visit)


@router.post("/home-visits/log", response={201: HomeVisitOut}, summary="A visit on a round")
def log_home_visit(request: SignedInRequest, body: VisitLogIn) -> Status[HomeVisit]:
    """Entered afterwards; an open plan for the household is made use of."""
    authorize(request.user, MAKE)
    rows: Any = Unit.objects.visible_to(request.user).select_related("project")
    unit = named_row(rows, body.unit_id, "unit_id")
    return Status(201, log_visit(unit, by=request.user, at=body.at, **body.arguments(unit, request.user)))


@router.get("/home-visits/{int:visit_id}", response=HomeVisitOut)
def show_home_visit(request: SignedInRequest, visit_id: PathId) -> HomeVisit:
    return _find(request, visit_id)


@router.post("/home-visits/{int:visit_id}/confirmation", response=HomeVisitOut)
def confirm_home_visit(request: SignedInRequest, visit_id: PathId) -> HomeVisit:
    return confirm_visit(_find_to_make(request, visit_id), by=request.user)


@router.post("/home-visits/{int:visit_id}/meeting", response=HomeVisitOut, summary="Somebody opened the door")
def meet_at_home(request: SignedInRequest, visit_id: PathId) -> HomeVisit:
    return meet_household(_find_to_make(request, visit_id), by=request.user)


@router.post("/home-visits/{int:visit_id}/absence", response=HomeVisitOut, summary="Nobody home")
def miss_at_home(request: SignedInRequest, visit_id: PathId) -> HomeVisit:
    return miss_household(_find_to_make(request, visit_id), by=request.user)


@router.post("/home-visits/{int:visit_id}/absence-undo", response=HomeVisitOut, summary="Undo that nobody was home")
def undo_miss_at_home(request: SignedInRequest, visit_id: PathId) -> HomeVisit:
    """As long as it has not been planned again; it is confirmed again where it was before."""
    return undo_miss(_find_to_make(request, visit_id), by=request.user)


@router.post("/home-visits/{int:visit_id}/replanning", response=HomeVisitOut)
def replan_home_visit(request: SignedInRequest, visit_id: PathId, body: VisitTimeIn) -> HomeVisit:
    """After nobody was home; three times at most."""
    return replan_visit(_find_to_make(request, visit_id), by=request.user, planned_for=body.planned_for)


@router.post("/home-visits/{int:visit_id}/move", response=HomeVisitOut)
def move_home_visit(request: SignedInRequest, visit_id: PathId, body: VisitTimeIn) -> HomeVisit:
    return move_visit(_find_to_make(request, visit_id), by=request.user, planned_for=body.planned_for)


@router.post("/home-visits/{int:visit_id}/cancellation", response=HomeVisitOut)
def cancel_home_visit(request: SignedInRequest, visit_id: PathId, body: VisitReasonIn) -> HomeVisit:
    return cancel_visit(_find_to_make(request, visit_id), by=request.user, reason=body.reason)


@router.post("/home-visits/{int:visit_id}/record", response=HomeVisitOut, summary="What was said")
def record_home_visit(request: SignedInRequest, visit_id: PathId, body: VisitRecordIn) -> HomeVisit:
    """Needs become requests and promises get their clock at once; where nothing is left the visit is closed."""
    visit = _find_to_make(request, visit_id)
    return record_visit(visit, by=request.user, **body.arguments(visit.unit, request.user))


@router.post("/home-visits/{int:visit_id}/closing", response=HomeVisitOut)
def close_home_visit(request: SignedInRequest, visit_id: PathId) -> HomeVisit:
    return close_visit(_find_to_make(request, visit_id), by=request.user)


@router.get("/home-visits/{int:visit_id}/needs", response=list[VisitNeedOut])
def list_visit_needs(request: SignedInRequest, visit_id: PathId) -> list[VisitNeed]:
    return list(_find(request, visit_id).needs.all())


@router.post("/visit-needs/{int:need_id}/request", response=VisitNeedOut, summary="A need becomes a request")
def dispatch_visit_need(request: SignedInRequest, need_id: PathId) -> VisitNeed:
    need = _find_need(request, need_id)
    authorize(request.user, "servicedesk.register_request")
    return dispatch_need(need, by=request.user)


@router.post("/visit-needs/{int:need_id}/refusal", response=VisitNeedOut, summary="A need becomes no request")
def decline_visit_need(request: SignedInRequest, need_id: PathId, body: VisitDeclineIn) -> VisitNeed:
    return decline_need(_find_need(request, need_id), by=request.user, words=body.words)


@router.get("/visit-coverage", response=list[VisitCoverageOut])
def show_visit_coverage(request: SignedInRequest) -> list[Coverage]:
    authorize(request.user, VIEW)
    return coverage_of(request.user)


@router.get("/visit-proposals", response=list[VisitProposalOut])
def list_visit_proposals(request: SignedInRequest, query: Annotated[ProposalQuery, Query()]) -> list[Proposal]:
    """Who waits longest, spread over the buildings."""
    authorize(request.user, MAKE)
    return propose(request.user, number=query.number)


def _steward(pk: int | None, user: User) -> User | None:
    if pk is None:
        return None
    staff = StaffMember.objects.filter(pk__in=team_of(user).values("pk"), user=pk).values("user")
    return named_row(User.objects.filter(pk__in=staff), pk, "steward_id")


def _find(request: SignedInRequest, visit_id: int) -> HomeVisit:
    authorize(request.user, VIEW)
    rows: Any = HomeVisit.objects.visible_to(request.user).for_list()
    found: HomeVisit = row_or_404(rows, visit_id)
    return found


def _find_to_make(request: SignedInRequest, visit_id: int) -> HomeVisit:
    visit = _find(request, visit_id)
    authorize(request.user, MAKE, visit)
    return visit


def _find_need(request: SignedInRequest, need_id: int) -> VisitNeed:
    rows = VisitNeed.objects.filter(visit__in=HomeVisit.objects.visible_to(request.user)).select_related("visit")
    need = row_or_404(rows, need_id)
    authorize(request.user, MAKE, need.visit)
    return need
