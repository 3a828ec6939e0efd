"""Who could do a job: workers of its trade and place, the best first, each with the reasons in words (R-186, R-019).

Set-based: what is known of the set-up comes from memory, the candidates' day from two statements and the roster.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongying.organization.models import StaffMember
from gongying.schedule.models import staff_on_duty
from gongying.servicedesk.entry_times import spoken_window
from gongying.servicedesk.enums import HOLDING_A_SLOT
from gongying.servicedesk.models import OutsideFirm, WorkCompletion, WorkOrder
from gongying.servicedesk.rules import knows_trade
from gongying.servicedesk.takers import Taker, takers_at

Plan = tuple[datetime, datetime]
MOST = 5
USUAL = timedelta(hours=1)
STEP = timedelta(minutes=15)
JUST_NOW = timedelta(hours=2)


class Nearness(IntEnum):
    SAME_BUILDING = 0
    TERRITORY = 1
    ELSEWHERE = 2


@dataclass(frozen=True)
class Reason:
    words: str
    tone: str = ""


@dataclass(frozen=True)
class Day:
    """What somebody has on the day of the job."""

    jobs: Sequence[WorkOrder] = ()
    done: int = 0
    # Where he works now, or finished a moment ago.
    works_in: frozenset[int | None] = frozenset()
    finished_in: frozenset[int | None] = frozenset()


@dataclass(frozen=True)
class Candidate:
    staff: StaffMember
    slot: Plan
    clash: WorkOrder | None
    jobs_today: int
    nearness: Nearness
    # None: nobody of them stands in the roster of that hour.
    is_on_duty: bool | None
    stands_in_for: StaffMember | None
    trade: str  # in words
    works_there: bool

    @cached_property
    def reasons(self) -> list[Reason]:
        """In words, for those who are shown: most of sixty are not."""
        return [
            *self._why_him(),
            _when(self.slot, self.clash),
            _load(self.jobs_today, self.staff.most_jobs_a_day),
            _how_near(self.nearness, works_there=self.works_there),
        ]

    def _why_him(self) -> Iterable[Reason]:
        if self.trade:
            yield Reason(_("%(trade)s ✓") % {"trade": self.trade}, "good")
        if self.stands_in_for is not None:
            yield Reason(_("stands in for %(name)s") % {"name": self.stands_in_for}, "here")
        if self.is_on_duty is not None:
            yield Reason(_("on duty ✓"), "good") if self.is_on_duty else Reason(_("not on duty"), "soon")

    @property
    def is_full(self) -> bool:
        return self.jobs_today >= self.staff.most_jobs_a_day

    @property
    def is_fit(self) -> bool:
        """Nothing speaks against giving him the job at once."""
        return self.clash is None and not self.is_full and self.is_on_duty is not False


def candidates_for(work_order: WorkOrder, at: datetime | None = None, *, most: int = MOST) -> list[Candidate]:
    """Workers who have the trade and serve the place, ranked: free, with room in their day, on duty, near, little to do."""
    slot = slot_wished(work_order, at)
    day = timezone.localtime(slot[0]).date()
    place = work_order.service_request.place
    takers = [taker for taker in takers_at(place, on=day) if knows_trade(taker.staff, work_order.trade)]
    if not takers:
        return []
    days = _days_of([taker.staff.user_id for taker in takers], day, besides=work_order)
    roster = staff_on_duty(place.project_id, slot[0]) if place.project_id else set()
    has_roster = any(taker.staff.pk in roster for taker in takers)
    found = [
        _candidate(
            work_order,
            taker,
            days[taker.staff.user_id],
            slot,
            is_on_duty=taker.staff.pk in roster if has_roster else None,
        )
        for taker in takers
    ]
    return sorted(found, key=_rank)[:most]


def firms_for(work_order: WorkOrder, at: datetime | None = None) -> list[OutsideFirm]:
    """Outside firms of the trade under contract for the place on that day."""
    day = timezone.localtime(slot_wished(work_order, at)[0]).date()
    rows = OutsideFirm.objects.under_contract(on=day).in_project(work_order.service_request.project_id)
    return list(rows.with_trade(work_order.trade)[:MOST])


def slot_wished(work_order: WorkOrder, at: datetime | None = None) -> Plan:
    """The time asked for: where the job was dropped, what the customer wishes, else an hour from now on."""
    planned = work_order.slot
    length = planned[1] - planned[0] if planned else USUAL
    start = at or (planned[0] if planned else next_quarter(timezone.now()))
    return start, start + length


def next_quarter(moment: datetime) -> datetime:
    whole = moment.replace(minute=moment.minute - moment.minute % 15, second=0, microsecond=0)
    return whole if whole == moment else whole + STEP


def _candidate(work_order: WorkOrder, taker: Taker, day: Day, slot: Plan, *, is_on_duty: bool | None) -> Candidate:
    clash = next((job for job in day.jobs if _overlaps(job, slot)), None)
    building = work_order.service_request.building_id
    nearness = Nearness.TERRITORY if taker.is_near else Nearness.ELSEWHERE
    if building is not None and building in day.works_in | day.finished_in:
        nearness = Nearness.SAME_BUILDING
    jobs_today = len(day.jobs) + day.done
    return Candidate(
        staff=taker.staff,
        slot=slot,
        clash=clash,
        jobs_today=jobs_today,
        nearness=nearness,
        is_on_duty=is_on_duty,
        stands_in_for=taker.stands_in_for,
        trade=work_order.get_trade_display() if work_order.trade else "",
        works_there=building in day.works_in,
    )


def _rank(candidate: Candidate) -> tuple[object, ...]:
    return (
        candidate.clash is not None,
        candidate.is_full,
        candidate.is_on_duty is False,
        candidate.nearness,
        candidate.jobs_today,
        candidate.staff.pk,
    )


def _when(slot: Plan, clash: WorkOrder | None) -> Reason:
    if clash is None:
        return Reason(_("%(clock)s free") % {"clock": spoken_window(slot)}, "good")
    words = spoken_window(clash.slot) if clash.slot else ""
    return Reason(_("busy %(clock)s: %(work)s") % {"clock": words, "work": clash}, "late")


def _load(jobs: int, most: int) -> Reason:
    if jobs >= most:
        return Reason(ngettext("%(n)d job that day, full", "%(n)d jobs that day, full", jobs) % {"n": jobs}, "soon")
    return Reason(ngettext("%(n)d job that day", "%(n)d jobs that day", jobs) % {"n": jobs})


def _how_near(nearness: Nearness, *, works_there: bool) -> Reason:
    words: dict[Nearness, str | Promise] = {
        Nearness.SAME_BUILDING: _("in the same building now") if works_there else _("just finished in this building"),
        Nearness.TERRITORY: _("own territory"),
        Nearness.ELSEWHERE: _("from another territory"),
    }
    return Reason(str(words[nearness]), "good" if nearness == Nearness.SAME_BUILDING else "")


def _days_of(users: Sequence[int], day: date, *, besides: WorkOrder) -> dict[int, Day]:
    """Everybody's day in two statements."""
    is_today = day == timezone.localdate()
    jobs, works_in = defaultdict(list), defaultdict(set)
    for job in _open_jobs(users).exclude(pk=besides.pk):
        if _is_of(job, day, is_today=is_today):
            jobs[job.doer_id].append(job)
        if is_today and job.state == "on_site":
            works_in[job.doer_id].add(job.service_request.building_id)
    done, finished_in = _done_on(users, day) if is_today else ({}, {})
    return {
        user: Day(
            jobs[user],
            done.get(user, 0),
            frozenset(works_in[user]),
            frozenset(finished_in.get(user, ())),
        )
        for user in users
    }


def _open_jobs(users: Sequence[int]) -> QuerySet[WorkOrder]:
    rows = WorkOrder.objects.filter(doer__in=users, state__in=HOLDING_A_SLOT).select_related("service_request")
    return rows.only(
        "doer",
        "state",
        "position",
        "planned_from",
        "planned_to",
        "service_request__number",
        "service_request__building",
    )


def _is_of(job: WorkOrder, day: date, *, is_today: bool) -> bool:
    """Jobs without a time are of today until they are done."""
    if job.slot is None:
        return is_today
    first, last = (timezone.localtime(at).date() for at in job.slot)
    return first <= day <= last


def _done_on(users: Sequence[int], day: date) -> tuple[dict[int, int], dict[int, set[int | None]]]:
    now = timezone.now()
    midnight = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    rows = WorkCompletion.objects.filter(by__in=users, at__gte=midnight).order_by()
    number: dict[int, int] = defaultdict(int)
    buildings: dict[int, set[int | None]] = defaultdict(set)
    for user, at, building in rows.values_list("by", "at", "work_order__service_request__building"):
        number[user] += 1
        if at >= now - JUST_NOW:
            buildings[user].add(building)
    return number, buildings


def _overlaps(job: WorkOrder, slot: Plan) -> bool:
    return job.slot is not None and job.slot[0] < slot[1] and job.slot[1] > slot[0]
