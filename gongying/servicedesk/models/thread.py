"""What is written beside a request: who passed it on, what was noted, who urged it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.interactions.models import LONGEST_TEXT
from gongying.organization.models import Department
from gongying.servicedesk.enums import NoteAudience, TransferReason
from gongying.servicedesk.guards import keep_as_written
from gongying.servicedesk.models.requests import ServiceRequest


class Transfer(models.Model):
    """Passed on to somebody else, with the reason."""

    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="transfers", verbose_name=_("request")
    )
    from_owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("from"))
    to_owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("to"))
    from_department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("from department"))
    to_department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("to department"))
    reason = models.CharField(_("reason"), max_length=20, choices=TransferReason.choices)
    note = models.TextField(_("note"), max_length=LONGEST_TEXT, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("transfer")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason="") & (~models.Q(reason=TransferReason.OTHER) | ~models.Q(note="")),
                name="transfer_has_reason",
            )
        ]
        triggers = keep_as_written("transfer")

    def __str__(self) -> str:
        return f"{self.from_owner} → {self.to_owner}"


class RequestNote(models.Model):
    """A line in the thread of a request, to colleagues or to the customer; two colours, never confused."""

    service_request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="notes", verbose_name=_("request"))
    audience = models.CharField(_("audience"), max_length=20, choices=NoteAudience.choices)
    text = models.TextField(_("text"), max_length=LONGEST_TEXT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("note")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="request_note_has_text")]
        triggers = keep_as_written("requestnote")

    def __str__(self) -> str:
        return self.text[:40]


class Urging(models.Model):
    """A colleague would like it sooner: whoever has it was told, and the supervisor."""

    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="urgings", verbose_name=_("request")
    )
    # As they were called then.
    whom = models.CharField(_("who was urged"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("urging")
        ordering = ["id"]
        triggers = keep_as_written("urging")

    def __str__(self) -> str:
        return f"{self.by} → {self.whom}"
