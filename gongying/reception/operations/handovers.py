"""A shift ends: what lies open is handed over, and the next one signs that she has read it (E-040)."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.common.clock import now_not_before
from gongying.common.errors import Refused
from gongying.common.sweeps import once_for_each
from gongying.common.templatetags.formats import spoken
from gongying.estates.models import Project
from gongying.events.models import Event
from gongying.events.operations import push_on_commit, record_event
from gongying.notifications.operations import notify
from gongying.reception.gathering import gather
from gongying.reception.models import ShiftHandover
from gongying.reception.operations.assistance import helpers_at
from gongying.reception.operations.desk import desk_key

# Pressed twice, or sent once more because the answer did not come through.
SENT_AGAIN = timedelta(minutes=1)


@transaction.atomic
def hand_over_shift(project: Project, *, by: User, line: str = "") -> ShiftHandover:
    """Write down what lies open now; `line` is what only a person knows."""
    project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    now = timezone.now()
    mine = ShiftHandover.objects.unsigned().filter(project=project, written_by=by)
    if mine.filter(written_at__gt=now - SENT_AGAIN).exists():
        raise Refused(_("You have just handed over."))
    handover = ShiftHandover.objects.create(
        project=project, line=line.strip(), open_matters=gather(project, by=by), written_by=by, written_at=now
    )
    _tell("written", handover, by=by, line=handover.line)
    return handover


@transaction.atomic
def sign_handover(handover: ShiftHandover, *, by: User) -> ShiftHandover:
    """The next one has read it and goes on with it; who wrote it cannot be the next."""
    rows = ShiftHandover.objects.select_for_update(of=("self",), no_key=True).for_page()
    handover = rows.get(pk=handover.pk)
    if handover.signed_at is not None:
        words = {"name": handover.signed_by, "when": spoken(timezone.localtime(handover.signed_at))}
        raise Refused(_("%(name)s signed it %(when)s already.") % words)
    if handover.written_by_id == by.pk:
        raise Refused(_("Whoever takes over signs, not who handed over."))
    handover.signed_by, handover.signed_at = by, now_not_before(handover.written_at)
    handover.save(update_fields=["signed_by", "signed_at"])
    _tell("signed", handover, by=by)
    return handover


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="notice_unsigned_handovers", pass_context=False)
def notice_unsigned_handovers_later(timestamp: int) -> None:
    notice_unsigned_handovers()


def notice_unsigned_handovers() -> int:
    """Tell the supervisors of every hand-over that nobody has signed for half an hour, once. How many there were."""
    return once_for_each(_unsigned, "told_at", _notice_unsigned)


def _unsigned() -> QuerySet[ShiftHandover]:
    return ShiftHandover.objects.late().for_page().order_by("written_at", "pk")


def _notice_unsigned(handover: ShiftHandover) -> None:
    notify(_tell("unsigned", handover, by=None), to=helpers_at(handover.place), about=handover)


def _tell(verb: str, handover: ShiftHandover, *, by: User | None, line: str = "") -> Event:
    details: dict[str, Any] = {
        "project": str(handover.project),
        "name": str(handover.written_by),
        "open": handover.number_open,
    }
    event = record_event(f"handover.{verb}", by=by, subjects=[handover], line=line, **details)
    push_on_commit([desk_key(handover.project_id)])
    return event
