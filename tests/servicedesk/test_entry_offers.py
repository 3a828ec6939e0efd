"""What the quick entry offers while one types: topics, reasons, and what is known of the trouble already."""

import re
import uuid

import pytest
from django.db import connection
from django.urls import reverse

from gongying.interactions.models import ContactReason, Interaction
from gongying.interactions.operations import retire_reason
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.suggestions import suggest_categories, words_of_categories
from tests.servicedesk.entry_forms import CREATE, FRAGMENT, NEW, sent

SUGGESTIONS = reverse("servicedesk:entry-suggestions")


def test_the_same_trouble_at_the_entrance_is_shown_while_typing(cast, desk, known):
    page = desk.get(
        reverse("servicedesk:entry-suggestions"), {"unit": cast.unit.pk, "said": "家里没水"}, headers=FRAGMENT
    ).content.decode()

    assert "停水" in page
    assert f"…{known.number_tail}" in page
    assert "note-soon" in page
    assert f'name="join" value="{known.pk}"' in page


def test_matters_of_another_entrance_or_yesterday_are_not_nearby(cast, desk, known):
    assert desk.get(NEW, {"unit": cast.unit.pk}).context["nearby"] != []
    assert desk.get(NEW, {"unit": cast.west_unit.pk}).context["nearby"] == []

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE servicedesk_servicerequest SET entered_at = entered_at - interval '25 hours',"
            " occurred_at = occurred_at - interval '25 hours'"
        )
    assert desk.get(NEW, {"unit": cast.unit.pk}).context["nearby"] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("厨房水龙头漏水", "home-plumbing-tap"),
        ("问垃圾清运时间", "common-cleaning-waste"),
        ("卫生间跳闸了", "home-electric-tripped"),
        ("楼上漏水到我家", "common-noise-leak"),
        ("有人困在电梯里", "common-lift-trapped"),
        ("楼道灯不亮", "common-lighting-stairs"),
        ("我的车被堵了请挪车", "common-parking-move"),
        ("保安态度差", "service-attitude-guard"),
        ("物业费发票怎么开", "service-fees-pay"),
        ("搬家要放行条", "service-papers-pass"),
        ("这个月物业费账单多收了两百块", "service-fees-bill"),
        ("物业费在哪里交", "service-fees-pay"),
    ],
)
def test_words_suggest_the_category(db, text, code):
    assert suggest_categories(text, list(ServiceCategory.objects.leaves()))[0].code == code


def test_words_that_say_nothing_suggest_nothing(db):
    assert suggest_categories("你好", list(ServiceCategory.objects.leaves())) == []


def test_every_word_belongs_to_a_category_of_the_tree(db):
    known = set(ServiceCategory.objects.leaves().values_list("code", flat=True))
    assert set(words_of_categories()) <= known
    assert known - set(words_of_categories()) == set()


def offered_reasons(desk, **asked):
    page = desk.get(SUGGESTIONS, asked, headers=FRAGMENT).content.decode()
    return re.findall(r'name="reason"[^>]*>([^<]+)', page)


def test_few_reasons_are_offered_by_the_words_and_by_what_was_counted_before(cast, desk, category):
    words = {"unit": cast.unit.pk, "said": "电梯停梯，要投诉"}
    assert offered_reasons(desk, unit=cast.unit.pk, said="") == []
    first, second, *others = offered_reasons(desk, **words)
    assert (first, second, len(others)) == ("电梯坏了、等太久", "对服务不满意", 2)

    asked = ContactReason.objects.get(name="问进度、催办")
    for _ in range(2):
        desk.post(CREATE, sent(cast, text="电梯停梯，要投诉", reason=asked.pk, token=uuid.uuid4()))
    # The words still say what is counted if nobody chooses; behind it stands what such topics had before.
    assert offered_reasons(desk, **words)[:2] == ["电梯坏了、等太久", "问进度、催办"]
    lift = category("common-lift-fault")
    assert offered_reasons(desk, unit=cast.unit.pk, said="又来", picked=lift.pk)[0] == "问进度、催办"


def test_the_picked_reason_is_counted_and_stays_on_the_screen(cast, desk):
    picked = ContactReason.objects.get(name="高空抛物")
    assert offered_reasons(desk, unit=cast.unit.pk, said="水龙头漏水", picked_reason=picked.pk)[-1] == "高空抛物"
    back = desk.post(CREATE, sent(cast, reason=picked.pk, action="request", window="x"))
    assert (back.status_code, back.context["picked_reason"]) == (422, picked.pk)
    for action in ("answer", "request"):
        desk.post(CREATE, sent(cast, reason=picked.pk, action=action, token=uuid.uuid4()))
        touch = Interaction.objects.latest("pk")
        assert (touch.reason_code, "高空抛物" in touch.keywords) == (picked, True)
    retire_reason(picked, by=cast.quality)
    assert desk.post(CREATE, sent(cast, reason=picked.pk, token=uuid.uuid4())).status_code == 422
