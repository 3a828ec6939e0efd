"""Who sits at which counter: what the screen in the waiting area tells a visitor to go to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.estates.models import PlacedModel, PlaceQuerySet

LONGEST_COUNTER = 12


class CounterSeat(PlacedModel):
    """Her counter in a project, until she says another."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("colleague"))
    counter = models.CharField(pgettext_lazy("a place", "counter"), max_length=LONGEST_COUNTER)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat at a counter")
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="counter_seat_one_each"),
            models.CheckConstraint(condition=~Q(counter=""), name="counter_seat_has_name"),
        ]

    def __str__(self) -> str:
        return self.counter
