from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.machines import append_only
from gongying.common.permissions import may
from gongying.customers.models import Party
from gongying.estates.models import PlacedModel, PlaceQuerySet, Unit
from gongying.interactions.enums import PromiseKind, PromiseOutcome
from gongying.interactions.models.interactions import LONGEST_VENUE, Interaction

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


class PromiseQuerySet(PlaceQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        if may(user, "interactions.view_interactions"):
            return super().visible_to(user)
        return self.filter(owner_id=user.pk)

    def open(self) -> Self:
        return self.filter(keeping=None)

    def overdue(self, *, at: datetime | None = None) -> Self:
        return self.open().filter(due_at__lt=at or timezone.now())

    def in_time(self) -> Self:
        """Neither kept yet nor overdue."""
        return self.open().filter(due_at__gte=timezone.now())

    def kept(self) -> Self:
        """By the time that was promised."""
        return self.filter(keeping__at__lte=models.F("due_at"))

    def kept_late(self) -> Self:
        return self.filter(keeping__at__gt=models.F("due_at"))

    def of_owner(self, user: "AnyUser") -> Self:
        return self.filter(owner_id=user.pk)


class Promise(PlacedModel):
    """An answer promised to a customer by a time (R-011): where a matter could not be settled on the spot."""

    event_kind = "promise"

    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="promises", verbose_name=_("interaction"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="promises", verbose_name=_("unit")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="promises", verbose_name=_("customer")
    )
    # What the desk could not answer has one of them; what was promised in passing has none.
    kind = models.CharField(
        pgettext_lazy("of a promise", "kind"),
        max_length=20,
        choices=PromiseKind.choices,
        blank=True,
        default="",
        db_default="",
    )
    venue = models.CharField(_("meeting place"), max_length=LONGEST_VENUE, blank=True, default="", db_default="")
    text = models.CharField(_("what was promised"), max_length=500)
    due_at = models.DateTimeField(_("promised for"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="promises", verbose_name=_("who keeps it")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("promised by")
    )
    made_at = models.DateTimeField(_("promised at"), default=timezone.now)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        indexes = [
            models.Index(fields=["project", "due_at", "id"], name="promise_of_project"),
            models.Index(fields=["owner", "due_at", "id"], name="promise_of_owner"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="promise_has_text"),
            models.CheckConstraint(
                condition=models.Q(kind="") | models.Q(kind__in=PromiseKind.values), name="promise_kind_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=PromiseKind.APPOINTMENT) | ~models.Q(venue=""),
                name="promise_appointment_has_venue",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def is_kept(self) -> bool:
        return hasattr(self, "keeping")

    @property
    def outcome(self) -> PromiseOutcome:
        """What has come of it so far."""
        if self.is_kept:
            return PromiseOutcome.KEPT if self.keeping.at <= self.due_at else PromiseOutcome.KEPT_LATE
        return PromiseOutcome.BROKEN if self.is_late else PromiseOutcome.OPEN

    @property
    def is_late(self) -> bool:
        return not self.is_kept and self.due_at < timezone.now()


class PromiseKept(models.Model):
    """Who told the customer what, and when. Its absence is what makes a promise open."""

    promise = models.OneToOneField(Promise, models.CASCADE, related_name="keeping", verbose_name=_("promise"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    words = models.CharField(_("what the customer was told"), max_length=2000)

    class Meta:
        verbose_name = _("kept promise")

    def __str__(self) -> str:
        return self.words[:40]


class PromiseBroken(models.Model):
    """Its time passed without a word to the customer: noticed once. A later answer keeps it late, and takes nothing back."""

    promise = models.OneToOneField(Promise, models.CASCADE, related_name="breaking", verbose_name=_("promise"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("broken promise")
        triggers = append_only("promise_broken")

    def __str__(self) -> str:
        return str(self.promise)
