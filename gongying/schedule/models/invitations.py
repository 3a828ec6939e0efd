from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.schedule.enums import MailMethod

MOST_TRIES = 8


class InvitationMailQuerySet(models.QuerySet["InvitationMail"]):
    def waiting(self) -> Self:
        return self.filter(sent_at=None)

    def due(self, at: datetime) -> Self:
        """To be sent now: not sent yet, not given up, and not just tried in vain."""
        return self.filter(sent_at=None, tries__lt=MOST_TRIES, try_at__lte=at)


class InvitationMail(models.Model):
    """A letter with a calendar file to somebody who takes part, or no longer does. It says what was true when it was written."""

    event = models.ForeignKey("schedule.CalendarEvent", models.CASCADE, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    address = models.EmailField(_("e-mail"))
    method = models.CharField(max_length=10, choices=MailMethod.choices)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    content = models.TextField()
    written_at = models.DateTimeField(default=timezone.now)
    try_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    objects = InvitationMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation by e-mail")
        ordering = ["id"]
        indexes = [models.Index(fields=["try_at"], name="invitation_mail_due", condition=models.Q(sent_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(method__in=MailMethod.values), name="invitation_mail_method_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.subject}"
