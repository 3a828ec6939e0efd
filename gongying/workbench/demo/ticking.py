"""A check list ticked to its end: what failed is told by the place of its item."""

from collections.abc import Mapping
from datetime import datetime

from gongying.accounts.models import User
from gongying.checklists.models import CheckItem, CheckRun
from gongying.checklists.operations import Mark, finish_run, tick_items


def tick_through(run: CheckRun, failed: Mapping[int, str], *, by: User, at: datetime | None = None) -> None:
    items = CheckItem.objects.filter(check_list=run.check_list_id)
    marks = {
        item.pk: Mark("failed", failed[item.position]) if item.position in failed else Mark("fine") for item in items
    }
    finish_run(tick_items(run, marks, by=by), by=by, at=at)


def by_place(told: Mapping[str, str]) -> dict[int, str]:
    """As JSON tells them: its keys are words."""
    return {int(place): words for place, words in told.items()}
