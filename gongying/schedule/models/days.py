from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Versioned
from gongying.schedule.enums import DayKind

FIRST_YEAR = 2000
LAST_YEAR = 2200


class CalendarDay(Versioned):
    """A day that is free or worked against its weekday: holidays, and the make-up days that pay for them (E-035)."""

    date = models.DateField(_("date"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=DayKind.choices)
    name = models.CharField(
        _("what the day is called"), max_length=60, blank=True, help_text=_("As people call it: National Day")
    )
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Which notice or file says so"))

    class Meta:
        verbose_name = _("day of the calendar")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=DayKind.values), name="calendar_day_kind_known"),
            models.CheckConstraint(
                condition=models.Q(date__year__gte=FIRST_YEAR, date__year__lte=LAST_YEAR),
                name="calendar_day_year_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"

    @property
    def is_working(self) -> bool:
        return self.kind == DayKind.MAKE_UP


class CalendarYear(models.Model):
    """Somebody, or the table that came with the product, says that all holidays of this year are known."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    known_since = models.DateTimeField(_("known since"), default=timezone.now)
    known_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entered by")
    )

    class Meta:
        verbose_name = _("year of the calendar")
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="calendar_year_possible"
            )
        ]

    def __str__(self) -> str:
        return str(self.year)


class CalendarGap(models.Model):
    """A time was computed into a year whose table is missing: from then on the pages say so, before 1 December too."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    noticed_at = models.DateTimeField(_("noticed at"), default=timezone.now)

    class Meta:
        verbose_name = _("missing year")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)
