"""Services, what they cost, what was quoted, and what must be agreed to before paid work starts (R-448, E-047)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.authority.models import AuthorityUse
from gongying.common.errors import Refused
from gongying.events.models import Event
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ServiceCategory, ServiceItem, ServicePrice, ServiceRequest, StartWithoutPrice
from gongying.servicedesk.operations.categories import save_category
from tests.prices import may_discount
from tests.servicedesk.walks import work_in

CODE = "home-plumbing-leak"


@pytest.fixture
def item(cast):
    leak = ServiceCategory.objects.get(code=CODE)
    item = ServiceItem(code="tap", name="更换龙头", category=leak, measure="个")
    do.save_item(item, by=cast.manager)
    do.set_price(item, project=None, amount=Decimal(80), by=cast.manager)
    return item


@pytest.fixture
def unagreed(cast, register):
    """A job whose doer is on his way, of an owner who has not agreed to any price."""
    return work_in("en_route", cast, lambda **given: register(price_agreed=False, **given))


@pytest.mark.requirement("R-448")
def test_another_price_counts_from_its_day_and_old_orders_keep_theirs(item, cast, register):
    request = register(price_agreed=False)
    old = do.quote_service(request, item=item, quantity=Decimal(2), agreed=True, by=cast.receptionist)
    assert (old.price, old.total, old.priced_from) == (Decimal(80), Decimal(160), timezone.localdate())

    ServicePrice.objects.update(during=(timezone.localdate() - timedelta(days=30), None))
    do.set_price(item, project=None, amount=Decimal(90), by=cast.manager)
    do.set_price(item, project=cast.sunshine, amount=Decimal(95), by=cast.manager)

    prices = ServicePrice.objects.filter(item=item)
    assert [(row.project, row.amount) for row in prices.current().order_by("amount")] == [
        (None, Decimal(90)),
        (cast.sunshine, Decimal(95)),
    ]
    assert prices.count() == 3
    assert ServicePrice.objects.of(item, project_id=cast.park.pk).amount == 90
    new = do.quote_service(register(price_agreed=False), item=item, by=cast.receptionist)
    old.refresh_from_db()
    assert (old.price, new.price) == (Decimal(80), Decimal(95))


def test_a_quote_says_who_pays_and_another_price_needs_another_yes(item, cast, register):
    request = register(category="common-lift-fault", price_agreed=False)
    assert request.payer == "company"
    do.quote_service(request, item=item, agreed=True, by=cast.receptionist)
    request.refresh_from_db()
    assert (request.payer, request.price_agreed, request.agreed_amount) == ("owner", True, 80)
    do.quote_service(request, item=item, quantity=Decimal(3), by=cast.receptionist)
    request.refresh_from_db()
    assert not request.price_agreed
    assert Event.objects.filter(verb="request.quoted").last().details["text"].endswith("= ¥240.00")


def test_no_price_today_no_quote(item, cast, register):
    ServicePrice.objects.all().delete()
    with pytest.raises(Refused, match="has no price here today"):
        do.quote_service(register(), item=item, by=cast.receptionist)
    yesterday = timezone.localdate() - timedelta(days=1)
    with pytest.raises(Refused, match="begin today"):
        do.set_price(item, project=None, amount=Decimal(1), starts_on=yesterday, by=cast.manager)
    with pytest.raises(Refused, match="more than nothing"):
        do.set_price(item, project=None, amount=Decimal(0), by=cast.manager)


@pytest.mark.requirement("R-448")
def test_quick_entry_picks_from_the_catalogue(item, cast, client_of):
    desk = client_of(cast.receptionist)
    page = desk.get(reverse("servicedesk:entry-new"), {"unit": cast.unit.pk, "kind": "repair"}).content.decode()
    assert "更换龙头 · ¥80.00/个" in page
    assert timezone.localdate().isoformat() in page
    token = page.split('name="token" value="')[1].split('"')[0]
    sent = {
        "token": token,
        "unit": cast.unit.pk,
        "channel": "phone",
        "text": "龙头坏了，换一个",
        "kind": "service",
        "item": item.pk,
        "price_agreed": "on",
        "action": "request",
        "when": "now",
    }
    assert desk.post(reverse("servicedesk:entry-create"), sent).status_code == 302
    request = ServiceRequest.objects.get()
    assert (request.category.code, request.payer, request.agreed_amount) == (CODE, "owner", 80)
    assert request.quotes.get().price == 80
    page = desk.get(reverse("servicedesk:request-show", args=[request.pk])).content.decode()
    assert "更换龙头 ¥80.00/个 × 1 = ¥80.00" in page


@pytest.mark.requirement("E-047")
def test_paid_work_does_not_start_without_an_agreed_price_or_a_reason(unagreed, cast):
    with pytest.raises(Refused, match="agreed to the price"):
        do.arrive(unagreed, by=cast.worker)
    with pytest.raises(Refused, match="or give a reason"):
        do.agree_price(unagreed, by=cast.worker, reason=" ")

    savepoint = transaction.savepoint()
    with pytest.raises(Refused, match="Say which amount"):
        do.agree_price(unagreed, by=cast.worker, agreed=True)
    do.agree_price(unagreed, by=cast.worker, agreed=True, agreed_amount=Decimal("66.60"))
    unagreed.service_request.refresh_from_db()
    assert unagreed.service_request.agreed_amount == Decimal("66.60")
    assert do.arrive(unagreed, by=cast.worker).state == "on_site"
    transaction.savepoint_rollback(savepoint)

    unagreed.refresh_from_db()
    do.agree_price(unagreed, by=cast.worker, reason="夜里爆管，先止水")
    assert do.arrive(unagreed, by=cast.worker).state == "on_site"
    assert StartWithoutPrice.objects.get().reason == "夜里爆管，先止水"


@pytest.mark.requirement("E-047", "R-448")
def test_the_one_line_of_a_category_is_quoted_with_the_tick_and_stays_what_it_was(item, cast, register, client_of):
    desk = client_of(cast.receptionist)
    opened = {"unit": cast.unit.pk, "kind": "repair", "text": "水管漏水"}
    page = desk.get(reverse("servicedesk:entry-new"), opened).content.decode()
    assert 'data-entry-line aria-live="polite">更换龙头 ¥80.00/个</p>' in page
    request = register(agreed_amount=None)
    assert (request.agreed_amount, str(request.quotes.get())) == (80, "更换龙头 ¥80.00/个 × 1 = ¥80.00")
    ServicePrice.objects.update(during=(timezone.localdate() - timedelta(days=30), None))
    do.set_price(item, project=None, amount=Decimal(90), by=cast.manager)
    do.correct_price_agreement(request, by=cast.receptionist, price_agreed=False)
    request = do.correct_price_agreement(request, by=cast.receptionist, price_agreed=True)
    assert request.agreed_amount == 80
    assert register(agreed_amount=None).agreed_amount == 90

    # Of two lines somebody chooses one, or says the amount.
    other = do.save_item(ServiceItem(code="hose", name="换软管", category=item.category, measure="根"), by=cast.manager)
    do.set_price(other, project=None, amount=Decimal(30), by=cast.manager)
    with pytest.raises(Refused, match="Say which amount"):
        register(agreed_amount=None)


@pytest.mark.requirement("E-047")
def test_the_worker_reads_the_line_at_the_door_and_the_phone_keeps_the_yes(item, unagreed, cast, client_of):
    worker = client_of(cast.worker)
    page = worker.get(reverse("servicedesk:work-order-show", args=[unagreed.pk])).content.decode()
    assert 'id="sheet-price"' in page
    assert "更换龙头 ¥80.00/个" in page
    kept = reverse("servicedesk:queued-step-create", args=[unagreed.pk, "price"])
    sent = {"agreed": "on", "agreed_amount": "", "version": unagreed.version, "age": 60_000}
    assert worker.post(kept, sent).status_code == 200
    request = ServiceRequest.objects.get(pk=unagreed.service_request_id)
    assert (request.agreed_amount, request.quotes.get().item) == (80, item)


@pytest.mark.requirement("E-047")
def test_plain_sql_cannot_agree_to_a_price_without_an_amount(register):
    request = register(price_agreed=False)
    attempts = {
        "agreed to with its amount": "price_agreed = true",
        "agreed_amount_with_a_yes": "agreed_amount = 80",
        "request_price_agreed_if_owner_pays": "price_agreed = true, agreed_amount = 80, payer = 'company'",
    }
    for message, changes in attempts.items():
        with pytest.raises(IntegrityError, match=message), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE servicedesk_servicerequest SET {changes} WHERE id = %s", [request.pk])
    ServiceRequest.objects.update(price_agreed=True, agreed_amount=5)
    with pytest.raises(IntegrityError, match="with its amount"), transaction.atomic():
        ServiceRequest.objects.update(agreed_amount=None)


@pytest.mark.requirement("E-047")
def test_plain_sql_cannot_start_paid_work_either(unagreed):
    savepoint = transaction.savepoint()
    unagreed.stages.filter(left_at=None).update(left_at=timezone.now(), left_by=unagreed.doer)
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="an agreed price is missing"):
        cursor.execute("UPDATE servicedesk_workorder SET state = 'on_site' WHERE id = %s", [unagreed.pk])
    transaction.savepoint_rollback(savepoint)


def test_the_workers_page_asks_for_the_price_first(unagreed, cast, client_of):
    worker = client_of(cast.worker)
    step = reverse("servicedesk:work-order-step", args=[unagreed.pk, "price"])
    assert step in worker.get(reverse("servicedesk:work-order-show", args=[unagreed.pk])).content.decode()
    assert worker.post(step, {"version": unagreed.version}).status_code == 422
    lacking = worker.post(step, {"agreed": "on", "version": unagreed.version})
    assert list(lacking.context["form"].errors) == ["agreed_amount"]
    agreed = {"agreed": "on", "agreed_amount": "120", "version": unagreed.version}
    assert worker.post(step, agreed).status_code == 302
    arrive = reverse("servicedesk:work-order-step", args=[unagreed.pk, "arrive"])
    unagreed.refresh_from_db()
    assert worker.post(arrive, {"version": unagreed.version}).status_code == 302
    unagreed.refresh_from_db()
    assert unagreed.state == "on_site"


def test_services_and_prices_on_their_pages(cast, client_of):
    manager = client_of(cast.manager)
    leak = ServiceCategory.objects.get(code=CODE)
    sent = {"name": "开锁", "code": "lock", "category": leak.pk, "measure": "次", "is_paid": "on", "is_active": "on"}
    assert manager.post(reverse("servicedesk:service-new"), sent).status_code == 302
    item = ServiceItem.objects.get(code="lock")
    url = reverse("servicedesk:service-price", args=[item.pk])
    assert manager.post(url, {"amount": "60"}).status_code == 422  # of one project: she names it
    for amount in ("-1", "0", "95,46", "1e99"):
        assert manager.post(url, {"amount": amount, "project": cast.sunshine.pk}).status_code == 422
    assert manager.post(url, {"amount": "60", "project": cast.sunshine.pk}).status_code == 302
    desk = client_of(cast.receptionist)
    assert "¥60.00" in desk.get(reverse("servicedesk:service-index")).content.decode()
    assert "¥60.00" not in client_of(cast.outsider).get(reverse("servicedesk:service-index")).content.decode()
    assert desk.get(url).status_code == 403


@pytest.mark.requirement("R-008", "E-047")
def test_a_price_below_the_list_is_a_discount_within_ones_authority(item, cast, register):
    """Without a grant refused with the amount, within it stamped; what was granted in the matter before counts."""
    with pytest.raises(Refused, match=r"discount of ¥20\.00 has to be granted"):
        register(agreed_amount=Decimal(60))
    assert not ServiceRequest.objects.exists()
    may_discount(cast.receptionist, 25, by=cast.manager)
    request = register(agreed_amount=Decimal(60))
    use = AuthorityUse.objects.get()
    assert (use.subject, use.amount, use.by, use.limit_amount) == ("discount", 20, cast.receptionist, 25)
    request = do.correct_price_agreement(request, by=cast.receptionist, price_agreed=True, agreed_amount=Decimal(55))
    assert (request.agreed_amount, AuthorityUse.objects.last().amount) == (55, 5)
    with pytest.raises(Refused, match=r"discount of ¥1\.00 has to be granted"):
        do.correct_price_agreement(request, by=cast.receptionist, price_agreed=True, agreed_amount=Decimal(54))


@pytest.mark.requirement("R-008")
def test_the_door_and_the_desk_say_what_has_to_be_granted_first(item, unagreed, cast, client_of):
    worker, desk = client_of(cast.worker), client_of(cast.receptionist)
    sent = {"agreed": "on", "agreed_amount": "70", "version": unagreed.version}
    answer = worker.post(reverse("servicedesk:queued-step-create", args=[unagreed.pk, "price"]), sent)
    assert (answer.status_code, "¥10.00" in answer.json()["detail"]) == (409, True)
    wish = {"price_agreed": "on", "agreed_amount": "70", "version": unagreed.service_request.version}
    kept = desk.post(reverse("servicedesk:request-step", args=[unagreed.service_request_id, "price"]), wish)
    assert (kept.status_code, "¥10.00" in kept.text) == (409, True)
    may_discount(cast.receptionist, 100, by=cast.manager)
    do.concede(unagreed.service_request, subject="discount", amount=Decimal(10), reason="老业主", by=cast.receptionist)
    with pytest.raises(Refused, match=r"¥1\.00 has to be granted"):
        do.agree_price(unagreed, by=cast.worker, agreed=True, agreed_amount=Decimal(69))
    assert worker.post(reverse("servicedesk:queued-step-create", args=[unagreed.pk, "price"]), sent).status_code == 200


@pytest.mark.requirement("R-448")
def test_of_several_lines_one_tap_is_the_yes(item, unagreed, cast, client_of):
    other = do.save_item(ServiceItem(code="hose", name="换软管", category=item.category, measure="根"), by=cast.manager)
    do.set_price(other, project=None, amount=Decimal(30), by=cast.manager)
    worker, desk = client_of(cast.worker), client_of(cast.receptionist)
    page = worker.get(reverse("servicedesk:work-order-show", args=[unagreed.pk])).text
    assert "换软管 ¥30.00/根" in page
    entry = desk.get(
        reverse("servicedesk:entry-new"), {"unit": cast.unit.pk, "kind": "repair", "text": "水管漏水"}
    ).text
    assert f'data-entry-item="{other.pk}">换软管 <small>¥30.00/根' in entry
    line = ServicePrice.objects.get(item=other)
    address = reverse("servicedesk:queued-step-create", args=[unagreed.pk, "price"])
    # Of a line that is chosen the amount beside it is a discount; with none chosen the cheapest says what is one.
    dearer = ServicePrice.objects.get(item=item)
    for less, missing in (
        ({"line": dearer.pk, "agreed_amount": "70"}, 10),
        ({"agreed": "on", "agreed_amount": "25"}, 5),
    ):
        answer = worker.post(address, {**less, "version": unagreed.version})
        assert (answer.status_code, f"¥{missing}.00" in answer.json()["detail"]) == (409, True)
    assert worker.post(address, {"line": line.pk, "version": unagreed.version}).status_code == 200
    request = ServiceRequest.objects.get(pk=unagreed.service_request_id)
    assert (request.agreed_amount, request.quotes.get().item) == (30, other)


def test_who_saves_a_category_that_she_read_before_keeps_the_new_name_of_the_one_above(cast):
    leak = ServiceCategory.objects.select_related("parent__parent").get(code=CODE)
    above = ServiceCategory.objects.get(pk=leak.parent_id)
    above.name = "上下水"
    save_category(above, by=cast.manager)

    leak.position = 7
    save_category(leak, by=cast.administrator)

    assert "上下水" in ServiceCategory.objects.get(code=CODE).path


def test_two_who_move_one_category_into_the_other_make_no_circle(cast):
    first, second = ServiceCategory.objects.filter(parent=None).order_by("pk")[:2]
    read_before = ServiceCategory.objects.get(pk=second.pk)
    second.parent = first
    save_category(second, by=cast.manager)

    first.parent = read_before
    with pytest.raises(Refused, match="belong to itself"):
        save_category(first, by=cast.manager)
