from gongying.interactions.forms.chats import ChatForm, ChatLinesForm
from gongying.interactions.forms.contacts import ContactForm, ParticipantsForm
from gongying.interactions.forms.interactions import (
    CorrectionForm,
    InteractionFilterForm,
    KeepingForm,
    RepeatForm,
    day_start,
)
from gongying.interactions.forms.letters import BoxForm, LettersForm, OpeningForm, ReplyForm
from gongying.interactions.forms.plans import GuideForm, PlanForm, TalkForm
from gongying.interactions.forms.reasons import ReasonForm

__all__ = [
    "BoxForm",
    "ChatForm",
    "ChatLinesForm",
    "ContactForm",
    "CorrectionForm",
    "GuideForm",
    "InteractionFilterForm",
    "KeepingForm",
    "LettersForm",
    "OpeningForm",
    "ParticipantsForm",
    "PlanForm",
    "ReasonForm",
    "RepeatForm",
    "ReplyForm",
    "TalkForm",
    "day_start",
]
