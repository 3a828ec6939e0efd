"""Where, how and with whom people spoke: what nobody says is derived, so that a quick entry asks only matter and result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.common.text import normalise
from gongying.customers.models import Party
from gongying.interactions.enums import Channel, Form, JourneyStage, Method, PlaceKind
from gongying.interactions.models import ContactReason, Interaction

PLACES: Final[dict[str, PlaceKind]] = {
    Channel.COUNTER: PlaceKind.CENTRE,
    Channel.HOME_VISIT: PlaceKind.HOME,
    Channel.SUGGESTION_BOX: PlaceKind.SITE,
    Channel.PATROL: PlaceKind.SITE,
}
FORMS: Final[dict[str, Form]] = {
    Channel.PHONE: Form.ORAL,
    Channel.COUNTER: Form.ORAL,
    Channel.HOME_VISIT: Form.ORAL,
    Channel.HOTLINE_12345: Form.ORAL,
    Channel.LETTER: Form.WRITTEN,
    Channel.SUGGESTION_BOX: Form.WRITTEN,
}
METHODS: Final[dict[str, tuple[Method, ...]]] = {
    Form.ORAL: (Method.LISTENING, Method.TALKING),
    Form.WRITTEN: (Method.READING,),
    Form.NETWORK: (Method.READING, Method.WRITING),
}


@dataclass(frozen=True)
class Attendee:
    """Somebody who took part: a colleague, a known customer, or a name."""

    name: str
    user: User | None = None
    party: Party | None = None
    role: str = ""


@dataclass(frozen=True)
class Circumstances:
    """What is said of a touch besides its matter; what is left out is derived."""

    ended_at: datetime | None = None
    place_kind: str = ""
    venue: str = ""
    form: str = ""
    methods: Sequence[str] | None = None
    reason_code: ContactReason | None = None
    journey_stage: str = ""
    counterpart: str = ""
    thread: Interaction | None = None
    participants: Sequence[Attendee] = ()

    def columns(self, *, channel: str, text: str, role: str) -> dict[str, Any]:
        """The columns of the touch, given or derived; `role` is what the party is to the project."""
        reason = self.reason_code or reason_for(text)
        form = self.form or form_of(channel)
        return {
            "ended_at": self.ended_at,
            "place_kind": self.place_kind or place_of(channel),
            "venue": self.venue.strip(),
            "form": form,
            "methods": list(METHODS.get(form, ()) if self.methods is None else self.methods),
            "reason_code": reason,
            "journey_stage": self.journey_stage or (reason.journey_stage if reason else JourneyStage.LIVING),
            "counterpart": self.counterpart or role,
            "thread": self.thread,
            "keywords": keywords_of(reason, [attendee.name for attendee in self.participants]),
        }


NOTHING_SAID: Final = Circumstances()


def place_of(channel: str) -> PlaceKind:
    return PLACES.get(channel, PlaceKind.DISTANCE)


def form_of(channel: str) -> Form:
    return FORMS.get(channel, Form.NETWORK)


def reasons_in_use() -> list[ContactReason]:
    return kept("contact reasons", lambda: list(ContactReason.objects.in_use()))


def reason_for(text: str, offered: Sequence[ContactReason] | None = None) -> ContactReason | None:
    """The reason that most of the words speak for; none where they say nothing."""
    said = normalise(text).replace(" ", "")
    scored = [
        (reason.score_in(said), -(reason.number or 0), reason)
        for reason in (reasons_in_use() if offered is None else offered)
    ]
    points, _number, best = max(scored, key=lambda one: one[:2], default=(0, 0, None))
    return best if points else None


def keywords_of(reason: ContactReason | None, names: Sequence[str]) -> str:
    """What the word search finds a touch by besides its own text."""
    return "\n".join(filter(None, [reason.name if reason else "", *names]))
