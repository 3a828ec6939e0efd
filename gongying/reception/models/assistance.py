from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import keep_rows
from gongying.reception.models.tickets import ReceptionTicket

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

SETTLED_ONCE = refuse_when(
    "OLD.taken_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL", "assistance_request: a call for help is settled once"
)


class AssistanceRequestQuerySet(models.QuerySet["AssistanceRequest"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Whoever sees the visitor."""
        return self.filter(ticket__in=ReceptionTicket.objects.visible_to(user).order_by().values("pk"))

    def open(self) -> Self:
        return self.filter(taken_at=None, withdrawn_at=None)

    def for_strip(self) -> Self:
        return self.select_related("asked_by", "ticket__purpose", "ticket__unit", "ticket__party", "beside__purpose")


class AssistanceRequest(models.Model):
    """Somebody at the counter cannot look after a visitor and calls for a colleague (R-150). Taken, or withdrawn."""

    event_kind = "assistancerequest"

    ticket = models.ForeignKey(ReceptionTicket, models.PROTECT, related_name="calls", verbose_name=_("ticket"))
    # Whom the one who calls has before her meanwhile.
    beside = models.ForeignKey(
        ReceptionTicket, models.PROTECT, null=True, related_name="+", verbose_name=_("meanwhile received")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("called by")
    )
    asked_at = models.DateTimeField(_("called at"), default=timezone.now)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken at"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)

    objects = AssistanceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("call for help")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                name="assistance_one_open_call",
                condition=Q(taken_at=None, withdrawn_at=None),
            ),
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_by=None)
                | Q(taken_at__gte=F("asked_at"), taken_by__isnull=False, withdrawn_at=None),
                name="assistance_taken_or_withdrawn",
            ),
        ]
        triggers = [
            *keep_rows("assistance_request"),
            Guard(
                name="assistance_request_settled_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"{SETTLED_ONCE} RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return str(self.ticket)
