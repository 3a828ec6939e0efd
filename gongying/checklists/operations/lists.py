"""Check lists are written in versions; what began under one is ticked to its end under it."""

from collections.abc import Sequence
from datetime import time
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.checklists.enums import DAILY, OF_A_POST, Use
from gongying.checklists.models import CheckItem, CheckList
from gongying.checklists.models.lists import MOST_ITEMS
from gongying.common.constraints import refusing
from gongying.common.errors import Refused, Stale
from gongying.estates.models import Project
from gongying.events.operations import record_event


class Item(NamedTuple):
    text: str
    source: str = ""
    level: str = ""


@transaction.atomic
def write_list(
    *,
    by: User,
    use: str,
    name: str,
    source: str,
    items: Sequence[Item],
    project: Project | None = None,
    due_by: time | None = None,
    key: str = "",
    seen: int | None = None,
) -> CheckList:
    """The next version of the list `key` of `project` (None: of the company); without a key a further list."""
    wanted = [Item(item.text.strip(), item.source.strip(), item.level.strip()) for item in items if item.text.strip()]
    _refuse_unusable(wanted, use=use, due_by=due_by)
    newest = _newest(key, project) if key else None
    if seen is not None and newest is not None and newest.version != seen:
        raise Stale(current={"id": newest.pk, "version": newest.version})
    check_list = CheckList(
        project=project,
        key=key or _new_key(use),
        use=use,
        version=newest.version + 1 if newest else 1,
        name=name.strip(),
        source=source.strip(),
        due_by=due_by,
        written_by=by,
    )
    return _add(check_list, wanted, by=by)


@transaction.atomic
def give_up_list(check_list: CheckList, *, by: User, seen: int | None = None) -> CheckList:
    """It is not ticked any more from now on; where the company has one of the same key, that one holds again."""
    newest = _newest(check_list.key, check_list.project)
    if newest is None or newest.is_given_up:
        raise Refused(_("This check list is given up already."))
    if seen is not None and newest.version != seen:
        raise Stale(current={"id": newest.pk, "version": newest.version})
    ended = CheckList(
        project=newest.project,
        key=newest.key,
        use=newest.use,
        version=newest.version + 1,
        name=newest.name,
        source=newest.source,
        is_given_up=True,
        written_by=by,
    )
    return _add(ended, [], by=by)


def _add(check_list: CheckList, items: Sequence[Item], *, by: User) -> CheckList:
    with refusing({"check_list_version_unique": _("Somebody else has changed this meanwhile. Open it again.")}):
        check_list.save()
    CheckItem.objects.bulk_create(
        CheckItem(check_list=check_list, position=position, **item._asdict()) for position, item in enumerate(items, 1)
    )
    verb = "check_list.given_up" if check_list.is_given_up else "check_list.written"
    details: dict[str, Any] = {"name": check_list.name, "version": check_list.version, "items": len(items)}
    record_event(verb, by=by, subjects=[check_list, check_list.project], **details)
    return check_list


def _newest(key: str, project: Project | None) -> CheckList | None:
    return CheckList.objects.filter(key=key, project=project).order_by("-version").first()


def _new_key(use: str) -> str:
    number = CheckList.objects.filter(use=use).values("key").distinct().count()
    return f"{use}-{number + 1}" if number else use


def _refuse_unusable(items: Sequence[Item], *, use: str, due_by: time | None) -> None:
    if not items:
        raise Refused(_("A check list has at least one item."))
    if len(items) > MOST_ITEMS:
        raise Refused(_("A check list has at most %(most)d items.") % {"most": MOST_ITEMS})
    if len({item.text for item in items}) < len(items):
        raise Refused(_("Each item of a check list is written once."))
    _refuse_muddled_levels([item.level for item in items], use=use)
    if due_by is not None and use not in DAILY:
        raise Refused(_("Only a daily list has an hour: %(uses)s.") % {"uses": Use(DAILY[0]).label})


def _refuse_muddled_levels(levels: Sequence[str], *, use: str) -> None:
    if use in OF_A_POST and not all(levels):
        raise Refused(_("This standard has levels: write the name of a level above its items."))
    changes = [level for level, before in zip(levels, ["", *levels], strict=False) if level != before]
    if len(set(changes)) < len(changes):
        raise Refused(_("The items of a level stand together."))
