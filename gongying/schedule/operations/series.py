"""What a change of something that repeats means for each of its times."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.common.errors import Refused
from gongying.schedule.enums import Scope
from gongying.schedule.models import CalendarEvent, EventSeries
from gongying.schedule.models.calendar_events import new_uid
from gongying.schedule.operations.event_plans import Plan, times_of, with_kept_rule
from gongying.schedule.recurrence import Rule, rule_in

Each = TypeVar("Each")
CONTENT = ("title", "kind", "location", "note", "zone", "is_private", "customer", "unit", "about")


@dataclass
class Spread:
    """Whom a change reaches: what becomes of each time, which are new and which no longer take place."""

    series: EventSeries | None
    kept: list[tuple[CalendarEvent, Plan]] = field(default_factory=list)
    cancelled: list[CalendarEvent] = field(default_factory=list)  # each by itself, before: they stay so
    added: list[datetime] = field(default_factory=list)
    dropped: list[CalendarEvent] = field(default_factory=list)


def start_series(plan: Plan) -> EventSeries | None:
    if not plan.rule:
        return None
    values = {"rule": plan.rule, "starts_at": plan.starts_at, "length": plan.length, "zone": plan.zone}
    return EventSeries.objects.create(uid=new_uid(), **values)


def lock_series(event: CalendarEvent) -> list[CalendarEvent]:
    """All its times, in the order of the rule; the series first, so that two who change it wait for each other.

    The series that it belongs to by now: a change of the following times may have made it another one since it was read.
    """
    while (present := CalendarEvent.objects.filter(pk=event.pk).first()) is not None:
        if present.series_id is not None:
            EventSeries.objects.select_for_update(no_key=True).filter(pk=present.series_id).first()
        rows = CalendarEvent.objects.in_series(present).select_for_update(of=["self"], no_key=True)
        found = list(rows.select_related("organizer", "customer", "unit", "series"))
        if any(row.pk == present.pk and row.series_id == present.series_id for row in found):
            return found
    return []


def meant(rows: Sequence[CalendarEvent], event: CalendarEvent, scope: Scope | str) -> list[CalendarEvent]:
    """Which times of the series are meant, also those that were cancelled each by itself."""
    if scope == Scope.THIS or event.series_id is None:
        return [row for row in rows if row.pk == event.pk]
    if scope == Scope.FOLLOWING:
        return [row for row in rows if _known_by(row) >= _known_by(event)]
    now = timezone.now()
    first = next((row for row in rows if not row.is_cancelled and row.ends_at > now), None)
    if first is None:
        raise Refused(_("All of it is over already."))
    return [row for row in rows if _known_by(row) >= _known_by(first)]


def spread_of_one(event: CalendarEvent, plan: Plan) -> Spread:
    return Spread(event.series, kept=[(event, plan)])


def spread_of_new(event: CalendarEvent, plan: Plan) -> Spread:
    """What took place once repeats from now on."""
    first, *others = times_of(plan)
    series = start_series(with_kept_rule(plan, [first, *others]))
    event.series, event.original_start = series, first
    return Spread(series, kept=[(event, plan)], added=others)


def spread_of_series(event: CalendarEvent, rows: Sequence[CalendarEvent], plans: dict[int, Plan], plan: Plan) -> Spread:
    """From the first of `rows` on. What was changed at one time by itself stays: only what changes now changes there too."""
    series, before, anchor = _series_of(event), plans[event.pk], rows[0]
    change = _Change(event, before, plan, usual_length=series.length)
    wanted = replace(plan, rule=_followed(before, plan)).at(_first_start(event, anchor, before, plan))
    starts = times_of(wanted)
    wanted = with_kept_rule(wanted, starts)
    old = [start for start in series.starts() if start >= _known_by(anchor)]
    pairs = _pairs(series.parsed, wanted.rule, old, starts, ZoneInfo(plan.zone))
    by_start = {_known_by(row): row for row in rows}
    spread = Spread(_continued(series, anchor, wanted))
    for known_by, start in pairs.items():
        row = by_start.pop(known_by)
        row.series, row.original_start = spread.series, start if spread.series else None
        if row.is_cancelled:
            spread.cancelled.append(row)
        else:
            spread.kept.append((row, change.of(row, plans[row.pk], known_by, start)))
    spread.added = sorted(set(starts) - set(pairs.values()))
    spread.dropped = list(by_start.values())
    return spread


def cut(series: EventSeries, rows: Sequence[CalendarEvent]) -> None:
    """`rows` no longer take place: the series ends before the first of them."""
    earlier = [start for start in series.starts() if start < _known_by(rows[0])]
    series.sequence += 1
    if earlier:
        series.rule = str(series.parsed.ending(earlier[-1].astimezone(series.timezone).date()))
    series.save(update_fields=["sequence", "rule"])


@dataclass(frozen=True)
class _Change:
    """What somebody changes at one time, carried to the others."""

    event: CalendarEvent
    before: Plan
    plan: Plan
    usual_length: timedelta

    def of(self, row: CalendarEvent, own: Plan, known_by: datetime, start: datetime) -> Plan:
        """`row`, known by one moment of the rule, is known by `start` now; who was moved by herself keeps her own time."""
        is_usual = (own.starts_at, own.length) == (known_by, self.usual_length)
        begins, length = (start, self.plan.length) if is_usual else (own.starts_at, own.length)
        if row.pk == self.event.pk:
            begins, length = self.plan.starts_at, self.plan.length
        return replace(
            own,
            **self._content(),
            starts_at=begins,
            ends_at=begins + length,
            people=self._with(own.people, self.before.people, self.plan.people),
            resources=self._with(own.resources, self.before.resources, self.plan.resources),
        )

    def _content(self) -> dict[str, Any]:
        new = {name: getattr(self.plan, name) for name in CONTENT}
        return {name: value for name, value in new.items() if value != getattr(self.before, name)}

    @staticmethod
    def _with(own: Sequence[Each], before: Sequence[Each], after: Sequence[Each]) -> list[Each]:
        kept = [each for each in own if each in after or each not in before]
        return [*kept, *(each for each in after if each not in before and each not in own)]


def _first_start(event: CalendarEvent, anchor: CalendarEvent, before: Plan, plan: Plan) -> datetime:
    """From which moment the rule counts: the anchor's own, moved as the event is moved."""
    if anchor.pk == event.pk and (plan.starts_at, plan.rule) != (before.starts_at, before.rule):
        return plan.starts_at
    zone = ZoneInfo(plan.zone)
    move = _wall(plan.starts_at, zone) - _wall(before.starts_at, zone)
    return (_wall(_known_by(anchor), zone) + move).replace(tzinfo=zone).astimezone(UTC)


def _followed(before: Plan, plan: Plan) -> str:
    """The rule as it is said; where only the event was moved to another day it follows it."""
    if plan.rule != before.rule or not plan.rule:
        return plan.rule
    zone = ZoneInfo(plan.zone)
    rule = rule_in(plan.rule, start=plan.starts_at.astimezone(zone))
    return str(rule.moved((_wall(plan.starts_at, zone).date() - _wall(before.starts_at, zone).date()).days))


def _pairs(
    was: Rule, text: str, old: Sequence[datetime], new: Sequence[datetime], zone: ZoneInfo
) -> dict[datetime, datetime]:
    """Which new time is which old one: of a rule of the same shape the first is the first, else those of the same day."""
    if not text or rule_in(text, start=new[0].astimezone(zone)).shape == was.shape:
        return dict(zip(old, new, strict=False))
    by_day = {start.astimezone(zone).date(): start for start in new[1:]}
    days = {start: start.astimezone(zone).date() for start in old[1:]}
    return {old[0]: new[0], **{start: by_day[day] for start, day in days.items() if day in by_day}}


def _continued(series: EventSeries, anchor: CalendarEvent, plan: Plan) -> EventSeries | None:
    """The series that the times belong to from now on: the same where all of it changes, else a new one after the old one's end."""
    if _known_by(anchor) > series.starts()[0]:
        cut(series, [anchor])
        return start_series(plan)
    series.sequence += 1
    if plan.rule:
        series.rule, series.starts_at, series.length, series.zone = plan.rule, plan.starts_at, plan.length, plan.zone
    series.save()
    return series if plan.rule else None


def _series_of(event: CalendarEvent) -> EventSeries:
    if event.series is None:
        raise Refused(_("This does not repeat."))
    return event.series


def _known_by(row: CalendarEvent) -> datetime:
    return row.original_start or row.starts_at


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
