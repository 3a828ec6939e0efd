"""The board of a day: what waits, and everybody's jobs along the hours (ux.md 2.5)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.common.places import Place
from gongying.common.printing import in_html, word_in_html
from gongying.common.statements import values_of
from gongying.common.templatetags.formats import ago, due, moment
from gongying.estates.models import Project
from gongying.estates.scopes import Scope, scope_of
from gongying.estates.stewards import staff_in_project
from gongying.organization.enums import WORDS_OF_TRADES
from gongying.organization.models import Leave
from gongying.schedule.models import staff_on_duty
from gongying.servicedesk.enums import HOLDING_A_SLOT, Urgency, WorkState
from gongying.servicedesk.models import OutsideFirm, WorkOrder
from gongying.servicedesk.request_rows import (
    PRESSING,
    names_of_places,
    of_request,
    shortened,
    shown_urgencies,
    where_in_words,
)
from gongying.servicedesk.rules import DO_WORK
from gongying.servicedesk.takers import Taker, replace_absent

FIRST_HOUR, LAST_HOUR = 8, 20
SHOWN_TEXT = 30
MOST_WAITING = 60
CLOCK = "%H:%M"
BY_URGENCY = (Urgency.CRITICAL, Urgency.URGENT, Urgency.NORMAL, Urgency.MINOR)
SHOWN = (*HOLDING_A_SLOT, WorkState.DONE)
REQUEST = of_request(SHOWN_TEXT)

# A statement of its own: for Django to put it together and to read five hundred rows of it costs half as much as the page.
JOBS = """
    SELECT work.id, work.version, work.position, work.trade, work.state, work.overlap_reason, work.{doer} AS taker,
        floor(date_part('epoch', work.planned_from - %(midnight)s) / 60)::int AS start,
        floor(date_part('epoch', work.planned_to - %(midnight)s) / 60)::int AS end,
        request.number, request.urgency, request.project_id, request.building_id, request.entrance_id, request.caller_address,
        left(request.text, %(length)s) AS beginning, unit.code AS unit_code, facility.name AS facility_name
    FROM servicedesk_workorder AS work
    JOIN servicedesk_servicerequest AS request ON request.id = work.service_request_id
    LEFT JOIN estates_unit AS unit ON unit.id = request.unit_id
    LEFT JOIN estates_commonfacility AS facility ON facility.id = request.facility_id
    WHERE work.{doer} = ANY(%(takers)s) AND work.state = ANY(%(shown)s) AND (
        work.planned_from < %(end)s AND work.planned_to > %(midnight)s
        OR work.planned_from IS NULL AND work.state = ANY(%(held)s)
    )
    ORDER BY work.planned_from, work.id
"""

# Jobs are dictionaries with every word said: of five hundred, objects or templates would cost more than the rest of the page.
Card = dict[str, Any]
Slot = dict[str, Any]


@dataclass
class Row:
    """Somebody's day: a worker or an outside firm."""

    key: str  # staff-3, firm-2
    name: str
    note: str
    trades: list[str]
    is_away: bool = False
    deputy: str = ""
    is_on_duty: bool = False
    slots: list[Slot] = field(default_factory=list)
    without_time: int = 0

    @property
    def number(self) -> int:
        return len(self.slots) + self.without_time

    @property
    def in_words(self) -> str:
        if self.is_away:
            return f"{_('on leave')} → {self.deputy}" if self.deputy else _("on leave")
        return f"{self.note} · {self.number}"


@dataclass(frozen=True)
class Board:
    project: Project
    day: date
    waiting: Sequence[Card]
    more_waiting: bool
    rows: list[Row]

    @property
    def is_today(self) -> bool:
        return self.day == timezone.localdate()

    @property
    def hours(self) -> range:
        return range(FIRST_HOUR, LAST_HOUR)

    @property
    def live(self) -> str:
        return live_subjects(self.project)

    @property
    def slots(self) -> list[Slot]:
        """What the script draws: minutes since midnight, and of places that one does not see only that he is busy."""
        return [slot for row in self.rows for slot in row.slots]

    @property
    def lanes(self) -> list[dict[str, Any]]:
        """The rows as the page draws them, what they have to do apart."""
        return [
            {
                "key": row.key,
                "name": row.name,
                "words": row.in_words,
                "is_away": row.is_away,
                "is_on_duty": row.is_on_duty,
                "taker": "" if row.is_away else row.key,
                "trades": " ".join(row.trades),
            }
            for row in self.rows
        ]

    @property
    def jobs_waiting(self) -> list[WorkOrder]:
        keys = [card["pk"] for card in self.waiting]
        jobs = WorkOrder.objects.select_related("service_request").in_bulk(keys)
        return [jobs[key] for key in keys if key in jobs]

    @property
    def address(self) -> str:
        """Of the page with a row opened; its key is to be added."""
        return f"?project={self.project.pk}&day={self.day.isoformat()}&row="

    def row(self, key: str) -> Row | None:
        return next((row for row in self.rows if row.key == key), None)

    def listed(self, row: Row) -> list[Slot]:
        """A row's jobs with their times in words, for those without scripts."""
        midnight = _moment(self.day, 0)
        times = [[midnight + timedelta(minutes=slot[end]) for end in ("from", "to")] for slot in row.slots]
        return [
            {**slot, "url": _panel_of(slot), "starts": moment(start), "ends": timezone.localtime(end).strftime(CLOCK)}
            for slot, (start, end) in zip(row.slots, times, strict=True)
        ]


def board_of(project: Project, day: date, user: User) -> Board:
    waiting = _cards(project, user)
    takers, away = _workers(project, day)
    firms = _firms(project, day)
    rows = _rows(project, day, takers, away, firms)
    workers = {taker.staff.user_id: rows[f"staff-{taker.staff.pk}"] for taker in (*takers, *away)}
    _fill(workers, "doer_id", day, scope_of(user))
    if firms:
        _fill({firm.pk: rows[f"firm-{firm.pk}"] for firm in firms}, "firm_id", day, scope_of(user))
    return Board(project, day, waiting[:MOST_WAITING], len(waiting) > MOST_WAITING, list(rows.values()))


def live_subjects(project: Project) -> str:
    return f"dispatch-{project.pk}"


def waiting_in(project: Project, user: User) -> QuerySet[WorkOrder]:
    """Jobs without a doer: the urgent ones first, then by when they fall due."""
    whens = [When(service_request__urgency=urgency, then=Value(rank)) for rank, urgency in enumerate(BY_URGENCY)]
    rows = WorkOrder.objects.visible_to(user).without_doer().filter(service_request__project=project)
    return rows.order_by(
        Case(*whens, default=Value(len(BY_URGENCY)), output_field=IntegerField()),
        F("service_request__next_due_at").asc(nulls_last=True),
        F("planned_from").asc(nulls_last=True),
        "created_at",
        "pk",
    )


def _cards(project: Project, user: User) -> list[Card]:
    """What waits, in words."""

    def jobs() -> Any:
        columns = ("pk", "version", "trade", "planned_from", "planned_to", "created_at")
        first = waiting_in(project, user)[: MOST_WAITING + 1]
        return first.values(*columns, **REQUEST, due_at=F("service_request__next_due_at"))

    places, urgencies = names_of_places(), shown_urgencies()
    trades = {trade: str(label) for trade, label in WORDS_OF_TRADES.items()}
    address = reverse("servicedesk:dispatch-show", args=[0])
    cards: list[Card] = values_of(user, f"waiting in {project.pk}", jobs)
    for card in cards:
        card["url"] = SafeString(address.replace("/0/", f"/{card['pk']}/"))
        card["pressing"] = urgencies.get(card["urgency"], "")
        card["matter"] = in_html(shortened(" ".join(card["beginning"].split()), SHOWN_TEXT))
        card["place"] = word_in_html(where_in_words(card, places))
        card["trade_label"] = word_in_html(trades.get(card["trade"], ""))
        card["planned"], card["waits"] = moment(card["planned_from"]), ago(card["created_at"])
        card["planned_until"] = timezone.localtime(card["planned_to"]).strftime(CLOCK) if card["planned_to"] else ""
        card["due"] = due(card["due_at"])
    return cards


def _workers(project: Project, day: date) -> tuple[list[Taker], list[Taker]]:
    """Who is there, deputies included, and who is away."""
    return kept(("board", project.pk, day), lambda: _read_workers(project, day))


def _read_workers(project: Project, day: date) -> tuple[list[Taker], list[Taker]]:
    staff = staff_in_project(project.pk, on=day).with_permission(DO_WORK).filter(user__is_active=True)
    takers = [Taker(each, is_near=True) for each in staff.select_related("user", "department").order_by("pk")]
    present = replace_absent(takers, on=day)
    return list(present.values()), [taker for taker in takers if taker.staff.pk not in present]


def _firms(project: Project, day: date) -> list[OutsideFirm]:
    firms = OutsideFirm.objects
    return kept(("firms", project.pk, day), lambda: list(firms.under_contract(on=day).in_project(project.pk)))


def _rows(
    project: Project, day: date, takers: Sequence[Taker], away: Sequence[Taker], firms: Iterable[OutsideFirm]
) -> dict[str, Row]:
    now = timezone.localtime()
    at = now if day == now.date() else _moment(day, FIRST_HOUR)
    roster = staff_on_duty(project.pk, at)
    rows = [_row_of(taker, is_on_duty=taker.staff.pk in roster) for taker in takers]
    rows += [
        Row(f"firm-{firm.pk}", firm.name, ", ".join(firm.trades_in_words) or _("outside firm"), firm.trades)
        for firm in firms
    ]
    deputies = _deputies(away, day)
    for taker in away:
        row = _row_of(taker, is_on_duty=False)
        row.is_away, row.deputy = True, deputies.get(taker.staff.pk, "")
        rows.append(row)
    return {row.key: row for row in rows}


def _row_of(taker: Taker, *, is_on_duty: bool) -> Row:
    staff = taker.staff
    note = ", ".join(staff.trades) or str(staff.department)
    if taker.stands_in_for is not None:
        note = _("for %(name)s") % {"name": taker.stands_in_for}
    return Row(f"staff-{staff.pk}", staff.name, note, staff.skills, is_on_duty=is_on_duty)


def _deputies(away: Sequence[Taker], day: date) -> dict[int, str]:
    if not away:
        return {}
    leaves = Leave.objects.on(day).filter(staff__in=[taker.staff for taker in away]).select_related("deputy__user")
    return {leave.staff_id: str(leave.deputy) for leave in leaves if leave.deputy}


def _fill(rows: dict[int, Row], doer: str, day: date, scope: Scope) -> None:
    """Everybody's jobs of the day, and how many more he has without a time; of places out of scope only that he is busy."""
    midnight, end = _moment(day, 0), _moment(day + timedelta(days=1), 0)
    seen: dict[tuple[int, int, int], bool] = {}
    told, untold = _teller(), {"state": "", "label": _("busy elsewhere"), "title": ""}
    for job in _jobs(doer, list(rows), midnight, end):
        row = rows[job["taker"]]
        if job["start"] is None:
            row.without_time += 1
            continue
        place = job["project_id"], job["building_id"], job["entrance_id"]
        if place not in seen:
            seen[place] = scope.covers(Place(*place))
        slot = told(job) if seen[place] else dict(untold)
        slot["row"], slot["from"], slot["to"] = row.key, job["start"], job["end"]
        row.slots.append(slot)


def _jobs(doer: str, takers: list[int], midnight: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    """Those of a day and those without a time, by their beginning."""
    given: dict[str, Any] = {
        "takers": takers,
        "shown": list(SHOWN),
        "held": list(HOLDING_A_SLOT),
        "midnight": midnight,
        "end": end,
        "length": 2 * SHOWN_TEXT,
    }
    with connection.cursor() as cursor:
        cursor.execute(JOBS.format(doer=doer), given)
        names = [column.name for column in cursor.description]
        for row in cursor.fetchall():
            yield dict(zip(names, row, strict=True))


def _teller() -> Callable[[dict[str, Any]], Slot]:
    """Says of a job what the board shows; what all jobs share is looked up once."""
    states = {state: str(label) for state, label in WorkState.choices}
    places = names_of_places()

    def told(job: dict[str, Any]) -> Slot:
        slot = {
            "job": job["id"],
            "version": job["version"],
            "trade": job["trade"],
            "state": job["state"],
            "label": f"{where_in_words(job, places)} {' '.join(job['beginning'].split())[:SHOWN_TEXT]}",
            "title": f"{job['number']}/{job['position']} {states[job['state']]}",
        }
        if job["urgency"] in PRESSING:
            slot["pressing"] = True
        if job["overlap_reason"]:
            slot["overlaps"] = True
        return slot

    return told


def _panel_of(slot: Slot) -> str:
    return reverse("servicedesk:dispatch-show", args=[slot["job"]]) if "job" in slot else ""


def _moment(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
