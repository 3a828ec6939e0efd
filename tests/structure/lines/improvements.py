from datetime import timedelta

from django.utils import timezone

from gongying.accounts.models import User
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


OBJECTS = {"item": an_item}
VIEW = "improvements.view_items"

LINES = [
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
    action("improvements:item-finish", item_id="item", needs="improvements.manage_items", data={"effect": "x"}),
]
