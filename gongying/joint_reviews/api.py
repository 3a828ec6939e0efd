"""Joint reviews for machines."""

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Day,
    Flag,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    Whole,
    current_if_stale,
    line,
    matching,
    named_row,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.common.problems import invalid_field
from gongying.customers.enums import RoleKind
from gongying.estates.scopes import projects_served_whole
from gongying.estates.stewards import staff_in_project
from gongying.improvements.models import LONGEST_TITLE
from gongying.improvements.rules import people_at
from gongying.joint_reviews.enums import Figure
from gongying.joint_reviews.figures import figures_of
from gongying.joint_reviews.models import LONGEST_NAMES, LONGEST_TEXT, MOST_MONTHS, JointReview, ReviewDecision
from gongying.joint_reviews.operations import close_review, decide, judge_effect, plan_review
from gongying.joint_reviews.rules import HOLD, authorize_holding

router = Router(tags=["joint reviews"])


class JointReviewOut(Output):
    """Contacts of a period that are looked at together."""

    id: int = Field(examples=[3])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    counterpart: str = Field(description="Kind of counterpart; empty: all of them", examples=["committee"])
    first_day: Day = Field(examples=["2026-11-01"])
    last_day: Day = Field(examples=["2026-11-30"])
    due_on: Day = Field(examples=["2026-12-05"])
    every_months: int = Field(examples=[1])
    leader_id: int = Field(description="User", examples=[3])
    summary: str = Field(examples=[""])
    closed_at: Moment | None = Field(examples=[None])


class JointReviewWithFiguresOut(JointReviewOut):
    figures: dict[str, int] = Field(description="As they stand now, or stood at its end", examples=[{"contacts": 12}])

    @staticmethod
    def resolve_figures(review: JointReview) -> dict[str, int]:
        return figures_of(review)


class JointReviewQuery(Paging):
    project_id: PathId | None = None
    counterpart: RoleKind | None = None


class JointReviewIn(Input):
    project_id: Id
    counterpart: RoleKind | None = Field(None, description="null: all of them", examples=["committee"])
    first_day: Day = Field(examples=["2026-11-01"])
    last_day: Day = Field(examples=["2026-11-30"])
    due_on: Day = Field(examples=["2026-12-05"])
    every_months: Annotated[Whole, Field(ge=0, le=MOST_MONTHS, examples=[1])] = 1
    leader_staff_id: Id
    colleague_staff_ids: list[Id] = Field([], max_length=50, examples=[[]])


class ReviewDecisionOut(Output):
    """What a review found and decided; the improvement item says the rest."""

    id: int = Field(examples=[5])
    review_id: int = Field(examples=[3])
    item_id: int = Field(description="Improvement item", examples=[6])
    figure: str = Field(description="Which figure it is to move", examples=["unanswered"])


class ReviewDecisionIn(Input):
    finding: Annotated[str, line(LONGEST_TEXT), Field(examples=["Letters lie for a week"])]
    title: Annotated[str, line(LONGEST_TITLE), Field(examples=["The desk empties the box on Mondays"])]
    staff_id: Id = Field(description="Who is in charge")
    due_on: Day
    figure: Figure | None = Field(None, examples=["unanswered"])


class DecisionEffectIn(Input):
    has_helped: Flag
    word: Annotated[str, Field(max_length=500, examples=[""])] = ""


class DecisionEffectOut(Output):
    decision_id: int = Field(examples=[5])
    has_helped: bool
    before: int | None = Field(examples=[7])
    after: int | None = Field(examples=[2])
    word: str = Field(examples=[""])


class ReviewMinutesIn(Change):
    summary: Annotated[str, line(LONGEST_TEXT), Field(examples=["Nobody waits for an answer any more."])]
    others: Annotated[str, Field(max_length=LONGEST_NAMES, examples=[""])] = ""


@router.get("/joint-reviews", response=Listed[JointReviewOut])
def list_joint_reviews(request: SignedInRequest, query: Annotated[JointReviewQuery, Query()]) -> dict[str, Any]:
    """The newest first."""
    rows = matching(JointReview.objects.visible_to(request.user), query, "project_id", "counterpart")
    return page(rows, query, order=("-due_on", "-id"))


@router.post("/joint-reviews", response={201: JointReviewOut}, summary="Plan a joint review")
def create_joint_review(request: SignedInRequest, body: JointReviewIn) -> Status[JointReview]:
    authorize(request.user, HOLD)
    project = named_row(projects_served_whole(request.user), body.project_id, "project_id")
    if body.last_day < body.first_day or body.due_on < body.last_day:
        raise invalid_field("due_on", _("One meets when the days are over."))
    staff = staff_in_project(project.pk).select_related("user")
    colleagues = [named_row(staff, pk, "colleague_staff_ids").user for pk in body.colleague_staff_ids]
    review = JointReview(
        project=project,
        counterpart=body.counterpart or "",
        first_day=body.first_day,
        last_day=body.last_day,
        due_on=body.due_on,
        every_months=body.every_months,
        leader=named_row(staff, body.leader_staff_id, "leader_staff_id").user,
    )
    return Status(201, plan_review(review, by=request.user, colleagues=colleagues))


@router.get("/joint-reviews/{int:review_id}", response=JointReviewWithFiguresOut)
def show_joint_review(request: SignedInRequest, review_id: PathId) -> Any:
    return _find(request, review_id)


@router.get("/joint-reviews/{int:review_id}/decisions", response=list[ReviewDecisionOut])
def list_review_decisions(request: SignedInRequest, review_id: PathId) -> Any:
    return list(_find(request, review_id).decisions.all())


@router.post("/joint-reviews/{int:review_id}/decisions", response={201: ReviewDecisionOut}, summary="Decide something")
def create_review_decision(
    request: SignedInRequest, review_id: PathId, body: ReviewDecisionIn
) -> Status[ReviewDecision]:
    review = _held(request, review_id)
    owner = named_row(people_at(review), body.staff_id, "staff_id").user
    decision = decide(
        review,
        by=request.user,
        owner=owner,
        finding=body.finding,
        title=body.title,
        due_on=body.due_on,
        figure=body.figure or "",
    )
    return Status(201, decision)


@router.post(
    "/joint-reviews/{int:review_id}/decisions/{int:decision_id}/effect",
    response={201: DecisionEffectOut},
    summary="Say whether an earlier decision has helped",
)
def create_decision_effect(
    request: SignedInRequest, review_id: PathId, decision_id: PathId, body: DecisionEffectIn
) -> Status[Any]:
    review = _held(request, review_id)
    decision = row_or_404(ReviewDecision.objects.visible_to(request.user), decision_id)
    effect = judge_effect(decision, review=review, has_helped=body.has_helped, word=body.word, by=request.user)
    return Status(201, effect)


@router.post("/joint-reviews/{int:review_id}/minutes", response=JointReviewOut, summary="Close a joint review")
def create_review_minutes(request: SignedInRequest, review_id: PathId, body: ReviewMinutesIn) -> Any:
    review = _held(request, review_id)
    with current_if_stale(review, JointReviewOut):
        return close_review(review, by=request.user, summary=body.summary, others=body.others, seen=body.version)


def _find(request: SignedInRequest, review_id: int) -> JointReview:
    found: JointReview = row_or_404(JointReview.objects.visible_to(request.user).select_related("leader"), review_id)
    return found


def _held(request: SignedInRequest, review_id: int) -> JointReview:
    review = _find(request, review_id)
    authorize_holding(request.user, review)
    return review
