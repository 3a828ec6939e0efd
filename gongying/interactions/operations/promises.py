from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.estates.scopes import scope_of
from gongying.events.models import Event
from gongying.events.operations import record_event
from gongying.interactions.enums import AnswerKind, PromiseKind
from gongying.interactions.models import Interaction, Promise, PromiseBroken, PromiseKept
from gongying.notifications.operations import notify

LONGEST_PROMISE = 500
MOST_AT_ONCE = 1_000
MOST_SINGLY = 3


@transaction.atomic
def make_promise(
    interaction: Interaction,
    *,
    by: User,
    text: str,
    due_at: datetime,
    owner: User | None = None,
    kind: str = "",
    venue: str = "",
) -> Promise:
    """Promise the customer an answer by `due_at`; `owner` (default: who promises) gives it.

    `kind`: a senior colleague answers, or somebody meets the customer at the `venue` (R-011).
    """
    if interaction.answer == AnswerKind.APPOINTMENT and kind not in PromiseKind.values:
        raise Refused(_("Choose a senior colleague, or make an appointment."))
    if kind == PromiseKind.SENIOR and owner in (None, by):
        raise Refused(_("Choose the senior colleague who answers."))
    if kind == PromiseKind.APPOINTMENT and (owner is None or not venue.strip()):
        raise Refused(_("An appointment has a time, a place and a person."))
    if due_at <= timezone.now():
        raise Refused(_("A promise needs a time that is still to come."))
    promise = Promise.objects.create(
        project_id=interaction.project_id,
        building_id=interaction.building_id,
        entrance_id=interaction.entrance_id,
        interaction=interaction,
        unit=interaction.unit,
        party=interaction.party,
        text=(text.strip() or str(interaction))[:LONGEST_PROMISE],
        due_at=due_at,
        owner=owner or by,
        made_by=by,
        kind=kind,
        venue=venue.strip(),
    )
    event = record_event(
        "promise.made",
        by=by,
        subjects=[promise, interaction, interaction.unit, interaction.party],
        text=promise.text,
        due_at=due_at,
        owner=str(promise.owner),
        kind=kind,
        venue=promise.venue,
    )
    if promise.owner != by:
        notify(event, to=[promise.owner], about=promise)
    return promise


@transaction.atomic
def keep_promise(promise: Promise, *, by: User, words: str) -> PromiseKept:
    """Say what the customer was told in the end. A promise is kept once, late or not."""
    promise = (
        Promise.objects.select_for_update(of=["self"], no_key=True)
        .select_related("interaction", "unit", "party", "keeping")
        .get(pk=promise.pk)
    )
    if promise.is_kept:
        raise Refused(_("This promise is kept already."))
    if not words.strip():
        raise Refused(_("Say what the customer was told."))
    keeping = PromiseKept.objects.create(promise=promise, by=by, words=words.strip())
    record_event(
        "promise.kept",
        by=by,
        subjects=[promise, promise.interaction, promise.unit, promise.party],
        text=keeping.words,
        was_late=keeping.at > promise.due_at,
    )
    return keeping


@transaction.atomic
def pass_on_promise(promise: Promise, *, to: User, by: User, note: str = "") -> Promise:
    """Somebody else gives the answer; what was promised, and for when, stays."""
    promise = (
        Promise.objects.select_for_update(of=["self"], no_key=True)
        .select_related("interaction", "unit", "party", "owner", "keeping")
        .get(pk=promise.pk)
    )
    if promise.is_kept:
        raise Refused(_("This promise is kept already."))
    if promise.owner == to:
        raise Refused(_("%(name)s is in charge already.") % {"name": to})
    if not scope_of(to).covers(promise.place):
        raise Refused(_("%(name)s does not serve this place.") % {"name": to})
    before, promise.owner = str(promise.owner), to
    promise.save(update_fields=["owner"])
    event = record_event(
        "promise.passed_on",
        by=by,
        subjects=[promise, promise.interaction, promise.unit, promise.party],
        text=promise.text,
        before=before,
        to=str(to),
        note=note.strip(),
    )
    notify(event, to=[to], about=promise)
    return promise


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="notice_broken_promises", pass_context=False)
def notice_broken_promises_later(timestamp: int) -> None:
    notice_broken_promises()


def notice_broken_promises() -> int:
    """Write down every promise whose time has passed, once, and tell who was to keep it and who gave it. How many."""
    number = 0
    while noticed := _break_waiting():
        number += noticed
    return number


@transaction.atomic
def _break_waiting() -> int:
    """A sweep finds one or two; the first one after a standstill, or after an update, hundreds."""
    rows = Promise.objects.overdue().filter(breaking=None).select_related("owner", "made_by", "unit", "party")
    found = list(
        rows.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("due_at", "pk")[:MOST_AT_ONCE]
    )
    # Whoever kept it held its row while we looked.
    kept = PromiseKept.objects.filter(promise__in=found).values_list("promise", flat=True)
    noticed = PromiseBroken.objects.filter(promise__in=found).values_list("promise", flat=True)
    settled = {*kept, *noticed}
    broken = [promise for promise in found if promise.pk not in settled]
    PromiseBroken.objects.bulk_create(PromiseBroken(promise=promise) for promise in broken)
    _tell_broken([(promise, _record_broken(promise)) for promise in broken])
    return len(broken)


def _record_broken(promise: Promise) -> Event:
    return record_event(
        "promise.broken",
        by=None,
        subjects=[promise, promise.interaction, promise.unit, promise.party],
        text=promise.text,
        due_at=promise.due_at,
        owner=str(promise.owner),
    )


def _tell_broken(broken: Sequence[tuple[Promise, Event]]) -> None:
    """One by one; to whom that would be many at once, all of them in one word that opens the oldest."""
    of_person: dict[User, list[tuple[Promise, Event]]] = defaultdict(list)
    for promise, event in broken:
        for person in {promise.owner, promise.made_by}:
            of_person[person].append((promise, event))
    for person, told in of_person.items():
        if len(told) > MOST_SINGLY:
            oldest, _event = told[0]
            together = record_event("promise.many_broken", by=None, subjects=[], number=len(told))
            notify(together, to=[person], about=oldest)
            continue
        for promise, event in told:
            notify(event, to=[person], about=promise)
