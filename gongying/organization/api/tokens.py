"""Tokens are seen and revoked here; they are issued on their page only, so that no token can make another one."""

from typing import Any

from ninja import Field, Router, Status

from gongying.accounts.models import ApiToken
from gongying.accounts.requests import SignedInRequest
from gongying.accounts.rules import ISSUE_TOKENS
from gongying.common.api import Listed, Moment, Output, PagingQuery, PathId, page, row_or_404
from gongying.common.permissions import authorize
from gongying.organization.api.staff import everybody
from gongying.organization.models import StaffMember
from gongying.organization.operations import revoke_token

router = Router(tags=["organization"])


class TokenOut(Output):
    """A key to this API, without its secret."""

    id: int = Field(examples=[8])
    name: str = Field(examples=["Fee system"])
    scopes: list[ApiToken.TokenScope] = Field(examples=[["read"]])
    created_at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    expires_at: Moment = Field(examples=["2027-02-19T14:30:00+08:00"])
    last_used_at: Moment | None = Field(examples=[None])
    revoked_at: Moment | None = Field(examples=[None])


def whose(request: SignedInRequest, staff_id: int) -> StaffMember:
    """One's own tokens, or with the permission those of colleagues."""
    staff = row_or_404(everybody(), staff_id)
    if staff.user_id != request.user.pk:
        authorize(request.user, ISSUE_TOKENS)
    return staff


@router.get("/staff/{int:staff_id}/tokens", response=Listed[TokenOut])
def list_tokens(request: SignedInRequest, staff_id: PathId, query: PagingQuery) -> dict[str, Any]:
    return page(ApiToken.objects.filter(user=whose(request, staff_id).user_id), query, order=("id",))


@router.delete("/staff/{int:staff_id}/tokens/{int:token_id}", response={204: None}, summary="Revoke a token")
def delete_token(request: SignedInRequest, staff_id: PathId, token_id: PathId) -> Status[None]:
    staff = whose(request, staff_id)
    revoke_token(row_or_404(ApiToken.objects.filter(user=staff.user_id), token_id), by=request.user)
    return Status(204, None)
