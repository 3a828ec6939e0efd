"""A new building of the demo is handed over: some flats are, one is refused, some come tomorrow; defects at every step."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.customers.enums import PartyKind, RoleKind
from gongying.customers.operations import create_party
from gongying.estates.models import Project, Unit
from gongying.estates.operations.territories import add_scope
from gongying.handover import operations as do
from gongying.handover.installation import standard_documents
from gongying.handover.models import HandoverBatch, UnitHandover
from gongying.organization.models import Territory
from gongying.workbench.demo.company import Cast, build_tower
from gongying.workbench.demo.texts import read
from gongying.workbench.demo.ticking import by_place, tick_through

CLERK, MANAGER, STEWARD = "xiaozhao", "zhoujingli", "wangguanjia"
OPENED, LASTS, COMPLETED = timedelta(days=10), timedelta(days=30), timedelta(days=60)


def hand_over_a_building(cast: Cast, *, now: datetime) -> None:
    told, project = read("hand_overs"), cast.projects["YG"]
    opened_at = _morning(now, -OPENED.days)
    with clock_at(opened_at):
        batch = _open(told, project, cast, opened_at)
    for place, flat in enumerate(told["flats"]):
        _receive(batch, flat, cast, at=_morning(now, flat["days"]) + place * timedelta(minutes=30))


def _open(told: dict[str, Any], project: Project, cast: Cast, at: datetime) -> HandoverBatch:
    building = build_tower(project, told["building"]["number"], told["building"])
    day = timezone.localdate(at)
    territory = Territory.objects.get(name=told["territory"])
    add_scope(territory, project=project, building=building, by=cast.admin, starts_on=day)
    named = partial(create_party, by=cast[CLERK], project=project, since=day)
    developer = named(name=told["developer"], role=RoleKind.DEVELOPER, kind=PartyKind.COMPANY)
    for flat in told["flats"]:
        unit = Unit.objects.get(project=project, code=flat["unit"])
        named(name=flat["owner"], unit=unit, role=RoleKind.OWNER)
    return do.open_batch(
        by=cast[MANAGER],
        project=project,
        name=told["batch"],
        starts_on=day,
        ends_on=day + LASTS,
        completed_on=day - COMPLETED,
        buildings=[building],
        documents=standard_documents(),
        developer=developer,
        mend_days=told["mend_days"],
    )


def _receive(batch: HandoverBatch, flat: dict[str, Any], cast: Cast, *, at: datetime) -> None:
    steward = cast[STEWARD]
    handover: Any = UnitHandover.objects.get(batch=batch, unit__code=flat["unit"])
    with clock_at(min(at, timezone.now()) - timedelta(days=1)):
        handover = do.arrange_unit(handover, by=cast[CLERK], starts_at=at, colleague=steward)
    if at > timezone.now():
        return
    with clock_at(at):
        handover = do.inspect_unit(handover, by=steward)
        tick_through(handover.inspection, by_place(flat.get("failed", {})), by=steward)
        if "refused" in flat:
            do.refuse_unit(handover, by=steward, reason=flat["refused"])
            return
        papers = batch.documents
        do.hand_over_unit(handover, by=steward, signed_name=flat["owner"], documents=papers, keys=flat["keys"])
    _mend(handover, flat, cast, at=at + timedelta(days=3))


def _mend(handover: UnitHandover, flat: dict[str, Any], cast: Cast, *, at: datetime) -> None:
    if "word" not in flat:
        return
    (defect,) = handover.defects.all()
    with clock_at(at):
        defect = do.mend_defect(defect, by=cast[STEWARD], word=flat["word"])
    if flat["defect"] == "accepted":
        with clock_at(at + timedelta(days=1)):
            do.accept_defect(defect, by=cast[STEWARD])


def _morning(now: datetime, days: int) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(now) + timedelta(days=days), time(9)))
