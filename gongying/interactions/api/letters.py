"""Suggestion boxes, letters, slips and mails for machines."""

from typing import Annotated, Any, Literal

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Day,
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
from gongying.customers.models import Party
from gongying.estates.models import Project, Unit
from gongying.estates.stewards import staff_in_project
from gongying.interactions.enums import ReplyWay
from gongying.interactions.models import LONGEST_REPLY, LONGEST_TEXT, Letter, SuggestionBox
from gongying.interactions.operations import Slip, answer_letter, enter_letters, open_box
from gongying.interactions.rules import LOG, VIEW

router = Router(tags=["letters"])
MOST_SLIPS = 50


class SuggestionBoxOut(Output):
    """A box that is opened every so many days."""

    id: int = Field(examples=[2])
    project_id: int = Field(examples=[1])
    name: str = Field(examples=["Hall of building 2"])
    every_days: int = Field(examples=[7])
    keeper_id: int = Field(description="User", examples=[3])
    last_at: Moment | None = Field(description="Opened last", examples=[None])
    due_on: Day = Field(description="Opened by then at the latest", examples=["2026-11-30"])


class SuggestionBoxQuery(Paging):
    project_id: PathId | None = None


class LetterOut(Output):
    """A letter, a slip or a mail; the interaction says what is written."""

    id: int = Field(examples=[8])
    number: str = Field(examples=["YG-XJ26-000008"])
    interaction_id: int = Field(examples=[30])
    opening_id: int | None = Field(description="Of a box", examples=[None])
    reply_due_on: Day = Field(examples=["2026-11-30"])
    is_answered: bool = Field(examples=[False])


class LetterQuery(Paging):
    state: Literal["unanswered", "overdue", "answered"] | None = Field(None, examples=["unanswered"])


class SlipIn(Input):
    text: Annotated[str, line(LONGEST_TEXT), Field(examples=["A bench at the gate, please"])]
    unit_id: Id | None = Field(None, examples=[None])
    party_id: Id | None = Field(None, examples=[None])
    name: Annotated[str, Field(max_length=100, examples=[""])] = ""


class LettersIn(Input):
    project_id: Id
    channel: Literal["letter", "email"]
    reply_due_on: Day = Field(examples=["2039-11-30"])
    slips: Annotated[list[SlipIn], Field(min_length=1, max_length=MOST_SLIPS)]


class OpeningIn(Input):
    witness_staff_id: Id = Field(description="The second person")
    reply_due_on: Day = Field(examples=["2039-11-30"])
    slips: Annotated[list[SlipIn], Field(max_length=MOST_SLIPS, examples=[[]])] = []


class OpeningOut(Output):
    id: int = Field(examples=[4])
    box_id: int = Field(examples=[2])
    at: Moment
    slips: int = Field(examples=[3])


class LetterAnswerIn(Input):
    text: Annotated[str, line(LONGEST_REPLY), Field(examples=["The bench comes in spring."])]
    way: ReplyWay


@router.get("/suggestion-boxes", response=Listed[SuggestionBoxOut])
def list_suggestion_boxes(request: SignedInRequest, query: Annotated[SuggestionBoxQuery, Query()]) -> dict[str, Any]:
    """Those that hang, the longest unopened first."""
    authorize(request.user, VIEW)
    rows: Any = SuggestionBox.objects.visible_to(request.user).in_use().with_due()
    return page(matching(rows, query, "project_id"), query, order=("due_on", "id"))


@router.post("/suggestion-boxes/{int:box_id}/openings", response={201: OpeningOut}, summary="Open a box, by two")
def create_box_opening(request: SignedInRequest, box_id: PathId, body: OpeningIn) -> Status[Any]:
    authorize(request.user, LOG)
    box = row_or_404(SuggestionBox.objects.visible_to(request.user), box_id)
    witness = named_row(staff_in_project(box.project_id), body.witness_staff_id, "witness_staff_id").user
    slips = [_slip(request, one) for one in body.slips]
    return Status(201, open_box(box, by=request.user, witness=witness, reply_due_on=body.reply_due_on, slips=slips))


@router.get("/letters", response=Listed[LetterOut])
def list_letters(request: SignedInRequest, query: Annotated[LetterQuery, Query()]) -> dict[str, Any]:
    """The most urgent first."""
    authorize(request.user, VIEW)
    rows = Letter.objects.visible_to(request.user).select_related("interaction", "reply")
    if query.state:
        rows = {"unanswered": rows.unanswered, "overdue": rows.overdue, "answered": rows.answered}[query.state]()
    return page(rows, query, order=("reply_due_on", "id"))


@router.post("/letters", response={201: list[LetterOut]}, summary="Enter letters and mails together")
def create_letters(request: SignedInRequest, body: LettersIn) -> Status[list[Letter]]:
    authorize(request.user, LOG)
    project = named_row(Project.objects.visible_to(request.user), body.project_id, "project_id")
    slips = [_slip(request, one) for one in body.slips]
    entered = enter_letters(project, channel=body.channel, slips=slips, reply_due_on=body.reply_due_on, by=request.user)
    return Status(201, entered)


@router.post("/letters/{int:letter_id}/answer", response=LetterOut, summary="Say what was answered")
def create_letter_answer(request: SignedInRequest, letter_id: PathId, body: LetterAnswerIn) -> Any:
    authorize(request.user, LOG)
    rows = Letter.objects.visible_to(request.user).select_related("interaction")
    answer_letter(row_or_404(rows, letter_id), text=body.text, way=body.way, by=request.user)
    return row_or_404(rows, letter_id)


def _slip(request: SignedInRequest, slip: SlipIn) -> Slip:
    return Slip(
        slip.text,
        unit=named_row_if(Unit.objects.visible_to(request.user), slip.unit_id, "slips"),
        party=named_row_if(Party.objects.visible_to(request.user), slip.party_id, "slips"),
        name=slip.name,
    )
