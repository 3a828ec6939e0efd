from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.customers.models import Party
from gongying.estates.enums import UnitState
from gongying.estates.models import Building, Project, Unit
from gongying.events.operations import record_event
from gongying.handover.models import HandoverBatch, UnitHandover
from gongying.handover.models.batches import MEND_DAYS


@transaction.atomic
def open_batch(
    *,
    by: User,
    project: Project,
    name: str,
    starts_on: date,
    ends_on: date,
    completed_on: date,
    buildings: Sequence[Building],
    documents: Sequence[str],
    developer: Party | None = None,
    mend_days: int = MEND_DAYS,
) -> HandoverBatch:
    """Hand over every sold unit of these buildings that no owner has yet."""
    if ends_on < starts_on:
        raise Refused(_("It ends before it begins."))
    if completed_on > starts_on:
        raise Refused(_("Nothing is handed over before the building is accepted."))
    # Of two who open one for the same buildings at once, the second has to see which units the first took.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    units = Unit.objects.filter(project=project, building__in=buildings, state=UnitState.SOLD)
    waiting = list(units.exclude(handovers__isnull=False).order_by("sort_key"))
    if not waiting:
        raise Refused(_("These buildings have no sold unit that waits for its hand-over."))
    batch = HandoverBatch(
        project=project,
        name=name.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        completed_on=completed_on,
        developer=developer,
        documents=[document.strip() for document in documents if document.strip()],
        mend_days=mend_days,
        opened_by=by,
    )
    with refusing({"handover_batch_name_unique": _("There is a hand-over of this name in the project.")}):
        batch.save()
    UnitHandover.objects.bulk_create(
        UnitHandover(
            batch=batch, unit=unit, project=project, building_id=unit.building_id, entrance_id=unit.entrance_id
        )
        for unit in waiting
    )
    record_event("handover.opened", by=by, subjects=[batch], name=batch.name, units=len(waiting))
    return batch
