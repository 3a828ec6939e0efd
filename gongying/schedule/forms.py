import re
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.common.inputs import DayField
from gongying.estates.models import Project
from gongying.organization.models import StaffMember
from gongying.schedule.enums import DayKind, Weekday
from gongying.schedule.models import CalendarDay, DutyPost, DutyShift, WorkingWeek
from gongying.schedule.models.hours import told
from gongying.schedule.working_time import MINUTES_OF_DAY, Shift

SEPARATORS = re.compile(r"[,;\s\u3001\uff0c\uff1b]+")
DASHES = re.compile(r"\s*[-\u2013\u2014~\uff5e\u81f3]+\s*")
CLOCK = re.compile(r"^(\d{1,2})[:\uff1a](\d{2})$")
MINUTES = 60


class DayForm(forms.Form):
    """What a day is; nothing chosen: the weekday decides."""

    kind = forms.ChoiceField(
        choices=[("", gettext_lazy("as its weekday")), *DayKind.choices],
        label=gettext_lazy("kind"),
        required=False,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=gettext_lazy("what the day is called"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("As people call it: National Day"),
    )
    source = forms.CharField(
        label=gettext_lazy("source"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Which notice or file says so"),
    )


class YearForm(forms.Form):
    source = forms.CharField(
        label=gettext_lazy("source"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Which notice or file says so"),
    )


class HoursField(forms.CharField):
    """The shifts of a day as people write them: 08:30-12:00, 13:30-18:00. Cleans to minutes of the day, sorted."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=120, required=False, **options)

    def clean(self, value: Any) -> list[Shift]:
        typed = DASHES.sub("-", super().clean(value))
        shifts = sorted(_shift(part) for part in SEPARATORS.split(typed) if part)
        for earlier, later in pairwise(shifts):
            if later[0] < earlier[1]:
                pair = {"one": told([earlier]), "other": told([later])}
                raise ValidationError(_("%(one)s and %(other)s overlap."), code="overlap", params=pair)
        return shifts


def _shift(part: str) -> Shift:
    ends = part.split("-")
    if len(ends) != 2:  # noqa: PLR2004 - from and to
        raise ValidationError(_("Write the hours like 08:30-12:00, 13:30-18:00."), code="hours")
    start, end = (_minute(clock) for clock in ends)
    if start == end:
        raise ValidationError(_("%(shift)s is no time at all."), code="empty", params={"shift": part})
    if end < start:
        raise ValidationError(
            _("%(shift)s ends before it begins. Hours past midnight belong to the next day."),
            code="order",
            params={"shift": part},
        )
    return start, end


def _minute(text: str) -> int:
    match = CLOCK.match(text)
    minute = int(match[1]) * MINUTES + int(match[2]) if match and int(match[2]) < MINUTES else -1
    if not 0 <= minute <= MINUTES_OF_DAY:
        raise ValidationError(
            _("%(text)s is no time. Write the hours like 08:30-12:00, 13:30-18:00."),
            code="clock",
            params={"text": text[:20]},
        )
    return minute


class HoursForm(forms.Form):
    """Hours of business from a day on, one field for each weekday."""

    starts_on = DayField(label=gettext_lazy("from"), initial=timezone.localdate)
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        HoursField(label=weekday.label) for weekday in Weekday
    )

    field_order = ["starts_on", *(weekday.name.lower() for weekday in Weekday)]

    def __init__(self, *args: Any, week: WorkingWeek | None = None, **options: Any) -> None:
        if week is not None:
            typed = {weekday.name.lower(): told(week.shifts[weekday]) for weekday in Weekday}
            options["initial"] = {**typed, **options.get("initial", {})}
        super().__init__(*args, **options)
        self.fields["monday"].help_text = gettext_lazy(
            "Like 08:30-12:00, 13:30-18:00. Empty: closed. Make-up working days have the hours of their weekday, or Monday's."
        )

    @property
    def shifts(self) -> list[list[Shift]]:
        return [self.cleaned_data[weekday.name.lower()] for weekday in Weekday]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        days = [cleaned.get(weekday.name.lower()) for weekday in Weekday]
        if None not in days and not any(days):
            self.add_error("monday", _("Enter the hours of at least one weekday."))
        return cleaned


class EndForm(forms.Form):
    on = DayField(
        label=gettext_lazy("the company's hours from"),
        initial=timezone.localdate,
    )


class DutyPostForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = DutyPost
        fields = ["name", "department", "phone", "rank"]


class ShiftForm(forms.Form):
    """Who is on duty, from when to when. An end before the beginning is the next day's."""

    staff = forms.ModelChoiceField(StaffMember.objects.none(), label=gettext_lazy("staff member"))
    day = DayField(label=gettext_lazy("day"))
    starts = forms.TimeField(label=gettext_lazy("from"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(
        label=gettext_lazy("until"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("A time that is not later is one of the next day."),
    )
    phone = forms.CharField(
        label=gettext_lazy("phone"),
        max_length=40,
        required=False,
        validators=[RegexValidator(r"^[0-9+()\s-]*$", gettext_lazy("A phone has digits, spaces, + ( ) and -."))],
        help_text=gettext_lazy("Empty: the phone of the post, else her own."),
    )

    def __init__(self, *args: Any, shift: DutyShift | None = None, **options: Any) -> None:
        if shift is not None:
            start, end = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
            shown = {"staff": shift.staff_id, "day": start.date(), "starts": start.time(), "ends": end.time()}
            options["initial"] = {**shown, "phone": shift.phone}
        super().__init__(*args, **options)
        employed = StaffMember.objects.employed().select_related("user").order_by("user__name")
        self.fields["staff"].queryset = employed  # type: ignore[attr-defined]

    def times(self) -> dict[str, Any]:
        """What the operations take."""
        given = self.cleaned_data
        start, end = _at(given["day"], given["starts"]), _at(given["day"], given["ends"])
        if end <= start:
            end = _at(given["day"] + timedelta(days=1), given["ends"])
        return {"staff": given["staff"], "phone": given["phone"], "starts_at": start, "ends_at": end}


def _at(day: date, clock_time: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock_time))


class RosterForm(forms.Form):
    """Which project and week the roster shows."""

    project = forms.ModelChoiceField(Project.objects.none(), required=False)
    week = DayField(required=False)

    def __init__(self, *args: Any, projects: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]


def initial_of_day(day: CalendarDay | None) -> dict[str, Any]:
    return {"kind": day.kind, "name": day.name, "source": day.source} if day else {}
