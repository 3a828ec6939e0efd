"""Taking over many touches of the past at once, set-based: some statements per thousand rows, none per row."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.customers.models import Party
from gongying.estates.models import Project, Unit
from gongying.events.models import Event, EventSubject, kind_of
from gongying.events.operations import push_on_commit
from gongying.interactions.circumstances import METHODS, form_of, keywords_of, place_of, reason_for, reasons_in_use
from gongying.interactions.enums import AnswerKind, Direction, JourneyStage
from gongying.interactions.models import ContactReason, Interaction
from gongying.interactions.operations.touches import snapshot_of

BATCH = 2000


@dataclass(frozen=True)
class PastTouch:
    """One row of a register from before. Its text is taken as it is, but for white space around it."""

    occurred_at: datetime
    text: str
    channel: str
    kind: str = ""
    topic: str = ""
    person_name: str = ""
    person_phone: str = ""
    unit: Unit | None = None
    party: Party | None = None
    direction: str = Direction.INBOUND
    answer: str = AnswerKind.NONE
    result: str = ""
    external_no: str = ""

    @property
    def matter(self) -> tuple[str, str]:
        """Two touches with the same matter are repeats (real registers hold the same message several times)."""
        return self.topic.strip(), self.text.strip()


@transaction.atomic
def log_past_interactions(
    touches: Sequence[PastTouch],
    *,
    by: User,
    project: Project,
    late_reason: str,
    keep_repeats: bool = True,
    on_progress: Callable[[int], None] | None = None,
) -> list[Interaction]:
    """Log `touches` in their order; the same matter again is marked as a repeat of the first, or left out."""
    logged = prepare_past_interactions(
        touches, by=by, project=project, late_reason=late_reason, keep_repeats=keep_repeats
    )
    # The repeats come after what they repeat: by then that has its id.
    ordered = sorted(logged, key=lambda interaction: interaction.repeat_of is not None)
    for start in range(0, len(ordered), BATCH):
        _save(ordered[start : start + BATCH])
        if on_progress is not None:
            on_progress(min(start + BATCH, len(ordered)))
    return logged


def prepare_past_interactions(
    touches: Sequence[PastTouch], *, by: User, project: Project, late_reason: str, keep_repeats: bool = True
) -> list[Interaction]:
    """The rows that `log_past_interactions` would write, unsaved; `repeat_of` may point to an unsaved one before it."""
    now = timezone.now()
    if any(touch.occurred_at > now for touch in touches):
        raise Refused(_("It cannot have happened in the future."))
    prepared: list[Interaction] = []
    firsts: dict[tuple[str, str], Interaction] = {}
    reasons = reasons_in_use()
    for touch in touches:
        first = firsts.get(touch.matter)
        if first is not None and not keep_repeats:
            continue
        interaction = _interaction(touch, reasons, by=by, project=project, late_reason=late_reason, now=now)
        interaction.repeat_of = first
        firsts.setdefault(touch.matter, interaction)
        prepared.append(interaction)
    return prepared


def _interaction(
    touch: PastTouch, reasons: Sequence[ContactReason], *, by: User, project: Project, late_reason: str, now: datetime
) -> Interaction:
    unit = touch.unit
    reason = reason_for(f"{touch.topic} {touch.text}", reasons)
    form = form_of(touch.channel)
    return Interaction(
        place_kind=place_of(touch.channel),
        form=form,
        methods=list(METHODS[form]),
        reason_code=reason,
        journey_stage=reason.journey_stage if reason else JourneyStage.LIVING,
        keywords=keywords_of(reason, ()),
        project=project,
        building_id=unit.building_id if unit else None,
        entrance_id=unit.entrance_id if unit else None,
        unit=unit,
        party=touch.party,
        person_name=touch.person_name,
        person_phone=touch.person_phone,
        channel=touch.channel,
        direction=touch.direction,
        kind=touch.kind,
        topic=touch.topic.strip(),
        text=touch.text.strip(),
        answer=touch.answer,
        result=touch.result.strip(),
        occurred_at=touch.occurred_at,
        entered_at=now,
        late_reason=late_reason,
        entered_by=by,
        external_no=touch.external_no,
    )


def _save(batch: list[Interaction]) -> None:
    for is_repeat in (False, True):
        rows = [interaction for interaction in batch if (interaction.repeat_of is not None) == is_repeat]
        for interaction in rows:
            interaction.repeat_of_id = interaction.repeat_of.pk if interaction.repeat_of else None
        Interaction.objects.bulk_create(rows)
    _journal(batch)


def _journal(batch: list[Interaction]) -> None:
    events = Event.objects.bulk_create(
        Event(
            verb="interaction.logged",
            actor=interaction.entered_by,
            at=interaction.occurred_at,
            recorded_at=interaction.entered_at,
            project_id=interaction.project_id,
            building_id=interaction.building_id,
            entrance_id=interaction.entrance_id,
            details=dict(snapshot_of(interaction)),
        )
        for interaction in batch
    )
    subjects = [subject for pair in zip(events, batch, strict=True) for subject in _subjects(*pair)]
    EventSubject.objects.bulk_create(subjects)
    push_on_commit(str(subject) for subject in subjects)


def _subjects(event: Event, interaction: Interaction) -> Iterable[EventSubject]:
    for thing in (interaction, interaction.unit, interaction.party):
        if thing is not None:
            yield EventSubject(event=event, kind=kind_of(thing), object_id=thing.pk, at=event.at)
