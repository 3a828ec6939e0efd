"""What is understood of a task typed in one line."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from gongying.schedule.enums import TaskPriority
from gongying.schedule.task_lines import understand
from tests.conftest import make_unit

# A Wednesday.
NOW = datetime(2026, 11, 25, 10, 20, tzinfo=ZoneInfo("Asia/Shanghai"))


def read(line, cast):
    return understand(line, user=cast.steward, now=NOW)


@pytest.mark.parametrize(
    ("line", "title", "due"),
    [
        ("明天 9点 给业主回电", "给业主回电", "2026-11-26 09:00"),
        ("明天下午三点半看漏水", "看漏水", "2026-11-26 15:30"),
        ("后天早上8:15 交报表", "交报表", "2026-11-27 08:15"),
        ("今天下午5点前贴停水通知", "贴停水通知", "2026-11-25 17:00"),
        ("明天9点前台开会", "前台开会", "2026-11-26 09:00"),
        ("今晚8点开会", "开会", "2026-11-25 20:00"),
        ("明早9点一刻巡楼", "巡楼", "2026-11-26 09:15"),
        ("3点给王先生送发票", "给王先生送发票", "2026-11-25 15:00"),
        ("9点回电", "回电", "2026-11-26 09:00"),  # nine has passed today
        ("下周一上午10点例会", "例会", "2026-11-30 10:00"),
        ("周五下午交周报", "交周报", "2026-11-27 18:00"),
        ("周一9点例会", "例会", "2026-11-30 09:00"),  # this week's has passed
        ("12月1日14:00 验收", "验收", "2026-12-01 14:00"),
        ("1月5日9点盘点", "盘点", "2027-01-05 09:00"),  # the next day called so
        ("2026-12-24 16:00 联欢会", "联欢会", "2026-12-24 16:00"),
        ("3天后上午9点复查", "复查", "2026-11-28 09:00"),
        ("中午11点半订餐", "订餐", "2026-11-25 11:30"),
        ("今天晚上12点关灯", "关灯", "2026-11-26 00:00"),
    ],
)
def test_a_day_and_an_hour_are_understood(line, title, due, cast):
    found = read(line, cast)

    assert (found.title, timezone.localtime(found.due_at).strftime("%Y-%m-%d %H:%M")) == (title, due)
    assert not found.is_whole_day


@pytest.mark.parametrize(
    ("line", "title", "due"),
    [
        ("明天贴通知", "贴通知", "2026-11-26"),
        ("下周五交月报", "交月报", "2026-12-04"),
        ("30号抄表", "抄表", "2026-11-30"),
        ("3号抄表", "抄表", "2026-12-03"),  # this month's has passed
    ],
)
def test_a_day_alone_is_the_whole_day(line, title, due, cast):
    found = read(line, cast)

    assert found.title == title
    assert found.is_whole_day
    assert timezone.localtime(found.due_at).strftime("%Y-%m-%d %H:%M") == f"{due} 23:59"
    assert found.remind_at is None


@pytest.mark.parametrize(
    "line",
    [
        "2月31日交报告",
        "3号楼漏水",
        "早餐会材料",
        "25点回电",
        "回电",
        "买11-25型号灯管",
        "给明先生回电",
        "准备重要客户的资料",
        "A!B",
    ],
)
def test_what_is_no_day_stays_in_the_words(line, cast):
    found = read(line, cast)

    assert (found.title, found.due_at) == (line, None)


def test_mark_unit_and_reminder_are_understood(cast):
    found = read("明天 9点 给2-301回电 !", cast)

    assert (found.title, found.priority, found.unit) == ("给2-301回电", TaskPriority.HIGH, cast.unit)
    assert timezone.localtime(found.remind_at).strftime("%H:%M") == "08:50"
    ahead = read("明天9点提前30分钟提醒我 给2-1-301回电", cast)
    assert (ahead.title, ahead.unit) == ("给2-1-301回电", cast.unit)
    assert timezone.localtime(ahead.remind_at).strftime("%H:%M") == "08:30"


def test_a_unit_of_which_there_are_several_or_that_she_does_not_serve_is_not_guessed(cast):
    assert read("给3-1-101回电", cast).unit is None  # 西区
    second = cast.unit.building.entrances.create(number="2")
    make_unit(second, "301")

    assert read("给2-301回电", cast).unit is None
    assert read("给2-1-301回电", cast).unit == cast.unit
