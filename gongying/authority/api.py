"""Who may decide what alone, and what was asked for beyond that."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.authority.enums import ApprovalState, Per, Subject
from gongying.authority.figures import USUAL_DAYS, days_before, figures_of
from gongying.authority.forms import ChangeForm, GrantForm
from gongying.authority.models import ApprovalRequest, AuthorityGrant
from gongying.authority.models.approvals import LONGEST_REASON
from gongying.authority.operations import (
    change_grant,
    end_grant,
    give_authority,
    grant_approval,
    refuse_approval,
    withdraw_approval,
)
from gongying.authority.rules import DECIDE_APPROVALS, MANAGE_GRANTS, VIEW_FIGURES, VIEW_GRANTS, may_set
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
    Seen,
    current_if_stale,
    line,
    matching,
    page,
    row_or_404,
)
from gongying.common.api_forms import checked, form_data
from gongying.common.permissions import authorize

router = Router(tags=["authority"])

Amount = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2, examples=["200.00"])]


class GrantOut(Output):
    """A post or a person may decide about something alone, up to an amount, for a time."""

    id: int = Field(examples=[3])
    version: int = Field(examples=[1])
    post_id: int | None = Field(examples=[6])
    staff_id: int | None = Field(examples=[None])
    subject: Subject
    limit_amount: Decimal = Field(examples=["200.00"])
    per: Per
    project_id: int | None = Field(description="null: all projects", examples=[None])
    since: Day | None = Field(alias="starts_on", examples=["2026-11-22"])
    until: Day | None = Field(alias="ends_on", description="First day no more", examples=[None])
    granted_by_id: int = Field(description="User", examples=[9])
    granted_at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])


class Limit(Input):
    limit_amount: Amount
    per: Per = Per.CASE
    starts_on: Day | None = Field(None, description="Default: today", examples=[None])
    ends_on: Day | None = Field(None, description="First day no more; null: until it is changed", examples=[None])


class GrantIn(Limit):
    """Of a post or of a person, not of both."""

    post_id: Id | None = None
    staff_id: Id | None = Field(None, examples=[None])
    subject: Subject
    project_id: Id | None = Field(None, description="null: all projects", examples=[None])


class GrantChange(Limit, Change):
    pass


class GrantQuery(Paging):
    subject: Subject | None = None
    post_id: PathId | None = None
    staff_id: PathId | None = None


class ApprovalOut(Output):
    """Somebody asks to do what goes beyond her authority."""

    id: int = Field(examples=[5])
    version: int = Field(examples=[1])
    subject: Subject
    amount: Decimal = Field(examples=["250.00"])
    reason: str = Field(examples=["The ceiling got wet a second time"])
    asked_by_id: int = Field(description="User", examples=[3])
    asked_at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])
    about_kind: str = Field(description="As in the journal", examples=["servicerequest"])
    about_id: int = Field(examples=[17])
    project_id: int = Field(examples=[1])
    state: ApprovalState
    decided_by_id: int | None = Field(description="User", examples=[None])
    decided_at: Moment | None = Field(examples=[None])
    note: str = Field(examples=[""])
    grant_id: int | None = Field(description="What she might decide alone", examples=[3])
    limit_amount: Decimal | None = Field(description="Its limit at that time", examples=["200.00"])
    deciding_grant_id: int | None = Field(description="Of whoever agreed; null: she sets limits", examples=[None])
    deciding_limit: Decimal | None = Field(description="Its limit at that time", examples=[None])


class ApprovalQuery(Paging):
    state: ApprovalState | None = None
    subject: Subject | None = None
    project_id: PathId | None = None
    asked_by_id: PathId | None = None


class ApprovalDecisionIn(Change):
    note: Annotated[str, line(LONGEST_REASON, shortest=0)] = Field("", examples=["Agreed, the second visit was ours"])


class ApprovalWithdrawalIn(Change):
    pass


class LimitFiguresOut(Output):
    grant_id: int | None = Field(examples=[3])
    limit: Decimal | None = Field(examples=["200.00"])
    asked: int = Field(examples=[4])
    granted: int = Field(examples=[3])
    median_amount: Decimal = Field(examples=["250.00"])
    median_wait_seconds: float | None = Field(examples=[480.0])


class SubjectFiguresOut(Output):
    subject: Subject
    alone: int = Field(description="Decided at once, within authority", examples=[12])
    alone_sum: Decimal = Field(examples=["1340.00"])
    asked: int = Field(examples=[4])
    waiting: int = Field(examples=[1])
    granted: int = Field(examples=[3])
    refused: int = Field(examples=[0])
    median_wait_seconds: float | None = Field(examples=[480.0])
    by_limit: list[LimitFiguresOut]


class FiguresQuery(Input):
    days: Annotated[int, Field(ge=1, le=3660)] = USUAL_DAYS


@router.get("/authority-grants", response=Listed[GrantOut])
def list_grants(request: SignedInRequest, query: Annotated[GrantQuery, Query()]) -> dict[str, Any]:
    """Past, present and to come."""
    authorize(request.user, VIEW_GRANTS)
    rows = AuthorityGrant.objects.visible_to(request.user)
    return page(matching(rows, query, "subject", "post_id", "staff_id"), query, order=("id",))


@router.post("/authority-grants", response={201: GrantOut})
def create_grant(request: SignedInRequest, body: GrantIn) -> Status[AuthorityGrant]:
    authorize(request.user, MANAGE_GRANTS)
    form = checked(GrantForm(form_data(GrantForm, body), user=request.user))
    return Status(201, give_authority(by=request.user, **form.cleaned_data))


@router.get("/authority-grants/{int:grant_id}", response=GrantOut)
def show_grant(request: SignedInRequest, grant_id: PathId) -> AuthorityGrant:
    authorize(request.user, VIEW_GRANTS)
    found: AuthorityGrant = row_or_404(AuthorityGrant.objects.visible_to(request.user), grant_id)
    return found


@router.patch("/authority-grants/{int:grant_id}", response=GrantOut)
def update_grant(request: SignedInRequest, grant_id: PathId, body: GrantChange) -> AuthorityGrant:
    """Another limit from a day on: what began before that day is ended, the answer is what holds from then on."""
    grant = _to_change(request, grant_id)
    form = checked(ChangeForm(form_data(ChangeForm, body), grant=grant))
    with current_if_stale(grant, GrantOut):
        return change_grant(grant, by=request.user, seen=body.version, **form.cleaned_data)


@router.delete("/authority-grants/{int:grant_id}", response={204: None})
def remove_grant(request: SignedInRequest, grant_id: PathId, version: Seen = None) -> Status[None]:
    """It holds to the end of today."""
    grant = _to_change(request, grant_id)
    with current_if_stale(grant, GrantOut):
        end_grant(grant, by=request.user, seen=version)
    return Status(204, None)


@router.get("/approvals", response=Listed[ApprovalOut])
def list_approvals(request: SignedInRequest, query: Annotated[ApprovalQuery, Query()]) -> dict[str, Any]:
    """What one may decide about or asked for oneself, the newest first."""
    mine = ApprovalRequest.objects.visible_to(request.user)
    rows = matching(mine, query, "state", "subject", "project_id", "asked_by_id")
    return page(rows, query, order=("-asked_at", "-id"))


@router.get("/approvals/{int:approval_id}", response=ApprovalOut)
def show_approval(request: SignedInRequest, approval_id: PathId) -> ApprovalRequest:
    return _approval(request, approval_id)


@router.post("/approvals/{int:approval_id}/grant", response=ApprovalOut)
def create_approval_grant(request: SignedInRequest, approval_id: PathId, body: ApprovalDecisionIn) -> ApprovalRequest:
    """Agree; whoever decides second gets 409 with the first decision."""
    approval = _to_decide(request, approval_id)
    grant_approval(approval, by=request.user, note=body.note, seen=body.version)
    approval.refresh_from_db()
    return approval


@router.post("/approvals/{int:approval_id}/refusal", response=ApprovalOut)
def create_approval_refusal(request: SignedInRequest, approval_id: PathId, body: ApprovalDecisionIn) -> ApprovalRequest:
    return refuse_approval(_to_decide(request, approval_id), by=request.user, note=body.note, seen=body.version)


@router.post("/approvals/{int:approval_id}/withdrawal", response=ApprovalOut)
def create_approval_withdrawal(
    request: SignedInRequest, approval_id: PathId, body: ApprovalWithdrawalIn
) -> ApprovalRequest:
    return withdraw_approval(_approval(request, approval_id), by=request.user, seen=body.version)


@router.get("/approval-figures", response=list[SubjectFiguresOut])
def show_figures(request: SignedInRequest, query: Annotated[FiguresQuery, Query()]) -> list[dict[str, Any]]:
    """Of the last days: decided alone, asked for, how long it waited, per subject and limit."""
    authorize(request.user, VIEW_FIGURES)
    found = figures_of(request.user, since=days_before(query.days))
    return [
        vars(row)
        | {
            "median_wait_seconds": _seconds(row.median_wait),
            "by_limit": [
                vars(limit)
                | {
                    "grant_id": limit.grant.pk if limit.grant else None,
                    "median_wait_seconds": _seconds(limit.median_wait),
                }
                for limit in row.by_limit
            ],
        }
        for row in found
    ]


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _to_change(request: SignedInRequest, grant_id: int) -> AuthorityGrant:
    authorize(request.user, MANAGE_GRANTS)
    grant: AuthorityGrant = row_or_404(AuthorityGrant.objects.visible_to(request.user), grant_id)
    if not may_set(request.user, grant.project):
        raise PermissionDenied(_("Authority for all projects is changed by those who see all of them."))
    return grant


def _approval(request: SignedInRequest, approval_id: int) -> ApprovalRequest:
    found: ApprovalRequest = row_or_404(ApprovalRequest.objects.visible_to(request.user), approval_id)
    return found


def _to_decide(request: SignedInRequest, approval_id: int) -> ApprovalRequest:
    approval = _approval(request, approval_id)
    authorize(request.user, DECIDE_APPROVALS, approval)
    return approval
