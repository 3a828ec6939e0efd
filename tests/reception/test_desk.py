"""The front desk as pages and API."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from gongying.files.operations import attach
from gongying.interactions.models import Interaction
from gongying.reception import operations as do
from gongying.reception.models import ReceptionTicket, VisitNote, VisitPurpose

DESK = "/reception/"


def step(ticket, verb):
    return reverse("reception:ticket-step", args=[ticket.pk, verb])


@pytest.fixture
def browser(cast, client_of):
    return client_of(cast.receptionist)


@pytest.mark.requirement("R-145")
def test_a_click_on_a_purpose_registers_the_arrival(cast, browser, purpose):
    page = browser.get(DESK)
    assert re.findall(r'name="purpose" value="(\d+)"', page.content.decode()) == [
        str(chip.pk) for chip in VisitPurpose.objects.filter(project=None).order_by("position")
    ]
    answer = browser.post(f"{DESK}arrivals/", {"project": cast.sunshine.pk, "purpose": purpose("repair").pk})
    assert answer.status_code == 302
    ticket = ReceptionTicket.objects.get()
    assert (ticket.purpose.key, ticket.registered_by, ticket.state) == ("repair", cast.receptionist, "waiting")
    assert f'id="ticket-{ticket.pk}"' in browser.get(DESK).content.decode()


def test_a_visit_goes_from_the_chip_to_the_timeline(cast, browser, arrive):
    ticket = arrive()
    assert browser.post(step(ticket, "attend"))["Location"] == f"/reception/tickets/{ticket.pk}/"
    named = browser.post(
        reverse("reception:visitor-create", args=[ticket.pk]),
        {"unit_code": "21301", "party": cast.zhou.pk, "purpose": ticket.purpose_id, "version": 1},
    )
    assert named.status_code == 302
    stale = {"unit_code": "", "person_name": "别人", "purpose": ticket.purpose_id, "version": 1}
    assert browser.post(reverse("reception:visitor-create", args=[ticket.pk]), stale).status_code == 409
    finish = reverse("reception:ticket-finish", args=[ticket.pk])
    refused = browser.post(finish, {"notes": "问六月的费用", "result": " "})
    assert refused.status_code == 422
    assert "请填写处理结果" in refused.content.decode()
    assert "问六月的费用</textarea>" in refused.content.decode()
    assert not VisitNote.objects.exists()

    assert browser.post(finish, {"notes": "问六月的费用", "outcome": "explained"}).status_code == 302
    touch = Interaction.objects.get()
    assert (touch.unit, touch.party, touch.text, touch.result) == (cast.unit, cast.zhou, "问六月的费用", "已答复")


def test_an_answer_for_later_needs_its_time(browser, arrive, cast):
    ticket = do.attend_ticket(arrive(), by=cast.receptionist)
    finish = reverse("reception:ticket-finish", args=[ticket.pk])
    yesterday = (timezone.localtime() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    for promise_at in ("", yesterday):
        assert browser.post(finish, {"outcome": "appointment", "promise_at": promise_at}).status_code == 422
    tomorrow = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert browser.post(finish, {"outcome": "appointment", "promise_at": tomorrow}).status_code == 302


def test_notes_are_saved_while_one_types_and_another_window_is_told(cast, browser, arrive):
    ticket = do.attend_ticket(arrive(), by=cast.receptionist)
    url = reverse("reception:note-create", args=[ticket.pk])
    assert browser.post(url, {"text": "问费 ", "seen": "0"}).json() == {"version": 1, "text": "问费 "}
    other = browser.post(url, {"text": "别的窗口", "seen": "0"})
    assert (other.status_code, other.json()) == (409, {"version": 1, "text": "问费 "})
    assert browser.post(url, {"text": "x" * 4001, "seen": "1"}).status_code == 422
    assert 'data-version="1"' in browser.get(DESK).content.decode()


@pytest.mark.requirement("R-149")
def test_a_very_short_matter_is_offered_first(cast, browser, arrive):
    long = do.attend_ticket(arrive("payment"), by=cast.receptionist)
    assert "desk-offer" not in browser.get(DESK).content.decode()
    short = arrive("pickup")
    page = browser.get(DESK).content.decode()
    assert "先办 1 分钟的取件（002 号）？" in page
    assert step(short, "attend") in page
    assert step(short, "wait") in page

    browser.post(step(short, "attend"))
    assert ReceptionTicket.objects.get(pk=long.pk).state == "parked"


def test_papers_of_the_purpose_stand_beside_the_visit(cast, browser, arrive, purpose, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    own = do.change_purpose(
        purpose("enquiry"), project=cast.sunshine, by=cast.manager, name="物业费构成", minutes=5, is_offered=True
    )
    attach(SimpleUploadedFile("费用测算表.pdf", b"%PDF-1.4 fees"), to=own, by=cast.manager)
    ticket = do.register_arrival(by=cast.receptionist, project=cast.sunshine, purpose=own)
    do.attend_ticket(ticket, by=cast.receptionist)
    assert "费用测算表.pdf" in browser.get(DESK).content.decode()


def test_only_the_handler_works_on_a_visit_and_only_supervisors_take_over(cast, client_of, arrive):
    ticket = do.attend_ticket(arrive(), by=cast.receptionist)
    colleague, supervisor = client_of(cast.manager), client_of(cast.supervisor)
    assert colleague.post(step(ticket, "park")).status_code == 409
    assert client_of(cast.receptionist).post(step(ticket, "take_over")).status_code == 403
    assert supervisor.post(step(ticket, "take_over")).status_code == 302
    assert client_of(cast.guard).get(DESK).status_code == 403
    assert client_of(cast.outsider).get(reverse("reception:ticket-show", args=[ticket.pk])).status_code == 404
    assert client_of(cast.outsider).get(f"{DESK}?project={cast.sunshine.pk}").status_code == 404


def test_a_supervisor_sees_take_over_and_the_receptionist_does_not(cast, client_of, arrive):
    ticket = do.attend_ticket(arrive(), by=cast.receptionist)
    url = step(ticket, "take_over")
    assert url in client_of(cast.supervisor).get(DESK).content.decode()
    assert url not in client_of(cast.receptionist).get(DESK).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_desk_costs_the_same_however_many_wait(cast, browser, arrive, number, django_assert_num_queries):
    for _ in range(number):
        arrive(unit=cast.unit, party=cast.zhou)
    browser.get(DESK)
    with django_assert_num_queries(10):
        browser.get(DESK)


def test_purposes_are_set_per_project(cast, client_of, purpose):
    browser = client_of(cast.manager)
    assert "取件" in browser.get("/settings/visit-purposes/").content.decode()
    url = f"{reverse('reception:purpose-edit', args=[purpose('pickup').pk])}?project={cast.sunshine.pk}"
    assert browser.post(url, {"name": "", "minutes": "0"}).status_code == 422
    assert browser.post(url, {"name": "取快递", "minutes": "2", "is_offered": "on"}).status_code == 302
    own = VisitPurpose.objects.get(project=cast.sunshine)
    assert (own.name, own.minutes, own.key) == ("取快递", 2, "pickup")
    assert browser.get(url).status_code == 404  # the company's does not hold here any more
    changed = reverse("reception:purpose-edit", args=[own.pk])
    assert browser.post(changed, {"name": "取件", "minutes": "2", "version": "7"}).status_code == 409


def test_machines_walk_the_same_way(cast, browser, purpose):
    made = browser.post(
        "/api/v1/reception-tickets",
        {"project_id": cast.sunshine.pk, "purpose_id": purpose("enquiry").pk, "unit_id": cast.unit.pk},
        content_type="application/json",
    )
    assert (made.status_code, made.json()["number"], made.json()["state"]) == (201, "001", "waiting")
    url = f"/api/v1/reception-tickets/{made.json()['id']}"
    assert browser.post(f"{url}/attendance").json()["handler_id"] == cast.receptionist.pk
    assert browser.post(f"{url}/attendance").status_code == 409
    empty = browser.post(f"{url}/result", {"result": " "}, content_type="application/json")
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (422, "result")
    done = browser.post(f"{url}/result", {"result": "已说明"}, content_type="application/json").json()
    assert (done["state"], done["interaction_id"]) == ("done", Interaction.objects.get().pk)
    listed = browser.get("/api/v1/reception-tickets?is_open=false").json()["items"]
    assert [row["id"] for row in listed] == [done["id"]]
