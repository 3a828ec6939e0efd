"""E-022, E-023: own numbers, working-day deadlines, repeats linked, three rates."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.interactions.models import Interaction
from gongying.notifications.models import Notification
from gongying.notifications.presentation import notices_of
from gongying.servicedesk.hotline_rates import counted_in, orders_of_month, rates_of
from gongying.servicedesk.models import HotlineOrder, ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import (
    decide_objection,
    hotline,
    raise_objection,
    receive_order,
    record_callback,
    record_contact,
    take_back_order,
    withdraw_complaint,
)
from gongying.servicedesk.operations.order_reminders import remind_of_orders
from tests.race import race

SHANGHAI = ZoneInfo("Asia/Shanghai")
INDEX = reverse("servicedesk:order-index")


@pytest.fixture
def receive(cast):
    """An order of 12345 about noise on the square, by 周先生, unless the test says otherwise."""

    def receive(external_no="12345-1", **given):
        facts = {
            "by": cast.receptionist,
            "source": "hotline_12345",
            "external_no": external_no,
            "received_at": timezone.now() - timedelta(minutes=5),
            "kind": "complaint",
            "category": ServiceCategory.objects.get(code=given.pop("category", "service-attitude-guard")),
            "text": "保安态度恶劣",
            "project": cast.sunshine,
            "unit": cast.unit,
            "party": cast.zhou,
        }
        return receive_order(**{**facts, **given})

    return receive


def local(*parts):
    return datetime(*parts, tzinfo=SHANGHAI)


@pytest.mark.requirement("E-022")
@pytest.mark.parametrize(
    ("received", "deadline"),
    [
        # Before the holidays of October 2026; 10 October is a make-up Saturday.
        (local(2026, 9, 24, 16), local(2026, 10, 9, 16)),
        (local(2026, 10, 8, 9), local(2026, 10, 14, 9)),
    ],
)
def test_the_deadline_is_the_same_hour_on_the_fifth_working_day(receive, received, deadline):
    with clock_at(received + timedelta(minutes=1)):
        order = receive(received_at=received)
    assert (order.deadline_at, order.is_deadline_printed) == (deadline.astimezone(UTC), False)


def test_a_printed_deadline_holds_and_must_lie_after_the_receipt(receive):
    printed = timezone.now() + timedelta(days=2)
    order = receive(deadline_at=printed)
    assert (order.deadline_at, order.is_deadline_printed) == (printed, True)
    with pytest.raises(Refused, match="before the receipt"):
        receive("12345-2", deadline_at=timezone.now() - timedelta(days=1))
    with pytest.raises(Refused, match="in the future"):
        receive("12345-2", received_at=timezone.now() + timedelta(hours=1))


def test_it_opens_a_request_whose_first_receiver_answers_for_its_way(cast, receive):
    order = receive()
    request = order.service_request
    assert (request.channel, request.kind, request.first_responder) == ("hotline_12345", "complaint", cast.receptionist)
    assert (order.interaction, order.interaction.external_no) == (request.interaction, "12345-1")
    assert order.first_receiver == cast.receptionist
    assert Notification.objects.filter(event__verb="hotline.received", user=request.owner).exists()


def test_a_number_of_a_source_is_entered_once(receive):
    order = receive()
    with pytest.raises(Refused, match=order.service_request.number):
        receive(" 12345-1 ")
    assert receive(source="authority").external_no == "12345-1"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE servicedesk_hotlineorder SET source = 'hotline_12345', external_no = '12345-1'")


@pytest.mark.requirement("E-023")
def test_a_repeat_without_new_facts_is_one_more_contact_of_the_open_case(receive):
    first = receive()
    again = receive("12345-2", text="还是态度恶劣")
    assert again.service_request == first.service_request
    assert again.repeat_of == first
    assert again.interaction.repeat_of == first.interaction
    assert (ServiceRequest.objects.count(), Interaction.objects.count()) == (1, 2)
    verbs = {"hotline.received", "hotline.repeated"}
    told = Notification.objects.filter(event__verb__in=verbs)
    assert set(told.values_list("event__verb", flat=True)) == verbs
    # Times are marked up on pages; the pop-up and the API of notices say them in words.
    assert not [
        notice.one_line for notice in notices_of(told, user=again.service_request.owner) if "<" in notice.one_line
    ]


@pytest.mark.requirement("E-023")
@pytest.mark.parametrize(
    "given",
    [
        {"new_facts": "这次动手打人"},
        {"category": "common-lift-fault"},
        {"unit": None, "party": None, "person_name": "周先生"},
    ],
)
def test_what_is_new_or_of_somebody_else_opens_a_case(cast, receive, given):
    receive()
    assert receive("12345-2", **given).repeat_of is None
    assert ServiceRequest.objects.count() == 2


@pytest.mark.requirement("E-023")
def test_of_repeats_whose_first_was_a_mistake_the_next_stands_for_the_matter(cast, receive, register):
    register(kind="complaint", category="service-attitude-guard")
    first, second, third = receive("12345-1"), receive("12345-2"), receive("12345-3")
    assert [row.repeat_of for row in (first, second, third)] == [None, first, first]
    take_back_order(first, by=cast.receptionist, reason="派错公司")
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.repeat_of, third.repeat_of) == (None, second)
    assert list(HotlineOrder.objects.counted()) == [second]
    with clock_at(timezone.now() + timedelta(hours=2)):
        remind_of_orders()
    told = Notification.objects.filter(event__verb="hotline.not_taken_up").select_related("event")
    assert {row.event.details["external_no"] for row in told} == {"12345-2"}


def test_a_caller_is_known_by_number_too(receive):
    phone = {"unit": None, "party": None, "person_phone": "+8613811112222"}
    first = receive(**phone)
    assert receive("12345-2", **phone).service_request == first.service_request


@pytest.mark.django_db(transaction=True)
def test_repeats_entered_at_once_open_one_case(receive):
    results = race(*(lambda number=number: receive(f"12345-{number}") for number in range(4)))
    assert {type(result) for result in results} == {HotlineOrder}
    assert ServiceRequest.objects.count() == 1
    assert HotlineOrder.objects.filter(repeat_of=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_matter_that_ends_while_the_order_is_entered_is_not_joined(cast, receive, monkeypatch):
    first = receive().service_request
    look = hotline.same_matter

    def slow(*place, **same):
        found = look(*place, **same)
        if found:
            race(lambda: withdraw_complaint(first, by=cast.supervisor, confirmed_with="周先生", reason="已和解"))
        return found

    monkeypatch.setattr(hotline, "same_matter", slow)
    order = receive("12345-2")
    first.refresh_from_db()
    assert (first.state, order.repeat_of) == ("withdrawn", None)
    assert order in HotlineOrder.objects.open()


def test_an_objection_has_a_reason_and_does_not_move_the_deadline(cast, receive):
    order = receive()
    with pytest.raises(Refused, match="reason"):
        raise_objection(order, by=cast.receptionist, reason=" ")
    with pytest.raises(Refused, match="no objection"):
        decide_objection(order, by=cast.receptionist, outcome="upheld")
    raise_objection(order, by=cast.receptionist, reason="市政道路")
    decided = decide_objection(order, by=cast.receptionist, outcome="refused")
    deadline = order.deadline_at
    order.refresh_from_db()
    assert (order.deadline_at, decided.outcome) == (deadline, "refused")
    with pytest.raises(Refused, match="already"):
        raise_objection(order, by=cast.receptionist, reason="再次")


def test_contacts_lie_between_the_receipt_and_now_and_a_callback_is_written_once(cast, receive):
    order = receive()
    with pytest.raises(Refused, match="between the receipt"):
        record_contact(
            order, by=cast.receptionist, channel="phone", words="x", at=order.received_at - timedelta(hours=1)
        )
    record_callback(order, by=cast.receptionist, solved=True, satisfied=False)
    with pytest.raises(Refused, match="written down already"):
        record_callback(order, by=cast.receptionist, solved=True, satisfied=True)


@pytest.mark.requirement("E-022")
def test_the_three_rates_count_what_their_lists_show(cast, client_of, receive):
    """Five orders due in the month: one upheld objection and one repeat count in none."""
    received = local(2026, 10, 12, 9)
    with clock_at(received + timedelta(minutes=10)):
        orders = [receive(f"12345-{n}", received_at=received, new_facts="新情况") for n in range(4)]
        receive("12345-again", received_at=received)
        away = receive("12345-away", received_at=received, new_facts="别处")
        raise_objection(away, by=cast.receptionist, reason="不属本项目")
        decide_objection(away, by=cast.receptionist, outcome="upheld")
        for order in orders[:3]:
            record_contact(order, by=cast.receptionist, channel="phone", words="已联系")
    with clock_at(received + timedelta(days=1)):
        record_contact(orders[3], by=cast.receptionist, channel="phone", words="次日才联系")
        record_callback(orders[0], by=cast.receptionist, solved=True, satisfied=True)
        record_callback(orders[1], by=cast.receptionist, solved=True, satisfied=False)
        record_callback(orders[2], by=cast.receptionist, solved=False, satisfied=False)

    october = orders_of_month(HotlineOrder.objects.all(), received.date().replace(day=1))
    rates = {rate.key: (rate.number, rate.of, rate.percent) for rate in rates_of(october)}
    assert rates == {"responded": (3, 4, 75.0), "solved": (2, 3, 66.7), "satisfied": (1, 3, 33.3)}
    assert set(counted_in("solved", october)) == set(orders[:2])
    assert [rate.percent for rate in rates_of(HotlineOrder.objects.none())] == [None, None, None]

    desk = client_of(cast.receptionist)
    page = desk.get(INDEX, {"month": "2026-10", "figure": "satisfied"}).content.decode()
    assert ("12345-0" in page, "12345-1<" in page) == (True, False)
    assert "75.0 %" in page
    assert "12345-0" not in desk.get(INDEX, {"month": "2026-09", "figure": "due"}).content.decode()
    assert desk.get(INDEX, {"month": "gibberish"}).status_code == 200


def test_its_pages_enter_contact_object_and_call_back(cast, client_of):
    desk = client_of(cast.receptionist)
    now = timezone.localtime()
    form = {
        "source": "hotline_12345",
        "external_no": "12345-9",
        "received_at": now.strftime("%Y-%m-%dT%H:%M"),
        "project": cast.sunshine.pk,
        "unit_code": "2-1-301",
        "kind": "complaint",
        "category": ServiceCategory.objects.get(code="service-attitude-guard").pk,
        "text": "保安态度恶劣",
    }
    new = reverse("servicedesk:order-new")
    assert desk.post(new, {**form, "unit_code": "9-9-999"}).status_code == 422
    assert desk.post(new, {**form, "received_at": "2026-01-01T08:00"}).status_code == 422
    desk.post(new, form)
    order = HotlineOrder.objects.get()
    assert order.service_request.unit == cast.unit
    assert desk.post(new, form).status_code == 409

    for action, data in {
        "contact": {"channel": "phone", "words": "下午上门"},
        "objection": {"reason": "不属本项目"},
        "decision": {"outcome": "refused"},
        "callback": {"solved": "yes", "satisfied": "no"},
    }.items():
        url = reverse(f"servicedesk:order-{action}", args=[order.pk])
        assert desk.post(url, {}).status_code == 422
        assert desk.post(url, data).status_code == 302
    page = desk.get(reverse("servicedesk:order-show", args=[order.pk])).content.decode()
    assert ("下午上门" in page, "不属本项目" in page) == (True, True)
    assert "12345-9" in desk.get(reverse("servicedesk:request-show", args=[order.service_request_id])).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_whatever_its_length(cast, client_of, receive, django_assert_num_queries, rows):
    for number in range(rows):
        receive(f"12345-{number}", new_facts="新")
    desk = client_of(cast.receptionist)
    desk.get(INDEX)
    with django_assert_num_queries(9):
        desk.get(INDEX)


@pytest.mark.requirement("E-022")
def test_who_answers_is_reminded_once_of_an_order_that_nobody_takes_up(cast, receive):
    quick, slow = receive("12345-1"), receive("12345-2", category="common-lift-fault", unit=cast.west_unit, party=None)
    remind_of_orders()
    assert not Notification.objects.filter(event__verb="hotline.not_taken_up").exists()
    record_contact(quick, by=cast.receptionist, channel="phone", words="已联系，今天上门")
    with clock_at(timezone.now() + timedelta(hours=2)):
        remind_of_orders()
        remind_of_orders()
    told = Notification.objects.filter(event__verb="hotline.not_taken_up")
    assert set(told.values_list("user", flat=True)) == {slow.service_request.owner_id, cast.supervisor.pk}
    assert told.count() == 2
    (event,) = {notification.event for notification in told.select_related("event")}
    assert event.details["external_no"] == "12345-2"
