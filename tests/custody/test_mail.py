"""The mail room: taken in once, told, handed out against a signature."""

import re
from datetime import timedelta
from functools import partial
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from gongying.common.errors import Refused
from gongying.custody import operations as do
from gongying.custody.models import MailItem
from gongying.files.models import Attachment
from tests.race import race


def signature():
    data = BytesIO()
    Image.new("RGB", (60, 20), "navy").save(data, "PNG")
    return SimpleUploadedFile("sign.png", data.getvalue(), content_type="image/png")


@pytest.fixture
def take_in(cast):
    return partial(do.take_in_mail, cast.unit, by=cast.receptionist, service="顺丰")


@pytest.mark.requirement("R-116")
def test_all_that_waits_is_handed_out_against_one_signature(cast, client_of, take_in):
    first, second = take_in(tracking_no="sf001", shelf="B-3"), take_in(kind="letter")
    browser = client_of(cast.receptionist)
    assert "待取 2" in browser.get(reverse("custody:unit-mail", args=[cast.unit.pk])).content.decode()
    out = reverse("custody:mail-out", args=[first.pk])
    assert browser.post(out, {"items": [first.pk, second.pk]}).status_code == 422
    given = {"items": [first.pk, second.pk], "taken_by": "周太太"}
    assert browser.post(out, {**given, "signature": signature()}).status_code == 302
    assert sorted(MailItem.objects.values_list("ending", "taken_by")) == [("collected", "周太太")] * 2
    assert [Attachment.objects.of(item, label="signature").count() for item in (first, second)] == [1, 1]
    shown = browser.get(reverse("custody:mail-show", args=[second.pk])).content.decode()
    assert re.search(r'<small class="signer">周太太 .*\d\d:\d\d.*</small>', shown)
    assert browser.get(out).url == reverse("custody:mail-show", args=[first.pk])
    assert "待取" not in browser.get(reverse("custody:unit-mail", args=[cast.unit.pk])).content.decode()
    with pytest.raises(Refused, match="周太太"):
        do.hand_out_mail([second], by=cast.receptionist, taken_by="周先生")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_collect_at_once_one_gets_it(cast, take_in):
    item = take_in()
    results = race(*[partial(do.hand_out_mail, [item], by=cast.receptionist, taken_by=name) for name in ("甲", "乙")])
    assert sorted(type(result).__name__ for result in results) == ["Refused", "list"]


def test_a_piece_lies_there_once_and_its_row_stays(cast, take_in):
    item = take_in(tracking_no="sf001")
    with pytest.raises(Refused):
        take_in(tracking_no="SF001 ")
    do.send_mail_back(item, by=cast.receptionist, taken_by="顺丰小哥", reason="moved")
    again = take_in(tracking_no="SF001")
    rows = MailItem.objects.filter(pk=item.pk)
    for write in (lambda: rows.update(taken_by="x"), rows.delete, lambda: MailItem.objects.update(ending="collected")):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    with pytest.raises(Refused):
        do.hand_out_mail([item, again], by=cast.receptionist, taken_by="周先生")
    again.refresh_from_db()
    assert again.ended_at is None


def test_the_household_is_told_of_all_that_waits(cast, client_of, take_in):
    first, second = take_in(), take_in()
    MailItem.objects.filter(pk=second.pk).update(received_at=timezone.now() - timedelta(days=4))
    assert list(MailItem.objects.lying_long()) == [second]
    told = reverse("custody:mail-told", args=[first.pk])
    browser = client_of(cast.receptionist)
    assert browser.post(told, {"how": "pigeon"}).status_code == 422
    assert browser.post(told, {"how": "phone"}).status_code == 302
    assert list(MailItem.objects.values_list("told_how", flat=True)) == ["phone", "phone"]
    assert client_of(cast.steward).get(reverse("custody:mail-index")).status_code == 403
    assert client_of(cast.outsider).post(told, {"how": "phone"}).status_code in (403, 404)


@pytest.mark.parametrize("number", [1, 3])
def test_the_mail_room_asks_the_same_number_of_questions(cast, client_of, take_in, django_assert_num_queries, number):
    for _ in range(number):
        take_in()
    browser = client_of(cast.receptionist)
    browser.get(reverse("custody:mail-index"))
    with django_assert_num_queries(6):
        assert browser.get(reverse("custody:mail-index")).content.decode().count("data-row") == number


@pytest.mark.requirement("R-116")
def test_what_goes_back_says_why_in_the_list_on_its_page_and_by_the_api(cast, client_of, take_in):
    first, second = take_in(), take_in(tracking_no="SF9")
    browser = client_of(cast.receptionist)
    back = reverse("custody:mail-back", args=[first.pk])
    assert "为什么退回" in browser.get(back).content.decode()
    for wrong in ({}, {"reason": "because"}, {"reason": "other"}, {"reason": "other", "word": " "}):
        assert browser.post(back, {"taken_by": "顺丰小哥", **wrong}).status_code == 422
    assert browser.post(back, {"taken_by": "顺丰小哥", "reason": "other", "word": "箱子漏水"}).status_code == 302
    for page in (reverse("custody:mail-show", args=[first.pk]), reverse("custody:mail-index") + "?list=ended"):
        assert "其他 · 箱子漏水" in browser.get(page).content.decode()
    told = browser.get(reverse("events:timeline-index", args=["mailitem", first.pk])).content.decode()
    assert "箱子漏水" in told

    url = f"/api/v1/mail-items/{second.pk}/sending-back"
    assert browser.post(url, {"taken_by": "顺丰小哥"}, content_type="application/json").status_code == 422
    sent = browser.post(url, {"taken_by": "顺丰小哥", "reason": "moved"}, content_type="application/json")
    assert (sent.status_code, sent.json()["return_reason"]) == (200, "moved")
    for reason, word in (("bad", ""), ("other", "")):
        with pytest.raises(Refused):
            do.send_mail_back(take_in(), by=cast.receptionist, taken_by="x", reason=reason, word=word)


def test_a_reason_stands_only_with_what_was_sent_back(cast, take_in):
    item = take_in()
    with pytest.raises(DatabaseError), transaction.atomic():
        MailItem.objects.filter(pk=item.pk).update(return_reason="moved")
