from typing import Annotated, Any

from ninja import Field, Query, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    TimeOfDay,
    naming_bad_cursor,
    row_or_404,
)
from gongying.common.paging import paginate
from gongying.notifications.models import NEWEST_FIRST, Notification
from gongying.notifications.operations import choose_digest, digest_of, read_all, read_notification
from gongying.notifications.presentation import Notice, notices_of

router = Router(tags=["notifications"])


class NotificationOut(Output):
    """Something that the person of the token was told."""

    id: int = Field(examples=[31])
    verb: str = Field(description="Of the event", examples=["work.assigned"])
    text: str = Field(description="In the caller's language", examples=["Assigned · YG-BX26-000123"])
    about_kind: str = Field(description="Empty: nothing in particular", examples=["servicerequest"])
    about_id: int | None = Field(examples=[17])
    at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    read_at: Moment | None = Field(examples=[None])


class NotificationQuery(Paging):
    unread: bool = Field(False, description="Only what was not read yet")


class ReadIn(Input):
    up_to: Id | None = Field(None, description="The newest one seen; left out: all")


class ReadOut(Output):
    read: int = Field(description="How many were unread before", examples=[3])


class DigestOut(Output):
    at: TimeOfDay | None = Field(description="When the summary of the day comes; null: never", examples=["08:00"])


class DigestIn(Input):
    at: TimeOfDay | None = Field(examples=["08:00"])


def _out(notice: Notice) -> dict[str, Any]:
    row = notice.row
    return {
        "id": row.pk,
        "verb": row.event.verb,
        "text": notice.one_line,
        "about_kind": row.about_kind,
        "about_id": row.about_id,
        "at": row.at,
        "read_at": row.read_at,
    }


@router.get("/notifications", response=Listed[NotificationOut])
def list_notifications(request: SignedInRequest, query: Annotated[NotificationQuery, Query()]) -> dict[str, Any]:
    """One's own, the newest first."""
    rows = Notification.objects.visible_to(request.user).select_related("event")
    rows = rows.unread() if query.unread else rows
    with naming_bad_cursor(query.cursor):
        found = paginate(rows, order=NEWEST_FIRST, cursor=query.cursor or None, size=query.limit)
    notices = notices_of(found.rows, user=request.user)
    return {"items": [_out(notice) for notice in notices], "next_cursor": found.next_cursor}


@router.post("/notifications/{int:notification_id}/read", response=NotificationOut)
def create_reading(request: SignedInRequest, notification_id: PathId) -> Any:
    """Reading it again changes nothing: the first time counts."""
    notification = row_or_404(Notification.objects.visible_to(request.user).select_related("event"), notification_id)
    read_notification(notification)
    (notice,) = notices_of([notification], user=request.user)
    return _out(notice)


@router.post("/notifications/read", response=ReadOut)
def create_reading_of_all(request: SignedInRequest, body: ReadIn) -> Any:
    return {"read": read_all(by=request.user, up_to=body.up_to)}


@router.get("/notifications/digest", response=DigestOut)
def show_digest(request: SignedInRequest) -> Any:
    return digest_of(request.user)


@router.put("/notifications/digest", response=DigestOut)
def update_digest(request: SignedInRequest, body: DigestIn) -> Any:
    return choose_digest(by=request.user, at=body.at)
