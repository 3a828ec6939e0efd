import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from gongying.common.errors import Refused
from gongying.interactions.models import MOST_REASONS, ContactReason
from gongying.interactions.operations import add_reason, log_interaction, retire_reason, take_up_reason


def add(cast, name):
    return add_reason(ContactReason(name=name), by=cast.quality)


def fill(cast):
    for number in range(MOST_REASONS - ContactReason.objects.in_use().count()):
        add(cast, f"原因{number}")


@pytest.mark.requirement("R-346")
def test_there_are_at_most_forty_reasons_and_a_retired_one_makes_room(cast):
    fill(cast)
    with pytest.raises(Refused, match="40"):
        add(cast, "第四十一个")

    retired = retire_reason(ContactReason.objects.get(number=7), by=cast.quality)
    assert add(cast, "第四十一个").number == 7
    with pytest.raises(Refused):
        take_up_reason(retired, by=cast.quality)
    with pytest.raises(Refused):
        retire_reason(retired, by=cast.quality)


@pytest.mark.parametrize("wrong", ["number = 41", "number = 0", "number = 2", "name = ''", "journey_stage = 'x'"])
def test_the_database_holds_the_list_short(cast, wrong):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE interactions_contactreason SET {wrong} WHERE number = 1")


def test_reasons_are_never_deleted(cast):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM interactions_contactreason WHERE number = 1")


def test_the_list_is_edited_by_whom_it_concerns(cast, client_of):
    desk = client_of(cast.quality)
    reason = ContactReason.objects.get(number=1)
    url = reverse("interactions:reason-edit", args=[reason.pk])
    sent = {"version": reason.version, "name": "又漏水了", "words": "渗漏", "journey_stage": "living", "department": ""}

    assert client_of(cast.receptionist).get(url).status_code == 403
    assert desk.post(url, {**sent, "name": ""}).status_code == 422
    assert desk.post(url, {**sent, "name": ContactReason.objects.get(number=2).name}).status_code == 422
    assert desk.post(url, sent).status_code == 302
    assert desk.post(url, {**sent, "name": "旧版本"}).status_code == 409
    touch = {"by": cast.receptionist, "project": cast.sunshine, "channel": "phone"}
    assert log_interaction(**touch, text="天花板渗漏").reason_code.name == "又漏水了"

    listed = desk.get(reverse("interactions:reason-index"))
    assert [(row.name, number) for row, number in listed.context["rows"] if number] == [("又漏水了", 1)]
    assert desk.post(reverse("interactions:reason-retire", args=[reason.pk])).status_code == 302
    assert log_interaction(**touch, text="天花板渗漏").reason_code is None
    assert desk.post(reverse("interactions:reason-new"), {**sent, "name": "新的原因"}).status_code == 302
    assert ContactReason.objects.get(number=1).name == "新的原因"
