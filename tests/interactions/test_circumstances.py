from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.common.search import Query
from gongying.customers.operations import create_party
from gongying.events.models import Event, EventSubject
from gongying.interactions.circumstances import Attendee, Circumstances
from gongying.interactions.models import ContactReason, Interaction
from gongying.interactions.operations import correct_interaction, log_interaction, mark_repeat, name_participants
from gongying.interactions.search import InteractionSearch


def log(cast, text="问垃圾清运时间", circumstances=None, **more):
    touch = {
        "by": cast.receptionist,
        "project": cast.sunshine,
        "unit": cast.unit,
        "party": cast.zhou,
        "channel": "phone",
    }
    return log_interaction(**{**touch, "text": text, "circumstances": circumstances or Circumstances(), **more})


@pytest.mark.requirement("R-080", "R-083", "R-084", "R-144")
@pytest.mark.parametrize(
    ("channel", "place_kind", "form", "methods"),
    [
        ("phone", "distance", "oral", ["listening", "talking"]),
        ("counter", "centre", "oral", ["listening", "talking"]),
        ("home_visit", "home", "oral", ["listening", "talking"]),
        ("letter", "distance", "written", ["reading"]),
        ("suggestion_box", "site", "written", ["reading"]),
        ("owners_group", "distance", "network", ["reading", "writing"]),
    ],
)
def test_place_form_and_methods_follow_from_the_channel(cast, channel, place_kind, form, methods):
    interaction = log(cast, channel=channel)

    assert (interaction.place_kind, interaction.form, interaction.methods) == (place_kind, form, methods)
    assert (interaction.counterpart, interaction.first_responder) == ("owner", cast.receptionist)


@pytest.mark.requirement("R-346")
@pytest.mark.parametrize(
    ("text", "reason", "stage"),
    [
        ("厨房水管漏水", "家里漏水、堵了", "living"),
        ("装修押金什么时候能退", "要装修", "fit_out"),
        ("收房的时候发现空鼓和裂缝", "收房和房屋质量", "handover"),
        ("嗯", None, "living"),
    ],
)
def test_the_words_propose_reason_and_journey_stage(cast, text, reason, stage):
    interaction = log(cast, text)

    assert (interaction.reason_code and interaction.reason_code.name, interaction.journey_stage) == (reason, stage)


def test_what_is_said_is_not_derived(cast):
    reason = ContactReason.objects.get(name="账单看不懂")
    ended = timezone.now() - timedelta(minutes=5)
    said = Circumstances(
        ended_at=ended,
        place_kind="other",
        venue="小区凉亭",
        form="written",
        methods=["non_verbal"],
        reason_code=reason,
        journey_stage="community",
        counterpart="committee",
    )

    interaction = log(cast, "漏水", said, occurred_at=ended - timedelta(minutes=10))
    interaction.refresh_from_db()

    assert {name: getattr(interaction, name) for name in vars(said) if name not in ("thread", "participants")} == {
        name: value for name, value in vars(said).items() if name not in ("thread", "participants")
    }


def test_a_contact_does_not_end_before_it_begins_nor_later_than_now(cast):
    begun = timezone.now() - timedelta(hours=1)

    for ended in (begun - timedelta(minutes=1), timezone.now() + timedelta(minutes=1)):
        with pytest.raises(Refused):
            log(cast, circumstances=Circumstances(ended_at=ended), occurred_at=begun)
    interaction = log(cast, circumstances=Circumstances(ended_at=begun), occurred_at=begun)
    with pytest.raises(Refused):
        correct_interaction(interaction, by=cast.receptionist, reason="x", occurred_at=begun + timedelta(minutes=1))


@pytest.mark.parametrize(
    "wrong",
    [
        "ended_at = occurred_at - interval '1 second'",
        "form = 'smoke'",
        "place_kind = ''",
        "methods = '{telepathy}'",
        "counterpart = 'enemy'",
        "thread_id = id",
    ],
)
def test_the_database_takes_no_other_words(cast, wrong):
    interaction = log(cast)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE interactions_interaction SET {wrong} WHERE id = %s", [interaction.pk])


@pytest.mark.requirement("R-133")
def test_people_of_both_sides_take_part_and_are_found_by_name(cast):
    secretary = create_party(by=cast.manager, name="王书记", project=cast.sunshine, role="residents_committee")
    with_them = [
        Attendee(str(cast.steward), user=cast.steward),
        Attendee("王书记", party=secretary, role="residents_committee"),
        Attendee("路过的赵大爷"),
        Attendee("路过的赵大爷"),
        Attendee("周先生", party=cast.zhou),
    ]

    interaction = log(cast, "座谈", Circumstances(participants=with_them))

    assert [(one.name, one.role, one.is_ours) for one in interaction.participants.all()] == [
        (str(cast.steward), "", True),
        ("王书记", "residents_committee", False),
        ("路过的赵大爷", "", False),
    ]
    assert EventSubject.objects.filter(
        kind="customer", object_id=secretary.pk, event__verb="interaction.logged"
    ).exists()
    for words in ("赵大爷", "王书记", "周先生", "楼道灯"):
        hits = InteractionSearch().search(cast.receptionist, Query(words), 8)
        assert [hit.id for hit in hits] == ([] if words == "楼道灯" else [interaction.pk])
    log(cast, "声控灯不亮")
    assert len(InteractionSearch().search(cast.receptionist, Query("公共灯和设施"), 8)) == 1


def test_participants_are_corrected_with_a_reason_and_the_journal_keeps_both(cast):
    interaction = log(cast, circumstances=Circumstances(participants=[Attendee("甲"), Attendee("乙")]))

    named = name_participants(interaction, by=cast.receptionist, reason="记错了", participants=[Attendee("丙")], seen=1)

    assert [str(one) for one in named.participants.all()] == ["丙"]
    event = Event.objects.get(verb="interaction.participants_named")
    assert (event.details["before"], event.details["after"]) == (["甲", "乙"], ["丙"])
    assert InteractionSearch().search(cast.receptionist, Query("丙"), 8) == []  # one character
    assert Interaction.objects.get(pk=interaction.pk).keywords.endswith("丙")
    with pytest.raises(Refused):
        name_participants(named, by=cast.receptionist, reason=" ", participants=[])


def test_a_corrected_reason_is_found_by_its_words(cast):
    interaction = log(cast, "嗯")
    reason = ContactReason.objects.get(name="账单看不懂")

    correct_interaction(interaction, by=cast.receptionist, reason="听清了", reason_code=reason)

    (hit,) = InteractionSearch().search(cast.receptionist, Query("账单看不懂"), 8)
    assert hit.id == interaction.pk
    assert Event.objects.get(verb="interaction.corrected").details["after"] == {"reason_code": "账单看不懂"}


def test_a_conversation_has_one_first_touch(cast):
    first = log(cast)
    second = log(cast, circumstances=Circumstances(thread=first))
    third = log(cast, circumstances=Circumstances(thread=second))

    assert (second.thread, third.thread) == (first, first)
    assert list(Interaction.objects.of_thread(third)) == [first, second, third]
    with pytest.raises(Refused):
        log(cast, project=cast.park, unit=cast.park_unit, party=None, circumstances=Circumstances(thread=first))


def test_resolved_at_first_contact_is_answered_and_not_asked_again_within_a_week(cast):
    now = timezone.now()
    settled = log(cast, answer="explained", occurred_at=now - timedelta(days=9), late_reason="补录")
    asked_again = log(cast, answer="explained", occurred_at=now - timedelta(days=2))
    log(cast, answer="none")
    late = mark_repeat(log(cast, answer="explained"), of=settled, by=cast.receptionist)
    mark_repeat(log(cast, answer="explained"), of=asked_again, by=cast.receptionist)

    assert list(Interaction.objects.resolved_at_first_contact()) == [settled]
    assert late.repeat_of == settled


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_a_touch_shows_who_took_part(cast, client_of, number):
    names = [f"参会人{n}" for n in range(number)]
    interaction = log(cast, circumstances=Circumstances(participants=[Attendee(name) for name in names]))

    page = client_of(cast.receptionist).get(reverse("interactions:interaction-show", args=[interaction.pk]))

    assert [one.name for one in page.context["participants"]] == names
    assert all(name in page.content.decode() for name in names)


def test_a_contact_is_written_down_in_full(cast, client_of):
    developer = create_party(by=cast.manager, name="建设单位", project=cast.sunshine, role="developer", kind="company")
    begun = timezone.localtime().replace(second=0, microsecond=0) - timedelta(hours=2)
    sent = {
        "project": cast.sunshine.pk,
        "party": developer.pk,
        "channel": "counter",
        "direction": "outbound",
        "topic": "遗留问题",
        "text": "地下室渗水的整改期限",
        "result": "十日内答复",
        "answer": "explained",
        "occurred_at": begun.strftime("%Y-%m-%dT%H:%M"),
        "ended_at": (begun + timedelta(minutes=50)).strftime("%Y-%m-%dT%H:%M"),
        "place_kind": "partner",
        "venue": "建设单位会议室",
        "colleagues": [cast.steward.staff.pk],
        "others": "监理老何、王先生",
    }
    desk = client_of(cast.supervisor)
    url = reverse("interactions:contact-new")

    wrong = desk.post(url, {**sent, "ended_at": (begun - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M")})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"ended_at"})
    assert desk.post(url, {**sent, "text": " "}).status_code == 422
    assert desk.post(url, sent).status_code == 302

    interaction = Interaction.objects.get()
    assert (interaction.party, interaction.counterpart, interaction.place_kind) == (developer, "developer", "partner")
    assert [(one.name, one.party, one.role) for one in interaction.participants.all()] == [
        (str(cast.steward.staff), None, ""),
        ("监理老何", None, ""),
        ("王先生", cast.wang, "owner"),
    ]
