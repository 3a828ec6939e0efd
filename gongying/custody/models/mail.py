"""The mail room: what came for whom, who was told, who took it (R-116)."""

from datetime import timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import keep_rows
from gongying.custody.enums import MailEnding, MailKind, MailWay, ReturnReason, Telling
from gongying.estates.models import PlacedModel, PlaceQuerySet, Unit

LONGEST_RECIPIENT = 60
LONGEST_SERVICE = 30
LONGEST_TRACKING = 40
LONGEST_SHELF = 20
LONGEST_REMARK = 200
# It lies there for so long: red, somebody tells the household once more.
LIES_LONG = timedelta(days=3)
ENDED_ONCE = refuse_when("OLD.ended_at IS NOT NULL", "mail_item: it leaves the mail room once")


class MailItemQuerySet(PlaceQuerySet):
    def waiting(self) -> Self:
        return self.filter(ended_at=None)

    def ended(self) -> Self:
        return self.filter(ended_at__isnull=False)

    def lying_long(self) -> Self:
        return self.waiting().filter(received_at__lt=timezone.now() - LIES_LONG)

    def for_household(self, unit: Unit) -> Self:
        return self.waiting().filter(unit=unit, way=MailWay.IN)

    def for_page(self) -> Self:
        return self.select_related("project", "unit", "received_by", "told_by", "ended_by")


class MailItem(PlacedModel):
    """One parcel or letter at the desk."""

    event_kind = "mailitem"

    way = models.CharField(_("way"), max_length=4, choices=MailWay.choices, default=MailWay.IN)
    kind = models.CharField(_("kind"), max_length=12, choices=MailKind.choices, default=MailKind.PARCEL)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="mail_items", verbose_name=_("unit"))
    recipient = models.CharField(pgettext_lazy("mail", "for whom"), max_length=LONGEST_RECIPIENT, blank=True)
    service = models.CharField(_("delivery service"), max_length=LONGEST_SERVICE, blank=True)
    tracking_no = models.CharField(_("tracking number"), max_length=LONGEST_TRACKING, blank=True)
    shelf = models.CharField(_("where it lies"), max_length=LONGEST_SHELF, blank=True)
    remark = models.CharField(_("remark"), max_length=LONGEST_REMARK, blank=True)
    received_at = models.DateTimeField(_("taken in at"), default=timezone.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("taken in by")
    )
    told_at = models.DateTimeField(_("last told at"), null=True)
    told_how = models.CharField(_("told how"), max_length=12, choices=Telling.choices, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("mail", "told by"),
    )
    ended_at = models.DateTimeField(pgettext_lazy("mail", "left at"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("handed out by")
    )
    ending = models.CharField(_("how it left"), max_length=12, choices=MailEnding.choices, blank=True)
    taken_by = models.CharField(_("who took it"), max_length=LONGEST_RECIPIENT, blank=True)
    # What went back before anybody asked why has none.
    return_reason = models.CharField(
        _("why it was sent back"), max_length=12, choices=ReturnReason.choices, blank=True, default="", db_default=""
    )
    return_word = models.CharField(
        _("in a few words"), max_length=LONGEST_REMARK, blank=True, default="", db_default=""
    )

    objects = MailItemQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("one parcel or letter", "mail")
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["project", "-received_at", "-id"], name="mail_newest"),
            models.Index(fields=["unit", "-received_at"], name="mail_of_unit"),
            models.Index(fields=["project", "received_at"], name="mail_waiting", condition=Q(ended_at=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MailKind.values, way__in=MailWay.values), name="mail_known"),
            # The number of a delivery service is that of one piece.
            models.UniqueConstraint(
                fields=["project", "service", "tracking_no"],
                name="mail_taken_in_once",
                condition=~Q(tracking_no="") & Q(ended_at=None),
            ),
            models.CheckConstraint(
                condition=Q(told_at=None, told_how="", told_by=None)
                | Q(told_at__gte=F("received_at"), told_how__in=Telling.values, told_by__isnull=False),
                name="mail_told_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ending="", taken_by="")
                | Q(ended_at__gte=F("received_at"), ended_by__isnull=False, ending__in=MailEnding.values)
                & ~Q(taken_by=""),
                name="mail_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(return_reason="", return_word="")
                | Q(ending=MailEnding.SENT_BACK, return_reason__in=ReturnReason.values)
                & (~Q(return_reason=ReturnReason.OTHER) | ~Q(return_word="")),
                name="mail_sent_back_for_a_reason",
            ),
        ]
        triggers = [
            *keep_rows("mail_item"),
            Guard(
                name="mail_item_ended_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"{ENDED_ONCE} RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.unit.code, self.get_kind_display(), self.service, self.shelf) if part)

    @property
    def why_back(self) -> str:
        return " \u00b7 ".join(filter(None, (str(self.get_return_reason_display()), self.return_word)))

    @property
    def lies_long(self) -> bool:
        return self.ended_at is None and self.received_at < timezone.now() - LIES_LONG
