from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.interactions.models import LONGEST_TEXT
from gongying.servicedesk.enums import EscalationGround
from gongying.servicedesk.models.requests import ServiceRequest


class Escalation(models.Model):
    """Somebody above has to look: to whom, why, and when it was settled."""

    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="escalations", verbose_name=_("request")
    )
    ground = models.CharField(_("ground"), max_length=20, choices=EscalationGround.choices)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="escalations", verbose_name=_("to")
    )
    note = models.TextField(_("note"), max_length=LONGEST_TEXT, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("settled by")
    )
    settled_at = models.DateTimeField(_("settled at"), null=True)

    class Meta:
        verbose_name = _("escalation")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["service_request"], name="escalation_unsettled", condition=models.Q(settled_at=None))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["service_request", "ground"],
                condition=models.Q(settled_at=None),
                name="escalation_once_per_ground",
            )
        ]

    def __str__(self) -> str:
        return self.get_ground_display()
