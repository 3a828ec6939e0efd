"""To whom a job was given, one after the other."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.servicedesk.enums import UNFINISHED_WORK
from gongying.servicedesk.guards import evidence_guards
from gongying.servicedesk.models.work import WORK_STAGES, WorkEvidence


class Assignment(WorkEvidence):
    """Who had the job before, who has it now, and why."""

    from_doer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("from")
    )
    to_doer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("to")
    )
    from_firm = models.CharField(_("from firm"), max_length=100, blank=True)
    to_firm = models.CharField(_("to firm"), max_length=100, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    # Given to a worker who does not know the trade of the job: only when the dispatcher says why.
    trade_reason = models.CharField(
        _("why a worker of another trade"), max_length=200, blank=True, default="", db_default=""
    )

    class Meta(WorkEvidence.Meta):
        verbose_name = _("assignment")
        triggers = evidence_guards("assignment", **WORK_STAGES, given_in=UNFINISHED_WORK)

    def __str__(self) -> str:
        return f"{self.from_doer or self.from_firm} → {self.to_doer or self.to_firm}"
