from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.interactions.enums import PlaceKind, TalkPurpose, TalkWay
from gongying.interactions.models.counterparts import ContactPlan
from gongying.interactions.models.interactions import Interaction

LONGEST_CONTENT = 200


class PlannedTalk(models.Model):
    """How the next talk with a counterpart is to go: for what, about what, where, and by which way (R-161).

    Until one has spoken it stands for the next talk, then for that one.
    """

    plan = models.ForeignKey(ContactPlan, models.PROTECT, related_name="talks", verbose_name=_("contact plan"))
    purpose = models.CharField(pgettext_lazy("of a talk", "purpose"), max_length=10, choices=TalkPurpose.choices)
    content = models.CharField(pgettext_lazy("of a talk", "content"), max_length=LONGEST_CONTENT)
    place_kind = models.CharField(pgettext_lazy("of a talk", "place"), max_length=20, choices=PlaceKind.choices)
    suggested = models.CharField(_("suggested way"), max_length=10, choices=TalkWay.choices)
    way = models.CharField(pgettext_lazy("of a talk", "way"), max_length=10, choices=TalkWay.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("planned by"))
    at = models.DateTimeField(_("planned at"), default=timezone.now)
    interaction = models.OneToOneField(
        Interaction, models.CASCADE, null=True, related_name="planned_talk", verbose_name=_("interaction")
    )

    class Meta:
        verbose_name = _("planned talk")
        constraints = [
            models.UniqueConstraint(fields=["plan"], name="next_talk_planned_once", condition=Q(interaction=None)),
            models.CheckConstraint(
                condition=Q(
                    purpose__in=TalkPurpose.values,
                    place_kind__in=PlaceKind.values,
                    suggested__in=TalkWay.values,
                    way__in=TalkWay.values,
                )
                & ~Q(content=""),
                name="planned_talk_words_known",
            ),
        ]

    def __str__(self) -> str:
        return self.content
