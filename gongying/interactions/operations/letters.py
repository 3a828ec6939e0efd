"""Boxes are opened by two; what was in them, and what came by post or mail, is entered together and answered (R-111)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.models import NumberSequence
from gongying.customers.models import Party
from gongying.estates.models import Project, Unit
from gongying.events.operations import record_event
from gongying.interactions.circumstances import Circumstances
from gongying.interactions.enums import AnswerKind, Channel
from gongying.interactions.models import (
    WRITTEN_CHANNELS,
    BoxOpening,
    Interaction,
    Letter,
    LetterReply,
    SuggestionBox,
)
from gongying.interactions.operations.touches import log_interaction


@dataclass(frozen=True)
class Slip:
    """What one customer wrote; who she is where she says so."""

    text: str
    unit: Unit | None = None
    party: Party | None = None
    name: str = ""


@transaction.atomic
def save_box(box: SuggestionBox, *, by: User, seen: int | None = None) -> SuggestionBox:
    """A new box, or how it is from now on."""
    is_new = box.pk is None
    if not is_new:
        box.advance_version(seen=seen)
    with refusing({"suggestion_box_once": _("There is a box of this name already.")}):
        box.save()
    record_event("box.hung" if is_new else "box.changed", by=by, subjects=[box], name=box.name)
    return box


@transaction.atomic
def take_down_box(box: SuggestionBox, *, by: User) -> SuggestionBox:
    box = SuggestionBox.objects.select_for_update(of=("self",), no_key=True).get(pk=box.pk)
    if box.ended_at is not None:
        raise Refused(_("This box hangs no more."))
    box.advance_version(seen=None)
    box.ended_at = timezone.now()
    box.save(update_fields=["ended_at"])
    record_event("box.taken_down", by=by, subjects=[box], name=box.name)
    return box


@transaction.atomic
def open_box(
    box: SuggestionBox, *, by: User, witness: User, reply_due_on: date, slips: Sequence[Slip] = ()
) -> BoxOpening:
    """Two people open it; every slip becomes a touch with a number. An empty box is an opening, too."""
    box = SuggestionBox.objects.select_for_update(of=("self",), no_key=True).select_related("project").get(pk=box.pk)
    if box.ended_at is not None:
        raise Refused(_("This box hangs no more."))
    if witness.pk == by.pk:
        raise Refused(_("A box is opened by two: name the second person."))
    opening = BoxOpening.objects.create(box=box, by=by, witness=witness, slips=len(slips))
    record_event("box.opened", by=by, subjects=[box], name=box.name, slips=len(slips), witness=str(witness))
    for slip in slips:
        _enter(slip, box.project, Channel.SUGGESTION_BOX, by=by, reply_due_on=reply_due_on, opening=opening)
    return opening


@transaction.atomic
def enter_letters(
    project: Project, *, channel: str, slips: Sequence[Slip], reply_due_on: date, by: User
) -> list[Letter]:
    """What came by post or mail, entered together; each is a touch of its own."""
    if channel not in WRITTEN_CHANNELS or channel == Channel.SUGGESTION_BOX:
        raise Refused(_("Slips of a box are entered where the box is opened."))
    if not slips:
        raise Refused(_("No slip is written down."))
    return [_enter(slip, project, channel, by=by, reply_due_on=reply_due_on) for slip in slips]


@transaction.atomic
def answer_letter(letter: Letter, *, text: str, way: str, by: User) -> LetterReply:
    """What was answered stands on the timeline of who wrote it; without a request the touch is answered by it."""
    interaction = Interaction.objects.select_for_update(of=("self",), no_key=True).get(pk=letter.interaction_id)
    if not text.strip():
        raise Refused(_("The answer is missing."))
    with refusing({"interactions_letterreply_letter_id_key": _("This letter is answered already.")}):
        reply = LetterReply.objects.create(letter=letter, text=text.strip(), way=way, by=by)
    if interaction.answer == AnswerKind.NONE:
        interaction.advance_version(seen=None)
        interaction.answer, interaction.result = AnswerKind.EXPLAINED, reply.text
        interaction.save(update_fields=["answer", "result"])
    record_event(
        "letter.answered",
        by=by,
        subjects=[interaction, interaction.unit, interaction.party],
        number=letter.number,
        text=reply.text[:200],
        way=way,
    )
    return reply


def _enter(
    slip: Slip, project: Project, channel: str, *, by: User, reply_due_on: date, opening: BoxOpening | None = None
) -> Letter:
    if reply_due_on < timezone.localdate():
        raise Refused(_("The day by which it is answered lies in the past."))
    venue = opening.box.name if opening else ""
    interaction: Interaction = log_interaction(
        by=by,
        project=project,
        unit=slip.unit,
        party=slip.party,
        person_name=slip.name,
        channel=channel,
        text=slip.text,
        circumstances=Circumstances(venue=venue),
    )
    number = NumberSequence.take(f"{project.code}-XJ{timezone.localdate():%y}")
    return Letter.objects.create(interaction=interaction, number=number, opening=opening, reply_due_on=reply_due_on)
