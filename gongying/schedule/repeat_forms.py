"""How somebody says that something repeats; which of its times a change means."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.common.inputs import DateInput
from gongying.schedule.enums import Repeats, Scope, Weekday
from gongying.schedule.recurrence import LARGEST_INTERVAL, WEEKDAYS, WORKING_WEEK, Frequency, Rule, rule_in

FIFTH = 5
LAST = -1
FREQUENCIES = {
    Repeats.DAILY: Frequency.DAILY,
    Repeats.WEEKLY: Frequency.WEEKLY,
    Repeats.MONTHLY: Frequency.MONTHLY,
    Repeats.NTH_WEEKDAY: Frequency.MONTHLY,
    Repeats.YEARLY: Frequency.YEARLY,
}


class RepeatForm(forms.Form):
    """Part of the form of an event."""

    repeats = forms.ChoiceField(label=gettext_lazy("repeats"), required=False)
    interval = forms.IntegerField(
        label=gettext_lazy("every so many times"),
        min_value=1,
        max_value=LARGEST_INTERVAL,
        initial=1,
        required=False,
        help_text=gettext_lazy("2 of every week: every second week."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("on these days"),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    # How far ahead it may end depends on when it begins, and is said with that day.
    ends_on = forms.DateField(label=gettext_lazy("until and including"), required=False, widget=DateInput)

    def offer_repeats(self, rule: str) -> None:
        """A rule that people cannot choose here can be kept."""
        is_other = bool(rule) and self.initial.get("repeats") == Repeats.OTHER
        field: Any = self.fields["repeats"]
        field.choices = [choice for choice in Repeats.choices if choice[0] != Repeats.OTHER or is_other]

    def rule(self, start: datetime, *, before: str) -> str:
        """As the operations take it. A first day on which it does not take place is refused there."""
        given = self.cleaned_data
        chosen = given.get("repeats") or Repeats.ONCE
        if chosen == Repeats.ONCE:
            return ""
        local = timezone.localtime(start)
        if chosen == Repeats.OTHER:
            return str(rule_in(before, start=local).ending(given["ends_on"]))
        return str(_rule(Repeats(chosen), local.date(), given))

    def clean_ends_on(self) -> date | None:
        last: date | None = self.cleaned_data["ends_on"]
        if self.cleaned_data.get("repeats") and last is None:
            raise ValidationError(_("Say until when it repeats."))
        return last


class ScopeForm(forms.Form):
    scope = forms.ChoiceField(
        label=gettext_lazy("this holds for"),
        choices=Scope.choices,
        initial=Scope.THIS,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("What is over stays as it was."),
    )

    def clean_scope(self) -> str:
        return self.cleaned_data["scope"] or Scope.THIS

    def offer_scope(self, *, repeats: bool) -> None:
        """Of what takes place once only that once can be meant."""
        if not repeats:
            self.fields["scope"].widget = forms.HiddenInput()


def as_chosen(text: str, start: datetime) -> dict[str, Any]:
    """What the form shows of a rule."""
    if not text:
        return {"repeats": Repeats.ONCE}
    local = timezone.localtime(start)
    rule = rule_in(text, start=local)
    weekdays = [WEEKDAYS.index(day[-2:]) for day in rule.days] or [local.weekday()]
    shown = {"interval": rule.interval, "ends_on": rule.until, "weekdays": weekdays}
    return {**shown, "repeats": _choice(rule, local.date())}


def _rule(chosen: Repeats, day: date, given: dict[str, Any]) -> Rule:
    interval, until = given.get("interval") or 1, given["ends_on"]
    if chosen == Repeats.WORKDAYS:
        return Rule(Frequency.WEEKLY, days=WORKING_WEEK, until=until)
    days: tuple[str, ...] = ()
    if chosen == Repeats.WEEKLY:
        weekdays = sorted(given.get("weekdays") or [])
        days = () if weekdays in ([], [day.weekday()]) else tuple(WEEKDAYS[each] for each in weekdays)
    elif chosen == Repeats.NTH_WEEKDAY:
        days = (_nth(day),)
    return Rule(FREQUENCIES[chosen], interval, days=days, until=until)


def _choice(rule: Rule, day: date) -> Repeats:
    if rule.months or rule.month_days or rule.positions:
        return Repeats.OTHER
    if rule.days == WORKING_WEEK and rule.frequency == Frequency.WEEKLY and rule.interval == 1:
        return Repeats.WORKDAYS
    if rule.frequency == Frequency.MONTHLY and rule.days == (_nth(day),):
        return Repeats.NTH_WEEKDAY
    if rule.days and rule.frequency != Frequency.WEEKLY:
        return Repeats.OTHER
    if any(each not in WEEKDAYS for each in rule.days):
        return Repeats.OTHER
    return next(chosen for chosen, frequency in FREQUENCIES.items() if frequency == rule.frequency)


def _nth(day: date) -> str:
    number = (day.day - 1) // 7 + 1
    return f"{LAST if number == FIFTH else number}{WEEKDAYS[day.weekday()]}"
