"""What a job costs, what the customer pays in the end, and receipts that are never given twice (R-264, E-047)."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.authority.models import AuthorityUse
from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.events.models import Event
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import (
    FinalPrice,
    LabourRate,
    Payment,
    ServiceCategory,
    ServiceItem,
    ServiceRequest,
    WorkCost,
    WorkOrder,
)
from gongying.servicedesk.settlements import settlement_of
from tests.prices import may_discount
from tests.race import race
from tests.servicedesk.walks import TICKS, complaint_in, request_in, step, url, work_in

TODAY = timezone.localdate


@pytest.fixture
def item(cast):
    leak = ServiceCategory.objects.get(code="home-plumbing-leak")
    item = do.save_item(ServiceItem(code="tap", name="更换龙头", category=leak, measure="次"), by=cast.manager)
    do.set_price(item, project=None, amount=Decimal(80), by=cast.manager)
    return item


@pytest.fixture
def valve(cast):
    leak = ServiceCategory.objects.get(code="home-plumbing-leak")
    valve = ServiceItem(kind="material", code="valve", name="角阀", category=leak, measure="个")
    do.save_item(valve, by=cast.manager)
    do.set_price(valve, project=cast.sunshine, amount=Decimal("25.50"), by=cast.manager)
    return valve


@pytest.fixture
def paid_job(cast, register, item):
    """On site, of an owner who agreed to 80 yuan."""
    job = work_in("on_site", cast, register)
    do.quote_service(job.service_request, item=item, agreed=True, by=cast.receptionist)
    return WorkOrder.objects.get(pk=job.pk)


def charge(job, cast, **given):
    return do.charge_customer(job, by=cast.worker, **given)


def fresh(job):
    return ServiceRequest.objects.get(pk=job.service_request_id)


def refused(match, act, **given):
    with pytest.raises(Refused, match=match):
        act(**given)


@pytest.mark.django_db
@pytest.mark.requirement("R-264")
def test_a_job_costs_its_materials_by_price_and_its_minutes_by_rate(cast, register, valve):
    do.set_labour_rate(amount=Decimal(60), by=cast.manager)
    do.set_labour_rate(amount=Decimal(90), trade="plumbing", project=cast.sunshine, by=cast.manager)
    job = work_in("on_site", cast, register)
    materials = [
        {"name": "角阀", "quantity": "２ 个"},  # as a Chinese keyboard writes it; the price is in the list
        {"name": "软管", "quantity": "1.5米", "price": Decimal(12)},
        {"name": "生料带", "quantity": "若干"},  # no price: no cost
    ]
    do.complete_work(job, by=cast.worker, ticks=TICKS, minutes=50, materials=materials)

    cost = WorkCost.objects.get(completion__work_order=job)
    assert (cost.materials, cost.hourly_rate, cost.labour, cost.total) == (69, 90, 75, 144)
    assert [line.get("sum") for line in cost.completion.materials] == ["51.00", "18.00", None]
    # Later prices and rates change nothing that was reckoned.
    LabourRate.objects.update(during=(TODAY() - timedelta(days=9), None))
    do.set_labour_rate(amount=Decimal(120), trade="plumbing", project=cast.sunshine, by=cast.manager)
    do.set_price(valve, project=cast.sunshine, amount=Decimal(99), by=cast.manager)
    assert settlement_of(job.service_request).total == 144
    assert LabourRate.objects.of(project_id=cast.sunshine.pk, trade="plumbing", on=TODAY()).amount == 120
    assert LabourRate.objects.of(project_id=cast.park.pk, trade="plumbing", on=TODAY()).amount == 60
    assert LabourRate.objects.count() == 3


@pytest.mark.django_db
def test_without_a_rate_the_minutes_are_known_but_not_their_cost(cast, register):
    job = work_in("done", cast, register)
    settlement = settlement_of(job.service_request)
    assert settlement.total == 0
    (cost,) = settlement.costs
    assert (cost.hourly_rate, cost.labour) == (None, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "match"),
    [
        ({"name": "角阀", "quantity": "-1"}, "more than nothing"),
        ({"name": "角阀", "quantity": "0 个"}, "more than nothing"),
        ({"name": "角阀", "quantity": "1", "price": Decimal(-5)}, "not less than nothing"),
        ({"name": "角阀", "quantity": "几个", "price": Decimal(5)}, "begins with a number"),
        ({"name": "角阀", "quantity": "999999", "price": Decimal(999999)}, "cannot be right"),
    ],
)
def test_materials_that_cannot_be_are_refused(cast, register, line, match):
    job = work_in("on_site", cast, register)
    refused(match, partial(do.complete_work, job, by=cast.worker, ticks=TICKS, materials=[line]))
    job.refresh_from_db()
    assert (job.state, WorkCost.objects.count()) == ("on_site", 0)


@pytest.mark.django_db
@pytest.mark.requirement("E-047")
def test_the_final_price_is_compared_with_what_was_agreed(cast, paid_job):
    act = partial(charge, paid_job, cast)
    refused("say why", act, price=Decimal(60))
    refused("agree anew", act, price=Decimal(100), price_reason="阀门也坏了")
    refused(r"discount of ¥20\.00 has to be granted", act, price=Decimal(60), price_reason="熟客优惠")
    assert not FinalPrice.objects.exists()
    may_discount(cast.worker, 30, by=cast.manager)
    charge(paid_job, cast, price=Decimal(60), price_reason="熟客优惠")
    use = AuthorityUse.objects.get()
    assert (use.subject, use.amount, use.by, use.reason) == ("discount", 20, cast.worker, "熟客优惠")
    assert settlement_of(fresh(paid_job)).owed == 60
    charge(paid_job, cast, price=Decimal(100), price_reason="阀门也坏了", customer_agreed=True)
    settlement = settlement_of(fresh(paid_job))
    assert (settlement.agreed, settlement.final.amount, settlement.owed) == (100, 100, 100)
    told = Event.objects.filter(verb="request.price_settled").last().details
    assert (told["amount"], told["agreed"], told["reason"]) == ("100.00", "80.00", "阀门也坏了")
    # Twenty were granted before: thirty less than the hundred agreed to now are ten more, and forty are beyond.
    refused(r"discount of ¥20\.00", act, price=Decimal(60), price_reason="又便宜")
    charge(paid_job, cast, price=Decimal(70), price_reason="又便宜", customer_agreed=True)
    refused(r"discount of ¥1\.00", act, price=Decimal(69), price_reason="再便宜")
    assert [use.amount for use in AuthorityUse.objects.order_by("pk")] == [20, 10]


@pytest.mark.django_db
@pytest.mark.requirement("R-008", "E-047")
def test_less_than_agreed_is_granted_first_for_the_phone_and_for_machines(cast, paid_job, client_of):
    worker, case = client_of(cast.worker), paid_job.service_request
    less = {"price": "75", "price_reason": "少用一个阀", "version": paid_job.version, "age": 60_000}
    phone = reverse("servicedesk:queued-step-create", args=[paid_job.pk, "charge"])
    answer = worker.post(phone, less)
    assert (answer.status_code, "¥5.00" in answer.json()["detail"]) == (409, True)
    body = {"price": "75", "price_reason": "少用一个阀", "version": case.version}
    api = partial(
        client_of(cast.receptionist).post, f"/api/v1/requests/{case.pk}/charge", content_type="application/json"
    )
    assert (api(body).status_code, FinalPrice.objects.exists()) == (409, False)
    may_discount(cast.receptionist, 100, by=cast.manager)
    do.concede(case, subject="discount", amount=Decimal(5), reason="少用一个阀", by=cast.receptionist)
    assert worker.post(phone, less).status_code == 200
    assert (FinalPrice.objects.get().amount, AuthorityUse.objects.count()) == (75, 1)


@pytest.mark.django_db
@pytest.mark.requirement("E-047")
def test_money_is_received_with_a_receipt_up_to_what_is_owed(cast, paid_job):
    act = partial(charge, paid_job, cast)
    refused("Say the final price, or what was received", act)
    refused("how it was paid", act, received=Decimal(80))
    refused("Only ¥80.00 is still to be paid", act, received=Decimal(81), method="cash")
    charge(paid_job, cast, price=Decimal(80), received=Decimal(50), method="wechat")
    charge(paid_job, cast, received=Decimal(30), method="cash", receipt_no="收据 0042")
    first, second = Payment.objects.all()
    year = TODAY().strftime("%y")
    assert (first.receipt_no, second.receipt_no) == (f"YG-SJ{year}-000001", "收据 0042")
    settlement = settlement_of(fresh(paid_job))
    assert (settlement.received, settlement.owed, settlement.is_paid) == (80, 0, True)
    refused("Only ¥0.00", act, received=Decimal(1), method="cash")
    refused("take the payment back first", act, price=Decimal(10), price_reason="退")

    reversal = do.take_back_payment(second, by=cast.receptionist, reason="收错了")
    assert (reversal.amount, reversal.receipt_no) == (-30, f"YG-SJ{year}-000002")
    assert settlement_of(fresh(paid_job)).owed == 30
    refused("taken back already", partial(do.take_back_payment, second, by=cast.receptionist, reason="x"))
    refused("taken back already", partial(do.take_back_payment, reversal, by=cast.receptionist, reason="x"))


@pytest.mark.django_db
def test_a_typed_receipt_number_is_not_given_again(cast, paid_job, register):
    year = TODAY().strftime("%y")
    taken = f"YG-SJ{year}-000001"
    charge(paid_job, cast, received=Decimal(10), method="cash", receipt_no=taken)
    charge(paid_job, cast, received=Decimal(10), method="cash")
    assert Payment.objects.last().receipt_no == f"YG-SJ{year}-000002"
    refused(
        "used already in this project",
        partial(charge, paid_job, cast, received=Decimal(1), method="cash", receipt_no=taken),
    )


@pytest.mark.django_db
def test_without_a_price_agreed_to_the_customer_must_agree_to_the_final_one(cast, register):
    job = work_in("en_route", cast, register, price_agreed=False)
    do.agree_price(job, by=cast.worker, reason="爆管，先止水")
    do.arrive(job, by=cast.worker)
    refused("Name the final price first", partial(charge, job, cast, received=Decimal(20), method="cash"))
    refused("tick that the customer agrees", partial(charge, job, cast, price=Decimal(20)))
    charge(job, cast, price=Decimal(20), customer_agreed=True, received=Decimal(20), method="alipay")
    request = ServiceRequest.objects.get(pk=job.service_request_id)
    assert settlement_of(request).is_paid
    assert (request.price_agreed, request.agreed_amount) == (True, 20)


@pytest.mark.django_db
def test_what_the_company_pays_is_not_charged(cast, register):
    request = register(category="common-lift-fault")
    refused("does not pay", partial(do.charge_customer, request, by=cast.receptionist, price=Decimal(1)))


@pytest.mark.django_db
@pytest.mark.parametrize("ended", ["cancelled", "merged"])
def test_nothing_is_charged_for_what_was_not_done(cast, register, item, client_of, ended):
    request = request_in(ended, cast, register, payer="owner")
    given = {"price": "80", "customer_agreed": "on", "received": "80", "method": "cash"}
    page = client_of(cast.supervisor).post(step(request, "charge"), given)
    by_api = client_of(cast.supervisor).post(
        f"/api/v1/requests/{request.pk}/charge", {**given, "customer_agreed": True}, content_type="application/json"
    )
    assert (page.status_code, by_api.status_code) == (409, 409)
    assert "不再收费" in by_api.json()["detail"]
    assert not FinalPrice.objects.exists()
    assert not Payment.objects.exists()


@pytest.mark.django_db
def test_a_job_is_charged_for_on_site_or_afterwards(cast, register):
    job = work_in("en_route", cast, register, payer="owner", price_agreed=True)
    refused("on site or afterwards", partial(charge, job, cast), price=Decimal(80), customer_agreed=True)
    do.arrive(job, by=cast.worker)
    charge(job, cast, price=Decimal(80), customer_agreed=True)
    assert FinalPrice.objects.get().amount == 80


@pytest.mark.django_db
def test_a_complaint_is_not_quoted_for(cast, register, item):
    complaint = complaint_in("handling", cast, register)
    refused("complaint is not quoted", partial(do.quote_service, complaint, item=item, by=cast.receptionist))
    assert not complaint.quotes.exists()


@pytest.mark.django_db
@pytest.mark.requirement("R-264")
def test_the_minutes_before_a_pause_on_site_count_and_the_pause_does_not(cast, register, client_of):
    at, later = timezone.now() - timedelta(hours=5), timedelta(minutes=1)
    with clock_at(at):
        job = work_in("on_site", cast, register)
    with clock_at(at + 60 * later):
        do.pause_work(job, by=cast.worker, reason="parts")
    with clock_at(at + 70 * later):
        do.resume_work(job, by=cast.worker, on_site=True)
    with clock_at(at + 90 * later):
        sheet = client_of(cast.worker).get(url("work-order-step", job.pk, "complete"))
        assert sheet.context["form"]["minutes"].value() == 80
        do.complete_work(job, by=cast.worker, ticks=TICKS)
    assert WorkCost.objects.get().minutes == 80
    with clock_at(at + 120 * later):
        do.fail_check(job, by=cast.supervisor, reason="仍在漏水")
        do.arrive(job, by=cast.worker)
    with clock_at(at + 130 * later):
        do.complete_work(job, by=cast.worker, ticks=TICKS)
    assert WorkCost.objects.latest("pk").minutes == 10


@pytest.mark.django_db
def test_no_matter_is_ended_away_from_its_money(cast, register, paid_job):
    request = register(payer="owner", price_agreed=False)
    do.charge_customer(
        request, by=cast.receptionist, price=Decimal(80), customer_agreed=True, received=Decimal(80), method="cash"
    )
    merge = partial(do.merge_requests, request, into=paid_job.service_request, by=cast.supervisor)
    cancel = partial(do.cancel_request, request, by=cast.supervisor, asked_by="周先生", reason="不修了")
    refused("take the payment back first", merge)
    refused("take the payment back first", cancel)
    do.take_back_payment(Payment.objects.get(), by=cast.supervisor, reason="不修了，退款")
    assert cancel().state == "cancelled"


@pytest.mark.django_db
def test_plain_sql_cannot_bend_money(cast, paid_job):
    charge(paid_job, cast, price=Decimal(80), received=Decimal(80), method="cash")
    payment = Payment.objects.get()
    columns = "project_id, service_request_id, amount, method, receipt_no, reason, by_id, at, reverses_id"
    row = f"INSERT INTO servicedesk_payment ({columns}) SELECT {{}}, service_request_id, {{}}, 'cash', {{}}, 'x', by_id, at, {{}} FROM servicedesk_payment"
    attempts = {
        "evidence is kept": "UPDATE servicedesk_payment SET amount = 1",
        "rows are kept": "DELETE FROM servicedesk_finalprice",
        "payment_receipt_unique": row.format("project_id", "1", "receipt_no", "NULL"),
        "not in the project": row.format(str(cast.park.pk), "1", "'R1'", "NULL"),
        "not the opposite": row.format("project_id", "-1", "'R2'", str(payment.pk)),
        "final_price_above_is_agreed": "INSERT INTO servicedesk_finalprice"
        " (service_request_id, amount, agreed_amount, reason, customer_agreed, by_id, at)"
        " SELECT service_request_id, 90, 80, 'x', false, by_id, at FROM servicedesk_payment",
    }
    for message, statement in attempts.items():
        with pytest.raises(IntegrityError, match=message), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_two_receipts_at_once_get_two_numbers_and_never_more_than_is_owed(cast, paid_job):
    def receive():
        request = ServiceRequest.objects.get(pk=paid_job.service_request_id)
        return do.charge_customer(request, by=cast.receptionist, received=Decimal(50), method="cash")

    outcomes = race(receive, receive)
    assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True]
    assert [payment.amount for payment in Payment.objects.all()] == [50]


@pytest.mark.django_db
def test_the_worker_settles_at_the_door_and_the_desk_sees_it(cast, paid_job, client_of, valve):
    worker, desk = client_of(cast.worker), client_of(cast.receptionist)
    page = worker.get(reverse("servicedesk:work-order-show", args=[paid_job.pk])).content.decode()
    assert 'id="sheet-charge"' in page
    assert 'data-values="角阀\n1 个\n25.50"' in page
    done = {"ticks": list(TICKS), "result": "换了角阀", "minutes": "30", "version": paid_job.version}
    lines = {"materials_name": ["角阀"], "materials_quantity": ["2个"], "materials_price": [""]}
    step = partial(reverse, "servicedesk:work-order-step")
    assert worker.post(step(args=[paid_job.pk, "complete"]), {**done, **lines}).status_code == 302
    paid = {"price": "80", "received": "80", "method": "wechat"}
    assert worker.post(step(args=[paid_job.pk, "charge"]), {"price": "99"}).status_code == 409
    assert worker.post(step(args=[paid_job.pk, "charge"]), {**paid, "received": "-5"}).status_code == 422
    assert worker.post(step(args=[paid_job.pk, "charge"]), paid).status_code == 302

    receipt = Payment.objects.get().receipt_no
    pages = [
        worker.get(reverse("servicedesk:work-order-show", args=[paid_job.pk])),
        desk.get(reverse("servicedesk:request-costs", args=[paid_job.service_request_id])),
        desk.get(reverse("servicedesk:request-print", args=[paid_job.service_request_id])),
    ]
    for page in pages:
        assert receipt in page.content.decode()
        assert "¥51.00" in page.content.decode()
    assert 'data-when="checked"' not in pages[0].content.decode()  # paid in full: nothing is left to press
    assert 'data-when="done"' not in pages[0].content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "named"),
    [(("角阀", "-2", ""), "角阀"), (("角阀", "2", "-1"), "角阀"), (("角阀", "2", "abc"), "角阀"), (("", "", "5"), "5")],
)
def test_the_completion_sheet_names_the_line_that_is_wrong(cast, paid_job, client_of, line, named):
    sent = dict(zip(("materials_name", "materials_quantity", "materials_price"), line, strict=True))
    done = {"ticks": list(TICKS), "result": "换了角阀", "version": paid_job.version, **sent}
    answer = client_of(cast.worker).post(reverse("servicedesk:work-order-step", args=[paid_job.pk, "complete"]), done)
    assert answer.status_code == 422
    assert f"“{named}”" in answer.content.decode()
