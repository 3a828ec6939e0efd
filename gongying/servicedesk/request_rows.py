"""The rows of the work list: only the columns that are shown, in words.

Fifty requests with everything that hangs on them cost more than the rest of the page. What changes seldom (names of colleagues,
buildings and projects) is kept per edition of the set-up.
"""

from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.common.paging import PAGE_SIZE, Page, after_cursor, in_sql, page_of
from gongying.common.places import Place
from gongying.common.planned import rows_by_name
from gongying.common.printing import NOTHING, in_html, word_in_html
from gongying.common.templatetags.formats import ago, due, moment
from gongying.customers.models import PartyRole
from gongying.estates.models import Building, Project
from gongying.estates.stewards import stewards_by_place
from gongying.servicedesk.enums import ComplaintState, Metric, RequestKind, RequestState, Urgency
from gongying.servicedesk.models import ServiceRequest

SHOWN_TEXT = 80
LONGEST_PLACE, LONGEST_NAME = 16, 10
COLUMNS = (
    "id",
    "number",
    "number_tail",
    "kind",
    "urgency",
    "state",
    "project_id",
    "building_id",
    "entrance_id",
    "unit_id",
    "party_id",
    "caller_name",
    "caller_address",
    "owner_id",
    "entered_at",
    "estimated_end",
    "touched_at",
    "next_due_at",
    "next_due_soon_at",
    "next_due_metric",
    "next_due_paused",
)
PRESSING = {Urgency.CRITICAL, Urgency.URGENT}

Row = dict[str, Any]


def paginate_rows(rows: QuerySet[Any], *, order: tuple[str, ...], cursor: str | None) -> Page[Row]:
    """As `paginate`. The page is chosen before anything is joined: a plan for a million rows would prepare for them all."""
    chosen = after_cursor(rows.order_by(*order), order=order, cursor=cursor).values("pk")[: PAGE_SIZE + 1]
    try:
        statement = chosen.query.sql_with_params()
    except EmptyResultSet:
        return Page(rows=[], next_cursor=None)
    with connection.cursor() as asking:
        asking.execute(*statement)
        keys = [key for (key,) in asking.fetchall()]
    return page_of(rows_with(keys, order), order=order, size=PAGE_SIZE)


def rows_with(keys: list[int], order: tuple[str, ...]) -> list[Row]:
    """What `words_for_rows` needs of each of these requests, in one statement; for `find_containing`, too."""
    return rows_by_name("work_list", _statement(timezone.localdate(), order), keys) if keys else []


@lru_cache(maxsize=16)  # each order of the list, today and yesterday
def _statement(day: date, order: tuple[str, ...]) -> str:
    """Kept for that day: for Django to put it together costs as much as to ask it."""
    owned = PartyRole.objects.on(day).owners().filter(party=OuterRef("party_id"), unit=OuterRef("unit_id"))
    shown = ServiceRequest.objects.order_by().values(
        *COLUMNS,
        beginning=Left("text", 2 * SHOWN_TEXT),
        unit_code=F("unit__code"),
        facility_name=F("facility__name"),
        party_name=F("party__name"),
        owned_by=Subquery(owned.values("party_id")[:1]),  # row by row: Exists might read the table of all owners
    )
    sql, parameters = shown.query.sql_with_params()
    with connection.cursor() as cursor:
        write: Any = cursor.mogrify  # of psycopg: as `execute` writes them
        text = write(sql, parameters)
    return f"SELECT * FROM ({text}) AS shown WHERE id = ANY($1) ORDER BY {in_sql(order)}"  # noqa: S608 values are in quotes


def words_for_rows(rows: list[Row]) -> None:
    """Say everything that the list shows: the template only prints it."""
    names = kept(("people",), _names_of_people)
    places = names_of_places()
    stewards = stewards_by_place(_place_of(row) for row in rows)
    words = kept(("words of the work list", get_language()), _words)
    address = reverse("servicedesk:request-show", args=[0])
    for row in rows:
        pk, found = str(row["id"]), stewards[_place_of(row)]
        row["pk"] = SafeString(pk)
        row["url"] = SafeString(address.replace("/0/", f"/{pk}/"))
        row["number"], row["number_tail"] = in_html(row["number"]), in_html(row["number_tail"])
        row["pressing"] = words.get(("urgency", row["urgency"]), NOTHING)
        row["matter"] = in_html(" ".join(row["beginning"].split())[:SHOWN_TEXT])
        row["place"] = word_in_html(shortened(where_in_words(row, places), LONGEST_PLACE))
        row["customer"] = word_in_html(shortened(row["party_name"] or row["caller_name"], LONGEST_NAME))
        row["ownership"] = words[bool(row["owned_by"]), "owner"] if row["party_id"] and row["unit_id"] else ""
        row["steward"] = word_in_html(str(found[0])) if found else NOTHING
        row["state_label"] = words[row["kind"] == RequestKind.COMPLAINT, row["state"]]
        row["owner"] = word_in_html(names.get(row["owner_id"], ""))
        row["entered"], row["estimated"] = moment(row["entered_at"]), moment(row["estimated_end"])
        row["due_for"] = words.get(("metric", row["next_due_metric"]), NOTHING)
        row["due"] = NOTHING if row["next_due_paused"] else due(row["next_due_at"], row["next_due_soon_at"])
        row["touched"] = ago(row["touched_at"])


def _place_of(row: Row) -> Place:
    return Place(row["project_id"], row["building_id"], row["entrance_id"])


def of_request(shown_text: int) -> dict[str, Any]:
    """Of a job's request: what `where_in_words` needs, how it presses, how its text begins."""
    names = ("project_id", "building_id", "entrance_id", "caller_address", "urgency")
    return {
        **{name: F(f"service_request__{name}") for name in names},
        "unit_code": F("service_request__unit__code"),
        "facility_name": F("service_request__facility__name"),
        "beginning": Left("service_request__text", 2 * shown_text),
    }


def shown_urgencies() -> dict[str, str]:
    """Of those that press, in words."""
    return {key.value: str(key.label) for key in PRESSING}


def where_in_words(row: Row, places: dict[tuple[str, int], str]) -> str:
    """As `ServiceRequest.where`, of a row's columns."""
    named = row["unit_code"] or row["facility_name"] or row["caller_address"]
    return named or places.get(("building", row["building_id"])) or places.get(("project", row["project_id"]), "")


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _words() -> dict[tuple[Any, str], SafeString]:
    """Of every state of requests and of complaints, and of what presses."""
    words: dict[tuple[Any, str], str] = {("urgency", key): str(key.label) for key in PRESSING}
    words |= {(True, "owner"): _("owner"), (False, "owner"): _("not owner")}
    words |= {("metric", metric.value): str(metric.label) for metric in Metric}
    for is_complaint, states in ((False, RequestState), (True, ComplaintState)):
        words |= {(is_complaint, state.value): str(state.label) for state in states}
    return {key: in_html(word) for key, word in words.items()}


def _names_of_people() -> dict[int, str]:
    return {user.pk: str(user) for user in User.objects.only("username", "name")}


def names_of_places() -> dict[tuple[str, int], str]:
    """Of every building and project, from memory."""
    return kept(("places", get_language()), _names_of_places)


def _names_of_places() -> dict[tuple[str, int], str]:
    buildings = {("building", building.pk): str(building) for building in Building.objects.all()}
    return buildings | {("project", project.pk): str(project) for project in Project.objects.all()}
