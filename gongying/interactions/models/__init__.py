from gongying.interactions.models.interactions import (
    LONGEST_TEXT,
    LONGEST_VENUE,
    REPEAT_WITHIN,
    Interaction,
    InteractionQuerySet,
)
from gongying.interactions.models.participants import Participant
from gongying.interactions.models.promises import Promise, PromiseBroken, PromiseKept, PromiseQuerySet
from gongying.interactions.models.reasons import MOST_REASONS, ContactReason

__all__ = [
    "LONGEST_TEXT",
    "LONGEST_VENUE",
    "MOST_REASONS",
    "REPEAT_WITHIN",
    "ContactReason",
    "Interaction",
    "InteractionQuerySet",
    "Participant",
    "Promise",
    "PromiseBroken",
    "PromiseKept",
    "PromiseQuerySet",
]
