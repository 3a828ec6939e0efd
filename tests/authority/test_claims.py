"""A claim for compensation: decided within authority or by a colleague, paid once, summed up (R-158)."""

from decimal import Decimal
from functools import partial

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.authority.operations import grant_approval, refuse_approval
from gongying.common.errors import Refused
from gongying.events.models import EventSubject
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import CompensationClaim
from tests.race import race
from tests.servicedesk.walks import ask, request_in


@pytest.fixture
def claim_for(cast, register, give):
    """With 200 a case at the front desk, 2000 for the manager."""
    give(subject="compensation")
    give(subject="compensation", staff=cast.manager.staff, limit_amount=2000, by=cast.administrator)

    def claim_for(amount, *, ground="damage"):
        facts = {"ground": ground, "amount": Decimal(amount), "reason": "天花板又泡了", "claimant": "周先生"}
        return do.raise_claim(register(), by=cast.receptionist, **facts)

    return claim_for


@pytest.mark.requirement("R-158")
def test_within_the_limit_a_claim_is_granted_at_once_and_paid_once(cast, claim_for):
    claim = claim_for(300)
    with pytest.raises(Refused):
        do.pay_claim(claim, by=cast.receptionist, how="转账")
    with pytest.raises(Refused, match="300"):
        do.decide_claim(claim, by=cast.receptionist, amount=Decimal(301), reason="多给")
    claim = do.decide_claim(claim, by=cast.receptionist, amount=Decimal(150), reason="属实，部分自损")
    assert (claim.state, claim.granted.amount, claim.ground_of_decision) == ("granted", 150, str(claim.use.grant))
    for late in (
        partial(do.decide_claim, claim, by=cast.manager, amount=Decimal(1), reason="再给"),
        partial(do.refuse_claim, claim, by=cast.manager, reason="不给"),
    ):
        with pytest.raises(Refused):
            late()
    assert do.pay_claim(claim, by=cast.receptionist, how="转账").state == "paid"
    with pytest.raises(Refused, match="小赵"):
        do.pay_claim(claim, by=cast.manager, how="现金")
    of_unit = EventSubject.objects.filter(kind="unit", object_id=cast.unit.pk).values_list("event__verb", flat=True)
    assert {"claim.raised", "authority.used", "claim.paid"} <= set(of_unit)


@pytest.mark.requirement("R-158")
def test_beyond_the_limit_a_colleague_decides(cast, claim_for):
    claim = do.decide_claim(claim_for(900), by=cast.receptionist, amount=Decimal(800), reason="属实")
    assert claim.state == "asked"
    with pytest.raises(Refused):
        do.refuse_claim(claim, by=cast.receptionist, reason="等不及")
    refuse_approval(claim.approval, by=cast.manager, note="先核实")
    claim = CompensationClaim.objects.with_decisions().get(pk=claim.pk)
    assert claim.state == "open"
    again = do.decide_claim(claim, by=cast.receptionist, amount=Decimal(600), reason="核实后")
    grant_approval(again.approval, by=cast.manager)
    claim = CompensationClaim.objects.with_decisions().get(pk=claim.pk)
    assert (claim.state, claim.granted.amount, claim.ground_of_decision) == ("granted", 600, "周经理")


@pytest.mark.requirement("R-158")
def test_sums_of_a_month_by_ground_open_their_claims(cast, claim_for, client_of):
    paid = do.decide_claim(claim_for(100), by=cast.receptionist, amount=Decimal(80), reason="x")
    do.pay_claim(paid, by=cast.receptionist, how="现金")
    do.decide_claim(claim_for(50), by=cast.receptionist, amount=Decimal(40), reason="x")
    do.refuse_claim(claim_for(999, ground="delay"), by=cast.manager, reason="没有延误")
    found = {row.pop("ground"): row for row in CompensationClaim.objects.all().sums()}
    assert found == {
        "damage": {"number": 2, "claimed": 150, "granted": 120, "paid": 80},
        "delay": {"number": 1, "claimed": 999, "granted": 0, "paid": 0},
    }
    browser = client_of(cast.receptionist)
    address = reverse("servicedesk:claim-index")
    month = f"{timezone.localdate():%Y-%m}"
    assert browser.get(address, {"month": month, "ground": "damage"}).content.decode().count("data-row") == 2
    assert browser.get(address, {"month": "2001-01"}).content.decode().count("data-row") == 0
    assert browser.get(address, {"list": "unpaid"}).content.decode().count("data-row") == 1
    register = browser.get(reverse("reports:register-show", args=["claims"])).content.decode()
    assert "999.00" in register
    assert client_of(cast.guard).get(address).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_who_pay_at_once_one_does(cast, claim_for):
    claim = do.decide_claim(claim_for(100), by=cast.receptionist, amount=Decimal(80), reason="x")
    results = race(*[partial(do.pay_claim, claim, by=cast.manager, how="转账")] * 4)
    assert sorted(type(result).__name__ for result in results) == ["CompensationClaim"] + ["Refused"] * 3


def test_the_database_keeps_a_claim_as_it_was_raised(cast, claim_for):
    claim = do.refuse_claim(claim_for(300), by=cast.manager, reason="非我方责任")
    rows = CompensationClaim.objects.filter(pk=claim.pk)
    now = timezone.now()
    for write in (
        lambda: rows.update(amount=1),
        lambda: rows.update(refusal="改口"),
        lambda: rows.update(paid_at=now, paid_by=cast.manager, paid_how="x"),
        rows.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


@pytest.mark.requirement("R-158", "R-008")
def test_a_closed_matter_still_gives_what_was_claimed_or_is_goodwill(cast, register, give, claim_for, client_of):
    give()
    closed = request_in("closed", cast, register)
    offered = client_of(cast.receptionist).get(reverse("servicedesk:request-show", args=[closed.pk])).content.decode()
    assert f"/requests/{closed.pk}/steps/concede/" in offered
    use = do.concede(closed, subject="goodwill", amount=Decimal(50), reason="回访后补偿", by=cast.receptionist)
    assert (use.amount, str(use.grant.holder)) == (50, str(cast.receptionist.staff.post))
    facts = {"ground": "damage", "amount": Decimal(100), "reason": "又泡了", "claimant": "周先生"}
    claim = do.raise_claim(closed, by=cast.receptionist, **facts)
    claim = do.decide_claim(claim, by=cast.receptionist, amount=Decimal(80), reason="属实")
    assert do.pay_claim(claim, by=cast.receptionist, how="转账").state == "paid"
    closed.refresh_from_db()
    assert closed.state == "closed"


def test_what_ended_without_being_done_gives_nothing_and_says_why(cast, register, give):
    give()
    cancelled, merged, into = register(), register(), register()
    do.cancel_request(cancelled, by=cast.supervisor, asked_by="周先生", reason="不需要了")
    do.merge_requests(merged, into=into, by=cast.supervisor)
    facts = {"ground": "damage", "amount": Decimal(10), "reason": "x"}
    for matter, said in ((cancelled, "“cancelled”: nothing is given"), (merged, f"goes on as {into.number}")):
        with pytest.raises(Refused, match=said):
            do.concede(matter, subject="goodwill", amount=Decimal(10), reason="x", by=cast.receptionist)
        with pytest.raises(Refused, match=said):
            do.raise_claim(matter, by=cast.receptionist, **facts)


@pytest.mark.requirement("R-158")
def test_what_was_asked_for_before_the_end_is_agreed_to_after_it(cast, register, claim_for):
    matter = request_in("reported", cast, register)
    facts = {"ground": "damage", "amount": Decimal(900), "reason": "又泡了"}
    claim = do.raise_claim(matter, by=cast.receptionist, **facts)
    claim = do.decide_claim(claim, by=cast.receptionist, amount=Decimal(600), reason="属实")
    ask(matter, cast, reached=True, solved=True, score=5)
    matter.refresh_from_db()
    assert matter.state == "closed"
    grant_approval(claim.approval, by=cast.manager)
    assert CompensationClaim.objects.with_decisions().get(pk=claim.pk).state == "granted"
