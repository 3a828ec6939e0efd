import re
from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.customers.enums import RoleKind
from gongying.customers.operations import create_party
from gongying.interactions.enums import PlaceKind, TalkPurpose
from gongying.interactions.method_cards import card_for
from gongying.interactions.models import ContactPlan, CounterpartGuide, Interaction, PlannedTalk
from gongying.interactions.operations import end_plan, log_interaction, note_talk, plan_talk, save_plan, tick_step
from gongying.workbench.home import look_at, sections_of


def plan(cast, **more):
    facts = {"kind": "government", "every_months": 1, "owner": cast.supervisor, **more}
    facts.setdefault("starts_on", timezone.localdate() - timedelta(days=3))
    return save_plan(ContactPlan(project=cast.sunshine, **facts), by=cast.manager)


def talk(cast, party, days=0):
    at = timezone.now() - timedelta(days=days)
    return log_interaction(
        by=cast.supervisor,
        project=cast.sunshine,
        party=party,
        channel="counter",
        text="汇报",
        occurred_at=at,
        late_reason="补录",
    )


@pytest.fixture
def office(cast):
    return create_party(by=cast.manager, name="住建局", project=cast.sunshine, role="government", kind="agency")


@pytest.mark.requirement("R-092")
def test_a_plan_is_overdue_until_one_has_spoken_and_again_when_its_months_are_over(cast, office):
    monthly = plan(cast)
    assert list(ContactPlan.objects.overdue()) == [monthly]

    talk(cast, office)

    assert list(ContactPlan.objects.overdue()) == []
    due_on = ContactPlan.objects.with_due().get().due_on
    assert due_on > timezone.localdate() + timedelta(days=27)
    assert list(ContactPlan.objects.overdue(on=due_on + timedelta(days=1))) == [monthly]


def test_a_plan_for_one_office_is_not_kept_by_a_talk_with_another(cast, office):
    named = plan(cast, party=office)
    other = create_party(by=cast.manager, name="城管", project=cast.sunshine, role="government", kind="agency")

    talk(cast, other)
    assert list(ContactPlan.objects.overdue()) == [named]
    talk(cast, office)
    assert list(ContactPlan.objects.overdue()) == []


@pytest.mark.requirement("R-136")
def test_a_developer_is_met_with_the_contract_in_hand_or_a_reason(cast):
    with pytest.raises(Refused):
        plan(cast, kind="developer", contract=" ")
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPlan.objects.create(
            project=cast.sunshine, kind="developer", owner=cast.manager, starts_on=timezone.localdate()
        )
    assert plan(cast, kind="developer", no_contract_reason="前期无合同").pk


def test_there_is_one_plan_at_a_time_for_a_counterpart(cast):
    first = plan(cast)
    with pytest.raises(Refused):
        plan(cast)
    end_plan(first, by=cast.manager)
    with pytest.raises(Refused):
        end_plan(first, by=cast.manager)
    assert plan(cast).pk != first.pk


@pytest.mark.parametrize("wrong", ["every_months = 0", "every_months = 25", "kind = 'enemy'"])
def test_the_database_takes_no_other_plan(cast, wrong):
    made = plan(cast)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE interactions_contactplan SET {wrong} WHERE id = %s", [made.pk])


@pytest.mark.requirement("R-134", "R-135")
def test_what_was_not_prepared_is_told_and_stays_with_the_talk(cast, client_of, office):
    made = plan(cast, party=office)
    steps = CounterpartGuide.objects.get(kind="government").steps
    desk = client_of(cast.supervisor)
    for step in steps[:2]:
        desk.post(reverse("interactions:plan-tick", args=[made.pk]), {"step": step, "done": "1"})
    with pytest.raises(Refused):
        tick_step(made, "没有这一步", is_done=True, by=cast.supervisor)
    page = desk.get(reverse("interactions:plan-show", args=[made.pk]))
    assert [bool(tick) for _step, tick in page.context["steps"]] == [True, True, False, False, False]

    url = f"{reverse('interactions:contact-new')}?plan={made.pk}"
    form = desk.get(url).context["form"]
    assert (form["party"].value(), form["counterpart"].value()) == (office.pk, "government")
    sent = {name: form[name].value() for name in ("project", "party", "counterpart", "channel", "direction", "answer")}
    sent |= {"text": "检查整改情况", "occurred_at": form["occurred_at"].value().strftime("%Y-%m-%dT%H:%M")}
    assert desk.post(url, sent).status_code == 302

    interaction = Interaction.objects.get()
    assert [tick.step for tick in interaction.preparation.all()] == steps[:2]
    assert list(ContactPlan.objects.overdue()) == []
    page = desk.get(reverse("interactions:plan-show", args=[made.pk]))
    assert [bool(tick) for _step, tick in page.context["steps"]] == [False] * 5


def test_overdue_plans_stand_on_the_owners_first_page_and_red_in_the_list(cast, client_of):
    made = plan(cast)
    plan(cast, kind="committee", starts_on=timezone.localdate() + timedelta(days=9))

    (section,) = [one for one in sections_of(look_at(cast.supervisor)) if one.name == "counterparts"]
    assert [(row.title, row.is_late) for row in section.rows] == [(str(made), True)]
    listed = client_of(cast.supervisor).get(reverse("interactions:plan-index"))
    assert [row.kind for row in listed.context["page"]] == ["government", "committee"]
    assert listed.content.decode().count("state-late") == 1


def test_plans_are_made_and_guides_edited_on_their_pages(cast, client_of):
    desk = client_of(cast.manager)
    sent = {
        "kind": "developer",
        "every_months": 1,
        "starts_on": str(timezone.localdate()),
        "owner": cast.manager.staff.pk,
    }

    answer = desk.post(reverse("interactions:plan-new"), sent)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"contract"})
    assert desk.post(reverse("interactions:plan-new"), {**sent, "contract": "前期物业服务合同"}).status_code == 302
    made = ContactPlan.objects.get()
    edit = reverse("interactions:plan-edit", args=[made.pk])
    changed = {**sent, "contract": "补充协议", "version": made.version}
    assert desk.post(edit, changed).status_code == 302
    assert desk.post(edit, changed).status_code == 409

    guide = CounterpartGuide.objects.get(kind="developer")
    url = reverse("interactions:guide-edit", args=[guide.pk])
    assert client_of(cast.receptionist).get(url).status_code == 403
    given = {"version": guide.version, "topics": "遗留问题", "preparation": "带合同", "points": ""}
    assert desk.post(url, given).status_code == 302
    assert CounterpartGuide.objects.get(pk=guide.pk).steps == ["带合同"]


def test_machines_plan_prepare_and_keep_contacts(cast, office, client_of):
    client, staff = client_of(cast.supervisor), cast.supervisor.staff.pk
    facts = {"project_id": cast.sunshine.pk, "owner_staff_id": staff, "starts_on": f"{timezone.localdate()}"}
    bare = {**facts, "kind": "developer"}
    assert client.post("/api/v1/contact-plans", bare, content_type="application/json").status_code == 409
    body = {**facts, "kind": "government", "party_id": office.pk}
    made = client.post("/api/v1/contact-plans", body, content_type="application/json").json()
    address = f"/api/v1/contact-plans/{made['id']}"
    steps = made["not_prepared"]
    prepared = {"step": steps[0], "is_done": True}
    left = client.post(f"{address}/preparation", prepared, content_type="application/json").json()["not_prepared"]
    assert left == steps[1:]

    other = talk(cast, cast.zhou)
    unfit = client.post(f"{address}/talks", {"interaction_id": other.pk}, content_type="application/json")
    assert unfit.status_code == 422
    said = talk(cast, office)
    kept = client.post(f"{address}/talks", {"interaction_id": said.pk}, content_type="application/json").json()
    assert (kept["not_prepared"], bool(kept["last_at"])) == (steps, True)
    assert client.get("/api/v1/contact-plans", {"is_overdue": "true"}).json()["items"] == []
    assert client.post(f"{address}/end", {}, content_type="application/json").json()["ended_at"]
    assert client.get("/api/v1/contact-plans").json()["items"] == []


@pytest.mark.requirement("R-161")
def test_the_way_that_fits_is_suggested_and_the_choice_stands_for_the_next_talk(cast, client_of, office):
    monthly, desk = plan(cast), client_of(cast.supervisor)
    url, card = (
        reverse("interactions:talk-plan", args=[monthly.pk]),
        reverse("interactions:talk-card", args=[monthly.pk]),
    )

    def suggested(**asked):
        shown = desk.get(card, asked).content.decode()
        return re.findall(r"建议方式：([^<]+)<", shown)

    assert suggested(purpose="report") == []
    assert suggested(purpose="report", content="汇报防汛", place_kind="authority") == ["登门拜访"]
    assert suggested(purpose="inform", content="收费备案", place_kind="distance") == ["书面函件"]
    chosen = {"purpose": "report", "content": "汇报防汛准备", "place_kind": "authority", "way": "meeting"}
    assert desk.post(url, {**chosen, "way": ""}).status_code == 422
    assert desk.post(url, chosen).status_code == 302
    assert desk.post(url, {**chosen, "content": "汇报防汛演练"}).status_code == 302
    planned = PlannedTalk.objects.get()
    assert (planned.way, planned.suggested, planned.content) == ("meeting", "visit", "汇报防汛演练")
    shown = desk.get(reverse("interactions:plan-show", args=[monthly.pk])).content.decode()
    assert "汇报防汛演练" in shown
    assert "建议方式：登门拜访" in shown
    first = desk.get(reverse("interactions:contact-new"), {"plan": monthly.pk}).context["form"].initial
    assert (first["topic"], first["place_kind"]) == ("汇报防汛演练", "authority")
    note_talk(monthly, talk(cast, office), by=cast.supervisor)
    assert Interaction.objects.get().planned_talk == planned
    assert plan_talk(monthly, by=cast.supervisor, **chosen) != planned


def test_for_every_counterpart_purpose_and_place_there_is_a_card():
    for kind, purpose, place in product(RoleKind.values, TalkPurpose.values, PlaceKind.values):
        assert card_for(kind=kind, purpose=purpose, content="", place_kind=place).advice
    asked = {"kind": "developer", "purpose": "agree"}
    assert card_for(**asked, content="遗留问题整改", place_kind="partner").way == "meeting"
    assert card_for(**asked, content="看漏点", place_kind="site").way == "site"


def test_a_step_of_the_preparation_is_one_button_that_says_whether_it_is_done(cast, client_of):
    made = plan(cast)
    desk = client_of(cast.supervisor)
    step = CounterpartGuide.objects.get(kind=made.kind).steps[0]

    def button():
        page = desk.get(reverse("interactions:plan-show", args=[made.pk])).content.decode()
        (found,) = re.findall(r'<button class="btn tick-line" id="preparation-1"[^>]*>.*?</button>', page, re.DOTALL)
        return found

    assert (step in button(), 'aria-pressed="false"' in button()) == (True, True)
    desk.post(reverse("interactions:plan-tick", args=[made.pk]), {"step": step, "done": "1"})
    assert ('aria-pressed="true"' in button(), 'value="0"' in button()) == (True, True)
