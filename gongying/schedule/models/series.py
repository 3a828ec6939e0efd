from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.schedule.recurrence import Rule, rule_in, starts_of


class EventSeries(models.Model):
    """Events that repeat by one rule. Each time is an event of its own, so that whatever holds for one holds for all of them:
    a room is taken, people are busy. What a time has that others have not is what outside calendars call an exception.
    """

    uid = models.CharField(max_length=255, unique=True, editable=False)
    sequence = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    rule = models.CharField(_("repetition"), max_length=400)
    starts_at = models.DateTimeField(_("first time"))
    length = models.DurationField(_("how long"))
    zone = models.CharField(_("time zone"), max_length=50, default=settings.TIME_ZONE)

    class Meta:
        verbose_name = _("series of events")
        constraints = [
            models.CheckConstraint(condition=~models.Q(rule=""), name="event_series_has_rule"),
            models.CheckConstraint(condition=models.Q(length__gt=timedelta()), name="event_series_has_length"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%Y-%m-%d %H:%M} {self.rule}"

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def parsed(self) -> Rule:
        return rule_in(self.rule, start=self.starts_at.astimezone(self.timezone))

    def starts(self) -> tuple[datetime, ...]:
        """When the rule says that it takes place."""
        return starts_of(self.parsed, self.starts_at, self.timezone)
