"""E-044: 50 calls, one request, 50 touches, 50 notices at the end; each household counts once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.events.models import Event
from gongying.interactions.models import Interaction
from gongying.notifications.models import Notification
from gongying.servicedesk.models import FaultCall, FaultNotice, PublicFault, ServiceRequest
from gongying.servicedesk.operations import (
    announce_fault,
    change_fault,
    end_fault,
    join_fault,
    join_request,
    tell_caller,
)
from gongying.workbench.home import look_at, sections_of
from tests.conftest import make_owner, make_unit
from tests.race import race

LIFT = "common-lift-fault"
WORDS = "两部电梯停运，维保已到场"


@pytest.fixture
def lift(cast, register):
    """The lift of building 2 stands still: 周先生 called first."""
    return register(category=LIFT, text="电梯停了")


@pytest.fixture
def fault(cast, lift):
    return announce_fault(lift, by=cast.receptionist, words=WORDS, places=[cast.unit.building])


def call(cast, fault, **touch):
    given = {"by": cast.receptionist, "project": cast.sunshine, "channel": "phone", **touch}
    return join_fault(PublicFault.objects.get(pk=fault.pk), **given)


@pytest.mark.requirement("E-044")
@pytest.mark.django_db(transaction=True)
def test_fifty_calls_are_one_request_fifty_touches_and_fifty_notices(cast, fault):
    flats = [make_unit(cast.unit.entrance, f"{floor}02") for floor in range(1, 41)]
    owners = [make_owner(flat, f"业主{flat.unit_no}", f"+86138{flat.pk:08d}") for flat in flats]
    callers = [(flat, owner, "") for flat, owner in zip(flats, owners, strict=True)]
    # Of nine households a second person calls.
    callers += [(flat, None, f"{flat.unit_no}家属") for flat in flats[:9]]
    for start in range(0, 49, 7):
        results = race(
            *(
                lambda unit=unit, party=party, name=name: call(cast, fault, unit=unit, party=party, person_name=name)
                for unit, party, name in callers[start : start + 7]
            )
        )
        assert {type(result) for result in results} == {Interaction}

    found = PublicFault.objects.with_numbers().get(pk=fault.pk)
    assert ServiceRequest.objects.count() == 1
    assert Interaction.objects.count() == 50
    assert (found.number_of_calls, found.number_of_households) == (50, 41)
    assert set(
        Interaction.objects.exclude(pk=fault.service_request.interaction_id).values_list("repeat_of", flat=True)
    ) == {fault.service_request.interaction_id}

    end_fault(fault, by=cast.receptionist, words="电梯已恢复运行")

    assert FaultNotice.objects.count() == 50
    assert Event.objects.filter(verb="fault.notice_due").count() == 50
    told = Event.objects.filter(verb="fault.notice_due", subjects__kind="unit", subjects__object_id=flats[0].pk)
    assert told.count() == 2
    assert told.first().details["words"] == "电梯已恢复运行"


def test_whoever_called_before_the_announcement_counts_and_a_round_is_no_call(cast, lift, register):
    join_request(lift, by=cast.receptionist, project=cast.sunshine, unit=cast.unit, channel="wechat", text="电梯不动")
    fault = announce_fault(lift, by=cast.receptionist, words=WORDS, places=[cast.sunshine])
    assert fault.calls.count() == 2

    found = register(category=LIFT, channel="patrol", unit=None, party=None, building=cast.west_unit.building)
    assert announce_fault(found, by=cast.receptionist, words=WORDS, places=[cast.sunshine]).calls.count() == 0


def test_who_joins_the_request_itself_is_told_of_the_end_too(cast, lift, fault):
    touch = join_request(
        lift, by=cast.receptionist, project=cast.sunshine, unit=cast.unit, channel="phone", text="还没好"
    )
    assert FaultCall.objects.get(interaction=touch).fault == fault


def test_one_who_lives_elsewhere_does_not_join(cast, fault):
    with pytest.raises(Refused, match="does not concern this place"):
        call(cast, fault, unit=cast.west_unit)
    assert Interaction.objects.count() == 1


def test_a_fault_of_one_entrance_concerns_neither_its_neighbour_nor_who_does_not_say_the_entrance(cast, lift):
    fault = announce_fault(lift, by=cast.receptionist, words=WORDS, places=[cast.unit.entrance])
    at = PublicFault.objects.open().concerning
    assert list(at(cast.unit.place)) == [fault]
    assert list(at(cast.unit.building.place)) == []
    assert list(at(cast.west_unit.place)) == []
    assert [fault.concerns(place) for place in (cast.unit.place, cast.unit.building.place)] == [True, False]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"words": " "}, "Write what callers are told"),
        ({"places": []}, "Say which places"),
        ({"expected_end": timezone.now() - timedelta(hours=1)}, "lies in the past"),
    ],
)
def test_what_is_not_said_is_refused(cast, lift, given, sentence):
    facts = {"words": WORDS, "places": [cast.sunshine], **given}
    with pytest.raises(Refused, match=sentence):
        announce_fault(lift, by=cast.receptionist, **facts)


def test_a_place_of_another_project_is_refused(cast, lift):
    with pytest.raises(Refused, match="not in that project"):
        announce_fault(lift, by=cast.receptionist, words=WORDS, places=[cast.park])


def test_it_is_announced_once_and_stewards_are_told(cast, lift, fault):
    assert set(Notification.objects.filter(event__verb="fault.announced").values_list("user", flat=True)) == {
        cast.steward.pk
    }
    with pytest.raises(Refused, match="announced already"):
        announce_fault(lift, by=cast.receptionist, words=WORDS, places=[cast.sunshine])


def test_an_ended_fault_takes_no_caller_by_whatever_way(cast, fault):
    end_fault(fault, by=cast.receptionist, words="已恢复")
    with pytest.raises(Refused, match="ended already"):
        call(cast, fault, unit=cast.unit)
    with pytest.raises(Refused, match="ended already"):
        change_fault(fault, by=cast.receptionist, words="x", expected_end=None)
    first = Interaction.objects.get()
    first.pk = None
    first.save()
    with pytest.raises(IntegrityError, match="nobody joins it"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO servicedesk_faultcall (fault_id, interaction_id) VALUES (%s, %s)", [fault.pk, first.pk]
        )


@pytest.mark.django_db(transaction=True)
def test_a_caller_and_the_end_at_the_same_moment_leave_nobody_untold(cast, fault):
    results = race(
        lambda: call(cast, fault, unit=cast.unit),
        lambda: end_fault(PublicFault.objects.get(pk=fault.pk), by=cast.supervisor, words="已恢复"),
    )
    assert isinstance(results[1], PublicFault)
    assert FaultNotice.objects.count() == FaultCall.objects.count() == (1 if isinstance(results[0], Refused) else 2)


def test_who_called_twice_is_told_once(cast, fault):
    call(cast, fault, unit=cast.unit, party=cast.zhou)
    with pytest.raises(Refused, match="not over yet"):
        tell_caller(fault.calls.first(), by=cast.receptionist)
    end_fault(fault, by=cast.receptionist, words="已恢复")

    notices = tell_caller(fault.calls.first(), by=cast.receptionist, channel="wechat")

    assert [(notice.channel, notice.told_by) for notice in notices] == [("wechat", cast.receptionist)] * 2
    assert Event.objects.filter(verb="fault.caller_told").count() == 1
    assert not FaultCall.objects.to_be_told().exists()
    with pytest.raises(Refused, match="told already"):
        tell_caller(fault.calls.last(), by=cast.receptionist)


def test_the_way_to_a_caller_is_her_phone_else_as_she_came(cast, fault):
    nobody = {"party": None, "unit": cast.unit}
    call(cast, fault, **nobody, channel="counter", person_name="路人")
    call(cast, fault, **nobody, channel="letter")
    end_fault(fault, by=cast.receptionist, words="已恢复")
    assert list(FaultNotice.objects.order_by("pk").values_list("channel", flat=True)) == [
        "phone",
        "counter",
        "notice_board",
    ]


def test_the_desk_sees_the_strip_and_joins_with_one_key(cast, client_of, fault):
    desk = client_of(cast.receptionist)
    entry = desk.get(reverse("servicedesk:entry-new"), {"unit": cast.unit.pk}).content.decode()
    assert WORDS in entry
    assert f'name="fault" value="{fault.pk}"' in entry
    assert WORDS in desk.get(reverse("servicedesk:unit-faults", args=[cast.unit.pk])).content.decode()
    assert WORDS in desk.get("/").content.decode()
    assert WORDS not in desk.get(reverse("servicedesk:entry-new"), {"unit": cast.west_unit.pk}).content.decode()

    answer = desk.post(
        reverse("servicedesk:entry-create"),
        {
            "token": "9f0f7c53-6a41-4d0e-9f1c-0d9d6b1a0001",
            "unit": cast.unit.pk,
            "party": cast.zhou.pk,
            "channel": "phone",
            "text": "",
            "fault": fault.pk,
        },
        headers={"HX-Request": "true"},
    )

    assert answer.headers["HX-Trigger"] == "drawer:close"
    assert ServiceRequest.objects.count() == 1
    touch = Interaction.objects.latest("pk")
    assert (touch.text, touch.result, touch.fault_call.fault) == (fault.title, WORDS, fault)


def test_who_may_not_open_the_request_gets_no_link_to_it(cast, client_of, fault):
    show, request = (
        reverse("servicedesk:fault-show", args=[fault.pk]),
        reverse("servicedesk:request-show", args=[fault.service_request_id]),
    )
    assert request in client_of(cast.supervisor).get(show).content.decode()
    assert client_of(cast.administrator).get(request).status_code == 404
    assert request not in client_of(cast.administrator).get(show).content.decode()


def test_its_pages_announce_change_end_and_write_down_who_was_told(cast, client_of, lift):
    desk = client_of(cast.receptionist)
    new = reverse("servicedesk:fault-new", args=[lift.pk])
    assert desk.post(new, {"words": WORDS}).status_code == 422
    desk.post(new, {"words": WORDS, "buildings": [cast.unit.building_id]})
    fault = PublicFault.objects.get()
    show = reverse("servicedesk:fault-show", args=[fault.pk])
    assert WORDS in desk.get(reverse("servicedesk:request-show", args=[lift.pk])).content.decode()

    edit = reverse("servicedesk:fault-edit", args=[fault.pk])
    assert desk.post(edit, {"words": "再等一小时", "version": 1}).status_code == 302
    assert desk.post(edit, {"words": "旧的", "version": 1}).status_code == 409
    desk.post(reverse("servicedesk:fault-end", args=[fault.pk]), {"words": "已恢复"})
    told = reverse("servicedesk:fault-told", args=[fault.calls.get().pk])
    assert desk.post(told, {"channel": "pigeon"}).status_code == 422
    assert desk.post(told, {"channel": "phone"}).status_code == 302

    fault.refresh_from_db()
    assert (fault.words, fault.ending_words, fault.is_open) == ("再等一小时", "已恢复", False)
    assert cast.receptionist.name in desk.get(show).content.decode()
    assert desk.get(reverse("servicedesk:fault-index"), {"ended": "1"}).status_code == 200


def test_who_serves_other_places_does_not_see_it_and_the_whole_project_concerns_its_parts(cast, register, fault):
    whole = announce_fault(register(category=LIFT), by=cast.receptionist, words="停水", places=[cast.sunshine])
    assert set(PublicFault.objects.visible_to(cast.steward)) == {fault, whole}
    assert set(PublicFault.objects.visible_to(cast.west_steward)) == {whole}
    assert set(PublicFault.objects.visible_to(cast.outsider)) == set()
    # Her own callers only: those of other buildings have names she need not know.
    assert FaultCall.objects.visible_to(cast.west_steward).count() == 0
    assert FaultCall.objects.visible_to(cast.steward).count() == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_whatever_its_length(cast, client_of, register, django_assert_num_queries, rows):
    for _each in range(rows):
        announce_fault(register(category=LIFT), by=cast.receptionist, words=WORDS, places=[cast.unit.building])
    desk = client_of(cast.receptionist)
    desk.get(reverse("servicedesk:fault-index"))
    with django_assert_num_queries(7):
        desk.get(reverse("servicedesk:fault-index"))


def test_one_word_in_the_group_reaches_all_who_still_wait(cast, client_of, fault):
    """Each caller once; until then the desk's first page names the fault, though it is over."""
    call(cast, fault, unit=cast.unit, party=cast.zhou)
    call(cast, fault, person_name="邻居", unit=make_unit(cast.unit.entrance, "902"))
    desk = client_of(cast.receptionist)
    address = reverse("servicedesk:fault-all-told", args=[fault.pk])
    assert desk.post(address, {"channel": "wechat"}).status_code == 409
    end_fault(fault, by=cast.receptionist, words="电梯已恢复运行")

    (section,) = [one for one in sections_of(look_at(cast.receptionist)) if one.name == "untold"]
    assert [row.title for row in section.rows] == ["电梯已恢复运行"]
    assert list(desk.get(section.url).context["page"].rows) == [fault]
    assert desk.post(address, {"channel": "pigeon"}).status_code == 422
    assert desk.post(address, {"channel": "wechat"}).status_code == 302
    assert set(FaultNotice.objects.values_list("told_by", "channel")) == {(cast.receptionist.pk, "wechat")}
    assert Event.objects.filter(verb="fault.caller_told").count() == 2  # the first caller called twice
    assert not [one for one in sections_of(look_at(cast.receptionist)) if one.name == "untold"]
    assert desk.post(address, {"channel": "wechat"}).status_code == 409
