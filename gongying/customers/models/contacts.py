from typing import Self

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Versioned
from gongying.customers.enums import ContactKind, ContactPurpose
from gongying.customers.models.households import Occupancy
from gongying.customers.models.parties import Party


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    def dialable(self) -> Self:
        """Whole numbers, the longest known first."""
        return self.filter(kind=ContactKind.PHONE, is_dialable=True).order_by("pk")


class ContactPoint(Versioned):
    """A way to reach somebody. The value is normalised: E.164 for phones."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="contact_points", verbose_name=_("customer"))
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind.choices, default=ContactKind.PHONE)
    value = models.CharField(_("value"), max_length=200)
    label = models.CharField(_("label"), max_length=40, blank=True)
    # A number that came masked (138****1234) is kept but cannot be dialled.
    is_dialable = models.BooleanField(_("can be dialled"), default=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact point")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["value"], name="contact_point_value"),
            # The last four digits, as callers say them.
            models.Index(OpClass(Reverse("value"), name="text_pattern_ops"), name="contact_point_tail"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["party", "kind", "value"], name="contact_point_unique"),
            models.CheckConstraint(condition=~models.Q(value=""), name="contact_point_has_value"),
        ]

    def __str__(self) -> str:
        return self.value


class ContactPreference(models.Model):
    """Who of a household is the right person for a purpose, and by which contact point (R-047)."""

    occupancy = models.ForeignKey(Occupancy, models.CASCADE, related_name="preferences", verbose_name=_("household"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=ContactPurpose.choices)
    contact_point = models.ForeignKey(
        ContactPoint, models.CASCADE, related_name="preferences", verbose_name=_("contact point")
    )

    class Meta:
        verbose_name = _("contact preference")
        constraints = [models.UniqueConstraint(fields=["occupancy", "purpose"], name="contact_preference_unique")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.contact_point}"


def contact_for(occupancy: Occupancy, purpose: str) -> ContactPoint | None:
    """The number to call for a purpose: the household's choice, else the head's, else anybody's in it."""
    chosen = ContactPreference.objects.filter(occupancy=occupancy, purpose=purpose).select_related(
        "contact_point__party"
    )
    if preference := chosen.first():
        return preference.contact_point
    dialable = ContactPoint.objects.dialable().select_related("party")
    head = dialable.filter(party=occupancy.head_id).first() if occupancy.head_id else None
    return head or dialable.filter(party__in=occupancy.people()).first()
