"""Owners take over their units: a campaign of some days, an appointment each (R-037)."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.checklists.models import CheckRun
from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import append_only, keep_rows
from gongying.common.models import Versioned
from gongying.customers.models import Party
from gongying.estates.models import PlacedModel, PlaceQuerySet, Unit
from gongying.handover.enums import HandoverState, ThingKind
from gongying.handover.machines import HANDOVER

LONGEST_NAME, LONGEST_REASON = 60, 500
MOST_DOCUMENTS = 20
MEND_DAYS = 30

INSPECTED = (
    "NEW.state = 'handed_over' AND NOT EXISTS (SELECT FROM checklists_checkrun run"
    " WHERE run.about = 'unithandover-' || NEW.id AND run.finished_at IS NOT NULL)"
)


class HandoverBatchQuerySet(PlaceQuerySet):
    def with_progress(self) -> Self:
        done = Count("units", filter=Q(units__state=HandoverState.HANDED_OVER))
        refused = Count("units", filter=Q(units__state=HandoverState.REFUSED))
        return self.annotate(total=Count("units"), done=done, refused=refused)


class HandoverBatch(PlacedModel, Versioned):
    """Units that the developer hands over in the same days."""

    event_kind = "handoverbatch"

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=LONGEST_NAME)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    developer = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("developer")
    )
    # Of the building: warranties of its parts are counted from there.
    completed_on = models.DateField(_("building accepted on"))
    documents = ArrayField(
        models.CharField(max_length=LONGEST_NAME), default=list, verbose_name=_("documents for the owner")
    )
    mend_days = models.PositiveSmallIntegerField(_("days to mend a defect"), default=MEND_DAYS)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)

    objects = HandoverBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over of a building")
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="handover_batch_name_unique"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="handover_batch_days_in_order"),
            models.CheckConstraint(
                condition=Q(completed_on__lte=F("starts_on")), name="handover_batch_after_completion"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="handover_batch_has_name"),
        ]
        triggers = keep_rows("handover_batch")

    def __str__(self) -> str:
        return self.name


class UnitHandoverQuerySet(PlaceQuerySet):
    def for_list(self) -> Self:
        open_defects = Count("defects", filter=Q(defects__state__in=("open", "mended")))
        rows = self.select_related("unit", "batch", "project", "received_by_colleague")
        return rows.annotate(open_defects=open_defects)


class UnitHandover(PlacedModel, Versioned):
    """One unit on its way to its owner: appointment, inspection, signature."""

    event_kind = "unithandover"

    batch = models.ForeignKey(
        HandoverBatch, models.PROTECT, related_name="units", verbose_name=_("hand-over of a building")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="handovers", verbose_name=_("unit"))
    state = models.CharField(_("state"), max_length=12, choices=HandoverState.choices, default=HandoverState.PLANNED)
    starts_at = models.DateTimeField(pgettext_lazy("a hand-over", "appointment"), null=True)
    received_by_colleague: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("a hand-over", "received by"),
    )
    inspection = models.OneToOneField(
        CheckRun, models.PROTECT, null=True, related_name="unit_handover", verbose_name=_("inspection")
    )
    reason = models.CharField(_("reason"), max_length=LONGEST_REASON, blank=True)
    signed_name = models.CharField(_("signed by"), max_length=LONGEST_NAME, blank=True)
    handed_over_at = models.DateTimeField(pgettext_lazy("a unit", "handed over at"), null=True)
    handed_over_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("a unit", "handed over by"),
    )

    objects = UnitHandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit hand-over")
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["batch", "starts_at", "id"], name="unit_handover_order")]
        constraints = [
            models.UniqueConstraint(fields=["batch", "unit"], name="unit_handover_once_a_batch"),
            # A unit is handed over to its first owner once.
            models.UniqueConstraint(
                fields=["unit"], name="unit_handover_once", condition=Q(state=HandoverState.HANDED_OVER)
            ),
            # Who receives one owner has no second one at the same minute.
            models.UniqueConstraint(
                fields=["received_by_colleague", "starts_at"],
                name="unit_handover_slot_free",
                condition=Q(state=HandoverState.ARRANGED),
            ),
            models.CheckConstraint(
                condition=~Q(state=HandoverState.HANDED_OVER)
                | (~Q(signed_name="") & Q(handed_over_at__isnull=False, handed_over_by__isnull=False)),
                name="unit_handover_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state=HandoverState.ARRANGED) | Q(starts_at__isnull=False), name="unit_handover_has_slot"
            ),
            models.CheckConstraint(
                condition=~Q(state=HandoverState.REFUSED) | ~Q(reason=""), name="unit_handover_refused_with_reason"
            ),
        ]
        triggers = [
            *HANDOVER.triggers("state"),
            *keep_rows("unit_handover"),
            Guard(
                name="unit_handover_inspected",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=refuse_when(INSPECTED, "unit_handover: inspected to the end first") + "RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return self.unit.code

    def present_state(self) -> dict[str, Any]:
        return {**super().present_state(), "state": self.state}


class HandedThingQuerySet(models.QuerySet["HandedThing"]):
    def of(self, handover: UnitHandover) -> Self:
        return self.filter(handover=handover).order_by("kind", "pk")


class HandedThing(models.Model):
    """A document or keys that an owner was given at the hand-over."""

    handover = models.ForeignKey(UnitHandover, models.PROTECT, related_name="things", verbose_name=_("unit hand-over"))
    kind = models.CharField(_("kind"), max_length=10, choices=ThingKind.choices)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=LONGEST_NAME)
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)

    objects = HandedThingQuerySet.as_manager()

    class Meta:
        verbose_name = _("thing handed over")
        constraints = [
            models.UniqueConstraint(fields=["handover", "kind", "name"], name="handed_thing_once"),
            models.CheckConstraint(
                condition=Q(kind__in=ThingKind.values, quantity__gte=1) & ~Q(name=""), name="handed_thing_is_something"
            ),
        ]
        triggers = append_only("handed_thing")

    def __str__(self) -> str:
        return f"{self.name} × {self.quantity}"
