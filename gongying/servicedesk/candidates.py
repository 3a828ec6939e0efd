"""Who could do a job: workers of its trade and place, the best first, each with the reasons in words (R-186, R-019).

Set-based: what is known of the set-up comes from memory, the candidates' day from two statements and the roster.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Case, Q, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongying.organization.models import StaffMember
from gongying.schedule.models import staff_on_duty
from gongying.schedule.operations import next_quarter
from gongying.servicedesk.entry_times import spoken_window
from gongying.servicedesk.enums import HOLDING_A_SLOT
from gongying.servicedesk.models import OutsideFirm, WorkCompletion, WorkOrder
from gongying.servicedesk.rules import knows_trade
from gongying.servicedesk.takers import Taker, takers_at

Plan = tuple[datetime, datetime]
MOST = 5
USUAL = timedelta(hours=1)
JUST_NOW = timedelta(hours=2)


class Nearness(IntEnum):
    SAME_BUILDING = 0
    TERRITORY = 1
    ELSEWHERE = 2


@dataclass(frozen=True)
class Reason:
    words: str
    tone: str = ""


@dataclass
class Day:
    """What somebody has on the day of the job."""

    jobs: int = 0
    done: int = 0
    clash_id: int | None = None
    # Where he works now, or finished a moment ago.
    works_in: set[int | None] = field(default_factory=set)
    finished_in: set[int | None] = field(default_factory=set)


@dataclass(frozen=True)
class Candidate:
    staff: StaffMember
    slot: Plan
    clash_id: int | None
    jobs_today: int
    nearness: Nearness
    # None: nobody of them stands in the roster of that hour.
    is_on_duty: bool | None
    stands_in_for: StaffMember | None
    trade: str  # in words
    works_there: bool
    clash: WorkOrder | None = None  # read of those who are shown

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
        return self.clash_id is None and not self.is_full and self.is_on_duty is not False


def candidates_for(work_order: WorkOrder, at: datetime | None = None, *, most: int = MOST) -> list[Candidate]:
    """Workers who have the trade and serve the place, ranked: free, with room in their day, on duty, near, little to do."""
    slot = slot_wished(work_order, at)
    day = timezone.localtime(slot[0]).date()
    place = work_order.service_request.place
    takers = [taker for taker in takers_at(place, on=day) if knows_trade(taker.staff, work_order.trade)]
    if not takers:
        return []
    days = _days_of([taker.staff.user_id for taker in takers], day, slot, besides=work_order)
    roster = staff_on_duty(place.project_id, slot[0]) if place.project_id else set()
    has_roster = any(taker.staff.pk in roster for taker in takers)
    trade = work_order.get_trade_display() if work_order.trade else ""  # Django makes all labels anew each time
    found = [
        _candidate(
            work_order,
            taker,
            days[taker.staff.user_id],
            slot,
            trade=trade,
            is_on_duty=taker.staff.pk in roster if has_roster else None,
        )
        for taker in takers
    ]
    return _with_clashes(sorted(found, key=_rank)[:most])


def _with_clashes(candidates: list[Candidate]) -> list[Candidate]:
    clashing = {candidate.clash_id for candidate in candidates} - {None}
    jobs = WorkOrder.objects.select_related("service_request").in_bulk(clashing) if clashing else {}
    return [replace(each, clash=jobs.get(each.clash_id)) if each.clash_id else each for each in candidates]


def firms_for(work_order: WorkOrder, at: datetime | None = None) -> list[OutsideFirm]:
    """Outside firms of the trade under contract for the place on that day."""
    day = timezone.localtime(slot_wished(work_order, at)[0]).date()
    rows = OutsideFirm.objects.under_contract(on=day).in_project(work_order.service_request.project_id)
    return list(rows.with_trade(work_order.trade)[:MOST])


def slot_wished(work_order: WorkOrder, at: datetime | None = None) -> Plan:
    """The time asked for: where the job was dropped, what the customer wishes if that is still to come, else from now on."""
    planned, now = work_order.slot, timezone.now()
    length = planned[1] - planned[0] if planned else USUAL
    start = at or (planned[0] if planned and planned[1] > now else next_quarter(now))
    return start, start + length


def _candidate(
    work_order: WorkOrder, taker: Taker, day: Day, slot: Plan, *, trade: str, is_on_duty: bool | None
) -> Candidate:
    building = work_order.service_request.building_id
    nearness = Nearness.TERRITORY if taker.is_near else Nearness.ELSEWHERE
    if building is not None and building in day.works_in | day.finished_in:
        nearness = Nearness.SAME_BUILDING
    jobs_today = day.jobs + day.done
    return Candidate(
        staff=taker.staff,
        slot=slot,
        clash_id=day.clash_id,
        jobs_today=jobs_today,
        nearness=nearness,
        is_on_duty=is_on_duty,
        stands_in_for=taker.stands_in_for,
        trade=trade,
        works_there=building in day.works_in,
    )


def _rank(candidate: Candidate) -> tuple[object, ...]:
    return (
        candidate.clash_id is not None,
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


def _days_of(users: Sequence[int], day: date, slot: Plan, *, besides: WorkOrder) -> dict[int, Day]:
    """Everybody's day in two statements. Five hundred jobs are counted, not built."""
    is_today = day == timezone.localdate()
    days = {user: Day() for user in users}
    for user, job, building, is_of_day, is_there, clashes in _open_jobs(users, day, slot, besides, is_today=is_today):
        his = days[user]
        his.jobs += is_of_day
        if clashes:
            his.clash_id = min(job, his.clash_id or job)
        if is_there:
            his.works_in.add(building)
    if is_today:
        _add_done(days, day)
    return days


def _open_jobs(users: Sequence[int], day: date, slot: Plan, besides: WorkOrder, *, is_today: bool) -> Iterable[Any]:
    """Doer, job, building, whether it is of that day, whether he is there now, whether it overlaps the slot.

    Jobs without a time are of today until they are done.
    """
    midnight = _midnight(day)
    of_day = Q(planned_from__lt=midnight + timedelta(days=1), planned_to__gte=midnight)
    if is_today:
        of_day |= Q(planned_from=None)
    there = Q(state="on_site") if is_today else Q(pk__in=[])
    clashes = Q(planned_from__lt=slot[1], planned_to__gt=slot[0])
    rows = WorkOrder.objects.filter(of_day | there, doer__in=users, state__in=HOLDING_A_SLOT).exclude(pk=besides.pk)
    # Whose order does not matter need not be sorted.
    return rows.order_by().values_list(
        "doer", "pk", "service_request__building", *map(_is, (of_day, there, clashes & of_day))
    )


def _is(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def _add_done(days: dict[int, Day], day: date) -> None:
    rows = WorkCompletion.objects.filter(by__in=days, at__gte=_midnight(day)).order_by()
    lately = _is(Q(at__gte=timezone.now() - JUST_NOW))
    for user, building, is_lately in rows.values_list("by", "work_order__service_request__building", lately):
        days[user].done += 1
        if is_lately:
            days[user].finished_in.add(building)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
