from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongying.checklists.enums import Audience, Situation
from gongying.checklists.models.standards import StandardQuerySet
from gongying.common.machines import keep_rows
from gongying.common.models import Versioned
from gongying.common.places import Place
from gongying.estates.models import Project

LONGEST_PHRASE = 200


class PhraseQuerySet(StandardQuerySet):
    def offered(self) -> Self:
        return self.filter(is_offered=True)

    def fitting(self, situation: str, audiences: list[str]) -> Self:
        """What helps now: for these people, then for anybody."""
        fit = self.offered().filter(situation=situation, audience__in=[Audience.ANYBODY, *audiences])
        special = models.Case(models.When(audience=Audience.ANYBODY, then=1), default=0)
        return fit.order_by(special, "position", "pk")

    def in_order(self) -> Self:
        return self.order_by("situation", "audience", "position", "pk")


class Phrase(Versioned):
    """What one says in a situation, what one does not, and what to mind (R-087, R-166, R-169, R-171)."""

    event_kind = "phrase"

    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    situation = models.CharField(_("situation"), max_length=10, choices=Situation.choices)
    audience = models.CharField(_("to whom"), max_length=10, choices=Audience.choices, default=Audience.ANYBODY)
    say = models.CharField(_("say"), max_length=LONGEST_PHRASE, blank=True)
    # Literally: a text that holds it is warned of.
    avoid = models.CharField(_("do not say"), max_length=LONGEST_PHRASE, blank=True)
    hint = models.CharField(_("to mind"), max_length=LONGEST_PHRASE, blank=True)
    source = models.CharField(_("source"), max_length=LONGEST_PHRASE, blank=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    is_offered = models.BooleanField(_("offered"), default=True)

    objects = PhraseQuerySet.as_manager()

    class Meta:
        verbose_name = _("phrase")
        ordering = ["situation", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(situation__in=Situation.values, audience__in=Audience.values), name="phrase_for_somebody"
            ),
            models.CheckConstraint(condition=~Q(say="", avoid="", hint=""), name="phrase_says_something"),
        ]
        triggers = keep_rows("phrase")

    def __str__(self) -> str:
        return self.say or self.hint or self.avoid

    @property
    def place(self) -> Place:
        return Place(self.project_id)
