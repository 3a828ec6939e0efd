"""What the API's list of requests can be asked for, and how it is read."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from ninja import Field

from gongying.accounts.models import User
from gongying.common.api import Moment, Paging, PathId, line, naming_bad_cursor
from gongying.common.paging import Page, behind, page_of, paginate, place_of
from gongying.common.problems import invalid_field, sentence_for
from gongying.common.statements import statement_of
from gongying.common.word_search import SHORTEST, find_containing, is_searchable
from gongying.servicedesk.enums import STATE_CHOICES, RequestKind, Urgency
from gongying.servicedesk.forms.filters import due_within
from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.servicedesk.models.request_sets import ServiceRequestQuerySet
from gongying.servicedesk.worklists import WORK_LISTS, find_work_list

ORDERS = {
    "-entered_at": ("-entered_at", "-id"),
    "entered_at": ("entered_at", "id"),
    "next_due_at": ("next_due_at", "id"),
}
State = StrEnum("State", {key.upper(): key for key, _label in STATE_CHOICES})  # type: ignore[misc]
ListName = StrEnum("ListName", {item.key.upper().replace("-", "_"): item.key for item in WORK_LISTS})  # type: ignore[misc]
EXACT = ("project_id", "building_id", "unit_id", "party_id", "owner_id", "kind", "state", "urgency")
# What a query names, as its rows have it.
COLUMNS = {name: name for name in EXACT} | {"entered_from": "entered_at__gte", "entered_to": "entered_at__lt"}
# Where the page before ended: by what the list is sorted, and the row.
PLACE = ("place", "place_id")


class RequestQuery(Paging):
    list: ListName = Field(ListName("all"), description="One of the work lists")
    text: Annotated[str, line(100, shortest=0)] = Field("", description="Any two characters", examples=["tap"])
    project_id: PathId | None = None
    building_id: PathId | None = None
    unit_id: PathId | None = None
    party_id: PathId | None = None
    category_id: PathId | None = None
    owner_id: PathId | None = None
    kind: RequestKind | None = None
    state: State | None = None
    urgency: Urgency | None = None
    due: Literal["overdue", "soon", "today", "week"] | None = Field(None, description="By the clock that is due next")
    entered_from: Moment | None = Field(None, examples=["2026-11-01T00:00:00+08:00"])
    entered_to: Moment | None = Field(None, description="Exclusive", examples=["2026-12-01T00:00:00+08:00"])
    sort: Literal["-entered_at", "entered_at", "next_due_at"] = Field(
        "-entered_at", description="`next_due_at`: only requests whose clock runs"
    )


def requests_asked_for(user: User, query: RequestQuery) -> Page[ServiceRequest]:
    if query.text and not is_searchable(query.text):
        too_short = {"type": "string_too_short", "ctx": {"min_length": SHORTEST}}
        raise invalid_field("text", sentence_for(too_short), where="query", code="string_too_short")
    with naming_bad_cursor(query.cursor):
        return _read_by_values(user, query) if _asks_by_values(query) else _read(user, query)


def _asks_by_values(query: RequestQuery) -> bool:
    """Not by words or by what is late now: the statement is the same each time."""
    return query.list == "all" and not (query.text or query.due or query.category_id)


def _read_by_values(user: User, query: RequestQuery) -> Page[ServiceRequest]:
    order, given = ORDERS[query.sort], _values_of(query)
    place = dict(zip(PLACE, place_of(query.cursor, ServiceRequest, order=order), strict=True)) if query.cursor else {}

    def rows(**values: Any) -> Any:
        place = [values.pop(name) for name in PLACE if name in values]
        found = _matching(ServiceRequest.objects.visible_to(user), query, values).order_by(*order)
        return behind(found, order=order, values=place) if place else found

    asked: dict[str, Any] = {**given, **place}
    name = f"requests of the API by {query.sort} and {', '.join(asked)}"
    statement = statement_of(user, name, rows, **{name: type(value) for name, value in asked.items()})
    return page_of(statement.rows(most=query.limit + 1, **asked), order=order, size=query.limit)


def _read(user: User, query: RequestQuery) -> Page[ServiceRequest]:
    work_list = find_work_list(query.list)
    assert work_list is not None  # noqa: S101 the enumeration is made of them
    rows: Any = _matching(work_list.of(user), query, _values_of(query))
    if query.category_id:
        rows = rows.filter(category__in=ServiceCategory.objects.with_descendants(query.category_id).values("pk"))
    if query.due:
        rows = due_within(rows, query.due)
    order, cursor, size = ORDERS[query.sort], query.cursor or None, query.limit
    if not query.text:
        return paginate(rows, order=order, cursor=cursor, size=size)
    return find_containing(rows, query.text, order=order, cursor=cursor, size=size).page


def _values_of(query: RequestQuery) -> dict[str, Any]:
    given = {name: getattr(query, name) for name in COLUMNS if getattr(query, name) is not None}
    return {name: str(value) if isinstance(value, str) else value for name, value in given.items()}


def _matching(rows: Any, query: RequestQuery, values: dict[str, Any]) -> ServiceRequestQuerySet:
    found: ServiceRequestQuerySet = rows.for_answers().filter(
        **{COLUMNS[name]: value for name, value in values.items()}
    )
    return found.ticking() if query.sort == "next_due_at" else found
