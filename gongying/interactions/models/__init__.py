from gongying.interactions.models.counterparts import (
    UNDER_CONTRACT,
    ContactPlan,
    CounterpartGuide,
    PreparationTick,
)
from gongying.interactions.models.interactions import (
    LONGEST_TEXT,
    LONGEST_VENUE,
    REPEAT_WITHIN,
    Interaction,
    InteractionQuerySet,
)
from gongying.interactions.models.letters import (
    LONGEST_REPLY,
    MOST_DAYS,
    WRITTEN_CHANNELS,
    BoxOpening,
    Letter,
    LetterReply,
    SuggestionBox,
)
from gongying.interactions.models.participants import Participant
from gongying.interactions.models.promises import Promise, PromiseBroken, PromiseKept, PromiseQuerySet
from gongying.interactions.models.reasons import MOST_REASONS, ContactReason
from gongying.interactions.models.talks import PlannedTalk

__all__ = [
    "LONGEST_REPLY",
    "LONGEST_TEXT",
    "LONGEST_VENUE",
    "MOST_DAYS",
    "MOST_REASONS",
    "REPEAT_WITHIN",
    "UNDER_CONTRACT",
    "WRITTEN_CHANNELS",
    "BoxOpening",
    "ContactPlan",
    "ContactReason",
    "CounterpartGuide",
    "Interaction",
    "InteractionQuerySet",
    "Letter",
    "LetterReply",
    "Participant",
    "PlannedTalk",
    "PreparationTick",
    "Promise",
    "PromiseBroken",
    "PromiseKept",
    "PromiseQuerySet",
    "SuggestionBox",
]
