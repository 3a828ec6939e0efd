"""The pages of the visits, as a steward uses them on her phone, and the same through the API."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.servicedesk.models import ServiceRequest
from gongying.visits.models import HomeVisit
from gongying.visits.operations import plan_afternoon, plan_visit
from tests.schedule.test_planner_pages import text_of

TOMORROW = timedelta(days=1)


def typed(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.requirement("R-094", "R-095")
def test_a_steward_plans_meets_and_records_with_a_need_and_a_promise(cast, client_of):
    browser, at = client_of(cast.steward), timezone.now() + TOMORROW
    plan = {"planned_for": typed(at), "reason": "care", "party": cast.zhou.pk, "steward": cast.steward.pk}
    assert browser.post(reverse("visits:visit-create", args=[cast.unit.pk]), plan).status_code == 302
    visit = HomeVisit.objects.get()

    route = browser.get(reverse("visits:route-show"), {"day": timezone.localtime(at).date()})
    assert "2-1-301" in text_of(route)
    assert "2-1-301" in text_of(browser.get(reverse("visits:route-paper"), {"day": timezone.localtime(at).date()}))
    met = browser.post(reverse("visits:visit-step", args=[visit.pk, "meet"]), {"from": "route"}, follow=True)
    assert "谈了什么" in text_of(met)
    record = reverse("visits:record-create", args=[visit.pk])
    wrong = browser.post(record, {"matter": "走访", "promise": "回复"})
    assert wrong.status_code == 422
    assert "请写明见到了谁" in text_of(wrong)
    told = {"matter": "走访", "result": "满意", "party": cast.zhou.pk, "need": "厨房水管漏水", "need_kind": "repair"}
    promised = {"promise": "问物业费", "promise_at": typed(at)}
    shown = text_of(browser.post(record, {**told, **promised}, follow=True))
    assert ServiceRequest.objects.get().number in shown
    assert "问物业费" in shown
    assert browser.post(record, told).status_code == 409
    panel = text_of(browser.get(reverse("visits:unit-panel", args=[cast.unit.pk])))
    assert f"{timezone.localdate()} 王管家" in panel


def test_nobody_home_on_the_route_leads_to_a_new_time(cast, client_of):
    visit = plan_visit(cast.unit, by=cast.steward, planned_for=timezone.now() + TOMORROW)
    browser = client_of(cast.steward)

    went_on = browser.post(reverse("visits:visit-step", args=[visit.pk, "miss"]), {"from": "route"})
    assert went_on.url.endswith(f"day={timezone.localdate(visit.planned_for)}"), "to the next door of that day"
    ask = reverse("visits:visit-ask", args=[visit.pk, "replan"])
    route = browser.get(reverse("visits:route-show"), {"day": f"{timezone.localtime(visit.planned_for):%Y-%m-%d}"})
    assert ask in route.content.decode(), "the new time is asked for at the door"
    paper = f"{reverse('visits:route-paper')}?{route.context['here']}".replace("&", "&amp;")
    assert f'href="{paper}"' in route.content.decode()
    assert browser.post(ask, {"planned_for": "2020-01-01T10:00"}).status_code == 422
    assert browser.post(ask, {"planned_for": typed(timezone.now() + 2 * TOMORROW)}).status_code == 302
    visit.refresh_from_db()
    assert (visit.state, visit.replans) == ("planned", 1)
    assert browser.get(reverse("visits:visit-ask", args=[visit.pk, "confirm"])).status_code == 404
    assert browser.post(reverse("visits:visit-step", args=[visit.pk, "close"])).status_code == 409
    step = reverse("visits:visit-step", args=[visit.pk, "confirm"])
    assert client_of(cast.receptionist).post(step).status_code == 403
    assert client_of(cast.west_steward).post(step).status_code == 404


@pytest.mark.requirement("R-095")
def test_nobody_home_is_said_with_its_undo(cast, client_of):
    visit = plan_visit(cast.unit, by=cast.steward, planned_for=timezone.now() + TOMORROW)
    browser, miss = client_of(cast.steward), reverse("visits:visit-step", args=[visit.pk, "miss"])

    told = browser.post(miss, {"from": "route"}, follow=True).content.decode()
    (undo,) = re.findall(r'action="([^"]+/undo_miss/[^"]*)"', told)
    undone = browser.post(undo)
    assert undone.url.endswith(f"day={timezone.localdate(visit.planned_for)}"), "to the door again"
    shown = browser.get(undone.url).content.decode()
    assert (miss in shown, "已撤销" in shown) == (True, True)
    assert browser.post(undo).status_code == 409

    page = browser.post(miss, follow=True).content.decode()
    assert "undo_miss" not in re.sub(r'(?s)class="message.*?</form>', "", page), "offered once, where it was done"
    said = browser.get(reverse("events:timeline-index", args=["homevisit", visit.pk])).content.decode()
    assert "没人在家" in said


@pytest.mark.requirement("R-093")
def test_the_next_afternoon_begins_when_what_is_planned_is_over(cast, client_of):
    browser, page = client_of(cast.supervisor), reverse("visits:proposal-index")
    begins = browser.get(page).context["form"].initial["starts_at"]
    plan_afternoon([cast.unit, cast.west_unit], by=cast.supervisor, starts_at=begins)

    assert browser.get(page).context["form"].initial["starts_at"] == begins + timedelta(minutes=40)


def test_ticked_proposals_make_an_afternoon_and_numbers_open_their_rows(cast, client_of):
    browser, at = client_of(cast.supervisor), timezone.now() + TOMORROW
    page = browser.get(reverse("visits:proposal-index"))
    assert {proposal.unit.code for proposal in page.context["proposals"]} == {"2-1-301", "3-1-101"}

    form = {"units": [cast.unit.pk, cast.west_unit.pk], "starts_at": typed(at)}
    answer = browser.post(reverse("visits:proposal-index"), form)
    assert answer.url.endswith(f"?day={timezone.localtime(at).date()}")
    assert HomeVisit.objects.filter(steward=cast.supervisor).count() == 2
    refused = browser.post(reverse("visits:proposal-index"), {"units": []})
    assert refused.status_code == 422
    assert refused.context["form"].errors["units"] == ["请至少选择一户。"]
    assert browser.get(reverse("visits:proposal-index")).context["proposals"] == []
    for line in browser.get(reverse("visits:coverage-show")).context["lines"]:
        for number, url in (
            (line.households, line.all_url),
            (line.visited, line.visited_url),
            (line.never, line.never_url),
        ):
            assert len(browser.get(url).context["page"]) == number
    chips = {name: count.number for name, _label, count in browser.get(reverse("visits:visit-index")).context["chips"]}
    for name, number in chips.items():
        assert len(browser.get(reverse("visits:visit-index"), {"list": name}).context["page"]) == number
    assert chips["to_go"] == 2


def test_the_api_does_what_the_pages_do(cast, client_of):
    browser = client_of(cast.steward)

    def send(path, body=None):
        return browser.post(f"/api/v1{path}", body or {}, content_type="application/json")

    at = (timezone.now() + TOMORROW).isoformat()
    made = send("/home-visits", {"unit_id": cast.unit.pk, "planned_for": at})
    assert made.status_code == 201
    path = f"/home-visits/{made.json()['id']}"
    assert send("/home-visits", {"unit_id": cast.unit.pk, "planned_for": at}).status_code == 409
    assert send("/home-visits", {"unit_id": cast.west_unit.pk, "planned_for": at}).status_code == 422
    assert send(f"{path}/confirmation").json()["state"] == "confirmed"
    assert send(f"{path}/absence").json()["state"] == "not_home"
    assert send(f"{path}/replanning", {"planned_for": at}).json()["replans"] == 1
    assert send(f"{path}/meeting").json()["state"] == "met"
    assert send(f"{path}/meeting").status_code == 409
    record = {"matter": "走访", "result": "好", "persons": "本人", "needs": [{"text": "厨房水管漏水"}]}
    assert send(f"{path}/record", record).json()["state"] == "closed"
    (need,) = browser.get(f"/api/v1{path}/needs").json()
    assert need["service_request_id"] == ServiceRequest.objects.get().pk
    assert send("/home-visits/log", {**record, "unit_id": cast.unit.pk}).json()["is_planned"] is False
    (line,) = [row for row in browser.get("/api/v1/visit-coverage").json() if row["territory"] == "东区"]
    assert (line["households"], line["visited"], line["never"]) == (1, 1, 0)
    assert browser.get("/api/v1/visit-proposals").json() == []
    assert len(browser.get("/api/v1/home-visits", {"state": "closed"}).json()["items"]) == 2
