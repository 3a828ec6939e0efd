from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.estates.models import Project
from gongying.events.operations import record_event
from gongying.schedule.models import WorkingHours, WorkingWeek
from gongying.schedule.models.hours import WorkingWeekQuerySet
from gongying.schedule.working_time import Shift

ONE_DAY = timedelta(days=1)
Week = Sequence[Sequence[Shift]]


@transaction.atomic
def set_working_week(
    project: Project | None, *, shifts: Week, starts_on: date, by: User, seen: int | None = None
) -> WorkingWeek:
    """Hours of business from a day on, of a project or of the company. What was to hold from then on ends the day before.

    `shifts` are those of Monday to Sunday in minutes of the day; `seen` is the version of the present hours, which every
    change of them, or of what follows, makes another.
    """
    if not any(shifts):
        raise Refused(_("Enter the hours of at least one weekday."))
    rows = WorkingWeek.objects.select_for_update(of=["self"], no_key=True).filter(project=project)
    present = rows.present(project.pk if project else None)
    if present is not None:
        present.check_version(seen=seen)
    _end(rows, starts_on)
    with refusing({"working_week_no_overlap": _("Somebody else has just entered hours for this time.")}):
        week = WorkingWeek.objects.create(project=project, during=DateRange(starts_on, None))
    WorkingHours.objects.bulk_create(
        WorkingHours(week=week, weekday=weekday, starts=starts, ends=ends)
        for weekday, day in enumerate(shifts)
        for starts, ends in day
    )
    record_event("hours.set", by=by, subjects=[project], starts_on=starts_on, hours=[list(day) for day in shifts])
    return week


@transaction.atomic
def end_working_week(week: WorkingWeek, *, on: date, by: User, seen: int | None = None) -> None:
    """From `on` the project has the company's hours again."""
    week = WorkingWeek.objects.select_for_update(of=["self"], no_key=True).select_related("project").get(pk=week.pk)
    week.check_version(seen=seen)
    if week.project is None:
        raise Refused(_("The company's hours can be replaced, not ended."))
    _end(WorkingWeek.objects.filter(project=week.project), on)
    record_event("hours.ended", by=by, subjects=[week.project], on=on)


def _end(rows: WorkingWeekQuerySet, on: date) -> None:
    """What begins on that day or later never comes; what is in force ends the day before."""
    rows.filter(during__startswith__gte=on).delete()
    for week in rows.filter(during__contains=on):
        week.during = DateRange(week.starts_on, on)
        week.version = F("version") + 1
        week.save(update_fields=["during", "version"])
