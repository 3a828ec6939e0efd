"""Guests: announced, agreed to by the house, in and out once, and nothing of the host on their own page (R-153)."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.custody import operations as do
from gongying.custody.models import GuestPass
from gongying.custody.models.guests import guest_token
from tests.race import race

AGREED = {"confirmed_by": "周太太", "confirmation": "phone"}


@pytest.fixture
def announce(cast):
    return partial(do.announce_guest, cast.unit, by=cast.receptionist, name="王阿姨")


def test_what_the_desk_begins_for_a_household_stands_on_its_page(cast, client_of):
    page = reverse("customers:household-show", args=[cast.unit.pk])
    begun = ["custody:guest-create", "custody:pass-create", "custody:mail-create", "custody:key-create"]
    links = [f'href="{reverse(name)}?unit={cast.unit.pk}"' for name in (*begun, "fitouts:file-create")]

    shown = client_of(cast.receptionist).get(page).content.decode()
    assert [link for link in links if link not in shown] == []
    shown = client_of(cast.steward).get(page).content.decode()
    assert links[2] not in shown


@pytest.mark.requirement("R-153")
def test_a_guest_comes_in_once_and_leaves_once(cast, announce):
    guest = announce(**AGREED)
    assert (guest.state, guest.number[:5]) == ("expected", "YG-FK")
    with pytest.raises(Refused, match="还没有进入"):
        do.let_guest_out(guest, by=cast.guard)
    assert do.let_guest_in(guest, by=cast.guard).state == "in_house"
    assert list(GuestPass.objects.in_house()) == [guest]
    with pytest.raises(Refused, match="小孙"):
        do.let_guest_in(guest, by=cast.guard)
    with pytest.raises(Refused, match="小孙"):
        do.withdraw_guest(guest, by=cast.receptionist, reason="来错了")
    assert do.let_guest_out(guest, by=cast.guard).state == "gone"
    for again in (do.let_guest_in, do.let_guest_out):
        with pytest.raises(Refused):
            again(guest, by=cast.guard)
    assert not GuestPass.objects.in_house().exists()


@pytest.mark.requirement("R-153")
@pytest.mark.django_db(transaction=True)
def test_of_ten_gates_one_lets_the_guest_in(cast, announce):
    guest = announce(**AGREED)
    results = race(*[partial(do.let_guest_in, guest, by=cast.guard)] * 10)
    assert sorted(type(result).__name__ for result in results) == ["GuestPass"] + ["Refused"] * 9


@pytest.mark.requirement("R-153")
def test_whom_nobody_expects_waits_until_the_house_agrees(cast, client_of):
    """The gate enters who stands there, calls the unit, and lets in or not."""
    gate = client_of(cast.guard)
    asked = {"project": cast.sunshine.pk, "unit_code": "21301", "purpose": "visit", "confirmation": "phone"}
    sent = gate.post(reverse("custody:guest-create"), {**asked, "name": "陌生人", "persons": 1})
    guest = GuestPass.objects.get()
    assert (sent.status_code, guest.state, guest.confirmation) == (302, "unconfirmed", "")
    let_in = reverse("custody:guest-in", args=[guest.pk])
    page = gate.get(reverse("custody:gate-show"), {"q": guest.code}).content.decode()
    assert "被访人尚未同意" in page
    assert let_in not in page
    assert gate.post(let_in).status_code == 409
    confirm = reverse("custody:guest-confirm", args=[guest.pk])
    assert gate.post(confirm, {"confirmation": "phone"}).status_code == 422
    back = gate.post(f"{confirm}?from=gate", AGREED)
    assert back.url == f"{reverse('custody:gate-show')}?q={guest.number}"
    assert let_in in gate.get(back.url).content.decode()
    assert gate.post(let_in).status_code == 302
    assert "陌生人" in gate.get(reverse("custody:gate-show")).content.decode()
    assert gate.post(reverse("custody:guest-out", args=[guest.pk])).status_code == 302
    gate.get(reverse("custody:gate-show"))  # says that he left
    assert "陌生人" not in gate.get(reverse("custody:gate-show")).content.decode()


def test_a_guest_comes_in_her_time_only(cast, announce):
    now = timezone.now()
    later = announce(expected_at=now + timedelta(hours=5), valid_until=now + timedelta(hours=7), **AGREED)
    assert later.state == "coming"
    with pytest.raises(Refused, match="起有效"):
        do.let_guest_in(later, by=cast.guard)
    with clock_at(now + timedelta(hours=4, minutes=1)):
        assert later.state == "expected"
    with clock_at(now + timedelta(hours=8)), pytest.raises(Refused, match="到期"):
        do.let_guest_in(later, by=cast.guard)
    for first, last in ((5, 4), (-5, -4), (0, 24 * 40), (24 * 40, 24 * 40 + 1)):
        with pytest.raises(Refused):
            announce(expected_at=now + timedelta(hours=first), valid_until=now + timedelta(hours=last))


@pytest.mark.requirement("R-153")
def test_the_guests_own_page_says_nothing_about_the_host(cast, client, announce):
    guest = announce(phone="+8613800005566", **AGREED)
    own = reverse("custody:guest-own", args=[guest_token(guest)])
    page = client.get(own).content.decode()
    assert guest.code in page
    for secret in ("周", cast.unit.code, "301", "13800005566", "5566", guest.number):
        assert secret not in page
    assert client.get(f"{own[:-3]}xx/").status_code == 404
    do.let_guest_in(guest, by=cast.guard)
    assert guest.code not in client.get(own).content.decode()
    with clock_at(guest.valid_until + timedelta(minutes=1)):
        assert client.get(own).status_code == 404


def test_a_withdrawn_guest_is_not_let_in(cast, client, announce):
    guest = announce(**AGREED)
    with pytest.raises(Refused):
        do.withdraw_guest(guest, by=cast.receptionist, reason=" ")
    do.withdraw_guest(guest, by=cast.receptionist, reason="业主改期")
    with pytest.raises(Refused, match="业主改期"):
        do.let_guest_in(guest, by=cast.guard)
    page = client.get(reverse("custody:guest-own", args=[guest_token(guest)])).content.decode()
    assert guest.code not in page
    assert "业主改期" not in page


def test_the_database_lets_nobody_in_without_a_word_of_the_house(cast, announce):
    now = timezone.now()
    unasked, gone = announce(), announce(**AGREED)
    do.let_guest_out(do.let_guest_in(gone, by=cast.guard), by=cast.guard)
    rows = GuestPass.objects
    writes = [
        lambda: rows.filter(pk=unasked.pk).update(came_at=now, let_in_by=cast.guard),
        lambda: rows.filter(pk=gone.pk).update(left_at=now),
        lambda: rows.filter(pk=gone.pk).update(left_at=None),
        rows.filter(pk=unasked.pk).delete,
    ]
    for write in writes:
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_guests_of_another_project_stay_unseen(cast, client_of, announce):
    guest = announce(**AGREED)
    browser = client_of(cast.outsider)
    assert "王阿姨" not in browser.get(reverse("custody:gate-show"), {"q": guest.code}).content.decode()
    assert browser.post(reverse("custody:guest-in", args=[guest.pk])).status_code == 404
    assert client_of(cast.worker).get(reverse("custody:guest-index")).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_lists_of_guests_ask_the_same_number_of_questions(cast, client_of, announce, django_assert_num_queries, number):
    for _ in range(number):
        do.let_guest_in(announce(**AGREED), by=cast.guard)
    browser = client_of(cast.receptionist)
    pages = [reverse("custody:guest-index") + "?list=in_house", reverse("custody:gate-show")]
    for address, queries in zip(pages, (6, 4), strict=True):
        browser.get(address)
        with django_assert_num_queries(queries):
            assert browser.get(address).content.decode().count("王阿姨") == number
