from datetime import timedelta

from django.utils import timezone

from gongying.accounts.models import User
from gongying.checklists.models import CheckItem, CheckList, CheckRun, Tick
from gongying.checklists.operations import Item, Mark, finish_run, start_run, tick_items, write_list
from gongying.improvements.models import ImprovementItem
from gongying.improvements.operations import open_item
from tests.structure.url_matrix import Sample, action, api, page


def an_item(sample: Sample, owner: User | None = None) -> ImprovementItem:
    return open_item(
        by=sample.user,
        about=sample.unit,
        title="礼仪培训",
        root_cause="培训不足",
        owner=owner or sample.user,
        due_on=timezone.localdate() + timedelta(days=7),
    )


def failed_run(sample: Sample) -> CheckRun:
    facts = {"use": "meeting", "name": "会议准备", "source": "本项目标准", "items": [Item("场地")]}
    own: CheckList = write_list(by=sample.user, project=sample.unit.project, **facts)
    run = start_run(own, by=sample.user, where=sample.unit)
    tick_items(run, {CheckItem.objects.of(own)[0].pk: Mark("failed", "没有投影")}, by=sample.user)
    return finish_run(run, by=sample.user)


def failed_tick(sample: Sample) -> Tick:
    return Tick.objects.of(sample.get("failed_run"))[0]


OBJECTS = {"item": an_item, "failed_run": failed_run, "failed_tick": failed_tick}
VIEW = "improvements.view_items"

MANAGE = "improvements.manage_items"
BY_STAFF = {"reason": "the one in charge serves the place", "allowed": (201, 409, 422)}
MEASURE = {"title": "租一台投影", "staff_id": 1, "due_on": "2039-12-31"}

LINES = [
    page("improvements:measure-new", tick_id="failed_tick", needs=MANAGE),
    page("improvements:run-panel", run_id="failed_run", needs=VIEW),
    api("POST /check-ticks/{tick_id}/measure", tick_id="failed_tick", needs=MANAGE, data=MEASURE, **BY_STAFF),
    api("GET /improvement-items", reason="everybody sees the items she is in charge of"),
    api("GET /improvement-items/{item_id}", item_id="item", needs=VIEW),
    api(
        "POST /improvement-items/{item_id}/finish",
        item_id="item",
        needs="improvements.manage_items",
        data={"version": 1, "effect": "x"},
    ),
    page("improvements:item-index", reason="everybody sees the items she is in charge of"),
    page("improvements:item-show", item_id="item", needs=VIEW),
    page("servicedesk:improvement-complaints", item_id="item", needs=VIEW),
    action("improvements:item-finish", item_id="item", needs="improvements.manage_items", data={"effect": "x"}),
]
