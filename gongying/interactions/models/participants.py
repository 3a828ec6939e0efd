from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.customers.enums import RoleKind
from gongying.customers.models import Party
from gongying.interactions.models.interactions import Interaction


class Participant(models.Model):
    """Who took part besides the one who spoke and the one who listened: colleagues, and people in any role."""

    interaction = models.ForeignKey(
        Interaction, models.CASCADE, related_name="participants", verbose_name=_("interaction")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("colleague")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="takes_part", verbose_name=_("customer")
    )
    # As it was at that time, beside the link.
    name = models.CharField(_("name"), max_length=100)
    role = models.CharField(
        pgettext_lazy("of a customer", "role"), max_length=20, choices=RoleKind.choices, blank=True, default=""
    )

    class Meta:
        verbose_name = _("participant")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="participant_has_name"),
            models.CheckConstraint(
                condition=models.Q(user=None) | models.Q(party=None, role=""), name="participant_is_on_one_side"
            ),
            models.CheckConstraint(condition=models.Q(role__in=["", *RoleKind.values]), name="participant_role_known"),
            models.UniqueConstraint(fields=["interaction", "user"], name="participant_colleague_once"),
            models.UniqueConstraint(fields=["interaction", "party"], name="participant_customer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_role_display()})" if self.role else self.name

    @property
    def is_ours(self) -> bool:
        return self.user_id is not None
