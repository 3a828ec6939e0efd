"""What a former steward left open in a territory, and who takes it over (R-025)."""

from typing import Any

from django.db.models import Count
from ninja import Field, Router

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Id, Output, PathId, named_row, row_or_404
from gongying.common.permissions import authorize
from gongying.estates.scopes import visible_territories
from gongying.organization.models import Territory
from gongying.servicedesk.api.request_steps import TransferTo
from gongying.servicedesk.left_behind import left_behind
from gongying.servicedesk.operations import hand_over_requests

router = Router(tags=["territories"])


class LeftBehindOut(Output):
    """Open requests of somebody who does not serve their place any more."""

    owner_id: int = Field(description="User", examples=[3])
    owner: str = Field(examples=["Steward Wang"])
    number: int = Field(examples=[12])


class HandOverIn(TransferTo):
    from_id: Id = Field(description="User who left them behind")


class HandOverOut(Output):
    number: int = Field(description="Requests handed over, at most 200 at a time", examples=[12])
    left: int = Field(description="What is left of the same person for a further call", examples=[0])


@router.get("/territories/{int:territory_id}/left-behind", response=list[LeftBehindOut])
def list_left_behind(request: SignedInRequest, territory_id: PathId) -> list[dict[str, Any]]:
    """Whose open requests in the territory nobody looks after: who serves it changed, or somebody left."""
    authorize(request.user, "servicedesk.bulk_change")
    rows = left_behind(_territory(request, territory_id), user=request.user).order_by()
    owners = rows.values("owner", "owner__name").annotate(number=Count("pk")).order_by("-number", "owner")
    return [{"owner_id": row["owner"], "owner": row["owner__name"], "number": row["number"]} for row in owners]


@router.post("/territories/{int:territory_id}/hand-overs", response=HandOverOut, summary="Hand over what was left open")
def create_hand_over(request: SignedInRequest, territory_id: PathId, body: HandOverIn) -> dict[str, int]:
    """Each is a transfer like any other, with its reason and its count; all of them or, where one refuses, none."""
    authorize(request.user, "servicedesk.bulk_change")
    authorize(request.user, "servicedesk.transfer_request")
    territory = _territory(request, territory_id)
    chosen = body.chosen()
    former = named_row(User.objects.all(), body.from_id, "from_id")
    number = hand_over_requests(territory, of=former, by=request.user, **chosen)
    return {"number": number, "left": left_behind(territory, user=request.user).filter(owner=former).count()}


def _territory(request: SignedInRequest, territory_id: int) -> Territory:
    return row_or_404(visible_territories(request.user), territory_id)
