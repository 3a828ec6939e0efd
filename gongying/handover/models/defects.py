"""What the developer left to be mended, with the day until which the warranty holds (R-038, R-039)."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.checklists.models import Tick
from gongying.common.machines import keep_rows
from gongying.common.models import Versioned
from gongying.customers.models import Party
from gongying.estates.models import PlacedModel, PlaceQuerySet, Unit
from gongying.handover.enums import UNFINISHED_DEFECT, CountedFrom, DefectState
from gongying.handover.machines import DEFECT
from gongying.handover.models.batches import HandoverBatch, UnitHandover

LONGEST_TEXT = 1_000
MONTHS = 12


class WarrantyPeriod(models.Model):
    """How long the developer mends a part for nothing, with the rule that says so."""

    key = models.SlugField(_("key"), max_length=30, unique=True)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100)
    months = models.PositiveSmallIntegerField(_("months"))
    note = models.CharField(_("note"), max_length=100, blank=True)
    counted_from = models.CharField(_("counted from"), max_length=12, choices=CountedFrom.choices)
    source = models.CharField(_("source"), max_length=200)
    # What items of an inspection list are about it.
    words = ArrayField(models.CharField(max_length=20), default=list, editable=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("warranty period")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(months__gte=1) & ~Q(source=""), name="warranty_period_has_source"),
        ]

    def __str__(self) -> str:
        return self.name

    def last_day(self, *, completed_on: date, handed_over_on: date | None) -> date | None:
        """The last day of the warranty; None: it has not begun."""
        start = completed_on if self.counted_from == CountedFrom.COMPLETION else handed_over_on
        return None if start is None else months_after(start, self.months)


class OutstandingDefectQuerySet(PlaceQuerySet):
    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED_DEFECT)

    def overdue(self, *, on: date | None = None) -> Self:
        return self.filter(state=DefectState.OPEN, due_on__lt=on or timezone.localdate())

    def for_list(self) -> Self:
        return self.select_related("unit", "project", "batch", "responsible", "warranty")


class OutstandingDefect(PlacedModel, Versioned):
    """A defect of a unit or of a common part that the developer mends."""

    event_kind = "outstandingdefect"

    batch = models.ForeignKey(
        HandoverBatch, models.PROTECT, related_name="defects", verbose_name=_("hand-over of a building")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="developer_defects", verbose_name=_("unit")
    )
    handover = models.ForeignKey(
        UnitHandover, models.PROTECT, null=True, related_name="defects", verbose_name=_("unit hand-over")
    )
    tick = models.OneToOneField(
        Tick, models.PROTECT, null=True, related_name="defect", verbose_name=_("found by the inspection")
    )
    text = models.CharField(_("defect"), max_length=LONGEST_TEXT)
    warranty = models.ForeignKey(
        WarrantyPeriod, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("warranty of")
    )
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)
    responsible = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    due_on = models.DateField(_("to be mended by"))
    state = models.CharField(_("state"), max_length=8, choices=DefectState.choices, default=DefectState.OPEN)
    word = models.CharField(_("last word"), max_length=LONGEST_TEXT, blank=True)
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("found by"))
    found_at = models.DateTimeField(_("found at"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = OutstandingDefectQuerySet.as_manager()

    class Meta:
        verbose_name = _("defect of the developer")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["project", "due_on", "id"], name="defect_unfinished", condition=Q(ended_at=None))
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="defect_has_text"),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED_DEFECT, ended_at=None)
                | Q(state__in=(DefectState.CLOSED, DefectState.DROPPED), ended_at__gte=F("found_at")),
                name="defect_ended_with_its_state",
            ),
            models.CheckConstraint(
                condition=~Q(state=DefectState.DROPPED) | ~Q(word=""), name="defect_dropped_with_reason"
            ),
        ]
        triggers = [*DEFECT.triggers("state"), *keep_rows("outstanding_defect")]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_overdue(self) -> bool:
        return self.state == DefectState.OPEN and self.due_on < timezone.localdate()

    @property
    def is_out_of_warranty(self) -> bool:
        return self.warranty_until is not None and self.warranty_until < timezone.localdate()

    def present_state(self) -> dict[str, Any]:
        return {**super().present_state(), "state": self.state}


def months_after(day: date, months: int) -> date:
    """The day before the same day of the month that many months later: 2024-01-01 and 24 months end on 2025-12-31."""
    years, month = divmod(day.month - 1 + months, MONTHS)
    year, month = day.year + years, month + 1
    last = monthrange(year, month)[1]
    return date(year, month, min(day.day, last)) - timedelta(days=1 if day.day <= last else 0)
