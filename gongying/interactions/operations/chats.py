from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.estates.models import Project
from gongying.files.operations import File, attach
from gongying.interactions.chats import ChatLine
from gongying.interactions.circumstances import Circumstances
from gongying.interactions.enums import AnswerKind, Direction
from gongying.interactions.models import Interaction
from gongying.interactions.operations.touches import log_interaction
from gongying.interactions.recognition import Speaker, known_messages


@dataclass(frozen=True)
class SpokenLine:
    """A line of a chat, and whose it is."""

    line: ChatLine
    speaker: Speaker


@transaction.atomic
def log_chat(
    lines: Sequence[SpokenLine],
    *,
    by: User,
    project: Project,
    channel: str,
    group: str = "",
    late_reason: str = "",
    screenshots: Sequence[File] = (),
) -> list[Interaction]:
    """Each line becomes a touch of one conversation, at the time when it was written (E-050, R-105).

    What colleagues wrote is outbound. Lines that were pasted before are left out; nothing new is refused.
    """
    # Two who paste the same chat at once must not both write it.
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    known = known_messages([spoken.line for spoken in lines], project, channel=channel, group=group)
    fresh = [one for one in lines if (one.line.said_at, one.line.name, one.line.text) not in known]
    if not fresh:
        raise Refused(_("All of these messages are here already."))
    logged: list[Interaction] = []
    for spoken in fresh:
        first = logged[0] if logged else None
        logged.append(
            _log(spoken, by=by, project=project, channel=channel, group=group, late_reason=late_reason, thread=first)
        )
    for screenshot in screenshots:
        attach(screenshot, to=logged[0], by=by)
    return logged


def _log(
    spoken: SpokenLine,
    *,
    by: User,
    project: Project,
    channel: str,
    group: str,
    late_reason: str,
    thread: Interaction | None,
) -> Interaction:
    line, speaker = spoken.line, spoken.speaker
    is_ours = speaker.colleague is not None
    interaction: Interaction = log_interaction(
        by=by,
        project=project,
        unit=speaker.unit,
        party=speaker.party,
        channel=channel,
        text=line.text,
        person_name=line.name,
        direction=Direction.OUTBOUND if is_ours else Direction.INBOUND,
        answer=AnswerKind.NONE,
        occurred_at=line.said_at,
        late_reason=late_reason,
        circumstances=Circumstances(venue=group, thread=thread),
    )
    return interaction
