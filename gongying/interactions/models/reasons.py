from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.common.machines import keep_rows
from gongying.common.models import Versioned
from gongying.common.text import SPACES, normalise
from gongying.interactions.enums import JourneyStage
from gongying.organization.models import Department

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

MOST_REASONS = 40
LONGEST_REASON = 30


class ContactReasonQuerySet(models.QuerySet["ContactReason"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """One list for the whole company: only what everybody counts alike can be compared."""
        return self

    def in_use(self) -> Self:
        return self.filter(number__isnull=False)


class ContactReason(Versioned):
    """Why customers come, in their own words (standards 2.8): at most forty at a time, so that each is really told apart."""

    event_kind = "contactreason"

    # Its place in the list, 1 to 40; without one it is no longer used, and past contacts keep it.
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True, unique=True)
    name = models.CharField(_("in the customer's words"), max_length=LONGEST_REASON, unique=True)
    words = models.CharField(
        _("recognised by"), max_length=300, blank=True, help_text=_("Words in the text, separated by spaces")
    )
    journey_stage = models.CharField(
        _("journey stage"), max_length=20, choices=JourneyStage.choices, default=JourneyStage.LIVING
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("whose cause it is"),
        help_text=_("Who can make such contacts fewer"),
    )

    objects = ContactReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("reason for the contact")
        ordering = [models.F("number").asc(nulls_last=True), "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="contact_reason_named"),
            models.CheckConstraint(
                condition=models.Q(number=None) | models.Q(number__gte=1, number__lte=MOST_REASONS),
                name="contact_reasons_at_most_forty",
            ),
            models.CheckConstraint(
                condition=models.Q(journey_stage__in=JourneyStage.values), name="contact_reason_stage_known"
            ),
        ]
        triggers = keep_rows("contact_reason")

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_use(self) -> bool:
        return self.number is not None

    def score_in(self, text: str) -> int:
        """How much of a normalised text speaks for it: longer words say more than short ones."""
        words = {word for word in SPACES.split(normalise(self.words)) if word} | {normalise(self.name)}
        return sum(len(word) ** 2 for word in words if word in text)
