import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.common.search import Query
from gongying.interactions.chats import read_chat
from gongying.interactions.models import Interaction
from gongying.interactions.search import InteractionSearch
from gongying.servicedesk.models import ServiceRequest
from tests.structure.hostile.page_forms import what_acts
from tests.structure.hostile.values import MARK, TEXTS

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=SHANGHAI)


def read(pasted):
    return [
        (line.name, f"{line.said_at.astimezone(SHANGHAI):%m-%d %H:%M:%S}", line.text)
        for line in read_chat(pasted, now=NOW)
    ]


@pytest.mark.parametrize(
    ("pasted", "messages"),
    [
        (
            "周先生2-1-301 2026-11-21 20:31:05\n电梯又停了\n上不去\n\n王管家 2026/11/21 20:32\n已通知\n",
            [("周先生2-1-301", "11-21 20:31:05", "电梯又停了\n上不去"), ("王管家", "11-21 20:32:00", "已通知")],
        ),
        (
            "—————  2026-11-21  —————\n\n周先生  20:31\n\n电梯又停了\n\n王管家  20:32\n已通知",
            [("周先生", "11-21 20:31:00", "电梯又停了"), ("王管家", "11-21 20:32:00", "已通知")],
        ),
        (
            "2026年11月21日 晚上8:05\n周先生 昨天 晚上8:05\n停水了",
            [("周先生", "11-21 20:05:00", "停水了")],
        ),
        (
            "[20:31] 周先生：电梯：又停了\n8:31 王管家: 已通知",
            [("周先生", "11-21 20:31:00", "电梯：又停了"), ("王管家", "11-22 08:31:00", "已通知")],
        ),
        (
            "周先生：电梯又停了\n王管家:\n已通知\n马上到",
            [("周先生", "11-22 09:00:00", "电梯又停了"), ("王管家", "11-22 09:00:00", "已通知\n马上到")],
        ),
        ("电梯又停了", [("", "11-22 09:00:00", "电梯又停了")]),
        ("周先生 11-23 10:00\n去年的", [("周先生", "11-23 10:00:00", "去年的")]),
        ("周先生 25:99\n不是时间", [("", "11-22 09:00:00", "周先生 25:99\n不是时间")]),
        ("周先生(2026-11-20 07:05):\n明天8:30停水吗", [("周先生", "11-20 07:05:00", "明天8:30停水吗")]),
        ("", []),
    ],
)
def test_pasted_lines_become_messages(pasted, messages):
    assert read(pasted) == messages


def test_a_day_without_a_year_was_the_last_such_day():
    (line,) = read_chat("周先生 11-23 10:00\n去年的", now=NOW)

    assert line.said_at.astimezone(SHANGHAI).year == 2025


DAY = f"{timezone.localdate() - timedelta(days=5)}"
GROUP = f"""周先生2-1-301 {DAY} 20:31
厨房水管漏水
王管家 {DAY} 20:32
师傅马上到
3-1-101 {DAY} 20:33
我家也停水了
路人甲 {DAY} 20:34
收到
"""


@pytest.fixture
def paste(cast, client_of):
    desk = client_of(cast.receptionist)
    base = {"project": cast.sunshine.pk, "channel": "owners_group", "group": "阳光小区业主群", "said": GROUP}

    def send(**more):
        return desk.post(reverse("interactions:chat-new"), {**base, **more})

    return send


def chosen(page):
    """What the read page sends as it stands."""
    form = page.context["form"]
    kept = {row.keep.html_name: "on" for row in form.rows if row.keep.value()}
    return {
        "keep": "1",
        "late_reason": "周末补录",
        **kept,
        **{row.unit.html_name: row.unit.value() for row in form.rows},
    }


@pytest.mark.requirement("R-105", "E-050")
def test_a_pasted_group_chat_becomes_one_conversation_with_the_households_recognised(cast, paste):
    read = paste()
    assert [row.unit.value() for row in read.context["form"].rows] == ["2-1-301", "", "3-1-101", ""]
    assert Interaction.objects.count() == 0

    assert paste(**{**chosen(read), "late_reason": ""}).status_code == 422
    assert paste(**{**chosen(read), "unit_3": "9-9-999"}).status_code == 422
    assert paste(**chosen(read)).status_code == 302

    first, *rest = Interaction.objects.order_by("occurred_at")
    assert [(one.unit, one.party, one.direction, one.text) for one in (first, *rest)] == [
        (cast.unit, cast.zhou, "inbound", "厨房水管漏水"),
        (None, None, "outbound", "师傅马上到"),
        (cast.west_unit, None, "inbound", "我家也停水了"),
        (None, None, "inbound", "收到"),
    ]
    assert {(one.channel, one.venue, one.thread) for one in rest} == {("owners_group", "阳光小区业主群", first)}
    (hit,) = InteractionSearch().search(cast.receptionist, Query("停水了"), 8)
    assert hit.id == rest[1].pk


def test_what_was_pasted_before_is_marked_and_not_kept_twice(cast, paste):
    first = chosen(paste())
    paste(**first)

    again = paste()
    assert [(row.is_known, row.keep.value()) for row in again.context["form"].rows] == [(True, False)] * 4
    assert paste(**chosen(again)).status_code == 422
    assert paste(**first).status_code == 409
    assert Interaction.objects.count() == 4


@pytest.mark.parametrize("said", ["", " \n ", "\n".join(f"甲：第{n}条" for n in range(201)), "长" * 60_001])
def test_a_paste_that_cannot_be_read_is_named(paste, said):
    answer = paste(said=said)

    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"said"})


def test_a_message_becomes_a_request_once_and_its_touch_stays_one(cast, paste, client_of):
    paste(**chosen(paste()))
    message = Interaction.objects.get(text="厨房水管漏水")
    desk = client_of(cast.receptionist)
    opened = desk.get(reverse("servicedesk:entry-new"), {"touch": message.pk, "kind": "repair"})
    form = opened.context["form"]
    assert (form["text"].value(), form["channel"].value(), opened.context["place"].unit) == (
        "厨房水管漏水",
        "owners_group",
        cast.unit,
    )
    sent = {"token": form["token"].value(), "touch": message.pk, "unit": cast.unit.pk, "channel": "owners_group"}
    sent |= {"text": message.text, "kind": "repair", "action": "answer", "party": cast.zhou.pk}

    assert desk.post(reverse("servicedesk:entry-create"), sent).status_code == 302
    assert desk.post(reverse("servicedesk:entry-create"), {**sent, "token": uuid.uuid4()}).status_code == 409

    service_request = ServiceRequest.objects.get()
    message.refresh_from_db()
    assert (service_request.interaction, service_request.occurred_at) == (message, message.occurred_at)
    assert (message.answer, Interaction.objects.count()) == ("request", 4)
    assert desk.get(reverse("servicedesk:entry-new"), {"touch": 10**12}).status_code == 404


@pytest.mark.parametrize("field", ["unit_0", "late_reason", "group", "keep_1"])
@pytest.mark.parametrize("what", [what for what in TEXTS if what != "half a character"])  # no client can send that
def test_the_read_lines_take_hostile_values_or_name_what_is_wrong(paste, field, what):
    answer = paste(**{**chosen(paste()), field: TEXTS[what]})

    assert answer.status_code in {302, 400, 422}
    assert not what_acts(answer.content.decode(), mark=MARK)
    assert Interaction.objects.exists() == (answer.status_code == 302)
