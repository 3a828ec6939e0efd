"""How the customer found it, said at the door on the page behind the QR code (R-221)."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.servicedesk.guards import keep_as_written
from gongying.servicedesk.models.evidence import BEST_SCORE, CONTENT_SCORE, WORST_SCORE
from gongying.servicedesk.models.work import WorkOrder

LONGEST_WORDS = 500
SALT = "servicedesk.door-rating"
LINK_HOLDS = timedelta(days=3)


class DoorRating(models.Model):
    """One to five, once per job; tied to the job and to who did it then."""

    work_order = models.OneToOneField(
        WorkOrder, models.PROTECT, related_name="door_rating", verbose_name=_("work order")
    )
    doer: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="door_ratings", verbose_name=_("doer")
    )
    outside_firm = models.CharField(_("outside firm"), max_length=100, blank=True)
    score = models.PositiveSmallIntegerField(_("score"))
    words = models.CharField(_("words"), max_length=LONGEST_WORDS, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("rating at the door")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score__range=(WORST_SCORE, BEST_SCORE)), name="door_rating_score_in_range"
            ),
        ]
        triggers = keep_as_written("doorrating")

    def __str__(self) -> str:
        return str(self.score)

    @property
    def is_content(self) -> bool:
        return self.score >= CONTENT_SCORE


def rating_token(work_order: WorkOrder) -> str:
    """What the QR code carries: which job, signed, for three days."""
    return signing.dumps(work_order.pk, salt=SALT)


def job_of_token(token: str) -> WorkOrder | None:
    """The job of a link that we signed and that still holds."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=LINK_HOLDS)
    except signing.BadSignature:
        return None
    rows = WorkOrder.objects.filter(pk=pk).select_related("service_request__unit", "service_request__category", "doer")
    return rows.first()
