from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.events.operations import record_event
from gongying.schedule.enums import DayKind
from gongying.schedule.models import CalendarDay, CalendarGap, CalendarYear


@transaction.atomic
def name_day(
    day: date, *, kind: DayKind | str, by: User, name: str = "", source: str = "", seen: int | None = None
) -> CalendarDay:
    """Say that a day is free or worked, whatever its weekday; said again, it replaces what was said before."""
    present = CalendarDay.objects.select_for_update(no_key=True).filter(date=day).first()
    if present is None:
        with refusing({"schedule_calendarday_date_key": _("Somebody else has just entered this day.")}):
            present = CalendarDay.objects.create(date=day, kind=kind, name=name, source=source)
    else:
        present.check_version(seen=seen)
        present.kind, present.name, present.source = kind, name, source
        present.version += 1
        present.save()
    record_event("calendar.day_named", by=by, subjects=[], day=day, kind=present.kind, name=name, source=source)
    return present


@transaction.atomic
def clear_day(day: CalendarDay, *, by: User, seen: int | None = None) -> None:
    """The weekday decides again."""
    present = CalendarDay.objects.select_for_update(no_key=True).filter(pk=day.pk).first()
    if present is None:
        raise Refused(_("Somebody else has deleted this meanwhile."))
    present.check_version(seen=seen)
    record_event("calendar.day_cleared", by=by, subjects=[], day=present.date, kind=present.kind, name=present.name)
    present.delete()


@transaction.atomic
def complete_year(year: int, *, by: User, source: str = "") -> CalendarYear:
    """Say that the table of a year is complete; the alarm ends, and due times in it are no longer marked."""
    if not CalendarDay.objects.filter(date__year=year, kind=DayKind.HOLIDAY).exists():
        raise Refused(_("No holiday of %(year)s is entered yet.") % {"year": year})
    known, is_new = CalendarYear.objects.get_or_create(year=year, defaults={"source": source, "known_by": by})
    if not is_new:
        raise Refused(_("The table of %(year)s is complete already.") % {"year": year})
    record_event("calendar.year_completed", by=by, subjects=[], year=year, source=source)
    return known


@transaction.atomic
def reopen_year(year: CalendarYear, *, by: User) -> None:
    """The table of the year is not complete after all; its days stay."""
    if not CalendarYear.objects.filter(pk=year.pk).delete()[0]:
        raise Refused(_("Somebody else has deleted this meanwhile."))
    record_event("calendar.year_reopened", by=by, subjects=[], year=year.year)


def note_gap(year: int) -> None:
    """A time was computed into a year whose table is missing: from now on the pages warn of it."""
    CalendarGap.objects.bulk_create([CalendarGap(year=year)], ignore_conflicts=True)
