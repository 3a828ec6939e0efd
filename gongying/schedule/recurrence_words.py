"""How a repetition reads: every second week on Monday and Thursday, until 2026-12-31."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from gongying.schedule.enums import Weekday
from gongying.schedule.recurrence import WEEKDAYS, WORKING_WEEK, Frequency, Rule

LAST = -1
EVERY = {
    Frequency.DAILY: (gettext_lazy("every day"), gettext_lazy("every %(n)s days")),
    Frequency.WEEKLY: (gettext_lazy("every week"), gettext_lazy("every %(n)s weeks")),
    Frequency.MONTHLY: (gettext_lazy("every month"), gettext_lazy("every %(n)s months")),
    Frequency.YEARLY: (gettext_lazy("every year"), gettext_lazy("every %(n)s years")),
}


def in_words(rule: Rule) -> str:
    return _(", ").join(filter(None, (_how_often(rule), _how_long(rule))))


def _how_often(rule: Rule) -> str:
    if rule.months or rule.month_days or rule.positions:
        return _("by a rule of another calendar")
    if rule.frequency == Frequency.WEEKLY and rule.days == WORKING_WEEK and rule.interval == 1:
        return _("Monday to Friday")
    once, several = EVERY[rule.frequency]
    every = str(once) if rule.interval == 1 else several % {"n": rule.interval}
    return _("%(every)s on %(days)s") % {"every": every, "days": _days(rule)} if rule.days else every


def _how_long(rule: Rule) -> str:
    if rule.until is not None:
        return pgettext("of a repetition", "until %(day)s") % {"day": f"{rule.until:%Y-%m-%d}"}
    return _("%(n)s times") % {"n": rule.count}


def _days(rule: Rule) -> str:
    return _(" and ").join(_day(day) for day in rule.days)


def _day(day: str) -> str:
    name = str(Weekday(WEEKDAYS.index(day[-2:])).label)
    if len(day) == len("MO"):
        return name
    number = int(day[:-2])
    if number == LAST:
        return _("last %(weekday)s") % {"weekday": name}
    return _("%(n)s. %(weekday)s") % {"n": number, "weekday": name}
