from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.servicedesk.enums import WorkState
from gongying.servicedesk.guards import stage_guards


class Stage(models.Model):
    """A case's spell in one state: who entered and left it, when, and what was said on entering (R-197)."""

    stage = models.CharField(_("stage"), max_length=20)
    entered_at = models.DateTimeField(_("entered at"))
    entered_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    left_at = models.DateTimeField(_("left at"), null=True)
    left_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("left by")
    )
    evidence = models.JSONField(_("evidence"), default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.stage} {self.entered_at:%Y-%m-%d %H:%M}"


class StageEntry(Stage):
    """A stage of a request or complaint."""

    service_request = models.ForeignKey(
        "servicedesk.ServiceRequest",
        models.PROTECT,
        related_name="stages",
        verbose_name=_("request"),
        db_index=False,
    )

    class Meta:
        verbose_name = _("stage")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["service_request", "-id"], name="stage_of_request"),
            # Was it done, was its reporter told: asked of every request of a report's period.
            models.Index(
                fields=["service_request", "stage"],
                condition=models.Q(stage__in=("resolved", "reported", "feedback_given")),
                name="stage_done_or_told",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["service_request"], condition=models.Q(left_at=None), name="stage_one_open_per_request"
            ),
            models.CheckConstraint(
                condition=models.Q(left_at=None) | models.Q(left_at__gte=models.F("entered_at")),
                name="stage_left_after_entered",
            ),
        ]
        triggers = stage_guards("stageentry", cases="servicedesk_servicerequest", fk="service_request_id")


class WorkStageQuerySet(models.QuerySet["WorkStage"]):
    def minutes_on_site(self, *, until: datetime) -> int:
        """Of one job, since it was given to its doer or failed its check; a pause on site is not counted (R-264)."""
        before = self.filter(stage__in=(WorkState.ASSIGNED, WorkState.DONE)).order_by("pk").last()
        spells = self.filter(stage=WorkState.ON_SITE, pk__gt=before.pk if before else 0)
        spent = sum(((spell.left_at or until) - spell.entered_at for spell in spells), timedelta())
        return max(0, spent // timedelta(minutes=1))


class WorkStage(Stage):
    """A stage of a work order."""

    work_order = models.ForeignKey(
        "servicedesk.WorkOrder", models.PROTECT, related_name="stages", verbose_name=_("work order"), db_index=False
    )
    # When word of the step arrived, where that was later: the worker had no network (personas 4.3).
    received_at = models.DateTimeField(_("word received at"), null=True)

    objects = WorkStageQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage of work")
        ordering = ["id"]
        indexes = [models.Index(fields=["work_order", "-id"], name="stage_of_work_order")]
        constraints = [
            models.UniqueConstraint(
                fields=["work_order"], condition=models.Q(left_at=None), name="stage_one_open_per_work_order"
            ),
            models.CheckConstraint(
                condition=models.Q(left_at=None) | models.Q(left_at__gte=models.F("entered_at")),
                name="work_stage_left_after_entered",
            ),
            models.CheckConstraint(
                condition=models.Q(received_at=None) | models.Q(received_at__gte=models.F("entered_at")),
                name="work_stage_received_after_entered",
            ),
        ]
        triggers = stage_guards("workstage", cases="servicedesk_workorder", fk="work_order_id")
