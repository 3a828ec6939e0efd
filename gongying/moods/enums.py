from django.db import models
from django.utils.translation import pgettext_lazy


class Mood(models.IntegerChoices):
    """How the week was, in one tap."""

    VERY_GOOD = 5, pgettext_lazy("mood", "very good")
    GOOD = 4, pgettext_lazy("mood", "good")
    SO_SO = 3, pgettext_lazy("mood", "so-so")
    LOW = 2, pgettext_lazy("mood", "low")
    VERY_LOW = 1, pgettext_lazy("mood", "very low")

    @property
    def column(self) -> str:
        """Where it is counted."""
        return self.name.lower()

    @property
    def icon(self) -> str:
        return ICONS[self]


ICONS = {
    Mood.VERY_GOOD: "mood-happy",
    Mood.GOOD: "mood-smile",
    Mood.SO_SO: "mood-neutral",
    Mood.LOW: "mood-sad",
    Mood.VERY_LOW: "mood-cry",
}
