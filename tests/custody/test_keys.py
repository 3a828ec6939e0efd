"""Keys: on their hooks, lent to one at a time, late, and out of the register."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused, Stale
from gongying.custody import operations as do
from gongying.custody.models import Key, KeyLoan
from gongying.notifications.models import Notification
from tests.race import race

AN_HOUR = timedelta(hours=1)


@pytest.fixture
def key(cast):
    facts = {"kind": "entrusted", "tag": "A-12", "unit": cast.unit, "entrusted_by": "周先生"}
    return do.register_key(by=cast.receptionist, project=cast.sunshine, **facts)


@pytest.fixture
def lend(cast, key):
    """`lend()`: 老张 takes it for an hour."""

    def lend(**more: Any) -> KeyLoan:
        facts = {"borrower": cast.worker.staff, "reason": "修龙头", "due_at": timezone.now() + AN_HOUR}
        return do.lend_key(key, by=cast.receptionist, **{**facts, **more})

    return lend


def told(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("event__verb", flat=True))


@pytest.mark.requirement("E-041")
def test_a_key_is_lent_once_and_the_refusal_names_who_has_it(cast, key, lend):
    lend()
    with pytest.raises(Refused, match="老张") as refused:
        lend(borrower=cast.second_worker.staff)
    assert "A-12 2-1-301" in str(refused.value)
    assert list(Key.objects.lent()) == [key]
    assert list(Key.objects.at_hand()) == []

    do.return_key(key.loan, by=cast.supervisor, note="少一把信箱钥匙")
    again = lend(borrower=None, borrower_name="李师傅", borrower_phone="+8613800000000")
    assert [loan.holder for loan in KeyLoan.objects.order_by("pk")] == ["老张", "李师傅"]
    with pytest.raises(Refused):
        do.return_key(KeyLoan.objects.exclude(pk=again.pk).get(), by=cast.receptionist)


@pytest.mark.requirement("E-041")
@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_ask_for_a_key_at_once_one_gets_it(cast, key):
    due = timezone.now() + AN_HOUR
    asked = [
        partial(
            do.lend_key,
            key,
            by=cast.receptionist,
            borrower_name=f"{n} 号",
            borrower_phone="1",
            reason="看房",
            due_at=due,
        )
        for n in range(20)
    ]
    results = race(*asked)
    holder = KeyLoan.objects.open().get().holder
    refused = [result for result in results if isinstance(result, Refused)]
    assert len(refused) == 19
    assert all(holder in str(each) for each in refused)


def test_the_database_lends_a_key_once_takes_it_back_once_and_keeps_it(cast, key, lend):
    loan = lend()
    rows = KeyLoan.objects.filter(pk=loan.pk)
    second = {"borrower_name": "x", "reason": "x", "lent_by": cast.manager, "due_at": loan.due_at}
    with pytest.raises(DatabaseError, match="key_loan_one_at_a_time"), transaction.atomic():
        KeyLoan.objects.create(key=key, **second)
    do.return_key(loan, by=cast.receptionist)
    for write in (lambda: rows.update(returned_at=timezone.now()), rows.delete, Key.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"borrower": None}, "谁"),
        ({"borrower": None, "borrower_name": "李师傅"}, "电话"),
        ({"reason": " "}, "做什么"),
        ({"due_at": timezone.now() - AN_HOUR}, "时间"),
        ({"due_at": timezone.now() + timedelta(days=400)}, "一年"),
    ],
)
def test_a_loan_needs_who_what_for_and_until_when(lend, facts, words):
    with pytest.raises(Refused, match=words):
        lend(**facts)
    assert not KeyLoan.objects.exists()


def test_what_a_key_opens_is_said(cast, key):
    register = partial(do.register_key, by=cast.receptionist, project=cast.sunshine)
    pump_room = register(kind="public", tag="B-1", opens="水泵房", unit=cast.unit)
    assert (pump_room.unit, pump_room.door, pump_room.place.building_id) == (None, "水泵房", None)
    for facts in (
        {"kind": "public", "tag": "B-2"},
        {"kind": "vacant", "tag": "B-3"},
        {"kind": "vacant", "tag": " ", "unit": cast.unit},
        {"kind": "vacant", "tag": "B-4", "unit": cast.park_unit},
        {"kind": "vacant", "tag": "A-12", "unit": cast.unit},
    ):
        with pytest.raises(Refused):
            register(**facts)
    assert Key.objects.count() == 2


def test_a_key_leaves_the_register_when_it_is_back_or_lost(cast, key, lend):
    loan = lend()
    with pytest.raises(Refused, match="老张"):
        do.end_key(key, by=cast.receptionist, ending="handed_back")
    do.end_key(key, by=cast.receptionist, ending="lost", note="老张丢失")
    loan.refresh_from_db()
    assert loan.returned_at is not None
    with pytest.raises(Refused, match="遗失"):
        lend()
    # Its tag hangs on the hook of another one.
    assert do.register_key(by=cast.receptionist, project=cast.sunshine, kind="vacant", tag="A-12", unit=cast.unit)


def test_an_edit_of_what_somebody_else_has_changed_is_stale(cast, key):
    facts = {"kind": "entrusted", "unit": cast.unit, "opens": "", "number_of_keys": 1, "entrusted_by": "", "note": ""}
    do.change_key(key, by=cast.supervisor, seen=1, tag="A-13", **facts)
    with pytest.raises(Stale):
        do.change_key(key, by=cast.receptionist, seen=1, tag="A-14", **facts)


@pytest.mark.requirement("E-041")
def test_a_key_that_is_late_is_red_and_told_once(cast, client_of, key, lend):
    loan = lend()
    KeyLoan.objects.update(lent_at=timezone.now() - 2 * AN_HOUR, due_at=timezone.now() - AN_HOUR)
    assert [do.notice_overdue_keys() for _ in range(2)] == [1, 0]
    people = (cast.worker, cast.receptionist, cast.supervisor, cast.manager, cast.steward, cast.outsider)
    assert [told(user) for user in people] == [["key.overdue"]] * 4 + [[], []]

    browser = client_of(cast.receptionist)
    assert "A-12" in browser.get(reverse("custody:key-index") + "?list=overdue").content.decode()
    assert "state-late" in browser.get(reverse("custody:unit-keys", args=[cast.unit.pk])).content.decode()

    do.extend_loan(loan, by=cast.receptionist, due_at=timezone.now() + AN_HOUR)
    assert not KeyLoan.objects.overdue().exists()
    assert KeyLoan.objects.get().overdue_told_at is None


def test_the_desk_lends_and_takes_back_by_its_pages(cast, client_of):
    browser = client_of(cast.receptionist)
    index = reverse("custody:key-index")
    new = {"project": cast.sunshine.pk, "kind": "entrusted", "tag": "A-12", "unit_code": "21301", "number_of_keys": "2"}
    assert browser.post(reverse("custody:key-create"), {**new, "unit_code": "9-9-999"}).status_code == 422
    assert browser.post(reverse("custody:key-create"), new).status_code == 302
    key = Key.objects.get()
    assert "A-12 在前台" in browser.get(reverse("custody:unit-keys", args=[cast.unit.pk])).content.decode()

    lend = reverse("custody:loan-create", args=[key.pk])
    due = (timezone.localtime() + AN_HOUR).strftime("%Y-%m-%dT%H:%M")
    assert browser.post(lend, {"reason": "看房", "due_at": due}).status_code == 422
    given = {"borrower": cast.worker.staff.pk, "reason": "看房", "due_at": due}
    assert browser.post(lend, given).status_code == 302
    assert browser.post(lend, given).status_code == 409
    assert "老张" in browser.get(index + "?list=lent").content.decode()
    back = browser.post(reverse("custody:loan-return", args=[key.loan.pk]), {"origin": "list"})
    assert back["Location"] == index + "?list=lent"
    assert key.loan is None
    page = browser.get(reverse("custody:key-show", args=[key.pk])).content.decode()
    assert "看房" in page


def test_a_steward_sees_where_a_key_is_and_nobody_sees_that_of_another_place(cast, client_of, key, lend):
    lend()
    chips = reverse("custody:unit-keys", args=[cast.unit.pk])
    assert "老张" in client_of(cast.steward).get(chips).content.decode()
    assert client_of(cast.steward).get(reverse("custody:key-index")).status_code == 403
    assert client_of(cast.outsider).get(reverse("custody:key-show", args=[key.pk])).status_code == 404
    assert client_of(cast.outsider).get(chips).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_register_asks_the_same_number_of_questions(cast, client_of, django_assert_num_queries, number):
    for n in range(number):
        facts = {"kind": "vacant", "tag": f"C-{n}", "unit": cast.unit}
        key = do.register_key(by=cast.receptionist, project=cast.sunshine, **facts)
        due = timezone.now() + AN_HOUR
        do.lend_key(key, by=cast.receptionist, borrower=cast.worker.staff, reason="看房", due_at=due)
    browser = client_of(cast.receptionist)
    browser.get(reverse("custody:key-index"))
    with django_assert_num_queries(8):
        assert browser.get(reverse("custody:key-index")).content.decode().count("data-row") == number
