"""Who works in a fit-out, and what was found there that must not be."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.machines import append_only, keep_rows
from gongying.custody.models import ReleasePass
from gongying.fitouts.models.files import LONGEST_NAME, FitOut
from gongying.servicedesk.models import ServiceRequest


class FitOutWorkerQuerySet(models.QuerySet["FitOutWorker"]):
    def on_site(self) -> Self:
        return self.filter(ended_at=None)


class FitOutWorker(models.Model):
    """One of the team, with the number on the badge; the badge holds as long as the permit."""

    fit_out = models.ForeignKey(
        FitOut, models.PROTECT, related_name="workers", verbose_name=pgettext_lazy("of a unit", "fit-out")
    )
    badge = models.PositiveSmallIntegerField(_("number of the badge"))
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    trade = models.CharField(_("trade"), max_length=LONGEST_NAME, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    added_at = models.DateTimeField(_("at"), default=timezone.now)
    ended_at = models.DateTimeField(_("badge given back at"), null=True)

    objects = FitOutWorkerQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker of a fit-out")
        ordering = ["badge"]
        constraints = [
            models.UniqueConstraint(fields=["fit_out", "badge"], name="fit_out_badge_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="fit_out_worker_has_name"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("added_at")), name="fit_out_worker_ends_after_start"
            ),
        ]
        triggers = keep_rows("fit_out_worker")

    def __str__(self) -> str:
        return f"{self.badge_number} {self.name}"

    @property
    def badge_number(self) -> str:
        return f"{self.fit_out.number}-{self.badge:02d}"


class FitOutViolation(models.Model):
    """A violation case of the service desk that was found in this fit-out."""

    fit_out = models.ForeignKey(
        FitOut, models.PROTECT, related_name="violations", verbose_name=pgettext_lazy("of a unit", "fit-out")
    )
    service_request = models.OneToOneField(
        ServiceRequest, models.PROTECT, related_name="found_in_fit_out", verbose_name=_("request")
    )

    class Meta:
        verbose_name = _("violation found in a fit-out")
        ordering = ["id"]
        triggers = append_only("fit_out_violation")

    def __str__(self) -> str:
        return str(self.service_request)


class FitOutPass(models.Model):
    """Things that left the estate because of this fit-out: rubble, tools, what was bought too much."""

    fit_out = models.ForeignKey(
        FitOut, models.PROTECT, related_name="passes", verbose_name=pgettext_lazy("of a unit", "fit-out")
    )
    release_pass = models.OneToOneField(
        ReleasePass, models.PROTECT, related_name="of_fit_out", verbose_name=pgettext_lazy("goods", "release pass")
    )

    class Meta:
        verbose_name = _("release pass of a fit-out")
        ordering = ["id"]
        triggers = append_only("fit_out_pass")

    def __str__(self) -> str:
        return str(self.release_pass)
