import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Count
from django.utils import translation

from gongying.customers.models import Party, PartyRole
from gongying.estates.models import Unit
from gongying.events.models import Event, EventSubject, kind_of
from gongying.events.subjects import find_kind
from gongying.events.timelines import read_timeline
from gongying.imports.enums import FindingKind, ImportState
from gongying.imports.models import ImportRun
from gongying.interactions.models import Interaction
from tests.conftest import Cast
from tests.imports.pipeline import applied, checked, findings, reverted

ROOT = Path(__file__).parents[2]
# Beside the checkout, or beside the folder that holds several worktrees.
CANDIDATES = [folder / "shared/data/messages/citizen_messages.xlsx" for folder in (ROOT.parent, ROOT.parent.parent)]
SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADER = ["编号", "姓名", "电话", "房号", "渠道", "主题", "时间", "内容"]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def real_file() -> io.BytesIO:
    path = next((path for path in CANDIDATES if path.exists()), None)
    if path is None:
        pytest.skip("../shared/data/messages/citizen_messages.xlsx is not there")
    return io.BytesIO(path.read_bytes())


def check(cast: Cast, rows: Sequence[Sequence[Any]] | io.BytesIO, **options: str) -> ImportRun:
    return checked("interactions.past_contacts", cast.sunshine, cast.manager, rows, **options)


def test_real_file_with_repeats_kept(cast: Cast, real_file: io.BytesIO) -> None:
    run = check(cast, real_file)

    assert run.error_count == 0
    assert run.mapping == {
        "留言编号": "external_no",
        "留言用户": "person",
        "留言主题": "topic",
        "留言时间": "occurred_at",
        "留言详情": "text",
    }
    run = applied(run)
    assert run.state == ImportState.APPLIED
    assert Interaction.objects.count() == 4326
    assert Interaction.objects.filter(repeat_of__isnull=False).count() == 56
    assert Party.objects.filter(roles__role="contact").distinct().count() == 3332
    assert Event.objects.filter(verb="interaction.logged").count() == 4326
    first = Interaction.objects.get(external_no="188006")
    assert (first.person_name, first.channel, first.topic) == (
        "A000102948",
        "message_board",
        "A3区一米阳光婚纱艺术摄影是否合法纳税了？",
    )
    assert first.occurred_at == datetime(2019, 2, 28, 11, 25, 5, tzinfo=SHANGHAI)
    assert first.text.startswith("座落在A市A3区联丰路")
    assert first.text.endswith("应该会怎么操作！")
    assert (first.unit, first.project, first.party.name if first.party else "") == (None, cast.sunshine, "A000102948")
    assert set(Interaction.objects.visible_to(cast.steward)) == set()  # 王管家 serves two buildings, not the project
    assert Interaction.objects.visible_to(cast.receptionist).count() == 4326

    reverted(run)
    assert Interaction.objects.count() == 0
    assert not Party.objects.filter(roles__role="contact").exists()


def test_real_file_with_repeats_skipped(cast: Cast, real_file: io.BytesIO) -> None:
    run = check(cast, real_file, repeats="skip")

    assert run.finding_count(FindingKind.SKIPPED) == 56
    applied(run)
    assert Interaction.objects.count() == 4270
    assert not Interaction.objects.filter(repeat_of__isnull=False).exists()


def test_contact_of_a_household_stands_on_its_timeline(cast: Cast) -> None:
    rows = [HEADER, ["7", "周先生", "13800001234", "2-1-301", "来电", "电梯", "2025-03-01 09:30", " 电梯\n按键失灵 "]]
    run = check(cast, rows)
    assert [sentence for *_place, sentence in findings(run, FindingKind.CREATED)] == [
        "2025-03-01 09:30 · phone call · 2-1-301 · 周先生 · 电梯 · 电梯 按键失灵"
    ]
    applied(run)

    interaction = Interaction.objects.get()
    assert (interaction.unit, interaction.party, interaction.channel) == (cast.unit, cast.zhou, "phone")
    assert interaction.text == "电梯\n按键失灵"
    assert (interaction.person_phone, interaction.entrance) == ("+8613800001234", cast.unit.entrance)
    subjects = EventSubject.objects.filter(event__verb="interaction.logged").values_list("kind", "object_id")
    assert set(subjects) == {("interaction", interaction.pk), ("unit", cast.unit.pk), ("customer", cast.zhou.pk)}
    assert interaction.entered_at > interaction.occurred_at


def test_a_contact_whose_import_was_taken_back_is_on_no_timeline(cast: Cast) -> None:
    rows = [HEADER, ["7", "周先生", "13800001234", "2-1-301", "来电", "电梯", "2025-03-01 09:30", "按键失灵"]]
    run = applied(check(cast, rows))
    kept = applied(check(cast, [HEADER, ["8", *rows[1][1:-1], "灯不亮"]]))
    assert _texts_of(cast.unit, cast) == _texts_of(cast.zhou, cast) == ["电梯 · 灯不亮", "电梯 · 按键失灵"]

    reverted(run)
    assert _texts_of(cast.unit, cast) == _texts_of(cast.zhou, cast) == ["电梯 · 灯不亮"]
    reverted(kept)

    assert _texts_of(cast.unit, cast) == _texts_of(cast.zhou, cast) == []
    # The journal forgets nothing: what was entered, and that it was taken back.
    verbs = list(
        Event.objects.filter(verb__in=["interaction.logged", "import.reverted"]).values_list("verb", flat=True)
    )
    assert sorted(verbs) == ["import.reverted"] * 2 + ["interaction.logged"] * 2


def _texts_of(thing: Unit | Party, cast: Cast) -> list[str]:
    kind = find_kind(kind_of(thing))
    assert kind is not None
    return [str(entry.text) for entry in read_timeline(thing, kind, user=cast.receptionist).entries]


def test_names_without_household_become_one_contact_each_or_stay_names(cast: Cast) -> None:
    rows = [
        HEADER,
        *(["", name, "", "", "", "", "2025-03-01", f"{name} {n}"] for n, name in enumerate(["甲", "乙", "甲"])),
    ]

    applied(check(cast, rows))
    assert PartyRole.objects.filter(role="contact", project=cast.sunshine, unit=None).count() == 2
    again = [HEADER, ["", "甲", "", "", "", "", "2025-03-02", "again"], ["", "丙", "", "", "", "", "2025-03-02", "new"]]
    applied(check(cast, again, people="name_only"))

    assert Party.objects.filter(name="甲").count() == 1
    assert Interaction.objects.filter(party__name="甲").count() == 3
    assert Interaction.objects.get(person_name="丙").party is None


def test_contacts_with_a_known_number_are_not_imported_twice(cast: Cast) -> None:
    rows = [HEADER, ["7", "甲", "", "", "", "", "2025-03-01", "a"], ["8", "乙", "", "", "", "", "2025-03-01", "b"]]
    applied(check(cast, rows[:2]))

    applied(check(cast, rows))

    assert Interaction.objects.count() == 2


@pytest.mark.requirement("E-037")
def test_errors_name_row_and_column(cast: Cast) -> None:
    run = check(
        cast,
        [
            HEADER,
            ["1", "甲", "123456", "9-1-301", "飞鸽", "t", "2026-02-30", "x"],
            ["2", "甲" * 101, "", "", "", "t" * 201, "2999-01-01", ""],
            ["3", "甲", "", "", "", "", "", "x" * 10_001],
        ],
    )

    places = [(row, column) for _sheet, row, column, _sentence in findings(run, FindingKind.ERROR)]
    assert places == [
        (2, "房号"),
        (2, "时间"),
        (2, "渠道"),
        (2, "电话"),
        (3, "主题"),
        (3, "姓名"),
        (3, "内容"),
        (3, "时间"),
        (4, "内容"),
        (4, "时间"),
    ]


@pytest.fixture
def hotline_file() -> io.BytesIO:
    folders = (ROOT.parent, ROOT.parent.parent)
    path = next(
        (found for folder in folders if (found := folder / "shared/data/hotline/hotline_orders.csv").exists()), None
    )
    if path is None:
        pytest.skip("../shared/data/hotline/hotline_orders.csv is not there")
    return io.BytesIO(path.read_bytes())


@pytest.mark.requirement("R-079", "R-099")
def test_real_hotline_orders_become_contacts_with_their_channels_and_kinds(
    cast: Cast, hotline_file: io.BytesIO
) -> None:
    asked = check(cast, hotline_file, name="hotline_orders.csv")
    assert asked.error_count == 168  # days such as 12/08/2016: which of them is the month nobody knows
    hotline_file.seek(0)

    applied(check(cast, hotline_file, name="hotline_orders.csv", day_order="month"))

    assert Interaction.objects.count() == 975
    kinds = Interaction.objects.values_list("kind").annotate(number=Count("pk")).order_by("-number")
    assert list(kinds) == [("complaint", 799), ("enquiry", 100), ("suggestion", 42), ("report", 31), ("help", 3)]
    channels = Interaction.objects.values_list("channel").annotate(number=Count("pk")).order_by("-number")
    assert list(channels) == [
        ("message_board", 513),
        ("phone", 365),
        ("hotline_12345", 65),
        ("wechat", 24),
        ("sms", 6),
        ("email", 2),
    ]
    assert Interaction.objects.filter(form="oral").count() == 365 + 65
    newest = Interaction.objects.latest("occurred_at")
    assert (bool(newest.result), newest.reason_code_id is not None) == (True, True)
