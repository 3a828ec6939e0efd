"""Mediation cases for machines. What a side told the mediator is no part of a list."""

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Day,
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
    named_row,
    named_row_if,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize, may
from gongying.common.problems import invalid_field
from gongying.customers.models import Party
from gongying.estates.models import Project, Unit
from gongying.mediation.complaints import Said, said_in
from gongying.mediation.enums import Body, MediationState
from gongying.mediation.machines import MEDIATE
from gongying.mediation.models import (
    LONGEST_NAME,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    LONGEST_WORD,
    MOST_SIDES,
    MediationCase,
    Side,
)
from gongying.mediation.operations import (
    Disputant,
    find_breach,
    give_up,
    hold_session,
    keep_agreement,
    open_case,
    refer_case,
    withdraw_case,
)
from gongying.mediation.rules import VIEW, authorize_mediating
from gongying.servicedesk.models import ServiceRequest

router = Router(tags=["mediation"])


FROM_REQUEST = (
    "The request that it comes from. Subject and matter are taken from there where they are left out, and the first side:"
    " who complained, her words and what she asks for."
)


class DisputeSideOut(Output):
    """One side of a dispute; what it told the mediator is read on the page of the case only."""

    id: int = Field(examples=[11])
    position: int = Field(examples=[1])
    name: str = Field(examples=["Mr Zhou"])
    party_id: int | None = Field(examples=[5])
    unit_id: int | None = Field(examples=[17])


class MediationOut(Output):
    """A dispute between customers that is being mediated, or was."""

    id: int = Field(examples=[4])
    version: int = Field(examples=[1])
    number: str = Field(examples=["YG-TJ26-000004"])
    project_id: int = Field(examples=[1])
    request_id: int | None = Field(description="The request that it comes from", examples=[None])
    subject: str = Field(examples=["Noise at night"])
    state: MediationState
    mediator_id: int = Field(description="User", examples=[3])
    check_on: Day | None = Field(description="When one asks whether the agreement is kept", examples=[None])
    outcome: str = Field(examples=[""])
    opened_at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    ended_at: Moment | None = Field(examples=[None])
    sides: list[DisputeSideOut]


class MediationQuery(Paging):
    project_id: PathId | None = None
    request_id: PathId | None = None
    state: MediationState | None = None


class DisputeSideIn(Input):
    name: Annotated[str, Field(max_length=LONGEST_NAME, description="Empty: as the customer is called")] = ""
    party_id: Id | None = Field(None, examples=[None])
    unit_id: Id | None = Field(None, examples=[None])
    statement: Annotated[str, Field(max_length=LONGEST_TEXT, description="Only the mediator reads it")] = ""


class MediationIn(Input):
    project_id: Id
    request_id: Id | None = Field(None, description=FROM_REQUEST, examples=[None])
    subject: Annotated[str, line(LONGEST_SUBJECT, shortest=0), Field(examples=["Noise at night"])] = ""
    matter: Annotated[str, line(LONGEST_TEXT, shortest=0), Field(examples=["Steps and furniture after eleven"])] = ""
    sides: Annotated[
        list[DisputeSideIn],
        Field(min_length=2, max_length=MOST_SIDES, examples=[[{"name": "Mr Zhou"}, {"name": "Mr Wang"}]]),
    ]


class MediationSessionIn(Change):
    began_at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    ended_at: Moment | None = Field(None, examples=[None])
    venue: Annotated[str, Field(max_length=LONGEST_NAME, examples=["Service centre"])] = ""
    side_ids: Annotated[
        list[Id], Field(min_length=1, max_length=MOST_SIDES, description="Who was there", examples=[[1]])
    ]
    record: Annotated[str, line(LONGEST_TEXT), Field(examples=["Both want quiet after ten"])]


class MediationSessionOut(Output):
    id: int = Field(examples=[7])
    began_at: Moment
    ended_at: Moment | None = Field(examples=[None])
    venue: str = Field(examples=["Service centre"])
    record: str = Field(examples=["Both want quiet after ten"])


class MediationWordIn(Change):
    word: Annotated[str, line(LONGEST_WORD), Field(examples=["Both say that it is quiet"])]


class ReferralIn(MediationWordIn):
    body: Body
    name: Annotated[str, Field(max_length=LONGEST_NAME, examples=["Mrs Li"])] = ""


def visible(request: SignedInRequest) -> Any:
    return MediationCase.objects.visible_to(request.user).prefetch_related("sides")


def mediated(request: SignedInRequest, case_id: int) -> MediationCase:
    case: MediationCase = row_or_404(visible(request), case_id)
    authorize_mediating(request.user, case)
    return case


@router.get("/mediations", response=Listed[MediationOut])
def list_mediations(request: SignedInRequest, query: Annotated[MediationQuery, Query()]) -> dict[str, Any]:
    """The newest first."""
    if not may(request.user, MEDIATE):
        authorize(request.user, VIEW)
    return page(matching(visible(request), query, "project_id", "request_id", "state"), query, order=("-id",))


@router.post("/mediations", response={201: MediationOut}, summary="Take up a dispute")
def create_mediation(request: SignedInRequest, body: MediationIn) -> Status[MediationCase]:
    authorize(request.user, MEDIATE)
    project = named_row(Project.objects.visible_to(request.user), body.project_id, "project_id")
    sides = [_disputant(request, one) for one in body.sides]
    matter = named_row_if(ServiceRequest.objects.visible_to(request.user), body.request_id, "request_id")
    facts: dict[str, Any] = {"subject": body.subject, "matter": body.matter}
    if matter is not None:
        said = said_in(matter)
        facts = {name: given or getattr(said, name) for name, given in facts.items()}
        sides[0] = _completed(sides[0], said, request.user)
    for name, given in facts.items():
        if not given.strip():
            raise invalid_field(name, _("This field is required."))
    return Status(201, open_case(project, **facts, sides=sides, service_request=matter, by=request.user))


@router.get("/mediations/{int:case_id}", response=MediationOut)
def show_mediation(request: SignedInRequest, case_id: PathId) -> Any:
    return row_or_404(visible(request), case_id)


@router.get("/mediations/{int:case_id}/sessions", response=list[MediationSessionOut])
def list_mediation_sessions(request: SignedInRequest, case_id: PathId) -> Any:
    case: MediationCase = row_or_404(visible(request), case_id)
    return list(case.sessions.all())


@router.post("/mediations/{int:case_id}/sessions", response={201: MediationSessionOut}, summary="Write down a session")
def create_mediation_session(request: SignedInRequest, case_id: PathId, body: MediationSessionIn) -> Status[Any]:
    case = mediated(request, case_id)
    present = [named_row(Side.objects.of(case), pk, "side_ids") for pk in body.side_ids]
    with current_if_stale(case, MediationOut):
        session = hold_session(
            case,
            by=request.user,
            began_at=body.began_at,
            venue=body.venue,
            present=present,
            record=body.record,
            seen=body.version,
            ended_at=body.ended_at,
        )
    return Status(201, session)


@router.post("/mediations/{int:case_id}/keep", response=MediationOut, summary="The agreement is kept")
def create_kept_agreement(request: SignedInRequest, case_id: PathId, body: MediationWordIn) -> Any:
    return _word(request, case_id, body, keep_agreement)


@router.post("/mediations/{int:case_id}/breach", response=MediationOut, summary="The agreement is not kept")
def create_breach(request: SignedInRequest, case_id: PathId, body: MediationWordIn) -> Any:
    return _word(request, case_id, body, find_breach)


@router.post("/mediations/{int:case_id}/fail", response=MediationOut, summary="No agreement is reached")
def create_failure(request: SignedInRequest, case_id: PathId, body: MediationWordIn) -> Any:
    return _word(request, case_id, body, give_up)


@router.post("/mediations/{int:case_id}/withdraw", response=MediationOut, summary="The sides do not want it any more")
def create_mediation_withdrawal(request: SignedInRequest, case_id: PathId, body: MediationWordIn) -> Any:
    return _word(request, case_id, body, withdraw_case)


@router.post("/mediations/{int:case_id}/refer", response=MediationOut, summary="Pass on to somebody outside")
def create_referral(request: SignedInRequest, case_id: PathId, body: ReferralIn) -> Any:
    case = mediated(request, case_id)
    with current_if_stale(case, MediationOut):
        refer_case(case, by=request.user, body=body.body, name=body.name, word=body.word, seen=body.version)
    return row_or_404(visible(request), case_id)


def _word(request: SignedInRequest, case_id: int, body: MediationWordIn, act: Any) -> Any:
    case = mediated(request, case_id)
    with current_if_stale(case, MediationOut):
        act(case, by=request.user, word=body.word, seen=body.version)
    return row_or_404(visible(request), case_id)


def _completed(side: Disputant, said: Said, user: User) -> Disputant:
    """Whoever is named by nothing is who complained; of her the rest is known."""
    is_nobody_else = side.party == said.party if side.party else not side.name.strip() and not side.unit
    if not is_nobody_else:
        return side
    seen = Party.objects.visible_to(user).filter(pk=said.party.pk).first() if said.party else None
    return Disputant(
        name=side.name or said.name,
        party=side.party or seen,
        unit=side.unit or said.unit,
        statement=side.statement or said.statement,
    )


def _disputant(request: SignedInRequest, side: DisputeSideIn) -> Disputant:
    return Disputant(
        name=side.name,
        party=named_row_if(Party.objects.visible_to(request.user), side.party_id, "sides"),
        unit=named_row_if(Unit.objects.visible_to(request.user), side.unit_id, "sides"),
        statement=side.statement,
    )
