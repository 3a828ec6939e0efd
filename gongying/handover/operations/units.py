"""One unit on its way to its owner."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.checklists.enums import Use
from gongying.checklists.models import CheckList
from gongying.checklists.operations import start_run
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.estates.enums import UnitState
from gongying.estates.models import Unit
from gongying.estates.operations import change_place
from gongying.events.operations import record_event
from gongying.files.operations import Upload, attach
from gongying.handover.enums import HandoverState, ThingKind
from gongying.handover.machines import HANDOVER
from gongying.handover.models import HandedThing, UnitHandover
from gongying.handover.operations.defects import count_warranties, note_findings
from gongying.notifications.operations import notify


@transaction.atomic
def arrange_unit(
    handover: UnitHandover, *, by: User, starts_at: datetime, colleague: User, seen: int | None = None
) -> UnitHandover:
    """The owner comes then, this colleague receives him; a later word takes the place of an earlier one."""
    handover = _step(handover, "arrange", seen=seen)
    batch = handover.batch
    if starts_at <= timezone.now():
        raise Refused(_("An appointment needs a time that is still to come."))
    if not batch.starts_on <= timezone.localdate(starts_at) <= batch.ends_on:
        days = {"first": batch.starts_on, "last": batch.ends_on}
        raise Refused(_("This hand-over takes place from %(first)s to %(last)s.") % days)
    handover.starts_at, handover.received_by_colleague, handover.reason = starts_at, colleague, ""
    # A refused unit is looked at anew.
    handover.inspection = None
    with refusing({"unit_handover_slot_free": _("%(name)s receives another owner then.") % {"name": colleague}}):
        handover.save()
    event = _tell("arranged", handover, by=by, starts_at=starts_at, colleague=str(colleague))
    notify(event, to=[colleague], about=handover)
    return handover


@transaction.atomic
def inspect_unit(handover: UnitHandover, *, by: User, seen: int | None = None) -> UnitHandover:
    """Owner and colleague go through the flat with the check list in force."""
    handover = _step(handover, "inspect", seen=seen)
    check_list = CheckList.objects.in_force(handover.project).filter(use=Use.HANDOVER).order_by("pk").first()
    if check_list is None:
        raise Refused(_("There is no check list for hand-overs: write one in the settings."))
    handover.inspection = start_run(check_list, by=by, where=handover)
    handover.received_by_colleague = handover.received_by_colleague or by
    handover.save()
    _tell("inspected", handover, by=by)
    return handover


@transaction.atomic
def hand_over_unit(
    handover: UnitHandover,
    *,
    by: User,
    signed_name: str,
    documents: Sequence[str],
    keys: int,
    signature: "Upload | None" = None,
    seen: int | None = None,
) -> UnitHandover:
    """The owner signs: what failed in the inspection is left to the developer, the unit is handed over from now on."""
    handover = _step(handover, "hand_over", seen=seen)
    _refuse_uninspected(handover)
    if not signed_name.strip():
        raise Refused(_("Say who signs for the unit."))
    handover.signed_name, handover.handed_over_at, handover.handed_over_by = signed_name.strip(), timezone.now(), by
    with refusing({"unit_handover_once": _("This unit is handed over already.")}):
        handover.save()
    given = [HandedThing(handover=handover, kind=ThingKind.DOCUMENT, name=name) for name in documents]
    if keys:
        given.append(HandedThing(handover=handover, kind=ThingKind.KEY, name=_("house keys"), quantity=keys))
    HandedThing.objects.bulk_create(given)
    if signature is not None:
        attach(signature, to=handover, by=by, label="signature", signed_by=handover.signed_name)
    number = note_findings(handover, by=by)
    count_warranties(handover)
    unit = Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=handover.unit_id)
    unit.state = UnitState.HANDED_OVER
    change_place(unit, by=by, fields=["state"])
    _tell("handed_over", handover, by=by, name=handover.signed_name, keys=keys, defects=number)
    return handover


@transaction.atomic
def refuse_unit(handover: UnitHandover, *, by: User, reason: str, seen: int | None = None) -> UnitHandover:
    """The owner does not take the unit like this; it is arranged anew when the defects are mended."""
    handover = _step(handover, "refuse", seen=seen)
    _refuse_uninspected(handover)
    if not reason.strip():
        raise Refused(_("Say why the owner does not take the unit."))
    handover.reason = reason.strip()
    handover.save()
    number = note_findings(handover, by=by)
    _tell("refused", handover, by=by, reason=handover.reason, defects=number)
    return handover


def _step(handover: UnitHandover, verb: str, *, seen: int | None) -> UnitHandover:
    rows = UnitHandover.objects.select_for_update(of=("self",), no_key=True)
    locked: UnitHandover = rows.select_related("batch__developer", "unit", "project", "inspection").get(pk=handover.pk)
    locked.check_version(seen=seen)
    target = HANDOVER.check(verb, locked.state, label=locked.get_state_display())
    locked.state = HandoverState(target)
    locked.version += 1
    return locked


def _refuse_uninspected(handover: UnitHandover) -> None:
    if handover.inspection is None or not handover.inspection.is_finished:
        raise Refused(_("Finish the check list of the inspection first."))


def _tell(verb: str, handover: UnitHandover, *, by: User, **details: Any) -> Any:
    subjects = [handover, handover.unit]
    return record_event(f"handover.{verb}", by=by, subjects=subjects, unit=handover.unit.code, **details)
