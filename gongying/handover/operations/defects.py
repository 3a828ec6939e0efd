"""Defects that the developer mends."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.checklists.models import Tick
from gongying.common.clock import now_not_before
from gongying.common.errors import Refused
from gongying.estates.models import Unit
from gongying.events.operations import record_event
from gongying.files.operations import Upload, attach
from gongying.handover.enums import DefectState
from gongying.handover.machines import DEFECT
from gongying.handover.models import HandoverBatch, OutstandingDefect, UnitHandover, WarrantyPeriod


@transaction.atomic
def record_defect(
    batch: HandoverBatch,
    *,
    by: User,
    text: str,
    unit: Unit | None = None,
    warranty: WarrantyPeriod | None = None,
    due_on: date | None = None,
    photos: Sequence[Upload] = (),
    handover: UnitHandover | None = None,
    tick: Tick | None = None,
) -> OutstandingDefect:
    """A defect of a unit of the batch, or of a common part; due after the days that the batch gives the developer."""
    if not text.strip():
        raise Refused(_("Say what is wrong."))
    if handover is None and unit is not None:
        handover = UnitHandover.objects.filter(batch=batch, unit=unit).first()
    if handover is not None:
        # Held: where the unit is handed over at this moment, its warranties begin, that of this defect, too.
        held = UnitHandover.objects.select_for_update(of=("self",), no_key=True).select_related("unit")
        handover = held.get(pk=handover.pk)
    place: UnitHandover | HandoverBatch = handover or batch
    handed_over = handover.handed_over_at if handover else None
    handed_over_on = timezone.localdate(handed_over) if handed_over else None
    until = warranty.last_day(completed_on=batch.completed_on, handed_over_on=handed_over_on) if warranty else None
    defect = OutstandingDefect.objects.create(
        project_id=batch.project_id,
        building_id=place.building_id,
        entrance_id=place.entrance_id,
        batch=batch,
        unit=handover.unit if handover else unit,
        handover=handover,
        tick=tick,
        text=text.strip(),
        warranty=warranty,
        warranty_until=until,
        responsible=batch.developer,
        due_on=due_on or timezone.localdate() + timedelta(days=batch.mend_days),
        found_by=by,
    )
    for photo in photos:
        attach(photo, to=defect, by=by)
    _tell("found", defect, by=by, text=defect.text, due_on=defect.due_on)
    return defect


def note_findings(handover: UnitHandover, *, by: User) -> int:
    """Every item that failed in the inspection becomes a defect, once. How many there are."""
    failed = Tick.objects.filter(run=handover.inspection_id).failed().select_related("item")
    warranties = list(WarrantyPeriod.objects.all())
    for tick in failed.filter(defect=None).order_by("item__position"):
        fitting = next((one for one in warranties if any(word in tick.item.source for word in one.words)), None)
        record_defect(handover.batch, by=by, text=tick.finding, warranty=fitting, handover=handover, tick=tick)
    return failed.count()


def count_warranties(handover: UnitHandover) -> None:
    """Warranties that are counted from the hand-over begin: of what was found before it, too."""
    day = timezone.localdate(handover.handed_over_at)
    for defect in handover.defects.filter(warranty_until=None).exclude(warranty=None).select_related("warranty"):
        if defect.warranty is not None:
            until = defect.warranty.last_day(completed_on=handover.batch.completed_on, handed_over_on=day)
            handover.defects.filter(pk=defect.pk).update(warranty_until=until)


@transaction.atomic
def mend_defect(defect: OutstandingDefect, *, by: User, word: str, seen: int | None = None) -> OutstandingDefect:
    """The developer says that it is mended."""
    return _step(defect, "mend", by=by, word=word, seen=seen)


@transaction.atomic
def accept_defect(defect: OutstandingDefect, *, by: User, seen: int | None = None) -> OutstandingDefect:
    """Somebody has looked: it is."""
    return _step(defect, "accept", by=by, word="", seen=seen)


@transaction.atomic
def reject_defect(
    defect: OutstandingDefect, *, by: User, word: str, due_on: date | None = None, seen: int | None = None
) -> OutstandingDefect:
    """Somebody has looked: it is not."""
    return _step(defect, "reject", by=by, word=word, due_on=due_on, seen=seen)


@transaction.atomic
def drop_defect(defect: OutstandingDefect, *, by: User, word: str, seen: int | None = None) -> OutstandingDefect:
    """It is not mended; why is told."""
    return _step(defect, "drop", by=by, word=word, seen=seen)


def _step(
    defect: OutstandingDefect, verb: str, *, by: User, word: str, due_on: date | None = None, seen: int | None
) -> OutstandingDefect:
    rows = OutstandingDefect.objects.select_for_update(of=("self",), no_key=True).select_related(
        "batch", "unit", "project"
    )
    locked: OutstandingDefect = rows.get(pk=defect.pk)
    locked.check_version(seen=seen)
    locked.state = DefectState(DEFECT.check(verb, locked.state, label=locked.get_state_display()))
    if verb != "accept" and not word.strip():
        raise Refused(_("Say it in a few words."))
    if word.strip():
        locked.word = word.strip()
    if due_on is not None:
        locked.due_on = due_on
    if locked.state in (DefectState.CLOSED, DefectState.DROPPED):
        locked.ended_at = now_not_before(locked.found_at)
    locked.version += 1
    locked.save()
    _tell(
        {"mend": "mended", "accept": "closed", "reject": "reopened", "drop": "dropped"}[verb], locked, by=by, word=word
    )
    return locked


def _tell(verb: str, defect: OutstandingDefect, *, by: User, **details: Any) -> None:
    record_event(f"defect.{verb}", by=by, subjects=[defect, defect.unit], name=str(defect), **details)
