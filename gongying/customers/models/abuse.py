"""A colleague was abused: written down, seen by supervisors only, and settled (R-029)."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.machines import keep_rows
from gongying.common.permissions import may
from gongying.customers.enums import AbuseKind
from gongying.estates.models import PlacedModel, PlaceQuerySet, Unit

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_WORDS, LONGEST_WHO = 2_000, 100
VIEW_ABUSE = "customers.view_abuse"


class AbusiveContactQuerySet(PlaceQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """For those who look after colleagues; not for whoever opens the household."""
        rows = super().visible_to(user)
        return rows if may(user, VIEW_ABUSE) else rows.none()

    def open(self) -> Self:
        return self.filter(settled_at=None)

    def settled(self) -> Self:
        return self.filter(settled_at__isnull=False)

    def for_page(self) -> Self:
        return self.select_related("project", "unit", "colleague", "settled_by")


class AbusiveContact(PlacedModel):
    """What was done or said to whom, as the colleague wrote it down. It stands on no timeline of the household."""

    event_kind = "abusivecontact"

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"))
    who = models.CharField(_("who did it"), max_length=LONGEST_WHO, blank=True)
    kind = models.CharField(_("what happened"), max_length=12, choices=AbuseKind.choices)
    words = models.TextField(_("in detail"), max_length=LONGEST_WORDS)
    happened_at = models.DateTimeField(pgettext_lazy("abuse", "happened at"), default=timezone.now)
    colleague: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("whom it hit")
    )
    wants_relief = models.BooleanField(_("somebody else should go on"), default=False)
    recorded_at = models.DateTimeField(pgettext_lazy("abuse", "written down at"), default=timezone.now)
    settled_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("abuse", "settled by"),
    )
    settled_at = models.DateTimeField(pgettext_lazy("abuse", "settled at"), null=True)
    settlement = models.TextField(_("what was done about it"), max_length=LONGEST_WORDS, blank=True)

    objects = AbusiveContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("abusive contact")
        ordering = ["-happened_at", "-id"]
        indexes = [models.Index(fields=["project", "-happened_at", "-id"], name="abuse_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AbuseKind.values, happened_at__lte=F("recorded_at")) & ~Q(words=""),
                name="abuse_says_what_and_when",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, settlement="")
                | Q(settled_at__gte=F("recorded_at"), settled_by__isnull=False) & ~Q(settlement=""),
                name="abuse_settled_by_somebody",
            ),
            # Nobody judges what was done to herself.
            models.CheckConstraint(
                condition=Q(settled_by=None) | ~Q(settled_by=F("colleague")), name="abuse_settled_by_another"
            ),
        ]
        triggers = keep_rows("abusive_contact")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.happened_at):%m-%d %H:%M}"
