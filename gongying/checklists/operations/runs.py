"""A check list is ticked: begun, item by item, finished."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.checklists.enums import DAILY, OF_A_PERSON, OF_A_POST, Verdict
from gongying.checklists.models import CheckItem, CheckList, CheckRun, Tick
from gongying.checklists.rules import INSPECT
from gongying.common.clock import now_not_before
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.estates.models import PlacedModel, Project
from gongying.estates.stewards import serving
from gongying.events.models import subject_key
from gongying.events.operations import record_event
from gongying.notifications.operations import notify
from gongying.organization.access import staff_of
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import Post


class Mark(NamedTuple):
    verdict: str
    word: str = ""


@transaction.atomic
def start_run(
    check_list: CheckList,
    *,
    by: User,
    where: Project | PlacedModel,
    person: User | None = None,
    post: Post | None = None,
    at: datetime | None = None,
) -> CheckRun:
    """Begin to tick it in a project, or about a thing that stands somewhere (`where`); of a person or a post."""
    project = where if isinstance(where, Project) else where.project
    if not CheckList.objects.in_force(project).filter(pk=check_list.pk).exists():
        raise Refused(_("This version of the check list is not in force any more. Open it again."))
    _refuse_unfitting(check_list, by=by, person=person, post=post)
    place = where.place
    run = CheckRun(
        check_list=check_list,
        use=check_list.use,
        project=project,
        building_id=place.building_id,
        entrance_id=place.entrance_id,
        day=timezone.localdate(at),
        started_at=at or timezone.now(),
        about="" if isinstance(where, Project) else subject_key(where),
        person=person,
        post=post or _post_of(person),
        started_by=by,
    )
    begun = _("Somebody else has begun this check list already.")
    with refusing({"check_run_daily_once": begun, "check_run_open_once": begun}):
        run.save()
    record_event("check.started", by=by, subjects=[run], at=at, name=check_list.name, use=run.use)
    return run


@transaction.atomic
def tick_items(run: CheckRun, marks: Mapping[int, Mark], *, by: User, seen: int | None = None) -> CheckRun:
    """Say of items (by id) what was found. Until the list is finished a tick may be set right."""
    run = _locked(run)
    run.check_version(seen=seen)
    items = CheckItem.objects.filter(check_list=run.check_list_id).in_bulk()
    for item_id, mark in marks.items():
        if item_id not in items:
            raise Refused(_("This item is not on the list."))
        if mark.verdict == Verdict.FAILED and not mark.word.strip():
            raise Refused(_("Say in a word what failed: %(item)s") % {"item": items[item_id]})
    present = {tick.item_id: (tick.verdict, tick.word) for tick in Tick.objects.filter(run=run)}
    changed = {pk: mark for pk, mark in marks.items() if present.get(pk) != (mark.verdict, mark.word.strip())}
    for item_id, mark in changed.items():
        facts = {"verdict": mark.verdict, "word": mark.word.strip(), "by": by, "at": timezone.now()}
        Tick.objects.update_or_create(run=run, item_id=item_id, defaults=facts)
    if changed:
        run.version += 1
        run.save(update_fields=["version"])
    return run


@transaction.atomic
def finish_run(run: CheckRun, *, by: User, at: datetime | None = None) -> CheckRun:
    """Every item has its tick. What failed is told to who looks after it; how a colleague did, to the colleague."""
    run = _locked(run)
    missing = CheckItem.objects.filter(check_list=run.check_list_id).exclude(ticks__run=run).order_by("position")
    left = missing.count()
    if left:
        raise Refused(_("%(number)d items are not ticked yet, first: %(item)s") % {"number": left, "item": missing[0]})
    run.finished_by, run.finished_at = by, at or now_not_before(run.started_at)
    run.version += 1
    run.save(update_fields=["finished_by", "finished_at", "version"])
    failed = [tick.finding for tick in Tick.objects.of(run).failed()]
    details: dict[str, Any] = {"name": run.check_list.name, "use": run.use, "failed": failed, "late": run.is_late}
    event = record_event("check.finished", by=by, subjects=[run], at=at, **details)
    notify(event, to=_hearers(run, by=by, has_failed=bool(failed)), about=run)
    return run


def _locked(run: CheckRun) -> CheckRun:
    rows = CheckRun.objects.select_for_update(of=("self",), no_key=True).select_related(
        "check_list", "project", "person"
    )
    locked: CheckRun = rows.get(pk=run.pk)
    if locked.is_finished:
        raise Refused(_("This check list is finished."))
    return locked


def _hearers(run: CheckRun, *, by: User, has_failed: bool) -> list[User]:
    if run.person is not None:
        return [run.person]
    if not has_failed or run.use not in (*DAILY, *OF_A_POST):
        return []
    staff = serving(run.place, right=TerritoryRight.VIEW_FILES).with_permission(INSPECT)
    return [member.user for member in staff.exclude(user=by).select_related("user").order_by("pk")]


def _refuse_unfitting(check_list: CheckList, *, by: User, person: User | None, post: Post | None) -> None:
    if check_list.use in OF_A_PERSON:
        if person is None:
            raise Refused(_("Say whom you look at."))
        if person == by:
            raise Refused(_("Nobody ticks this list about herself."))
    elif person is not None:
        raise Refused(_("This list is not about a person."))
    if check_list.use in OF_A_POST and post is None:
        raise Refused(_("Say which post you look at."))
    if check_list.use not in OF_A_POST and post is not None:
        raise Refused(_("This list is not about a post."))


def _post_of(person: User | None) -> Post | None:
    staff = staff_of(person) if person is not None else None
    return staff.post if staff is not None else None
