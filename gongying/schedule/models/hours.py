from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Dated, DatedQuerySet, Versioned
from gongying.estates.models import Project
from gongying.schedule.enums import Weekday
from gongying.schedule.working_time import MINUTES_OF_DAY, Shift

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


class WorkingWeekQuerySet(DatedQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """The company's hours, and those of the projects that the user serves."""
        return self.filter(models.Q(project=None) | models.Q(project__in=Project.objects.visible_to(user)))

    def in_force(self, project_id: int | None, *, on: date) -> "WorkingWeek | None":
        """The project's own hours on that day, else the company's."""
        rows = self.on(on).filter(models.Q(project=None) | models.Q(project=project_id))
        return rows.order_by(models.F("project").asc(nulls_last=True)).first()

    def present(self, project_id: int | None) -> "WorkingWeek | None":
        """The own hours of a project (of the company) that hold today, else the next ones: what an edit starts from."""
        return self.filter(project=project_id).lasting().order_by("during").first()


class WorkingWeek(Dated, Versioned):
    """Hours of business from Monday to Sunday, of the company or of one project, for a time."""

    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="working_weeks", verbose_name=_("project")
    )

    objects = WorkingWeekQuerySet.as_manager()

    class Meta:
        verbose_name = _("working week")
        ordering = ["project", "during"]
        constraints = [
            ExclusionConstraint(
                name="working_week_no_overlap",
                expressions=[(Coalesce("project", 0), RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=models.Q(during__isempty=False), name="working_week_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.project or '–'} {self.during}"

    @property
    def shifts(self) -> tuple[tuple[Shift, ...], ...]:
        """As the arithmetic takes them: per weekday, in minutes of the day, sorted."""
        week: list[list[Shift]] = [[] for _day in Weekday]
        for hours in self.hours.all():
            week[hours.weekday].append((hours.starts, hours.ends))
        return tuple(tuple(sorted(day)) for day in week)


class WorkingHours(models.Model):
    """One shift of a weekday, in minutes of the day: 24:00 is 1440."""

    week = models.ForeignKey(WorkingWeek, models.CASCADE, related_name="hours", verbose_name=_("working week"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)
    starts = models.PositiveSmallIntegerField(_("starts"))
    ends = models.PositiveSmallIntegerField(_("ends"))

    class Meta:
        verbose_name = _("working hours")
        ordering = ["week", "weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__in=Weekday.values), name="working_hours_weekday_known"),
            models.CheckConstraint(
                condition=models.Q(starts__lt=models.F("ends"), ends__lte=MINUTES_OF_DAY), name="working_hours_in_order"
            ),
            ExclusionConstraint(
                name="working_hours_no_overlap",
                expressions=[
                    ("week", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (
                        models.Func("starts", "ends", function="int4range", output_field=IntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{Weekday(self.weekday).label} {clock(self.starts)}–{clock(self.ends)}"


def clock(minute: int) -> str:
    """A minute of the day as people write it: 08:30, 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def told(day: Sequence[Shift]) -> str:
    """The shifts of a day as they are typed: 08:30-12:00, 13:30-18:00."""
    return ", ".join(f"{clock(starts)}-{clock(ends)}" for starts, ends in day)


def in_words(shifts: Sequence[Sequence[Sequence[int]]]) -> str:
    """Hours of a week in one line, equal days together: Monday–Friday 08:30–12:00, 13:30–18:00."""
    each = [", ".join(f"{clock(starts)}–{clock(ends)}" for starts, ends in day) for day in shifts]
    parts = []
    for words, group in groupby(Weekday, key=lambda weekday: each[weekday]):
        days = [weekday.label for weekday in group]
        if words:
            parts.append(f"{days[0]}–{days[-1]} {words}" if len(days) > 1 else f"{days[0]} {words}")
    return "; ".join(parts)
