"""Requests that belong to one matter: linked by somebody, or split from one another."""

from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import ends_once, keep_rows
from gongying.interactions.models import LONGEST_TEXT
from gongying.servicedesk.enums import LinkKind
from gongying.servicedesk.models.requests import ServiceRequest

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

OF_ONE_PROJECT = refuse_when(
    "(SELECT count(DISTINCT request.project_id) FROM servicedesk_servicerequest request"
    " WHERE request.id IN (NEW.first_id, NEW.second_id)) <> 1",
    "requestlink: the two requests are of different projects",
)


class RequestLinkQuerySet(models.QuerySet["RequestLink"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Whoever sees both."""
        seen = ServiceRequest.objects.visible_to(user)
        return self.filter(first__in=seen, second__in=seen)

    def standing(self) -> Self:
        return self.filter(undone_at=None)

    def of(self, service_request: ServiceRequest) -> Self:
        return self.filter(Q(first=service_request) | Q(second=service_request))


class RequestLink(models.Model):
    """Two requests of one matter, the older one first. It can be undone; the row stays."""

    event_kind = "requestlink"

    first = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="links", verbose_name=_("request"))
    second = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="linked_from", verbose_name=_("other request")
    )
    kind = models.CharField(pgettext_lazy("of a link", "kind"), max_length=10, choices=LinkKind.choices)
    reason = models.TextField(_("reason"), max_length=LONGEST_TEXT, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    undone_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_reason = models.TextField(_("why it was undone"), max_length=LONGEST_TEXT, blank=True)

    objects = RequestLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link of requests")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="request_link_older_first"),
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="request_link_kind_known"),
            models.UniqueConstraint(
                fields=["first", "second"], condition=Q(undone_at=None), name="request_link_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None, undone_reason="")
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_reason="")),
                name="request_link_undone_with_reason",
            ),
        ]
        triggers = [
            *keep_rows("requestlink"),
            Guard(
                name="requestlink_of_one_project",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=OF_ONE_PROJECT + "RETURN NEW;",
            ),
            ends_once(
                "requestlink_undone_once",
                closed_by=["undone_at"],
                leaves_open=["undone_by_id", "undone_reason"],
                words="requestlink: a link is undone once, nothing else of it changes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} — {self.second}"
