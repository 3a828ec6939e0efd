from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.interactions.models import BoxOpening, Interaction, Letter, SuggestionBox
from gongying.interactions.operations import (
    Slip,
    answer_by_request,
    answer_letter,
    enter_letters,
    open_box,
    save_box,
    take_down_box,
)
from gongying.workbench.home import look_at, sections_of


@pytest.fixture
def box(cast):
    hung_on = timezone.localdate() - timedelta(days=10)
    made = SuggestionBox(project=cast.sunshine, name="2号楼大堂", keeper=cast.receptionist, hung_on=hung_on)
    return save_box(made, by=cast.manager)


def due():
    return timezone.localdate() + timedelta(days=7)


@pytest.mark.requirement("R-111")
def test_a_box_is_red_until_two_have_opened_it_and_each_slip_is_a_touch_with_a_number(cast, box):
    assert list(SuggestionBox.objects.overdue()) == [box]
    assert "boxes" in [section.name for section in sections_of(look_at(cast.receptionist))]
    with pytest.raises(Refused):
        open_box(box, by=cast.receptionist, witness=cast.receptionist, reply_due_on=due())
    slips = [Slip("门口加张长椅", unit=cast.unit, party=cast.zhou), Slip("路灯太暗")]

    opening = open_box(box, by=cast.receptionist, witness=cast.supervisor, reply_due_on=due(), slips=slips)

    assert list(SuggestionBox.objects.overdue()) == []
    touches = Interaction.objects.order_by("pk")
    assert [(one.channel, one.venue, one.person_name) for one in touches] == [
        ("suggestion_box", "2号楼大堂", "周先生"),
        ("suggestion_box", "2号楼大堂", ""),
    ]
    numbers = list(Letter.objects.order_by("pk").values_list("number", flat=True))
    assert (len(set(numbers)), {number[:-6] for number in numbers}) == (
        2,
        {f"{cast.sunshine.code}-XJ{timezone.localdate():%y}-"},
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        BoxOpening.objects.create(box=box, by=cast.steward, witness=cast.steward, slips=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        BoxOpening.objects.filter(pk=opening.pk).update(slips=9)
    take_down_box(box, by=cast.manager)
    with pytest.raises(Refused):
        open_box(box, by=cast.receptionist, witness=cast.supervisor, reply_due_on=due())


def test_a_letter_waits_until_it_is_answered_or_made_a_request(cast):
    with pytest.raises(Refused):
        enter_letters(cast.sunshine, channel="suggestion_box", slips=[Slip("x")], reply_due_on=due(), by=cast.steward)
    facts = {"channel": "letter", "reply_due_on": due(), "by": cast.receptionist}
    first, second = enter_letters(cast.sunshine, slips=[Slip("电梯异响", unit=cast.unit), Slip("费用明细")], **facts)
    with clock_at(timezone.now() + timedelta(days=9)):
        assert set(Letter.objects.overdue()) == {first, second}

    answer_by_request(first.interaction, unit=None, by=cast.receptionist)
    answer_letter(second, text="明细已寄出", way="letter", by=cast.receptionist)

    assert not Letter.objects.unanswered().exists()
    touch = Interaction.objects.get(pk=second.interaction_id)
    assert (touch.answer, touch.result) == ("explained", "明细已寄出")
    with pytest.raises(Refused):
        answer_letter(second, text="再答一次", way="phone", by=cast.receptionist)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=second.pk).update(reply_due_on=due())


def test_what_was_written_is_entered_and_answered_on_its_page(cast, client_of, box):
    client = client_of(cast.receptionist)
    witness = cast.supervisor.staff.pk
    slips = {"witness": witness, "reply_due_on": f"{due()}", "text_1": "加长椅", "unit_1": "9-9-999"}
    address = reverse("interactions:box-open", args=[box.pk])
    assert client.post(address, slips).status_code == 422  # there is no such unit
    nameless = {**slips, "unit_1": "", "text_1": "", "name_1": "周先生"}
    assert client.post(address, nameless).status_code == 422  # who writes nothing?
    assert client.post(address, {**slips, "unit_1": cast.unit.code, "name_1": "周先生"}).status_code == 302

    letter = Letter.objects.get()
    assert letter.interaction.party == cast.zhou
    index = reverse("interactions:letter-index")
    assert letter.number in client.get(index).content.decode()
    replied = {"text": "春天装好", "way": "posted"}
    assert client.post(reverse("interactions:letter-answer", args=[letter.pk]), replied).status_code == 302
    assert letter.number not in client.get(index).content.decode()
    assert "春天装好" in client.get(index, {"list": "answered"}).content.decode()
    timeline = client.get(reverse("events:timeline-index", args=["customer", cast.zhou.pk])).content.decode()
    assert "春天装好" in timeline
    # Who serves another part of the project sees the box, and no letter of this one.
    assert letter.number not in client_of(cast.west_steward).get(index, {"list": "answered"}).content.decode()


def test_machines_open_boxes_and_answer(cast, client_of, box):
    client = client_of(cast.receptionist)
    assert [row["name"] for row in client.get("/api/v1/suggestion-boxes").json()["items"]] == ["2号楼大堂"]
    body = {"witness_staff_id": cast.supervisor.staff.pk, "reply_due_on": f"{due()}", "slips": [{"text": "路灯"}]}
    address = f"/api/v1/suggestion-boxes/{box.pk}/openings"
    assert client.post(address, body, content_type="application/json").json()["slips"] == 1
    posted = {
        "project_id": cast.sunshine.pk,
        "channel": "email",
        "reply_due_on": f"{due()}",
        "slips": [{"text": "账单"}],
    }
    (letter,) = client.post("/api/v1/letters", posted, content_type="application/json").json()
    assert len(client.get("/api/v1/letters", {"state": "unanswered"}).json()["items"]) == 2
    said = client.post(
        f"/api/v1/letters/{letter['id']}/answer", {"text": "已回信", "way": "email"}, content_type="application/json"
    )
    assert (said.status_code, said.json()["is_answered"]) == (200, True)
