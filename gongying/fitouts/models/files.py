"""The file of one fit-out: what is planned, who does it, until when it is permitted, how it ended (R-040, E-043)."""

from datetime import date
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import keep_rows
from gongying.common.models import Versioned
from gongying.estates.models import PlacedModel, PlaceQuerySet, Unit
from gongying.fitouts.enums import OPEN_STATES, FitOutState
from gongying.fitouts.machines import FIT_OUT

LONGEST_NAME, LONGEST_SCOPE, LONGEST_REASON = 60, 2_000, 500
PERMITTED_IN = (FitOutState.PERMITTED, FitOutState.ACCEPTED)

LOOKED_AT = (
    "NEW.state = 'accepted' AND NOT EXISTS (SELECT FROM checklists_checkrun run"
    " WHERE run.about = 'fitout-' || NEW.id AND run.use = 'acceptance' AND run.finished_at IS NOT NULL)"
)


class FitOutQuerySet(PlaceQuerySet):
    def applied(self) -> Self:
        return self.filter(state=FitOutState.APPLIED)

    def in_works(self) -> Self:
        return self.filter(state=FitOutState.PERMITTED)

    def overdue(self, *, on: date | None = None) -> Self:
        """Permitted until a day that is over, and neither extended nor accepted."""
        return self.in_works().filter(valid_until__lt=on or timezone.localdate())

    def ended(self) -> Self:
        return self.exclude(state__in=OPEN_STATES)

    def for_page(self) -> Self:
        return self.select_related("project", "unit", "opened_by", "permitted_by", "ended_by")

    def for_list(self) -> Self:
        return self.for_page().annotate(found=Count("violations"))


class FitOut(PlacedModel, Versioned):
    """A household has its unit fitted out. The deposit is noted here; whoever keeps the money books it elsewhere."""

    event_kind = "fitout"

    number = models.CharField(_("number"), max_length=24, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="fit_outs", verbose_name=_("unit"))
    state = models.CharField(_("state"), max_length=10, choices=FitOutState.choices, default=FitOutState.APPLIED)
    applicant = models.CharField(pgettext_lazy("a fit-out", "applied for by"), max_length=LONGEST_NAME)
    applicant_phone = models.CharField(_("phone of the applicant"), max_length=20, blank=True)
    contractor = models.CharField(_("firm that does it"), max_length=LONGEST_NAME)
    foreman = models.CharField(_("foreman"), max_length=LONGEST_NAME, blank=True)
    foreman_phone = models.CharField(_("phone of the foreman"), max_length=20, blank=True)
    scope = models.TextField(_("what is done"), max_length=LONGEST_SCOPE)
    starts_on = models.DateField(_("works begin"))
    ends_on = models.DateField(_("works end"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("a fit-out", "file kept by"),
    )
    opened_at = models.DateTimeField(pgettext_lazy("a fit-out", "applied for at"), default=timezone.now)
    rules_read_by = models.CharField(_("rules acknowledged by"), max_length=LONGEST_NAME, blank=True)
    deposit = models.DecimalField(_("deposit"), max_digits=10, decimal_places=2, null=True)
    deposit_receipt = models.CharField(_("receipt of the deposit"), max_length=LONGEST_NAME, blank=True)
    deposit_end = models.CharField(_("what became of the deposit"), max_length=LONGEST_REASON, blank=True)
    permitted_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("a fit-out", "permitted by"),
    )
    permitted_at = models.DateTimeField(pgettext_lazy("a fit-out", "permitted at"), null=True)
    valid_from = models.DateField(pgettext_lazy("a fit-out", "permitted from"), null=True)
    valid_until = models.DateField(pgettext_lazy("a fit-out", "permitted until"), null=True)
    # When its keeper was given the task that the permit is past its date.
    overdue_told_at = models.DateTimeField(_("told that it is overdue at"), null=True)
    ended_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("a fit-out", "ended by"),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)
    reason = models.CharField(_("reason"), max_length=LONGEST_REASON, blank=True)

    objects = FitOutQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a unit", "fit-out")
        ordering = ["-opened_at", "-id"]
        indexes = [
            models.Index(fields=["project", "-opened_at", "-id"], name="fit_out_newest"),
            models.Index(fields=["unit", "-opened_at"], name="fit_out_of_unit"),
            models.Index(fields=["valid_until"], name="fit_out_in_works", condition=Q(state=FitOutState.PERMITTED)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unit"], name="fit_out_open_once", condition=Q(state__in=OPEN_STATES)),
            models.CheckConstraint(
                condition=~Q(applicant="") & ~Q(contractor="") & ~Q(scope=""), name="fit_out_says_who_and_what"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="fit_out_days_in_order"),
            models.CheckConstraint(
                condition=~Q(state__in=PERMITTED_IN)
                | Q(permitted_by__isnull=False, permitted_at__isnull=False, valid_until__gte=F("valid_from"))
                & ~Q(rules_read_by=""),
                name="fit_out_permitted_with_rules_and_days",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, ended_at=None, ended_by=None)
                | ~Q(state__in=OPEN_STATES) & Q(ended_at__gte=F("opened_at"), ended_by__isnull=False),
                name="fit_out_ended_with_its_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(FitOutState.REFUSED, FitOutState.WITHDRAWN)) | ~Q(reason=""),
                name="fit_out_ended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(deposit=None, deposit_receipt="", deposit_end="") | Q(deposit__gt=0),
                name="fit_out_deposit_positive",
            ),
        ]
        triggers = [
            *FIT_OUT.triggers("state"),
            *keep_rows("fit_out"),
            Guard(
                name="fit_out_looked_at_before_the_end",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=refuse_when(LOOKED_AT, "fit_out: looked at to the end before it is accepted") + "RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.unit.code}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_in_works(self) -> bool:
        return self.state == FitOutState.PERMITTED

    @property
    def is_overdue(self) -> bool:
        return self.is_in_works and self.valid_until is not None and self.valid_until < timezone.localdate()

    @property
    def holds_today(self) -> bool:
        """Whether the team may work today."""
        today = timezone.localdate()
        return self.is_in_works and bool(self.valid_from and self.valid_from <= today) and not self.is_overdue

    @property
    def state_in_words(self) -> str:
        return str(_("permit past its date")) if self.is_overdue else str(self.get_state_display())

    @property
    def tone(self) -> str:
        if self.is_overdue:
            return "late"
        tones: dict[str, str] = {"applied": "soon", "permitted": "here", "accepted": "good"}
        return tones.get(self.state, "")

    def present_state(self) -> dict[str, Any]:
        return {**super().present_state(), "state": self.state}
