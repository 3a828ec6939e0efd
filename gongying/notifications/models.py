from datetime import time
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.events.models import Event

if TYPE_CHECKING:
    from gongying.events.subjects import AnyUser

NEWEST_FIRST = ("-id",)
USUAL_DIGEST = time(8)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Everybody has her own; nobody reads another's."""
        return self.filter(user=user.pk)

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notification(models.Model):
    """Somebody is told of something in the journal. How it reads is said by the event's verb (`events.presentation`)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notifications",
        verbose_name=_("person told"),
        db_index=False,
    )
    event = models.ForeignKey(
        Event, models.PROTECT, related_name="notifications", verbose_name=_("event"), db_index=False
    )
    # What to open: a kind and an id, as in the journal; nothing for what has no page.
    about_kind = models.CharField(_("kind of thing"), max_length=30, blank=True)
    about_id = models.BigIntegerField(_("thing"), null=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    read_at = models.DateTimeField(_("read at"), null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_newest"),
            models.Index(fields=["user", "-id"], name="notification_unread", condition=models.Q(read_at=None)),
        ]
        constraints = [
            # However often the job runs that tells: once.
            models.UniqueConstraint(fields=["event", "user"], name="notification_once"),
            models.CheckConstraint(
                condition=models.Q(about_kind="", about_id=None)
                | (~models.Q(about_kind="") & models.Q(about_id__isnull=False)),
                name="notification_about_a_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.event.verb}"

    @property
    def is_unread(self) -> bool:
        return self.read_at is None


class Digest(models.Model):
    """When a person gets the day's summary, and the last day she got it."""

    user: Any = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="digest", verbose_name=_("person")
    )
    at = models.TimeField(_("summary of the day at"), null=True, blank=True, default=USUAL_DIGEST)
    sent_on = models.DateField(_("last sent on"), null=True, editable=False)

    class Meta:
        verbose_name = _("summary of the day")

    def __str__(self) -> str:
        return f"{self.user} {self.at}"
