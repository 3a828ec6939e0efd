"""The board of a day: what waits, and everybody's jobs along the hours (ux.md 2.5)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.common.places import Place
from gongying.estates.models import Project
from gongying.estates.scopes import scope_of
from gongying.estates.stewards import staff_in_project
from gongying.organization.models import Leave
from gongying.schedule.models import on_duty
from gongying.servicedesk.enums import HOLDING_A_SLOT, Urgency, WorkState
from gongying.servicedesk.models import OutsideFirm, WorkOrder
from gongying.servicedesk.request_rows import PRESSING, names_of_places
from gongying.servicedesk.rules import DO_WORK
from gongying.servicedesk.takers import Taker, replace_absent

FIRST_HOUR, LAST_HOUR = 8, 20
SHOWN_TEXT = 30
MOST_WAITING = 60
BY_URGENCY = (Urgency.CRITICAL, Urgency.URGENT, Urgency.NORMAL, Urgency.MINOR)
SHOWN = (*HOLDING_A_SLOT, WorkState.DONE)


@dataclass(frozen=True, slots=True)
class Planned:
    """A job as far as the board shows it: of five hundred of them, models would cost more than the rest of the page."""

    pk: int
    version: int
    position: int
    trade: str
    state: str
    state_label: str
    planned_from: datetime
    planned_to: datetime
    is_overlap: bool
    doer_id: int | None
    firm_id: int | None
    number: str
    is_pressing: bool
    place: Place
    label: str

    def __str__(self) -> str:
        return f"{self.number}/{self.position}"


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
    jobs: list["Planned"] = field(default_factory=list)
    without_time: int = 0

    @property
    def number(self) -> int:
        return len(self.jobs) + self.without_time


@dataclass(frozen=True)
class Board:
    project: Project
    day: date
    waiting: Sequence[WorkOrder]
    more_waiting: bool
    rows: list[Row]
    slots: list[dict[str, Any]]
    live: str

    @property
    def is_today(self) -> bool:
        return self.day == timezone.localdate()

    @property
    def hours(self) -> range:
        return range(FIRST_HOUR, LAST_HOUR)

    def row(self, key: str) -> Row | None:
        return next((row for row in self.rows if row.key == key), None)


def board_of(project: Project, day: date, user: User) -> Board:
    waiting = list(waiting_in(project, user)[: MOST_WAITING + 1])
    takers, away = _workers(project, day)
    firms = list(OutsideFirm.objects.under_contract(on=day).in_project(project.pk))
    rows = _rows(project, day, takers, away, firms)
    jobs = list(_jobs_of([taker.staff.user_id for taker in (*takers, *away)], firms, day))
    _fill(rows, jobs, takers=(*takers, *away), firms=firms)
    unplanned = _without_time([taker.staff.user_id for taker in takers])
    for taker in takers:
        rows[f"staff-{taker.staff.pk}"].without_time = unplanned.get(taker.staff.user_id, 0)
    return Board(
        project=project,
        day=day,
        waiting=waiting[:MOST_WAITING],
        more_waiting=len(waiting) > MOST_WAITING,
        rows=list(rows.values()),
        slots=_slots(rows.values(), day, user),
        live=live_subjects(project),
    )


def live_subjects(project: Project) -> str:
    return f"dispatch-{project.pk}"


def waiting_in(project: Project, user: User) -> QuerySet[WorkOrder]:
    """Jobs without a doer: the urgent ones first, then by when they fall due."""
    whens = [When(service_request__urgency=urgency, then=Value(rank)) for rank, urgency in enumerate(BY_URGENCY)]
    rows = WorkOrder.objects.visible_to(user).without_doer().filter(service_request__project=project)
    return rows.select_related(
        "service_request__unit", "service_request__facility", "service_request__building"
    ).order_by(
        Case(*whens, default=Value(len(BY_URGENCY)), output_field=IntegerField()),
        F("service_request__next_due_at").asc(nulls_last=True),
        F("planned_from").asc(nulls_last=True),
        "created_at",
        "pk",
    )


def _workers(project: Project, day: date) -> tuple[list[Taker], list[Taker]]:
    """Who is there, deputies included, and who is away."""
    return kept(("board", project.pk, day), lambda: _read_workers(project, day))


def _read_workers(project: Project, day: date) -> tuple[list[Taker], list[Taker]]:
    staff = staff_in_project(project.pk, on=day).with_permission(DO_WORK).filter(user__is_active=True)
    takers = [Taker(each, is_near=True) for each in staff.select_related("user", "department").order_by("pk")]
    present = replace_absent(takers, on=day)
    return list(present.values()), [taker for taker in takers if taker.staff.pk not in present]


def _rows(
    project: Project, day: date, takers: Sequence[Taker], away: Sequence[Taker], firms: Iterable[OutsideFirm]
) -> dict[str, Row]:
    now = timezone.localtime()
    at = now if day == now.date() else _moment(day, FIRST_HOUR)
    roster = {each.staff.pk for each in on_duty(project, at) if each.staff}
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


def _jobs_of(users: Sequence[int], firms: Sequence[OutsideFirm], day: date) -> Iterator[Planned]:
    start, end = _moment(day, 0), _moment(day + timedelta(days=1), 0)
    rows = WorkOrder.objects.filter(state__in=SHOWN).within(start, end)
    yield from _planned(rows.filter(doer__in=users))
    if firms:
        yield from _planned(rows.filter(firm__in=firms))


def _planned(jobs: QuerySet[WorkOrder]) -> Iterator[Planned]:
    """Where it is, in the words of the house, as `ServiceRequest.where`: names of places come from memory."""
    places = names_of_places()
    states = {state: str(label) for state, label in WorkState.choices}
    request = "service_request__"
    rows = jobs.order_by("planned_from", "pk").values_list(
        *("pk", "version", "position", "trade", "state", "planned_from", "planned_to", "overlap_reason"),
        *("doer_id", "firm_id", f"{request}number", f"{request}urgency"),
        *(f"{request}project_id", f"{request}building_id", f"{request}entrance_id"),
        *(f"{request}unit__code", f"{request}facility__name", f"{request}caller_address"),
        Left(f"{request}text", 2 * SHOWN_TEXT),
    )
    for pk, version, position, trade, state, start, end, why, doer, firm, number, urgency, *at, beginning in rows:
        project, building, entrance, unit, facility, address = at
        named = unit or facility or address or places.get(("building", building)) or places.get(("project", project))
        yield Planned(
            pk=pk,
            version=version,
            position=position,
            trade=trade,
            state=state,
            state_label=states[state],
            planned_from=start,
            planned_to=end,
            is_overlap=bool(why),
            doer_id=doer,
            firm_id=firm,
            number=number,
            is_pressing=urgency in PRESSING,
            place=Place(project, building, entrance),
            label=f"{named or ''} {' '.join(beginning.split())[:SHOWN_TEXT]}",
        )


def _without_time(users: Sequence[int]) -> dict[int, int]:
    rows = WorkOrder.objects.filter(doer__in=users, state__in=HOLDING_A_SLOT, planned_from=None).order_by()
    return dict(rows.values_list("doer").annotate(number=Count("pk")))


def _fill(
    rows: dict[str, Row], jobs: Iterable[Planned], *, takers: Iterable[Taker], firms: Iterable[OutsideFirm]
) -> None:
    by_user = {taker.staff.user_id: rows[f"staff-{taker.staff.pk}"] for taker in takers}
    by_firm = {firm.pk: rows[f"firm-{firm.pk}"] for firm in firms}
    for job in jobs:
        row = by_user.get(job.doer_id or 0) or by_firm.get(job.firm_id or 0)
        if row is not None:
            row.jobs.append(job)


def _slots(rows: Iterable[Row], day: date, user: User) -> list[dict[str, Any]]:
    """What the script draws: minutes since midnight, and of places that one does not see only that he is busy."""
    midnight, scope = _moment(day, 0), scope_of(user)
    address = reverse("servicedesk:dispatch-show", args=[0])
    seen: dict[Place, bool] = {}
    drawn = []
    for row in rows:
        for job in row.jobs:
            if job.place not in seen:
                seen[job.place] = scope.covers(job.place)
            told = _told(job, address) if seen[job.place] else _untold()
            drawn.append({"row": row.key, **_minutes(job, midnight), **told})
    return drawn


def _minutes(job: Planned, midnight: datetime) -> dict[str, int]:
    minute = timedelta(minutes=1)
    return {"from": (job.planned_from - midnight) // minute, "to": (job.planned_to - midnight) // minute}


def _told(job: Planned, address: str) -> dict[str, Any]:
    return {
        "job": job.pk,
        "url": address.replace("/0/", f"/{job.pk}/"),
        "version": job.version,
        "trade": job.trade,
        "state": job.state,
        "pressing": job.is_pressing,
        "overlaps": job.is_overlap,
        "label": job.label,
        "title": f"{job} {job.state_label}",
    }


def _untold() -> dict[str, Any]:
    return {"state": "", "label": _("busy elsewhere"), "title": ""}


def _moment(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
