from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.customers.enums import ConsentPurpose, ProfileKind
from gongying.customers.models.parties import Party


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self) -> Self:
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    party = models.ForeignKey(Party, models.CASCADE, related_name="consents", verbose_name=_("customer"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=ConsentPurpose.choices)
    text_version = models.CharField(_("version of the text"), max_length=20)
    channel = models.CharField(_("channel"), max_length=20, help_text=_("How it was given: paper, phone, portal"))
    guardian = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("guardian"),
        help_text=_("Required for a child under 14"),
    )
    is_for_child = models.BooleanField(_("child under 14"), default=False)
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_withdrawn_after_given",
            ),
            models.CheckConstraint(
                condition=models.Q(is_for_child=False) | models.Q(guardian__isnull=False),
                name="consent_of_child_needs_guardian",
            ),
            models.UniqueConstraint(
                fields=["party", "purpose"], condition=models.Q(withdrawn_at=None), name="consent_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.get_purpose_display()}"


class ProfileAttribute(models.Model):
    """An optional fact about a person, with source and consent (R-050)."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="profile", verbose_name=_("customer"))
    kind = models.CharField(_("kind"), max_length=20, choices=ProfileKind.choices)
    value = models.CharField(_("value"), max_length=100)
    source = models.CharField(_("source"), max_length=100)
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="attributes", verbose_name=_("consent"))

    class Meta:
        verbose_name = _("profile attribute")
        constraints = [models.UniqueConstraint(fields=["party", "kind"], name="profile_attribute_unique")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"
