"""How the staff felt, week by week (R-156): who was asked stands apart from what was said.

Protected against: managers, quality and company leadership, and against whoever reads the tables afterwards. Nobody's answer
is a row: an answer adds one to a counter of its week, project and department, so that there is nothing that a name, an order
of rows or a time could be joined to. The five counters are one row: which of them grew last is not told by the row's own
transaction. That somebody was asked is a row without a time and without an answer; who answers and who does not want to are
alike in it. No event is recorded, for it would bear a name and a time.

What is shown is decided in the question to the database, never on the page. Only weeks that are over are shown: a figure that
grows while one looks would give away who came last. Fewer than five answers are no figure; and where the hidden departments
of a project would together be fewer than five, the next smallest is hidden with them, because the project's total less the
shown ones would be their figure. Totals are of projects only and departments are those of one project, so that shown figures
lie inside one another and never merely overlap.

Not protected against: whoever reads the tables themselves while a department of one has answered, or compares them before
and after an answer. That is the operator of the database.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, RowRange, Sum, Window
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.machines import append_only
from gongying.common.permissions import may
from gongying.estates.models import Project
from gongying.moods.guards import tally_guards
from gongying.organization.models import Department
from gongying.organization.rules import SEE_ALL_PROJECTS

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

FEWEST: Final = 5
MONDAY: Final = 1


def week_of(day: date | None = None) -> date:
    """Its Monday."""
    day = day or timezone.localdate()
    return day - timedelta(days=day.weekday())


class Participation(models.Model):
    """That this person was asked in that week and is done with it: she answered, or did not want to. Once a week."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mood_participations", verbose_name=_("colleague")
    )
    week = models.DateField(_("week"))

    class Meta:
        verbose_name = _("asked for the mood")
        constraints = [
            models.UniqueConstraint(fields=["week", "user"], name="mood_asked_once_a_week"),
            models.CheckConstraint(condition=Q(week__iso_week_day=MONDAY), name="mood_asked_in_a_week"),
        ]
        triggers = append_only("mood_asked")

    def __str__(self) -> str:
        return f"{self.week:%Y-%m-%d}"


class MoodTallyQuerySet(models.QuerySet["MoodTally"]):
    def visible_to(self, user: "AnyUser") -> Self:
        if may(user, SEE_ALL_PROJECTS):
            return self
        return self.filter(project__in=Project.objects.visible_to(user).order_by().values("pk"))

    def over(self) -> Self:
        """Of weeks in which nobody answers any more."""
        return self.filter(week__lt=week_of())

    def of_projects(self) -> Any:
        """Week, project, `answers` and `points` of each that may be shown."""
        groups = self.over().order_by().values("week", "project")
        return groups.annotate(answers=Sum(ANSWERS), points=Sum(POINTS)).filter(answers__gte=FEWEST)

    def of_departments(self, project: Project | None) -> Any:
        """The same of the departments of a project; None: of those who serve several."""
        smaller = Window(
            Sum("answers"),
            partition_by=[F("week")],
            order_by=[F("answers").asc(), F("pk").asc()],
            frame=RowRange(end=-1),
        )
        rows = self.over().filter(project=project).annotate(answers=ANSWERS, points=POINTS)
        rows = rows.filter(answers__gt=0).annotate(smaller=smaller)
        # Within each branch: a condition that stood beside them would be asked before the smaller ones are summed.
        enough = Q(answers__gte=FEWEST)
        shown = rows.filter(Q(enough, smaller=None) | Q(enough, smaller__gte=FEWEST))
        return shown.order_by().values("week", "department", "answers", "points")


class MoodTally(models.Model):
    """How often each answer was given in a week, by those of a department who serve a project."""

    week = models.DateField(_("week"))
    # Empty: those who serve several projects.
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, related_name="mood_tallies", verbose_name=_("project")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="mood_tallies", verbose_name=_("department")
    )
    very_good = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    so_so = models.PositiveIntegerField(default=0)
    low = models.PositiveIntegerField(default=0)
    very_low = models.PositiveIntegerField(default=0)

    objects = MoodTallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("answers to the mood of a week")
        constraints = [
            models.UniqueConstraint(
                fields=["week", "project", "department"], nulls_distinct=False, name="mood_tally_once"
            ),
            models.CheckConstraint(condition=Q(week__iso_week_day=MONDAY), name="mood_tally_of_a_week"),
        ]
        triggers = tally_guards()

    def __str__(self) -> str:
        return f"{self.week:%Y-%m-%d}"


ANSWERS: Final = F("very_good") + F("good") + F("so_so") + F("low") + F("very_low")
POINTS: Final = 5 * F("very_good") + 4 * F("good") + 3 * F("so_so") + 2 * F("low") + F("very_low")
