"""The platform's daily list of outside orders comes from Excel by the import that everything else goes through (E-022, E-023)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.customers.models import ContactPoint
from gongying.events.models import EventSubject
from gongying.imports.enums import FindingKind, ImportState
from gongying.interactions.models import Interaction
from gongying.reports.registers.doings import ORDERS
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import HotlineOrder, ServiceCategory, ServiceRequest
from gongying.servicedesk.operations.hotline import usual_deadline
from tests.imports.pipeline import applied, checked, errors_of, findings, reverted
from tests.race import race

HEADERS = ["工单编号", "派单时间", "办理时限", "诉求类型", "标题", "诉求内容", "诉求人", "联系电话", "房号"]
NOON = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
PHONE = "13800009876"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def row(number, text="电梯停运三天，无人维修", **given):
    facts = {
        "at": NOON,
        "deadline": "",
        "kind": "投诉",
        "title": "",
        "person": "周先生",
        "phone": "",
        "room": "",
        **given,
    }
    at = f"{facts['at']:%Y-%m-%d %H:%M}"
    return [
        number,
        at,
        facts["deadline"],
        facts["kind"],
        facts["title"],
        text,
        *(facts[n] for n in ("person", "phone", "room")),
    ]


def check(cast, *rows, headers=HEADERS, **options):
    return checked("servicedesk.orders", cast.sunshine, cast.receptionist, [headers, *rows], **options)


def said(run, kind):
    return [(number, sentence) for _sheet, number, _column, sentence in findings(run, kind)]


def check_constraints():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.requirement("E-022")
def test_each_order_becomes_a_request_with_its_number_and_deadline(cast):
    day = f"{NOON + timedelta(days=3):%Y-%m-%d}"
    run = check(
        cast,
        row("A1", "保安态度恶劣", deadline=f"{day} 18:00", room="2-1-301"),
        row("A2", "小区路灯不亮", kind="求助", deadline=day, person="匿名", phone=PHONE),
        row("A3", "停车费怎么收", kind="咨询", phone="138****9876"),
    )
    assert errors_of(run) == []
    assert run.counts["created"] == {"servicedesk.HotlineOrder": 3}
    assert not HotlineOrder.objects.exists()  # the preview writes nothing
    applied(run)
    check_constraints()

    first, second, third = HotlineOrder.objects.order_by("external_no")
    deadlines = [timezone.localtime(order.deadline_at) for order in (first, second)]
    assert [f"{at:%Y-%m-%d %H:%M}" for at in deadlines] == [f"{day} 18:00", f"{day} 23:59"]
    assert [order.is_deadline_printed for order in (first, second, third)] == [True, True, False]
    assert third.deadline_at == usual_deadline(cast.sunshine, third.received_at)
    requests = [order.service_request for order in (first, second, third)]
    assert [request.kind for request in requests] == ["complaint", "help", "enquiry"]
    assert (requests[0].unit, requests[0].category.code) == (cast.unit, "service-attitude-guard")
    assert (requests[1].is_anonymous, requests[1].caller_phone) == (True, "")
    assert (requests[2].caller_name, requests[2].caller_phone) == ("周先生", "")
    assert all(request.clocks.exists() and request.occurred_at == NOON for request in requests)
    assert {order.first_receiver for order in (first, second, third)} == {cast.receptionist}
    assert EventSubject.objects.of(first).filter(event__verb="hotline.received").exists()


@pytest.mark.requirement("E-023")
def test_the_same_matter_is_linked_and_a_list_may_come_again(cast):
    rows = [
        row("A1", "保安态度恶劣", phone=PHONE),
        row("A2", "保安还是态度恶劣", phone=PHONE, at=NOON + timedelta(hours=2)),
    ]
    run = check(cast, *rows)
    assert said(run, FindingKind.DUPLICATE) == [
        (3, "The same matter as row 2: it is linked, no second request is opened.")
    ]
    applied(run)
    first, again = HotlineOrder.objects.order_by("external_no")
    assert (again.service_request, again.repeat_of) == (first.service_request, first)
    assert again.interaction.repeat_of == first.interaction
    assert ServiceRequest.objects.filter(category=first.service_request.category).count() == 1

    number = first.service_request.number
    run = check(cast, *rows, row("A3", "保安又骂人，态度恶劣", phone=PHONE, at=NOON + timedelta(hours=4)))
    skipped = f"This order is entered already: {number}."
    assert said(run, FindingKind.SKIPPED) == [(2, skipped), (3, skipped)]
    assert said(run, FindingKind.DUPLICATE)[0] == (
        4,
        f"The same matter as {number}: it is linked, no second request is opened.",
    )
    applied(run)
    assert HotlineOrder.objects.get(external_no="A3").service_request == first.service_request


@pytest.mark.requirement("E-023")
def test_the_preview_knows_a_matter_by_its_customer_as_the_import_does(cast, register):
    known = register(kind="complaint", category="service-attitude-guard", caller_phone="+8613700000001")
    number = ContactPoint.objects.filter(party=known.party).values_list("value", flat=True)[0]
    run = check(cast, row("A1", "保安态度恶劣", phone=number))
    assert said(run, FindingKind.DUPLICATE) == [
        (2, f"The same matter as {known.number}: it is linked, no second request is opened.")
    ]
    applied(run)
    assert HotlineOrder.objects.get().service_request == known


@pytest.mark.requirement("E-023")
def test_an_order_with_new_facts_can_be_repeated_and_a_repeat_adds_nothing_to_know_its_matter_by(cast):
    new, repeat, other = (
        row("A1", "保安态度恶劣", phone=PHONE),
        row("A2", "保安态度恶劣", phone=PHONE, room="2-1-301", at=NOON + timedelta(hours=1)),
        row("A3", "保安态度恶劣", room="2-1-301", at=NOON + timedelta(hours=2)),
    )
    run = check(cast, [*new, "这次动手打人"], [*repeat, ""], [*other, ""], headers=[*HEADERS, "新情况"])
    assert [number for number, _sentence in said(run, FindingKind.DUPLICATE)] == [3]
    applied(run)
    first, again, third = HotlineOrder.objects.order_by("external_no")
    assert again.service_request == first.service_request != third.service_request


@pytest.mark.parametrize(
    ("given", "column", "match"),
    [
        ({"number": ""}, "工单编号", "number of the order is missing"),
        ({"number": "A0"}, "工单编号", "stands in row 2 already"),
        ({"at": NOON + timedelta(days=30)}, "派单时间", "in the future"),
        ({"deadline": "明天"}, "办理时限", "not a date"),
        ({"deadline": "2020-01-01"}, "办理时限", "before the receipt"),
        ({"kind": "聊天"}, "诉求类型", "not known here"),
        ({"text": ""}, "诉求内容", "text is missing"),
        ({"phone": "12"}, "联系电话", ""),
        ({"room": "99-9-999"}, "房号", "not in the register"),
    ],
)
def test_what_cannot_be_is_named_by_row_and_column(cast, given, column, match):
    given = dict(given)
    run = check(cast, row("A0"), row(given.pop("number", "A1"), given.pop("text", "电梯停运"), **given))
    [(number, where, sentence)] = errors_of(run)
    assert (number, where) == (3, column)
    assert match in sentence
    with pytest.raises(Refused, match="still has errors"):
        applied(run)


def test_a_category_that_is_named_holds_and_one_that_is_not_known_is_guessed_or_refused(cast):
    leaf = ServiceCategory.objects.get(code="common-lift-fault")
    headers = [*HEADERS, "问题分类"]
    rows = [[*row("A1", "保安态度恶劣"), leaf.path], [*row("A2", "保安态度恶劣"), "住建/物业"]]
    refused = check(cast, *rows, headers=headers, categories="refuse")
    assert [(number, column) for number, column, _said in errors_of(refused)] == [(3, "问题分类")]
    applied(check(cast, *rows, headers=headers))
    codes = HotlineOrder.objects.order_by("external_no").values_list("service_request__category__code", flat=True)
    assert list(codes) == ["common-lift-fault", "service-attitude-guard"]


def test_an_import_is_taken_back_and_its_numbers_are_free_again(cast):
    rows = [
        row("A1", "保安态度恶劣", phone=PHONE),
        row("A2", "保安态度恶劣", phone=PHONE),
        row("A3", "路灯不亮", kind="求助"),
    ]
    run = applied(check(cast, *rows))
    assert reverted(run).state == ImportState.REVERTED
    check_constraints()
    assert not HotlineOrder.objects.standing().exists()
    assert HotlineOrder.objects.count() == 3  # nothing is deleted
    states = ServiceRequest.objects.order_by("pk").values_list("state", flat=True)
    assert sorted(states) == ["cancelled", "withdrawn"]
    assert Interaction.objects.filter(external_no__in=["A1", "A2", "A3"]).count() == 3
    again = applied(check(cast, *rows))
    assert again.state == ImportState.APPLIED
    assert HotlineOrder.objects.standing().count() == 3
    with pytest.raises(IntegrityError, match="hotline_order_number_unique"), transaction.atomic():
        HotlineOrder.objects.update(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")


def test_what_somebody_has_begun_keeps_the_import(cast):
    run = applied(check(cast, row("A1", "保安态度恶劣"), row("A2", "路灯不亮", kind="求助")))
    first, second = HotlineOrder.objects.order_by("external_no")
    do.record_contact(first, by=cast.receptionist, channel="phone", words="下午有人来")
    do.accept_request(second.service_request, by=cast.receptionist)
    with pytest.raises(Refused, match=r"A1 was answered already.*begun to handle"):
        reverted(run)
    assert HotlineOrder.objects.standing().count() == 2


def test_one_entered_by_mistake_is_taken_back_on_its_page_and_leaves_the_rates(client, cast):
    applied(check(cast, row("A1", "保安态度恶劣"), row("A2", "路灯不亮", kind="求助")))
    order = HotlineOrder.objects.get(external_no="A2")
    url = reverse("servicedesk:order-withdrawal", args=[order.pk])
    client.force_login(cast.receptionist)
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "派错公司"}).status_code == 302
    page = client.get(reverse("servicedesk:order-show", args=[order.pk])).content.decode()
    assert "派错公司" in page
    assert url not in page
    assert client.post(url, {"reason": "再来"}).status_code == 409
    assert list(HotlineOrder.objects.open().values_list("external_no", flat=True)) == ["A1"]
    assert HotlineOrder.objects.counted().count() == 1
    assert [row.external_no for row in ORDERS.rows(cast.manager)] == ["A1"]
    order.service_request.refresh_from_db()
    assert order.service_request.state == "cancelled"
    with pytest.raises(Refused, match="entered by mistake"):
        do.record_contact(order, by=cast.receptionist, channel="phone", words="x")


@pytest.mark.django_db(transaction=True)
def test_of_a_contact_and_a_mistake_at_the_same_moment_one_is_refused(cast):
    order = applied_order(cast)
    results = race(
        lambda: do.take_back_order(order, by=cast.receptionist, reason="派错公司"),
        lambda: do.record_contact(order, by=cast.receptionist, channel="phone", words="下午有人来"),
    )
    assert sorted(isinstance(result, Refused) for result in results) == [False, True]


def applied_order(cast):
    return do.receive_order(
        by=cast.receptionist,
        source="hotline_12345",
        external_no="A1",
        received_at=NOON,
        kind="help",
        category=ServiceCategory.objects.get(code="common-lift-fault"),
        text="电梯停运",
        project=cast.sunshine,
        unit=cast.unit,
    )
