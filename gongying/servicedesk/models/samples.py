from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import keep_rows
from gongying.estates.models import Project
from gongying.interactions.models import LONGEST_TEXT
from gongying.servicedesk.models.requests import ServiceRequest

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


class SampleDraw(models.Model):
    """Of a week's finished orders of a project some were drawn by lot; once, whoever asks."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="sample_draws", verbose_name=_("project"))
    week = models.DateField(_("week"), help_text=_("Its Monday"))
    finished = models.PositiveIntegerField(_("orders finished"))
    at = models.DateTimeField(_("drawn at"), default=timezone.now)

    class Meta:
        verbose_name = _("drawing of samples")
        constraints = [models.UniqueConstraint(fields=["project", "week"], name="sample_draw_once")]

    def __str__(self) -> str:
        return f"{self.project} {self.week}"


class QualitySampleQuerySet(models.QuerySet["QualitySample"]):
    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(service_request__in=ServiceRequest.objects.visible_to(user))

    def waiting(self) -> Self:
        return self.filter(inspected_at=None)


class QualitySample(models.Model):
    """A finished order that somebody other than its doers looks at: by a call-back or on site (R-228)."""

    draw: Any = models.ForeignKey(SampleDraw, models.PROTECT, related_name="samples", verbose_name=_("drawing"))
    service_request = models.OneToOneField(
        ServiceRequest, models.PROTECT, related_name="quality_sample", verbose_name=_("request")
    )
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("inspected by")
    )
    passed = models.BooleanField(_("passed"), null=True)
    note = models.TextField(_("finding"), max_length=LONGEST_TEXT, blank=True)
    inspected_at = models.DateTimeField(_("inspected at"), null=True)

    objects = QualitySampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("quality sample")
        indexes = [models.Index(fields=["id"], name="sample_waiting", condition=models.Q(inspected_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(inspector=None, passed=None, inspected_at=None)
                | models.Q(inspector__isnull=False, passed__isnull=False, inspected_at__isnull=False),
                name="sample_inspected_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(passed=None) | models.Q(passed=True) | ~models.Q(note=""),
                name="failed_sample_has_finding",
            ),
        ]
        triggers = [
            *keep_rows("qualitysample"),
            Guard(
                name="qualitysample_inspected",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=refuse_when(
                    "TG_OP = 'UPDATE' AND OLD.inspected_at IS NOT NULL", "qualitysample: a finding is kept as written"
                )
                + refuse_when(
                    "NEW.inspector_id IS NOT NULL AND EXISTS (SELECT FROM servicedesk_workorder job"
                    " WHERE job.service_request_id = NEW.service_request_id AND job.doer_id = NEW.inspector_id)",
                    "qualitysample: nobody inspects his own work",
                )
                + "RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return str(self.service_request)
