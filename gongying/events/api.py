from typing import Annotated, Any

from ninja import Field, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Listed, Moment, Output, PathId, naming_bad_cursor, row_or_404
from gongying.common.permissions import authorize
from gongying.common.problems import Problem, invalid_field
from gongying.events.presentation import Filter, all_filters, find_filter
from gongying.events.subjects import find_kind
from gongying.events.timelines import Entry, read_timeline

router = Router(tags=["timeline"])

Kind = Annotated[str, Field(examples=["unit"])]


class EventOut(Output):
    """One entry of a timeline, in words and as data."""

    id: int = Field(examples=[9001])
    verb: str = Field(examples=["interaction.logged"])
    title: str = Field(examples=["Call"])
    text: str = Field(examples=["The lift stopped."])
    actor: str | None = Field(description="Null: the system", examples=["Xiao Zhao"])
    at: Moment = Field(description="When it happened", examples=["2026-11-21T14:30:00+08:00"])
    recorded_at: Moment = Field(description="When it was entered", examples=["2026-11-21T14:31:07+08:00"])
    details: dict[str, Any] = Field(examples=[{"channel": "phone"}])


@router.get("/timeline/{kind}/{int:subject_id}", response=Listed[EventOut], summary="The timeline of one thing")
def list_events(
    request: SignedInRequest, kind: Kind, subject_id: PathId, show: str = "", cursor: str = ""
) -> dict[str, Any]:
    """Newest first. `kind` is `customer`, `unit`, `servicerequest`, `interaction`, …; `show` is one of the filters."""
    subject_kind = find_kind(kind)
    if subject_kind is None:
        raise Problem(404)
    thing = row_or_404(subject_kind.visible_to(request.user), subject_id)
    if subject_kind.permission:
        authorize(request.user, subject_kind.permission, thing)
    with naming_bad_cursor(cursor):
        timeline = read_timeline(thing, subject_kind, user=request.user, chip=_filter(show), cursor=cursor or None)
    return {"items": [_shown(entry) for entry in timeline.entries], "next_cursor": timeline.next_cursor}


def _filter(key: str) -> Filter | None:
    if not key:
        return None
    chip = find_filter(key)
    if chip is None:
        known = ", ".join(each.key for each in all_filters())
        raise invalid_field("show", known, where="query", code="enum")
    return chip


def _shown(entry: Entry) -> dict[str, Any]:
    event = entry.event
    return {
        "id": event.pk,
        "verb": event.verb,
        "title": str(entry.title),
        "text": str(entry.text),
        "actor": str(event.actor) if event.actor else None,
        "at": event.at,
        "recorded_at": event.recorded_at,
        "details": event.details,
    }
