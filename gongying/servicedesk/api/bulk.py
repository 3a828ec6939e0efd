"""Several requests at once: all of them or, where one refuses, none."""

from typing import Annotated, Any

from ninja import Field, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import NOT_THERE, Id, Input
from gongying.common.permissions import authorize
from gongying.common.problems import FieldError, invalid
from gongying.servicedesk.api.request_steps import Plan, TransferTo
from gongying.servicedesk.api.requests import RequestOut, visible
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.operations import dispatch_work, transfer_request
from gongying.servicedesk.operations.bulk import Change, change_all

router = Router(tags=["requests"])

MOST = 200


class Marked(Input):
    request_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST, examples=[[512, 513]])]


class DispatchAllIn(Marked, Plan):
    pass


class TransferAllIn(Marked, TransferTo):
    pass


@router.post("/requests/bulk-dispatch", response=list[RequestOut], summary="Give the work of several to somebody")
def dispatch_all(request: SignedInRequest, body: DispatchAllIn) -> list[ServiceRequest]:
    authorize(request.user, "servicedesk.dispatch_work")
    return _change(request, body, dispatch_work, body.chosen())


@router.post("/requests/bulk-transfer", response=list[RequestOut], summary="Pass several on to a colleague")
def transfer_all(request: SignedInRequest, body: TransferAllIn) -> list[ServiceRequest]:
    authorize(request.user, "servicedesk.transfer_request")
    return _change(request, body, transfer_request, body.chosen())


def _change(request: SignedInRequest, body: Marked, change: Change, given: dict[str, Any]) -> list[ServiceRequest]:
    authorize(request.user, "servicedesk.bulk_change")
    rows = {row.pk: row for row in visible(request).filter(pk__in=body.request_ids)}
    unseen = [place for place, pk in enumerate(body.request_ids) if pk not in rows]
    if unseen:
        raise invalid(FieldError(f"request_ids.{place}", NOT_THERE) for place in unseen)
    change_all(rows.values(), change, by=request.user, **given)
    return list(visible(request).filter(pk__in=rows).order_by("pk"))
