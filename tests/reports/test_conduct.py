"""How posts do by the attitude standard, month by month; each number opens its checks (R-164, R-168)."""

from datetime import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.checklists.models import CheckItem, CheckList
from gongying.checklists.operations import Mark, finish_run, start_run, tick_items
from tests.checklists.test_check_lists import a_post

PERIOD = {"since": "2026-09-01", "until": "2026-11-30"}
NOT_INTERRUPTED = "注意倾听，不轻易打断"


def look(cast, month, failed, *, key="mystery", **of):
    at = datetime(2026, month, 5, 10, tzinfo=timezone.get_default_timezone())
    check_list = CheckList.objects.newest().get(key=key, project=None)
    run = start_run(check_list, by=cast.quality, where=cast.sunshine, at=at, **of)
    items = CheckItem.objects.of(check_list)
    marks = {i.pk: Mark("failed", "没做到") if i.position in failed else Mark("fine") for i in items}
    finish_run(tick_items(run, marks, by=cast.quality), by=cast.quality, at=at)


@pytest.mark.requirement("R-164", "R-168")
def test_each_post_has_its_score_of_every_month(cast, client_of, django_assert_num_queries):
    desk, gate, home = (a_post(cast, name) for name in ("前台", "门岗", "管家"))
    cast.receptionist.staff.post = desk
    cast.receptionist.staff.save()
    for month, failed, post in ((9, (1, 2, 3), desk), (11, (), desk), (11, (13, 14, 15), desk), (11, (7,), gate)):
        look(cast, month, failed, post=post)
    look(cast, 10, (7,), key="reception", person=cast.receptionist)
    browser, url = client_of(cast.manager), reverse("reports:conduct-show")

    def table(**more):
        lines = browser.get(url, {**PERIOD, **more}).context["lines"]
        return {line.post: [[(cell.checks, cell.score) for cell in line.cells], line.level] for line in lines}

    assert table() == {
        desk: [[(1, 80), (0, None), (2, 90)], "优质级"],
        gate: [[(0, None), (0, None), (1, 93)], "普通级"],
    }
    # The looks at a colleague count for the post of that day, and one item by itself.
    assert table(use="reception")[desk][0][1] == (1, 92)
    assert table(use="reception", item=NOT_INTERRUPTED)[desk][0][1] == (1, 0)
    assert table(since="2026-08-01", until="2026-08-31") == {}
    behind = browser.get(reverse("reports:conduct-rows"), {**PERIOD, "line": desk.pk, "month": "2026-11"})
    assert [run.level for run in behind.context["page"].rows] == ["优质级", "高档级"]
    with django_assert_num_queries(QUESTIONS):
        browser.get(url, PERIOD)
    look(cast, 10, (1,), post=home)
    with django_assert_num_queries(QUESTIONS):
        browser.get(url, PERIOD)
    assert client_of(cast.receptionist).get(url).status_code == 403


QUESTIONS = 7
