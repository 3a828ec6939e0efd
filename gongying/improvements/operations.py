from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.checklists.enums import Verdict
from gongying.checklists.models import Tick
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.estates.models import PlacedModel
from gongying.events.operations import record_event
from gongying.improvements.enums import ItemState
from gongying.improvements.models import CheckMeasure, ImprovementItem
from gongying.notifications.operations import notify


@transaction.atomic
def open_item(
    *, by: User, about: PlacedModel, title: str, root_cause: str, owner: User, due_on: date
) -> ImprovementItem:
    """Somebody is to change something by a day. It stands in the place of what it is `about`."""
    if not title.strip() or not root_cause.strip():
        raise Refused(_("Say what changes and which root cause it removes."))
    if due_on < timezone.localdate():
        raise Refused(_("The due date lies in the past."))
    item = ImprovementItem.objects.create(
        project_id=about.project_id,
        building_id=about.building_id,
        entrance_id=about.entrance_id,
        title=title.strip(),
        root_cause=root_cause.strip(),
        owner=owner,
        due_on=due_on,
        opened_by=by,
    )
    event = record_event(
        "improvement.opened", by=by, subjects=[item], title=item.title, owner=str(owner), due_on=due_on
    )
    notify(event, to=[owner], about=item)
    return item


@transaction.atomic
def finish_item(
    item: ImprovementItem, *, by: User, effect: str, dropped: bool = False, seen: int | None = None
) -> ImprovementItem:
    """Done with an effect that can be told, or dropped with the reason as its effect."""
    item = ImprovementItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    item.check_version(seen=seen)
    if item.state != ItemState.OPEN:
        raise Refused(_("This improvement item is finished already."))
    if not effect.strip():
        raise Refused(_("Say what the effect was."))
    item.state = ItemState.DROPPED if dropped else ItemState.DONE
    item.effect, item.finished_by, item.finished_at = effect.strip(), by, timezone.now()
    item.version += 1
    item.save()
    record_event(f"improvement.{'dropped' if dropped else 'done'}", by=by, subjects=[item], effect=item.effect)
    return item


@transaction.atomic
def pass_on_item(item: ImprovementItem, *, to: User, by: User, note: str = "") -> ImprovementItem:
    """Somebody else is in charge; the due day stays."""
    item = ImprovementItem.objects.select_for_update(of=["self"], no_key=True).select_related("owner").get(pk=item.pk)
    if item.state != ItemState.OPEN:
        raise Refused(_("This improvement item is finished already."))
    if item.owner == to:
        raise Refused(_("%(name)s is in charge already.") % {"name": to})
    before, item.owner = str(item.owner), to
    item.version += 1
    item.save(update_fields=["owner", "version"])
    event = record_event(
        "improvement.passed_on",
        by=by,
        subjects=[item],
        title=item.title,
        before=before,
        to=str(to),
        note=note.strip(),
    )
    notify(event, to=[to], about=item)
    return item


@transaction.atomic
def open_measure(tick: Tick, *, by: User, title: str, owner: User, due_on: date) -> ImprovementItem:
    """Somebody changes what a check found wrong; the words of the check are the root cause."""
    run = tick.run
    if not run.is_finished or tick.verdict != Verdict.FAILED:
        raise Refused(_("A measure follows what failed in a check that is finished."))
    item = open_item(by=by, about=run, title=title, root_cause=tick.finding, owner=owner, due_on=due_on)
    with refusing({"improvements_checkmeasure_tick_id_key": _("There is a measure for this already.")}):
        CheckMeasure.objects.create(tick=tick, item=item)
    return item
