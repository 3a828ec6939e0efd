"""Check lists in versions, ticked once, each failure with a word; phrases that fit, and words that do not."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.checklists.models import CheckItem, CheckList, CheckRun, Phrase, Tick
from gongying.checklists.operations import Item, Mark, finish_run, give_up_list, start_run, tick_items, write_list
from gongying.checklists.wording import objectionable
from gongying.common.errors import Refused, Stale
from gongying.customers.operations import give_consent, warn_of
from gongying.interactions.operations import Slip, enter_letters, log_interaction, make_promise
from gongying.notifications.models import Notification
from gongying.organization.models import Post, Role
from gongying.schedule.operations import plan_event
from gongying.schedule.operations.event_plans import Plan
from gongying.servicedesk.forms.steps import FeedbackForm
from tests.race import race

QUESTIONS = 8


def standard(use):
    return CheckList.objects.newest().get(key=use, project=None)


def a_post(cast, name="客服前台"):
    role, department = Role.objects.get(key="receptionist"), cast.receptionist.staff.department
    return Post.objects.create(name=name, role=role, department=department)


def tick_all(run, *, by, failed=()):
    items = list(CheckItem.objects.of(run.check_list))
    marks = {
        item.pk: Mark("failed", "灯坏了") if place in failed else Mark("fine") for place, item in enumerate(items, 1)
    }
    return tick_items(run, marks, by=by)


@pytest.mark.requirement("R-044")
def test_the_opening_is_ticked_once_a_day_and_what_failed_is_told(cast):
    opening = standard("opening")
    assert [item.text for item in CheckItem.objects.of(opening)][:3] == [
        "桌椅、宣传架和办公用品摆放有序",
        "地面、台面、玻璃干净整洁，无杂物",
        "灯光明亮，温度、气味舒适",
    ]
    assert f"{opening.due_by:%H:%M}" == "08:30"
    run = start_run(opening, by=cast.receptionist, where=cast.sunshine)
    with pytest.raises(Refused, match="已有同事开始"):
        start_run(opening, by=cast.supervisor, where=cast.sunshine)
    with pytest.raises(Refused, match="8 项未检查"):
        finish_run(run, by=cast.receptionist)
    tick_all(run, by=cast.receptionist, failed=[3])
    finished = finish_run(run, by=cast.receptionist)
    assert finished.finished_by == cast.receptionist
    told = Notification.objects.filter(event__verb="check.finished").values_list("user__name", flat=True)
    assert sorted(told) == ["周经理", "李主管"]
    assert CheckRun.objects.with_score().get().score == 88
    with pytest.raises(Refused, match="已经完成"):
        tick_all(finished, by=cast.receptionist)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_begin_the_same_opening_one_does(cast):
    opening = standard("opening")
    begin = partial(start_run, opening, by=cast.receptionist, where=cast.sunshine)
    answers = race(*[begin] * 6)
    assert sorted(type(answer).__name__ for answer in answers) == ["CheckRun", *["Refused"] * 5]


def test_a_new_version_is_for_new_runs_only(cast):
    old = standard("meeting")
    run = start_run(old, by=cast.supervisor, where=cast.sunshine)
    facts = {"use": "meeting", "key": "meeting", "name": "会议准备", "source": "2026 版"}
    new = write_list(by=cast.quality, items=[Item("场地"), Item("人员", "R-134")], seen=old.version, **facts)
    assert (new.version, run.check_list_id) == (2, old.pk)
    with pytest.raises(Refused, match="新版本"):
        start_run(old, by=cast.supervisor, where=cast.sunshine)
    with pytest.raises(Stale):
        write_list(by=cast.quality, items=[Item("别的")], seen=1, **facts)
    finish_run(tick_all(run, by=cast.supervisor), by=cast.supervisor)
    assert Tick.objects.of(run).count() == CheckItem.objects.of(old).count() == 7
    own = write_list(by=cast.manager, project=cast.sunshine, items=[Item("本项目")], **facts)
    assert list(CheckList.objects.in_force(cast.sunshine).filter(key="meeting")) == [own]
    assert list(CheckList.objects.in_force(cast.park).filter(key="meeting")) == [new]
    give_up_list(own, by=cast.manager)
    assert list(CheckList.objects.in_force(cast.sunshine).filter(key="meeting")) == [new]


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE checklists_checklist SET name = 'x'", "append-only"),
        ("UPDATE checklists_checkitem SET text = 'x'", "append-only"),
        (
            "INSERT INTO checklists_checkitem (check_list_id, position, text, source) VALUES ({list}, 99, 'x', '')",
            "in use",
        ),
        ("UPDATE checklists_checkrun SET check_list_id = {other} WHERE id = {run}", "stays"),
        (
            "UPDATE checklists_checkrun SET finished_at = now(), finished_by_id = started_by_id WHERE id = {run}",
            "ticked first",
        ),
        ("UPDATE checklists_tick SET item_id = {foreign}", "another list"),
        ("UPDATE checklists_tick SET verdict = 'failed', word = ''", "tick_failed_says_how"),
        ("DELETE FROM checklists_tick", "kept"),
        ("DELETE FROM checklists_checkrun", "kept"),
    ],
)
def test_the_database_holds_it_against_plain_sql(cast, statement, refusal):
    opening, other = standard("opening"), standard("meeting")
    run = start_run(opening, by=cast.receptionist, where=cast.sunshine)
    first = CheckItem.objects.of(opening)[0]
    tick_items(run, {first.pk: Mark("fine")}, by=cast.receptionist)
    foreign = CheckItem.objects.of(other)[0]
    sql = statement.format(list=opening.pk, other=other.pk, run=run.pk, foreign=foreign.pk)
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.requirement("R-163", "R-164", "R-167", "R-170")
def test_how_a_colleague_receives_is_looked_at_by_another(cast, client_of):
    reception = standard("reception")
    texts = " ".join(item.text for item in CheckItem.objects.of(reception))
    assert all(word in texts for word in ("微笑迎接", "不轻易打断", "适度距离", "站姿迎客"))
    with pytest.raises(Refused, match="被检查的同事"):
        start_run(reception, by=cast.supervisor, where=cast.sunshine)
    with pytest.raises(Refused, match="不能检查自己"):
        start_run(reception, by=cast.supervisor, where=cast.sunshine, person=cast.supervisor)
    browser = client_of(cast.supervisor)
    facts = {"project": cast.sunshine.pk, "check_list": reception.pk, "person": cast.receptionist.staff.pk}
    run_url = browser.post(reverse("checklists:run-create"), facts)["Location"]
    run = CheckRun.objects.get()
    items = list(CheckItem.objects.of(reception))
    form = {f"verdict_{item.pk}": "fine" for item in items} | {"version": 1}
    form[f"verdict_{items[2].pk}"] = "failed"
    assert browser.post(f"{run_url}ticks/", {**form, "finish": "1"}).status_code == 422
    form[f"word_{items[2].pk}"] = "没有微笑"
    assert browser.post(f"{run_url}ticks/", {**form, "finish": "1"}).status_code == 302
    assert "92 %" in browser.get(run_url).content.decode()
    # She hears of it and reads it; her colleague does not.
    assert Notification.objects.filter(user=cast.receptionist, event__verb="check.finished").exists()
    assert client_of(cast.receptionist).get(run_url).status_code == 200
    assert client_of(cast.steward).get(run_url).status_code == 404
    assert run.person == cast.receptionist


def test_a_stale_form_is_shown_again(cast, client_of):
    run = start_run(standard("opening"), by=cast.receptionist, where=cast.sunshine)
    first = CheckItem.objects.of(run.check_list)[0]
    tick_items(run, {first.pk: Mark("failed", "桌椅乱")}, by=cast.supervisor)
    answer = client_of(cast.receptionist).post(
        reverse("checklists:run-tick", args=[run.pk]), {"version": 1, f"verdict_{first.pk}": "fine"}
    )
    assert answer.status_code == 409
    assert "不合格" in answer.content.decode()
    assert Tick.objects.get().verdict == "failed"


@pytest.mark.requirement("R-155", "R-169")
def test_hints_fit_who_stands_there(cast, client_of):
    url = reverse("checklists:hint-index")
    for_elders = client_of(cast.receptionist).get(f"{url}?situation=counter&audience=elder").content.decode()
    assert "您慢慢说，不着急" in for_elders
    assert "请问您找哪一户" not in for_elders
    own = Phrase.objects.create(project=cast.park, situation="counter", say="园区专用问候")
    assert own.say not in client_of(cast.receptionist).get(f"{url}?situation=counter").content.decode()
    assert client_of(cast.worker).get(url).status_code == 403


@pytest.mark.requirement("R-090", "R-171")
def test_words_that_customers_should_not_read_are_named(cast, client_of):
    found = objectionable("请注意:业主 必须配合,这不是我的岗位职责。", user=cast.receptionist)
    assert [hit.found for hit in found] == ["这不是我的岗位职责", "必须配合"]
    assert found[1].instead == "为了大家的安全，请您协助"
    page = client_of(cast.worker).post(reverse("checklists:wording-check"), {"result": "你必须配合"})
    assert "必须配合" in page.content.decode()
    assert (
        "用语没有问题"
        in client_of(cast.worker).post(reverse("checklists:wording-check"), {"a": "好的"}).content.decode()
    )


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_runs_asks_a_fixed_number_of_questions(cast, client_of, django_assert_num_queries, number):
    for _ in range(number):
        start_run(standard("meeting"), by=cast.supervisor, where=cast.sunshine)
    browser = client_of(cast.supervisor)
    browser.get(reverse("checklists:run-index"))
    with django_assert_num_queries(QUESTIONS):
        browser.get(reverse("checklists:run-index"))


@pytest.mark.requirement("R-154", "R-168")
def test_a_post_is_looked_at_by_the_levels_of_the_standard(cast, client_of):
    attitude = standard("mystery")
    levels = list(dict.fromkeys(item.level for item in CheckItem.objects.of(attitude)))
    assert levels == ["普通级", "优质级", "高档级"]
    texts = " ".join(item.text for item in CheckItem.objects.of(attitude))
    assert "不冷" in texts
    assert "不过热" in texts
    desk = a_post(cast)
    with pytest.raises(Refused, match="岗位"):
        start_run(attitude, by=cast.quality, where=cast.sunshine)
    with pytest.raises(Refused, match="不针对岗位"):
        start_run(standard("meeting"), by=cast.supervisor, where=cast.sunshine, post=desk)
    place = {level: [i.level for i in CheckItem.objects.of(attitude)].index(level) + 1 for level in levels}
    reached = []
    for failed in ([], [place["高档级"]], [place["优质级"], place["高档级"]], [place["普通级"]]):
        run = start_run(attitude, by=cast.quality, where=cast.sunshine, post=desk)
        finish_run(tick_all(run, by=cast.quality, failed=failed), by=cast.quality)
        reached.append(CheckRun.objects.with_score().get(pk=run.pk).level)
    assert reached == ["高档级", "优质级", "普通级", ""]
    # It is told to who looks after the post, and is nobody else's to read.
    assert not Notification.objects.filter(user=cast.receptionist).exists()
    run_url = reverse("checklists:run-show", args=[run.pk])
    assert [client_of(who).get(run_url).status_code for who in (cast.manager, cast.receptionist)] == [200, 404]
    started = {"project": cast.sunshine.pk, "check_list": attitude.pk}
    assert client_of(cast.manager).post(reverse("checklists:run-create"), started).status_code == 422
    begun = client_of(cast.manager).post(reverse("checklists:run-create"), {**started, "post": desk.pk})
    assert (begun.status_code, CheckRun.objects.latest("pk").post) == (302, desk)


def test_a_standard_is_written_with_its_levels(cast, client_of):
    attitude = standard("mystery")
    url = reverse("checklists:version-new", args=[attitude.pk])
    typed = client_of(cast.quality).get(url).context["form"]["items"].value()
    assert typed.startswith("# 普通级\n")
    facts = {"name": "态度标准", "source": "2027 版", "version": attitude.version}
    for muddled in ("站姿迎客", "# 普通级\n站姿\n# 高档级\n雨伞\n# 普通级\n微笑"):
        assert client_of(cast.quality).post(url, {**facts, "items": muddled}).status_code == 409
    assert (
        client_of(cast.quality).post(url, {**facts, "items": "# 普通级\n站姿 | 一\n# 高档级\n雨伞"}).status_code == 302
    )
    new = standard("mystery")
    assert list(CheckItem.objects.of(new).values_list("level", "text", "source")) == [
        ("普通级", "站姿", "一"),
        ("高档级", "雨伞", ""),
    ]
    other = CheckList.objects.create(key="mystery-2", use="mystery", name="另一份", source="x")
    with pytest.raises(IntegrityError, match="has levels"), transaction.atomic():
        CheckItem.objects.create(check_list=other, position=1, text="没有等级")


def watched(page):
    return re.findall(r'class="wording"[^>]*hx-include="#([^"]+)"', page)


def a_promise(cast):
    touch = log_interaction(
        by=cast.receptionist, project=cast.sunshine, unit=cast.unit, channel="phone", text="问停车费"
    )
    due = timezone.now() + timedelta(hours=2)
    return make_promise(touch, by=cast.receptionist, text="查收费标准", due_at=due, owner=cast.receptionist)


@pytest.mark.requirement("R-090", "R-171")
def test_words_to_avoid_are_watched_where_customers_read(cast, client_of):
    desk = client_of(cast.receptionist)
    slip = enter_letters(
        cast.sunshine,
        slips=[Slip("电梯异响", unit=cast.unit)],
        channel="letter",
        reply_due_on=timezone.localdate(),
        by=cast.receptionist,
    )[0]
    letter = desk.get(reverse("interactions:letter-answer", args=[slip.pk])).content.decode()
    assert watched(letter) == ["id_text"]
    kept = desk.get(reverse("interactions:promise-show", args=[a_promise(cast).pk])).content.decode()
    assert watched(kept) == ["id_words"]
    assert {name for name, field in FeedbackForm.base_fields.items() if hasattr(field, "beneath")} == {
        "words",
        "further_routes",
    }


@pytest.mark.requirement("R-155")
def test_who_is_known_to_speak_is_met_with_fitting_words(cast, client_of):
    give_consent(cast.zhou, purpose="care", by=cast.steward, text_version="1", channel="paper")
    warn_of(cast.unit, kind="frail", by=cast.steward)
    entry = client_of(cast.receptionist).get(reverse("servicedesk:entry-new"), {"unit": cast.unit.pk})
    assert "situation=call&amp;audience=elder" in entry.content.decode()
    begin = timezone.now() + timedelta(days=1)
    plan = Plan("回电", begin, begin + timedelta(hours=1), [cast.receptionist.staff], unit=cast.unit)
    for kind, is_met in (("call", True), ("meeting", False)):
        event = plan_event(replace(plan, kind=kind), by=cast.receptionist, despite_clashes=True)
        page = client_of(cast.receptionist).get(reverse("schedule:calendar-event-show", args=[event.pk]))
        assert ("situation=call&amp;audience=elder" in page.content.decode()) is is_met
