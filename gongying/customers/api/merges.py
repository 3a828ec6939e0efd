from typing import Any

from django.db.models import QuerySet
from ninja import Field, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Id, Input, Listed, Moment, Output, PagingQuery, PathId, named_row, page, row_or_404
from gongying.common.permissions import authorize
from gongying.customers.api import parties
from gongying.customers.models import PartyMerge
from gongying.customers.operations import merge_parties, undo_merge

router = Router(tags=["customers"])


class MergeOut(Output):
    """Two files of one customer made one."""

    id: int = Field(examples=[2])
    kept_id: int = Field(examples=[5])
    merged_id: int = Field(examples=[9])
    by_id: int = Field(examples=[3])
    at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    undone_at: Moment | None = Field(examples=[None])


class MergeIn(Input):
    merged_id: Id = Field(description="The file that goes into this one")


def visible(request: SignedInRequest) -> QuerySet[PartyMerge]:
    return PartyMerge.objects.filter(kept__in=parties.visible(request))


@router.get("/parties/{int:party_id}/merges", response=Listed[MergeOut])
def list_merges(request: SignedInRequest, party_id: PathId, query: PagingQuery) -> dict[str, Any]:
    party = row_or_404(parties.visible(request), party_id)
    return page(visible(request).filter(kept=party), query, order=("id",))


@router.post("/parties/{int:party_id}/merges", response={201: MergeOut})
def create_merge(request: SignedInRequest, party_id: PathId, body: MergeIn) -> Status[PartyMerge]:
    """Reversible: `POST /merges/{id}/undo`."""
    party = row_or_404(parties.visible(request), party_id)
    authorize(request.user, "customers.merge_parties")
    merged = named_row(parties.visible(request), body.merged_id, "merged_id")
    return Status(201, merge_parties(party, merged=merged, by=request.user))


@router.post("/merges/{int:merge_id}/undo", response=MergeOut)
def undo_party_merge(request: SignedInRequest, merge_id: PathId) -> PartyMerge:
    merge = row_or_404(visible(request), merge_id)
    authorize(request.user, "customers.merge_parties")
    return undo_merge(merge, by=request.user)
