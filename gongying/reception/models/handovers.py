"""The hand-over of a shift: what lay open when somebody went, and who took it on (E-040)."""

from datetime import timedelta
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import keep_rows
from gongying.estates.models import PlacedModel, PlaceQuerySet

LONGEST_LINE = 300
# Nobody has signed it for so long: red, and the supervisors are told (E-040).
UNSIGNED_AFTER = timedelta(minutes=30)
SIGNED_ONCE = refuse_when("OLD.signed_at IS NOT NULL", "shift_handover: it is signed once")


class ShiftHandoverQuerySet(PlaceQuerySet):
    def unsigned(self) -> Self:
        return self.filter(signed_at=None)

    def late(self) -> Self:
        return self.unsigned().filter(written_at__lte=timezone.now() - UNSIGNED_AFTER)

    def for_page(self) -> Self:
        return self.select_related("project", "written_by", "signed_by")


class ShiftHandover(PlacedModel):
    """The system writes down what lies open, the one who goes adds a line, the next one signs that she has read it."""

    event_kind = "shifthandover"

    line = models.CharField(_("a word to the next"), max_length=LONGEST_LINE, blank=True)
    # What lay open at that moment, as `gathering` found it: [{"key", "number", "entries": [{"kind", "id", "title", "late"}]}].
    open_matters: Any = models.JSONField(_("open at that moment"), default=list)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("handed over by")
    )
    written_at = models.DateTimeField(_("handed over at"), default=timezone.now)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("signed by")
    )
    signed_at = models.DateTimeField(_("signed at"), null=True)
    # When the supervisors were told that nobody has signed it.
    told_at = models.DateTimeField(_("told that it is unsigned at"), null=True)

    objects = ShiftHandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over of a shift")
        ordering = ["-written_at", "-id"]
        indexes = [
            models.Index(fields=["project", "-written_at", "-id"], name="handover_newest"),
            models.Index(fields=["written_at"], name="handover_unsigned", condition=Q(signed_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__gte=F("written_at"), signed_by__isnull=False) & ~Q(signed_by=F("written_by")),
                name="handover_signed_by_another",
            ),
        ]
        triggers = [
            *keep_rows("shift_handover"),
            Guard(
                name="shift_handover_signed_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"{SIGNED_ONCE} RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.written_at):%m-%d %H:%M} {self.written_by}"

    @property
    def is_late(self) -> bool:
        return self.signed_at is None and self.written_at <= timezone.now() - UNSIGNED_AFTER

    @property
    def number_open(self) -> int:
        return sum(part["number"] for part in self.open_matters)
