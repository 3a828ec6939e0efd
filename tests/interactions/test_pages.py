from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gongying.common.search import Query
from gongying.interactions.models import Promise
from gongying.interactions.operations import log_interaction, make_promise, mark_repeat
from gongying.interactions.search import InteractionSearch, excerpt

# As the form shows them for what was said on the phone.
DERIVED = {"place_kind": "distance", "form": "oral", "methods": ["listening", "talking"], "journey_stage": "living"}
INDEX = reverse("interactions:interaction-index")


def log(cast, text="问垃圾清运时间", **more):
    return log_interaction(
        **{
            "by": cast.receptionist,
            "project": cast.sunshine,
            "unit": cast.unit,
            "party": cast.zhou,
            "channel": "phone",
            "text": text,
            **more,
        }
    )


@pytest.fixture
def desk(cast, client_of):
    return client_of(cast.receptionist)


def shown(answer):
    return [row.text for row in answer.context["page"]]


def url(name, row):
    return reverse(f"interactions:{name}", args=[row.pk])


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ({}, ["电梯又停了", "前台问路"]),
        ({"q": "电梯"}, ["电梯又停了"]),
        ({"q": "电"}, ["电梯又停了", "前台问路"]),
        ({"channel": "counter"}, ["前台问路"]),
        ({"channel": "smoke"}, ["电梯又停了", "前台问路"]),
        ({"answer": "explained"}, ["前台问路"]),
        ({"topic": "指路"}, ["前台问路"]),
        ({"person": "王"}, ["前台问路"]),
        ({"since": "2020-01-01", "until": "2020-01-02"}, []),
        ({"since": "2026-02-30"}, ["电梯又停了", "前台问路"]),
    ],
)
def test_the_list_is_filtered(cast, desk, query, texts):
    log(
        cast,
        text="前台问路",
        channel="counter",
        answer="explained",
        topic="指路",
        unit=cast.west_unit,
        party=cast.wang,
        occurred_at=timezone.now() - timedelta(minutes=10),
    )
    log(cast, text="电梯又停了")

    assert shown(desk.get(INDEX, query)) == texts


def test_each_sees_the_list_of_her_places(cast, client_of):
    log(cast, text="东区")
    log(cast, text="西区", unit=cast.west_unit)

    assert shown(client_of(cast.steward).get(INDEX)) == ["东区"]
    assert shown(client_of(cast.outsider).get(INDEX)) == []
    assert client_of(cast.guard).get(INDEX).status_code == 403


@pytest.mark.parametrize("query", [{}, {"q": "垃圾"}], ids=["plain", "words"])
def test_the_list_costs_the_same_for_one_row_and_three(cast, desk, query):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(INDEX, query).status_code == 200
        return len(queries)

    log(cast)
    count()  # what is kept of the set-up is known from here on
    one = count()
    log(cast, unit=cast.west_unit, party=cast.wang)
    log(cast, unit=None, party=None)
    assert count() == one


def test_a_correction_by_page_needs_a_reason_and_the_present_version(cast, desk):
    interaction = log(cast)
    fields = {
        "version": 1,
        "reason": "听错了",
        "channel": "counter",
        "direction": "inbound",
        "text": "问装修",
        "answer": "none",
        **DERIVED,
        "occurred_at": timezone.localtime(interaction.occurred_at).strftime("%Y-%m-%dT%H:%M"),
    }
    assert desk.post(url("interaction-update", interaction), {**fields, "reason": ""}).status_code == 422

    assert desk.post(url("interaction-update", interaction), fields).status_code == 302
    before = interaction.occurred_at
    interaction.refresh_from_db()
    assert (interaction.text, interaction.channel, interaction.occurred_at) == ("问装修", "counter", before)

    stale = desk.post(url("interaction-update", interaction), {**fields, "text": "又改"})
    assert stale.status_code == 409
    assert "更正" in desk.get(reverse("events:timeline-index", args=["interaction", interaction.pk])).content.decode()


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "1026-05-01T10:00", "2026-02-30T10:00"])
def test_a_moment_that_cannot_be_right_is_named_by_the_correction(cast, desk, moment):
    interaction = log(cast)
    fields = {"version": 1, "reason": "记错了", "channel": "counter", "direction": "inbound", "text": "问装修"}

    answer = desk.post(
        url("interaction-update", interaction), {**fields, "answer": "none", **DERIVED, "occurred_at": moment}
    )

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"occurred_at"}


def test_colleagues_entries_are_corrected_by_those_who_may(cast, client_of):
    interaction = log(cast)

    assert client_of(cast.steward).get(url("interaction-edit", interaction)).status_code == 403
    assert client_of(cast.supervisor).get(url("interaction-edit", interaction)).status_code == 200
    assert client_of(cast.west_steward).get(url("interaction-edit", interaction)).status_code == 404


def test_what_is_seldom_asked_lies_in_the_menu_and_is_counted_there(cast, desk):
    log(cast, topic="指路")
    form = desk.get(INDEX, {"topic": "指路", "channel": "phone"}).context["form"]

    shown = [field.name for field in (*form.often, *form.days, *form.seldom, *form.hidden_fields())]
    assert sorted(shown) == sorted(form.fields)
    assert form.seldom_count == 1


def test_repeats_are_marked_and_unmarked_on_the_page(cast, desk):
    first = log(cast, occurred_at=timezone.now() - timedelta(hours=1))
    second = log(cast)

    assert desk.post(url("repeat-create", second), {"of": "x"}).status_code == 422
    assert desk.post(url("repeat-create", second), {"of": second.pk}).status_code == 409
    assert desk.post(url("repeat-create", second), {"of": first.pk}).status_code == 302
    assert desk.get(url("interaction-show", first)).context["repeats"][0] == second
    timeline = desk.get(reverse("events:timeline-index", args=["unit", cast.unit.pk])).context["timeline"].entries
    marked = next(entry for entry in timeline if entry.event.verb == "interaction.repeat_marked")
    assert [link.url for link in marked.links if link.label == "详情"] == [url("interaction-show", second)]
    assert desk.post(url("repeat-destroy", second)).status_code == 302
    second.refresh_from_db()
    assert second.repeat_of is None


def test_the_first_of_a_repeat_is_named_only_to_who_may_see_it(cast, client_of):
    first = log(cast, unit=cast.west_unit, occurred_at=timezone.now() - timedelta(hours=1))
    second = mark_repeat(log(cast), of=first, by=cast.receptionist)

    assert client_of(cast.receptionist).get(url("interaction-show", second)).context["first"] == first
    assert client_of(cast.steward).get(url("interaction-show", second)).context["first"] is None


def test_a_promise_is_kept_on_its_page(cast, desk, client_of):
    promise = make_promise(
        log(cast), by=cast.receptionist, text="回电", due_at=timezone.now() + timedelta(hours=1), owner=cast.steward
    )

    mine = client_of(cast.steward).get(reverse("interactions:promise-index"), {"whose": "mine"}).context["page"]
    assert list(mine) == [promise]
    assert desk.post(url("keeping-create", promise), {"words": " "}).status_code == 422
    assert desk.post(url("keeping-create", promise), {"words": "每天两次"}).status_code == 302
    assert desk.post(url("keeping-create", promise), {"words": "每天两次"}).status_code == 409
    assert not Promise.objects.open().exists()


def test_two_characters_find_what_was_said_in_my_places(cast):
    log(cast, text="昨天开始电梯在三楼停住不动，门也关不上，老人上不去楼，请尽快来人处理一下谢谢")
    log(cast, text="西区电梯", unit=cast.west_unit)

    (hit,) = InteractionSearch().search(cast.steward, Query("电梯"), 8)

    assert "电梯" in hit.title
    assert InteractionSearch().search(cast.steward, Query("电"), 8) == []
    assert InteractionSearch().search(cast.guard, Query("电梯"), 8) == []
    assert len(InteractionSearch().search(cast.receptionist, Query("电梯"), 1)) == 1


def test_an_excerpt_shows_the_word():
    text = "一" * 60 + "电梯" + "二" * 60
    assert "电梯" in excerpt(text, "电梯")
    assert excerpt("短", "电梯") == "短"


def test_earlier_touches_of_the_household_are_offered_as_what_it_repeats(cast, desk):
    first = log(cast)
    log(cast, unit=cast.west_unit, party=None)
    log(cast, "很久以前", occurred_at=timezone.now() - timedelta(days=31), late_reason="补录")
    repeat = log(cast, "又问垃圾清运")

    page = desk.get(url("interaction-show", repeat))
    assert page.context["candidates"] == [first]
    desk.post(url("repeat-create", repeat), {"of": first.pk})

    repeat.refresh_from_db()
    assert repeat.repeat_of == first
    assert desk.get(url("interaction-show", repeat)).context["candidates"] == []


def test_the_head_counts_the_promises_of_its_household_and_leads_to_them(cast, desk):
    due_at = timezone.now() + timedelta(hours=2)
    promise = make_promise(log(cast), by=cast.receptionist, text="回电", due_at=due_at)
    make_promise(log(cast, unit=cast.west_unit, party=None), by=cast.receptionist, text="别家", due_at=due_at)

    head = desk.get(reverse("interactions:unit-promises", args=[cast.unit.pk]))
    listed = desk.get(reverse("interactions:promise-index"), {"unit": cast.unit.pk})

    assert (head.context["number"], head.context["is_late"]) == (1, False)
    assert f"{reverse('interactions:promise-index')}?unit={cast.unit.pk}" in head.content.decode()
    assert [row.pk for row in listed.context["page"]] == [promise.pk]
