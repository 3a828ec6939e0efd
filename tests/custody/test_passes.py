"""Release passes: issued whatever is owed, used once, withdrawn."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.custody import operations as do
from gongying.custody.models import ReleasePass
from gongying.customers.models import BalanceSnapshot
from tests.race import race


@pytest.fixture
def issue(cast):
    return partial(do.issue_pass, cast.unit, by=cast.receptionist, items="沙发一张，椅子两把", confirmed_by="周先生")


def owe(unit, amount="1200.50"):
    facts = {"item": "物业费", "months": 5, "amount": Decimal(amount), "as_of": date(2026, 10, 31)}
    BalanceSnapshot.objects.create(project=unit.project, building=unit.building, unit=unit, **facts)


@pytest.mark.requirement("E-042")
def test_a_pass_is_used_once_and_the_second_learns_who_was_first(cast, issue):
    release = issue(plate="京A12345")
    assert (release.state, release.number[:7], len(release.code)) == ("valid", "YG-FX" + release.number[5:7], 6)
    used = do.use_pass(release, by=cast.guard)
    assert (used.state, used.used_by) == ("used", cast.guard)
    with pytest.raises(Refused, match=f"{release.number}.*小孙"):
        do.use_pass(release, by=cast.guard)
    with pytest.raises(Refused, match="小孙"):
        do.void_pass(release, by=cast.receptionist, reason="写错了")


@pytest.mark.requirement("E-042")
@pytest.mark.django_db(transaction=True)
def test_of_ten_gates_one_lets_the_things_out(cast, issue):
    release = issue()
    results = race(*[partial(do.use_pass, release, by=cast.guard)] * 10)
    assert sorted(type(result).__name__ for result in results) == ["Refused"] * 9 + ["ReleasePass"]


def test_the_database_settles_a_pass_once_and_keeps_it(cast, issue):
    release = do.use_pass(issue(), by=cast.guard)
    rows = ReleasePass.objects.filter(pk=release.pk)
    now = timezone.now()
    voided = {"voided_at": now, "voided_by": cast.manager, "void_reason": "x"}
    for write in (lambda: rows.update(used_at=now), lambda: rows.update(**voided), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


@pytest.mark.requirement("E-042")
def test_arrears_are_shown_and_hold_nothing_back(cast, client_of):
    owe(cast.unit)
    browser = client_of(cast.receptionist)
    asked = {"project": cast.sunshine.pk, "unit_code": "21301"}
    words = browser.get(reverse("custody:pass-arrears"), asked).content.decode()
    assert "¥1200.50" in words
    assert "不得作为不放行的理由" in words
    today = timezone.localdate().isoformat()
    facts = {
        "items": "沙发",
        "confirmed_by": "周先生",
        "confirmation": "phone",
        "valid_from": today,
        "valid_until": today,
    }
    assert browser.post(reverse("custody:pass-create"), {**asked, **facts}).status_code == 302
    release = ReleasePass.objects.get()
    assert "¥1200.50" in browser.get(reverse("custody:pass-show", args=[release.pk])).content.decode()

    gate = client_of(cast.guard)
    page = gate.get(reverse("custody:gate-show"), {"q": release.code}).content.decode()
    assert "沙发" in page
    assert "¥1200.50" not in page
    let_out = reverse("custody:pass-use", args=[release.pk])
    assert gate.post(let_out).status_code == 302
    assert gate.post(let_out).status_code == 409
    page = gate.get(reverse("custody:gate-show"), {"q": release.number}).content.decode()
    assert "小孙 放行" in page
    assert let_out not in page


def test_a_pass_holds_on_its_days(cast, issue):
    today = timezone.localdate()
    coming = issue(valid_from=today + timedelta(days=1), valid_until=today + timedelta(days=2))
    assert coming.state == "coming"
    with pytest.raises(Refused, match="起有效"):
        do.use_pass(coming, by=cast.guard)
    ReleasePass.objects.update(valid_from=today - timedelta(days=2), valid_until=today - timedelta(days=1))
    with pytest.raises(Refused, match="已过期"):
        do.use_pass(coming, by=cast.guard)
    assert list(ReleasePass.objects.usable()) == []
    assert list(ReleasePass.objects.settled()) == [coming]
    for days in ((-2, -1), (2, 1), (0, 31), (32, 32)):
        first, last = (today + timedelta(days=day) for day in days)
        with pytest.raises(Refused):
            issue(valid_from=first, valid_until=last)


def test_a_withdrawn_pass_lets_nothing_out(cast, issue):
    release = issue()
    with pytest.raises(Refused):
        do.void_pass(release, by=cast.receptionist, reason=" ")
    do.void_pass(release, by=cast.receptionist, reason="改到下周")
    with pytest.raises(Refused, match="改到下周"):
        do.use_pass(release, by=cast.guard)


def test_a_code_opens_only_at_its_own_place(cast, client_of, issue):
    release = issue()
    nothing = client_of(cast.outsider).get(reverse("custody:gate-show"), {"q": release.code}).content.decode()
    assert "沙发" not in nothing
    assert client_of(cast.outsider).post(reverse("custody:pass-use", args=[release.pk])).status_code == 404
    assert client_of(cast.guard).get(reverse("custody:pass-create")).status_code == 403


def test_the_paper_has_a_code_for_the_gate_until_it_is_used(cast, client_of, issue):
    release = issue()
    paper = reverse("custody:pass-paper", args=[release.pk])
    browser = client_of(cast.receptionist)
    page = browser.get(paper).content.decode()
    assert "<svg" in page
    assert release.code in page
    do.use_pass(release, by=cast.guard)
    assert "<svg" not in browser.get(paper).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_number_of_questions(cast, client_of, issue, django_assert_num_queries, number):
    for _ in range(number):
        issue()
    browser = client_of(cast.receptionist)
    browser.get(reverse("custody:pass-index"))
    with django_assert_num_queries(5):
        assert browser.get(reverse("custody:pass-index")).content.decode().count("data-row") == number
