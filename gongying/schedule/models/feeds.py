from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import digest_of
from gongying.schedule.models.calendar_events import CalendarEvent, CalendarEventQuerySet

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(user=user.pk)


class CalendarFeed(models.Model):
    """The secret address at which somebody's phone reads her calendar. Only its digest is stored; it is shown once."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed", verbose_name=_("log-in")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")

    def __str__(self) -> str:
        return str(self.user)

    def events(self, since: datetime, until: datetime) -> CalendarEventQuerySet:
        """What its owner takes part in and has not declined; of a series that reaches into that time all of it."""
        rows = CalendarEvent.objects.planned().coming(self.user)
        near = rows.between(since, until)
        series = near.exclude(series=None).values("series")
        return rows.filter(models.Q(pk__in=near.filter(series=None)) | models.Q(series__in=series))


def feed_of(secret: str) -> CalendarFeed | None:
    """That of somebody who still works here; a secret that was replaced or withdrawn opens nothing."""
    rows = CalendarFeed.objects.select_related("user")
    return rows.filter(digest=digest_of(secret), user__is_active=True).first()
