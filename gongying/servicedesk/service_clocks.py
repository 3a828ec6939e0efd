"""When a promise of service falls due: pure functions of its target, its start, its pauses and a calendar (standards 2.1).

A target of working days falls due at the same clock time on the N-th working day, whole working days running on; every
other target when its amount has passed on its own pace. Pauses push the due moment on by what they took of the running
time. A limit (a hard stop) is never pushed on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongying.schedule.working_time import Pace, WorkingCalendar, advance, elapsed, nth_working_day
from gongying.servicedesk.enums import Metric, TimeUnit

PACES = {
    TimeUnit.MINUTES: Pace.ALWAYS,
    TimeUnit.BUSINESS_MINUTES: Pace.BUSINESS,
    TimeUnit.WORKING_DAYS: Pace.WORKING_DAYS,
    TimeUnit.CALENDAR_DAYS: Pace.ALWAYS,
    TimeUnit.AGREED: Pace.ALWAYS,
}
SOON_PERCENT = 80
WHOLE, DAY, HOUR = 100, 24 * 60, 60
# What is promised one after the other; a follow-up is counted from when the result was told.
IN_TURN = (Metric.FIRST_RESPONSE, Metric.ON_SITE, Metric.RESOLUTION)


@dataclass(frozen=True)
class Target:
    """So much time of a unit, and a limit that no pause moves. `agreed` is the end of the slot the customer was given."""

    amount: int
    unit: TimeUnit
    limit_amount: int | None = None
    limit_unit: TimeUnit | None = None
    agreed: datetime | None = None

    @property
    def pace(self) -> Pace:
        return PACES[self.unit]

    @property
    def rough_minutes(self) -> int | None:
        """To compare promises by: as if every day and hour counted; none where the customer names the time."""
        if self.unit == TimeUnit.AGREED:
            return None
        days = {TimeUnit.WORKING_DAYS: self.amount, TimeUnit.CALENDAR_DAYS: self.amount + 1}
        return days[self.unit] * DAY if self.unit in days else self.amount


@dataclass(frozen=True)
class Pause:
    start: datetime
    end: datetime


def comes_too_late(metric: str, targets: Mapping[str, Target]) -> str | None:
    """The promise that must come before `metric` and takes longer than it: on site before anybody answered."""
    if metric not in IN_TURN or (length := targets[metric].rough_minutes) is None:
        return None
    before = IN_TURN[: IN_TURN.index(Metric(metric))]
    longer = (earlier for earlier in before if earlier in targets and (targets[earlier].rough_minutes or 0) > length)
    return next(longer, None)


def too_late(metric: str, before: str) -> str:
    words = {"metric": Metric(metric).label, "before": Metric(before).label}
    return _("“%(before)s” comes first: it cannot take longer than “%(metric)s”.") % words


def due(target: Target, start: datetime, pauses: Iterable[Pause], calendar: WorkingCalendar) -> datetime:
    """The moment until which the target is met. Pauses do not overlap; one that begins after the due moment changes nothing."""
    moment = _within_limit(
        target, start, _unpaused(target.amount, target.unit, start, calendar, target.agreed), calendar
    )
    for pause in sorted(pauses, key=lambda pause: pause.start):
        moment = pushed(target, start, moment, pause, calendar)
    return moment


def pushed(
    target: Target,
    start: datetime,
    due_at: datetime,
    pause: Pause,
    calendar: WorkingCalendar,
    *,
    was_adjusted: bool = False,
) -> datetime:
    """Where a pause moves a due moment to. A limit that somebody's approval has moved already binds no more."""
    if pause.start >= due_at:
        return due_at
    taken = elapsed(calendar, target.pace, max(pause.start, start), pause.end)
    moment = advance(calendar, target.pace, due_at, taken)
    return moment if was_adjusted else _within_limit(target, start, moment, calendar)


def steps(
    target: Target,
    start: datetime,
    end: datetime,
    pauses: Iterable[Pause],
    calendar: WorkingCalendar,
    *,
    percents: Sequence[int],
) -> list[datetime]:
    """The moments at which so many per cent of the running time from `start` to `end`, the due moment, have passed."""
    pauses = sorted(pauses, key=lambda pause: pause.start)
    before = [pause for pause in pauses if pause.start < end]
    paused = sum((elapsed(calendar, target.pace, max(p.start, start), min(p.end, end)) for p in before), timedelta())
    running = max(elapsed(calendar, target.pace, start, end) - paused, timedelta())
    after = [Pause(max(pause.start, end), pause.end) for pause in pauses if pause.end > end]

    def moment_of(percent: int) -> datetime:
        if percent < WHOLE:
            return min(_around(calendar, target.pace, start, running * percent / WHOLE, before), end)
        return _around(calendar, target.pace, end, running * (percent - WHOLE) / WHOLE, after)

    return [moment_of(percent) for percent in percents]


def paused_time(target: Target, pauses: Iterable[Pause], calendar: WorkingCalendar) -> timedelta:
    """The running time that the pauses took."""
    return sum((elapsed(calendar, target.pace, pause.start, pause.end) for pause in pauses), timedelta())


def assumes_weekends(calendar: WorkingCalendar, target: Target, until: datetime) -> bool:
    """Whether the days up to `until` go beyond the table of holidays: then only weekends are free."""
    return target.pace is not Pace.ALWAYS and not calendar.knows(calendar.day_of(until))


def explain(
    target: Target,
    due_at: datetime,
    pauses: Sequence[Pause],
    calendar: WorkingCalendar,
    *,
    say: Callable[[datetime], str],
    is_adjusted: bool = False,
) -> str:
    """The sentence of the page: “due 10-12 16:00: 3 working days + paused 1 working day”. `say` writes a moment."""
    parts = [words_of(target.amount, target.unit)]
    before = takewhile(lambda pause: pause.start < due_at, sorted(pauses, key=lambda pause: pause.start))
    if paused := paused_time(target, before, calendar):
        parts.append(_("paused %(time)s") % {"time": length_of(paused, target.unit)})
    reason = " + ".join(parts)
    if target.limit_amount is not None and target.limit_unit is not None:
        most = words_of(target.limit_amount, target.limit_unit)
        reason = _("%(reason)s, at most %(limit)s") % {"reason": reason, "limit": most}
    if is_adjusted:
        reason = _("%(reason)s, adjusted") % {"reason": reason}
    if assumes_weekends(calendar, target, due_at):
        reason = _("%(reason)s (no holidays known yet for that year: weekends assumed)") % {"reason": reason}
    return _("due %(moment)s: %(reason)s") % {"moment": say(due_at), "reason": reason}


def words_of(amount: int, unit: TimeUnit) -> str:
    """A target in words: 3 working days, 2 h of business."""
    if unit == TimeUnit.WORKING_DAYS:
        return ngettext("%(n)s working day", "%(n)s working days", amount) % {"n": amount}
    if unit == TimeUnit.CALENDAR_DAYS:
        days = ngettext("%(n)s calendar day", "%(n)s calendar days", amount) % {"n": amount}
        return days if amount else _("the same day")
    if unit == TimeUnit.AGREED:
        return _("the agreed time")
    time = _minutes(amount)
    return _("%(time)s of business hours") % {"time": time} if unit == TimeUnit.BUSINESS_MINUTES else time


def length_of(span: timedelta, unit: TimeUnit) -> str:
    """Paused running time in the unit of its clock: a day of it is a working day only where the clock counts these."""
    minutes = int(span.total_seconds() // 60)
    if unit != TimeUnit.WORKING_DAYS:
        return _minutes(minutes)
    days, rest = divmod(minutes, DAY)
    parts = [words_of(days, unit)] if days else []
    return " ".join([*parts, _minutes(rest)] if rest or not days else parts)


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, HOUR)
    parts = [_("%(n)s h") % {"n": hours}] if hours else []
    if rest or not hours:
        parts.append(_("%(n)s min") % {"n": rest})
    return " ".join(parts)


def _within_limit(target: Target, start: datetime, moment: datetime, calendar: WorkingCalendar) -> datetime:
    if target.limit_amount is None or target.limit_unit is None:
        return moment
    return min(moment, _unpaused(target.limit_amount, target.limit_unit, start, calendar, None))


def _unpaused(
    amount: int, unit: TimeUnit, start: datetime, calendar: WorkingCalendar, agreed: datetime | None
) -> datetime:
    if unit == TimeUnit.AGREED:
        if agreed is None:
            raise ValueError("No time was agreed.")
        return agreed
    if unit == TimeUnit.WORKING_DAYS:
        return nth_working_day(calendar, start, amount)
    if unit == TimeUnit.CALENDAR_DAYS:
        # The day of the start is not counted, the last day counts to its end (Civil Code 201, 203). What begins in the
        # last minute of its only day is due at once, not before it began.
        return max(start, calendar.instant(calendar.day_of(start) + timedelta(days=amount), DAY - 1))
    return advance(calendar, PACES[unit], start, timedelta(minutes=amount))


def _around(
    calendar: WorkingCalendar, pace: Pace, start: datetime, span: timedelta, pauses: Sequence[Pause]
) -> datetime:
    """The first moment at which `span` of running time has passed outside the pauses."""
    moment, left = start, span
    for pause in pauses:
        reached = advance(calendar, pace, moment, left)
        if reached <= pause.start:
            return reached
        left -= elapsed(calendar, pace, moment, pause.start)
        moment = max(moment, pause.end)
    return advance(calendar, pace, moment, left)
