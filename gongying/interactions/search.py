from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.common.permissions import may
from gongying.common.search import Hit, Query, Score, Shape
from gongying.common.templatetags.formats import spoken
from gongying.common.word_search import newest_containing
from gongying.interactions.models import Interaction

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

ORDER = ("-occurred_at", "-id")
EXCERPT = 40
BEFORE = 10


class InteractionSearch:
    """Any two characters of what was said: the newest touches first."""

    name = "interactions"
    label: str | Promise = _("Contacts")
    icon = "messages"

    def search(self, user: "AnyUser", query: Query, limit: int) -> Sequence[Hit]:
        if Shape.WORDS not in query or not may(user, "interactions.view_interactions"):
            return []
        rows: Any = Interaction.objects.visible_to(user).select_related("unit", "project")
        found = newest_containing(rows, query.text, order=ORDER, limit=limit)
        return [self._hit(interaction, query.text) for interaction in found]

    def _hit(self, interaction: Interaction, words: str) -> Hit:
        place = interaction.unit or interaction.project
        return Hit(
            id=interaction.pk,
            title=excerpt(interaction.text, words),
            url=reverse("interactions:interaction-show", args=[interaction.pk]),
            subtitle=f"{place} {interaction.person_name} {spoken(timezone.localtime(interaction.occurred_at))}",
            badge=str(interaction.get_channel_display()),
            score=Score.WORDS,
        )


def excerpt(text: str, words: str) -> str:
    """The part of the text around the word."""
    plain = " ".join(text.split())
    at = plain.lower().find(words.split(" ", maxsplit=1)[0])
    start = max(0, at - BEFORE)
    cut = plain[start : start + EXCERPT]
    return f"{'…' if start else ''}{cut}{'…' if start + EXCERPT < len(plain) else ''}"
