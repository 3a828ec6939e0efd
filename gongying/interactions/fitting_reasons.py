"""Which few reasons a contact may have: told by its words, and by what was counted lately for such topics."""

from collections import Counter
from typing import Any

from gongying.common.text import normalise
from gongying.estates.models import Project
from gongying.interactions.circumstances import reason_for, reasons_in_use
from gongying.interactions.models import ContactReason, Interaction

MOST_OFFERED = 4
# The newest contacts of the project: one range of its index, however many there are.
LEARNED_FROM = 500
# What all contacts of a topic were about says as much as a word of three to four characters (`ContactReason.score_in`).
LEARNED_POINTS = 12


def fitting_reasons(text: str, *, topic: str, project: Project) -> list[ContactReason]:
    """First the one that is counted if nobody chooses, then what words and use speak for, then what is frequent here."""
    offered, said = reasons_in_use(), normalise(text).replace(" ", "")
    if not said:
        return []
    derived = reason_for(text, offered)
    of_topic, of_project = _uses(topic, project)

    def rank(reason: ContactReason) -> tuple[Any, ...]:
        points = reason.score_in(said) + LEARNED_POINTS * of_topic[reason.pk] / max(of_topic.total(), 1)
        return reason != derived, -points, -of_project[reason.pk], reason.number

    return sorted(offered, key=rank)[:MOST_OFFERED]


def _uses(topic: str, project: Project) -> tuple[Counter[int | None], Counter[int | None]]:
    """How often each reason was counted lately: for this topic, and in the whole project."""
    newest = Interaction.objects.filter(project=project).order_by("-occurred_at", "-id")
    pairs = list(newest.values_list("topic", "reason_code_id")[:LEARNED_FROM])
    return Counter(pk for name, pk in pairs if name == topic), Counter(pk for _name, pk in pairs)
