"""The mail room for machines: a scanner, a locker."""

from typing import Annotated, Any

from ninja import Field, Query, Router, Status

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
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.custody.enums import MailEnding, MailKind, MailWay, ReturnReason, Telling
from gongying.custody.models import MailItem
from gongying.custody.models.mail import (
    LONGEST_RECIPIENT,
    LONGEST_REMARK,
    LONGEST_SERVICE,
    LONGEST_SHELF,
    LONGEST_TRACKING,
)
from gongying.custody.operations import hand_out_mail, send_mail_back, take_in_mail, tell_household
from gongying.custody.rules import KEEP_MAIL
from gongying.estates.models import Unit

router = Router(tags=["mail"])

Taker = Annotated[str, line(LONGEST_RECIPIENT), Field(examples=["Mrs Zhou"])]


class MailItemOut(Output):
    """One parcel or letter in the mail room."""

    id: int = Field(examples=[70])
    project_id: int = Field(examples=[1])
    unit_id: int = Field(examples=[17])
    way: MailWay
    kind: MailKind
    recipient: str = Field(examples=["Mrs Zhou"])
    service: str = Field(examples=["SF"])
    tracking_no: str = Field(examples=["SF1234567890"])
    shelf: str = Field(examples=["B-3"])
    remark: str = Field(examples=[""])
    received_at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])
    told_at: Moment | None = Field(examples=[None])
    ended_at: Moment | None = Field(examples=[None])
    ending: MailEnding | None = Field(examples=[None])
    taken_by: str = Field(examples=[""])
    return_reason: ReturnReason | None = Field(description="Why it was sent back", examples=[None])
    return_word: str = Field(examples=[""])

    @staticmethod
    def resolve_ending(item: MailItem) -> str | None:
        return item.ending or None

    @staticmethod
    def resolve_return_reason(item: MailItem) -> str | None:
        return item.return_reason or None


class MailItemIn(Input):
    unit_id: Id
    kind: MailKind = MailKind.PARCEL
    way: MailWay = MailWay.IN
    recipient: Annotated[str, line(LONGEST_RECIPIENT, shortest=0), Field(examples=["Mrs Zhou"])] = ""
    service: Annotated[str, line(LONGEST_SERVICE, shortest=0), Field(examples=["SF"])] = ""
    tracking_no: Annotated[str, line(LONGEST_TRACKING, shortest=0), Field(examples=["SF1234567890"])] = ""
    shelf: Annotated[str, line(LONGEST_SHELF, shortest=0), Field(examples=["B-3"])] = ""
    remark: Annotated[str, line(LONGEST_REMARK, shortest=0), Field(examples=["wet on one side"])] = ""


class MailTellingIn(Input):
    how: Telling = Telling.PHONE


class MailTakingIn(Input):
    taken_by: Taker


class MailReturnIn(MailTakingIn):
    reason: ReturnReason = Field(examples=["refused"])
    word: Annotated[str, line(LONGEST_REMARK, shortest=0)] = Field("", description="With `other` it is needed")


class MailItemQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    kind: MailKind | None = None
    is_waiting: bool | None = Field(None, description="Still in the mail room")


def _visible(request: SignedInRequest) -> Any:
    authorize(request.user, KEEP_MAIL)
    return MailItem.objects.visible_to(request.user).for_page()


@router.get("/mail-items", response=Listed[MailItemOut])
def list_mail_items(request: SignedInRequest, query: Annotated[MailItemQuery, Query()]) -> dict[str, Any]:
    """The newest first."""
    rows = _visible(request)
    if query.is_waiting is not None:
        rows = rows.waiting() if query.is_waiting else rows.ended()
    return page(matching(rows, query, "project_id", "unit_id", "kind"), query, order=("-received_at", "-id"))


@router.post("/mail-items", response={201: MailItemOut}, summary="Take mail in")
def create_mail_item(request: SignedInRequest, body: MailItemIn) -> Status[MailItem]:
    authorize(request.user, KEEP_MAIL)
    unit = named_row(Unit.objects.visible_to(request.user), body.unit_id, "unit_id")
    return Status(201, take_in_mail(unit, by=request.user, **body.model_dump(exclude={"unit_id"})))


@router.post("/mail-items/{int:item_id}/telling", response=MailItemOut, summary="The household was told")
def create_mail_telling(request: SignedInRequest, item_id: PathId, body: MailTellingIn) -> MailItem:
    return tell_household([row_or_404(_visible(request), item_id)], by=request.user, how=body.how)[0]


@router.post("/mail-items/{int:item_id}/collection", response=MailItemOut, summary="Somebody took it")
def create_mail_collection(request: SignedInRequest, item_id: PathId, body: MailTakingIn) -> MailItem:
    """Once only: the second gets 409 and learns who took it."""
    return hand_out_mail([row_or_404(_visible(request), item_id)], by=request.user, taken_by=body.taken_by)[0]


@router.post("/mail-items/{int:item_id}/sending-back", response=MailItemOut, summary="A service took it back")
def create_mail_sending_back(request: SignedInRequest, item_id: PathId, body: MailReturnIn) -> MailItem:
    return send_mail_back(row_or_404(_visible(request), item_id), by=request.user, **body.model_dump())
