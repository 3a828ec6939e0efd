from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.customers.models import Party
from gongying.customers.models.standing import standing_of
from gongying.estates.models import Building, Project, Unit
from gongying.events.operations import record_event
from gongying.interactions.circumstances import NOTHING_SAID, Attendee, Circumstances, keywords_of
from gongying.interactions.enums import AnswerKind, Direction
from gongying.interactions.models import Interaction, Participant

# An entry later than this must say why (spec E-049).
LATE_WITHOUT_REASON = timedelta(hours=72)
EXCERPT = 200

# What may be put right afterwards; the place and the persons' links are part of what happened.
CORRECTABLE = (
    "channel",
    "direction",
    "topic",
    "text",
    "answer",
    "result",
    "person_name",
    "person_phone",
    "occurred_at",
    "ended_at",
    "place_kind",
    "venue",
    "form",
    "methods",
    "reason_code",
    "journey_stage",
    "counterpart",
)


@transaction.atomic
def log_interaction(
    *,
    by: User,
    project: Project,
    unit: Unit | None = None,
    building: Building | None = None,
    party: Party | None = None,
    channel: str,
    text: str,
    topic: str = "",
    answer: str = AnswerKind.NONE,
    result: str = "",
    occurred_at: datetime | None = None,
    late_reason: str = "",
    person_name: str = "",
    person_phone: str = "",
    direction: str = Direction.INBOUND,
    external_no: str = "",
    circumstances: Circumstances = NOTHING_SAID,
) -> Interaction:
    """Record one touch, once, at the unit, else the building, else the whole project.

    Name and phone default to the party's, as they are now; the time defaults to now; what the circumstances do not say is
    derived from the channel, the words and the party.
    """
    standing = unit or building
    if standing is not None and standing.project_id != project.pk:
        raise Refused(_("This place is not in that project."))
    if not text.strip():
        raise Refused(_("What it was about is missing."))
    now = timezone.now()
    check_lateness(occurred_at, late_reason, now=now)
    check_end(occurred_at or now, circumstances.ended_at, now=now)
    thread = _first_of(circumstances.thread, project)

    known = standing_of(party, project)
    interaction = Interaction.objects.create(
        **{**circumstances.columns(channel=channel, text=text, role=known.role), "thread": thread},
        project=project,
        building_id=unit.building_id if unit else building.pk if building else None,
        entrance_id=unit.entrance_id if unit else None,
        unit=unit,
        party=party,
        person_name=person_name or (party.name if party else ""),
        person_phone=person_phone or known.phone,
        channel=channel,
        direction=direction,
        topic=topic.strip(),
        text=text.strip(),
        answer=answer,
        result=result.strip(),
        first_responder=by,
        occurred_at=occurred_at or now,
        entered_at=now,
        late_reason=late_reason,
        entered_by=by,
        external_no=external_no,
    )
    with_them = _write_participants(interaction, circumstances.participants)
    record_event(
        "interaction.logged",
        by=by,
        subjects=[interaction, unit, party, *with_them],
        at=interaction.occurred_at,
        **snapshot_of(interaction),
        **_others_of(circumstances),
    )
    return interaction


@transaction.atomic
def answer_by_request(interaction: Interaction, *, unit: Unit | None, by: User) -> Interaction:
    """A touch that stood by itself becomes the touch of a request; of whom it was is known now at the latest."""
    interaction = (
        Interaction.objects.select_for_update(of=["self"], no_key=True)
        .select_related("unit", "party")
        .get(pk=interaction.pk)
    )
    if interaction.answer == AnswerKind.REQUEST:
        raise Refused(_("A request was registered for this entry already."))
    interaction.advance_version(seen=None)
    before, interaction.answer = interaction.answer, AnswerKind.REQUEST
    if interaction.unit is None and unit is not None and unit.project_id == interaction.project_id:
        interaction.unit, interaction.building_id, interaction.entrance_id = unit, unit.building_id, unit.entrance_id
    interaction.save(update_fields=["answer", "unit", "building", "entrance"])
    record_event(
        "interaction.corrected",
        by=by,
        subjects=[interaction, interaction.unit, interaction.party],
        reason=_("a request was registered"),
        before={"answer": before},
        after={"answer": AnswerKind.REQUEST},
    )
    return interaction


@transaction.atomic
def correct_interaction(
    interaction: Interaction, *, by: User, reason: str, seen: int | None = None, **changes: Any
) -> Interaction:
    """Put an entry right. The journal keeps what it said before; nothing is written where nothing changes."""
    interaction = (
        Interaction.objects.select_for_update(of=["self"], no_key=True)
        .select_related("unit", "party", "reason_code")
        .get(pk=interaction.pk)
    )
    if not reason.strip():
        raise Refused(_("Say why the entry is corrected."))
    unknown = set(changes) - set(CORRECTABLE)
    if unknown:
        raise TypeError(f"not correctable: {', '.join(sorted(unknown))}")
    changes = {name: value for name, value in changes.items() if getattr(interaction, name) != value}
    if not changes:
        interaction.check_version(seen=seen)
        return interaction
    if changes.get("answer") == AnswerKind.APPOINTMENT and not interaction.promises.exclude(kind="").exists():
        raise Refused(_("No appointment was made in this touch: promise the answer first."))
    if not changes.get("text", interaction.text).strip():
        raise Refused(_("What it was about is missing."))
    occurred_at = changes.get("occurred_at", interaction.occurred_at)
    if occurred_at > interaction.entered_at:
        raise Refused(_("It cannot have happened after it was entered."))
    check_end(occurred_at, changes.get("ended_at", interaction.ended_at), now=interaction.entered_at)

    interaction.advance_version(seen=seen)
    before = {name: getattr(interaction, name) for name in changes}
    for name, value in changes.items():
        setattr(interaction, name, value)
    interaction.keywords = _keywords(interaction)
    interaction.save(update_fields=[*changes, "keywords"])
    record_event(
        "interaction.corrected",
        by=by,
        subjects=[interaction, interaction.unit, interaction.party],
        reason=reason.strip(),
        before=_in_journal(before),
        after=_in_journal(changes),
    )
    return interaction


@transaction.atomic
def name_participants(
    interaction: Interaction, *, by: User, reason: str, participants: Sequence[Attendee], seen: int | None = None
) -> Interaction:
    """Say anew who took part besides; the journal keeps whom it named before."""
    interaction = (
        Interaction.objects.select_for_update(of=["self"], no_key=True)
        .select_related("unit", "party", "reason_code")
        .get(pk=interaction.pk)
    )
    if not reason.strip():
        raise Refused(_("Say why the entry is corrected."))
    interaction.advance_version(seen=seen)
    before = [str(participant) for participant in interaction.participants.all()]
    known = [participant.party for participant in interaction.participants.select_related("party")]
    interaction.participants.all().delete()
    with_them = _write_participants(interaction, participants)
    interaction.keywords = _keywords(interaction)
    interaction.save(update_fields=["keywords"])
    record_event(
        "interaction.participants_named",
        by=by,
        subjects=list(dict.fromkeys([interaction, interaction.unit, interaction.party, *known, *with_them])),
        reason=reason.strip(),
        before=before,
        after=[str(participant) for participant in interaction.participants.all()],
    )
    return interaction


@transaction.atomic
def mark_repeat(interaction: Interaction, *, of: Interaction, by: User) -> Interaction:
    """Say that a touch is about the same matter as an earlier one. Chains are flattened to the first."""
    first, interaction = _lock_pair(of, interaction)
    if first.repeat_of_id is not None:
        first = Interaction.objects.get(pk=first.repeat_of_id)
    if first.pk == interaction.pk:
        raise Refused(_("An entry cannot be a repeat of itself."))
    if first.project_id != interaction.project_id:
        raise Refused(_("The two entries are of different projects."))
    was_ahead = first.occurred_at > timezone.now()  # the clock of the machine, and it has been put right
    if not was_ahead and (first.occurred_at, first.pk) > (interaction.occurred_at, interaction.pk):
        raise Refused(_("Only the later entry can be a repeat of the earlier one."))

    interaction.repeats.update(repeat_of=first)
    interaction.advance_version(seen=None)
    interaction.repeat_of = first
    interaction.save(update_fields=["repeat_of"])
    record_event(
        "interaction.repeat_marked",
        by=by,
        subjects=[interaction, first, interaction.unit, interaction.party],
        repeat=interaction.pk,
        first=first.pk,
    )
    return interaction


@transaction.atomic
def unmark_repeat(interaction: Interaction, *, by: User, seen: int | None = None) -> Interaction:
    interaction = (
        Interaction.objects.select_for_update(of=["self"], no_key=True)
        .select_related("repeat_of")
        .get(pk=interaction.pk)
    )
    interaction.check_version(seen=seen)
    first = interaction.repeat_of
    if first is None:
        raise Refused(_("This entry is not marked as a repeat."))
    interaction.advance_version(seen=None)
    interaction.repeat_of = None
    interaction.save(update_fields=["repeat_of"])
    record_event(
        "interaction.repeat_unmarked", by=by, subjects=[interaction, first], repeat=interaction.pk, first=first.pk
    )
    return interaction


def check_lateness(occurred_at: datetime | None, late_reason: str, *, now: datetime) -> None:
    """Refuse a time in the future, and a very late entry that does not say why (spec E-049)."""
    if occurred_at is None:
        return
    if occurred_at > now:
        raise Refused(_("It cannot have happened in the future."))
    if now - occurred_at > LATE_WITHOUT_REASON and not late_reason.strip():
        raise Refused(_("More than 72 hours ago: say why it is entered so late."))


def check_end(occurred_at: datetime, ended_at: datetime | None, *, now: datetime) -> None:
    if ended_at is None:
        return
    if ended_at < occurred_at:
        raise Refused(_("It ends before it begins."))
    if ended_at > now:
        raise Refused(_("It cannot have happened in the future."))


def snapshot_of(interaction: Interaction) -> Mapping[str, Any]:
    """What a timeline shows without reading the row: the journal outlives it."""
    details = {
        "channel": interaction.channel,
        "direction": interaction.direction,
        "topic": interaction.topic,
        "text": interaction.text[:EXCERPT],
        "answer": interaction.answer,
        "result": interaction.result[:EXCERPT],
        "person": interaction.person_name,
        "reason": str(interaction.reason_code or ""),
        "late_reason": interaction.late_reason,
    }
    return {name: str(value) for name, value in details.items() if value}


def _first_of(thread: Interaction | None, project: Project) -> Interaction | None:
    """Conversations have one first touch: who answers the third message belongs to the first as well."""
    if thread is None:
        return None
    if thread.project_id != project.pk:
        raise Refused(_("The two entries are of different projects."))
    return thread.thread or thread


def _write_participants(interaction: Interaction, attendees: Sequence[Attendee]) -> list[Party]:
    """Who is named twice took part once; the one who spoke and the one who listened stand on the touch itself."""
    seen: set[Any] = {("party", interaction.party_id), ("user", interaction.first_responder_id)}
    rows = []
    for attendee in attendees:
        key = _key_of(attendee)
        if attendee.name.strip() and key not in seen:
            seen.add(key)
            role = "" if attendee.user else attendee.role
            rows.append(
                Participant(
                    interaction=interaction,
                    user=attendee.user,
                    party=attendee.party,
                    name=attendee.name.strip(),
                    role=role,
                )
            )
    Participant.objects.bulk_create(rows)
    return [row.party for row in rows if row.party is not None]


def _others_of(circumstances: Circumstances) -> dict[str, Any]:
    names = [attendee.name for attendee in circumstances.participants]
    return {"others": names} if names else {}


def _key_of(attendee: Attendee) -> tuple[str, Any]:
    if attendee.user is not None:
        return "user", attendee.user.pk
    return ("party", attendee.party.pk) if attendee.party is not None else ("name", attendee.name.strip())


def _keywords(interaction: Interaction) -> str:
    return keywords_of(interaction.reason_code, [participant.name for participant in interaction.participants.all()])


def _in_journal(values: Mapping[str, Any]) -> dict[str, Any]:
    """As the journal can keep it: rows by their name."""
    return {name: str(value) if isinstance(value, Model) else value for name, value in values.items()}


def _lock_pair(first: Interaction, second: Interaction) -> tuple[Interaction, Interaction]:
    """Both rows locked, always in the same order, so that two people marking crosswise do not block each other."""
    rows = {
        row.pk: row
        for row in Interaction.objects.select_for_update(of=["self"], no_key=True)
        .select_related("unit", "party")
        .filter(pk__in=[first.pk, second.pk])
        .order_by("pk")
    }
    return rows[first.pk], rows[second.pk]
