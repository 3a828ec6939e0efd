"""R-011, R-012: how a touch was answered is said by the button; what cannot be answered now has a person, a time and a place."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.events.models import EventSubject
from gongying.interactions.enums import AnswerKind
from gongying.interactions.models import Interaction, Promise
from gongying.interactions.operations import correct_interaction, make_promise
from gongying.notifications.models import Notification
from gongying.organization.models import Post
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.worklists import find_work_list
from tests.api.conftest import Caller
from tests.servicedesk.entry_forms import CREATE, local, sent
from tests.servicedesk.walks import request_in


def touch(cast, **more):
    return {
        "by": cast.receptionist,
        "project": cast.sunshine,
        "unit": cast.unit,
        "party": cast.zhou,
        "channel": "phone",
        "text": "物业费怎么多收了",
        **more,
    }


@pytest.mark.requirement("R-012")
@pytest.mark.parametrize(("action", "answer"), [("answer", "explained"), ("authority", "within_authority")])
def test_the_button_says_how_it_was_answered(cast, desk, action, answer):
    desk.post(CREATE, sent(cast, action=action, text="问垃圾清运时间"))
    assert Interaction.objects.get().answer == answer


@pytest.mark.requirement("R-012")
def test_how_it_was_answered_must_be_said(cast, desk):
    answer = desk.post(CREATE, sent(cast, action=None, text="问垃圾清运时间"))
    assert answer.status_code == 422
    assert not Interaction.objects.exists()


@pytest.mark.requirement("R-011")
@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, {"promise_kind", "answerer"}),
        ({"promise_kind": "senior"}, {"answerer"}),
        ({"promise_kind": "senior", "answerer": "receptionist"}, {"answerer"}),
        ({"promise_kind": "appointment", "answerer": "steward"}, {"venue"}),
        ({"promise_kind": "appointment", "venue": "客户家中"}, {"answerer"}),
        ({"promise_kind": "later", "answerer": "steward"}, {"promise_kind"}),
        ({"promise_kind": "senior", "answerer": "outsider"}, {"answerer"}),
    ],
)
def test_what_cannot_be_answered_now_needs_a_senior_or_an_appointment(cast, desk, given, wrong):
    given = {**given, "answerer": getattr(cast, given["answerer"]).staff.pk} if "answerer" in given else given
    answer = desk.post(CREATE, sent(cast, action="later", text="要求减免", **given), headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == wrong
    assert not Promise.objects.exists()


@pytest.mark.requirement("R-011")
def test_an_appointment_stands_on_the_timeline_with_time_place_and_person(cast, desk):
    at = timezone.now() + timedelta(days=1)
    given = {
        "promise_kind": "appointment",
        "answerer": cast.steward.staff.pk,
        "venue": "客户家中",
        "promise_at": local(at),
    }
    desk.post(CREATE, sent(cast, action="later", text="要求减免", **given))
    promise = Promise.objects.get()
    assert (promise.kind, promise.owner, promise.venue) == ("appointment", cast.steward, "客户家中")
    event = EventSubject.objects.of(cast.zhou).get(event__verb="promise.made").event
    assert (event.details["owner"], event.details["venue"]) == (str(cast.steward), "客户家中")
    assert Notification.objects.filter(event=event, user=cast.steward).exists()
    page = desk.get(reverse("customers:party-show", args=[cast.zhou.pk]))
    assert page.status_code == 200


def test_the_senior_is_offered_beforehand(cast, desk):
    form = desk.get(reverse("servicedesk:entry-new"), {"unit": cast.unit.pk}).context["form"]
    assert form["answerer"].value() == cast.supervisor.staff.pk


def test_the_operations_hold_the_same(cast):
    later = {"due_at": timezone.now() + timedelta(hours=2), "owner": cast.steward}
    with pytest.raises(Refused, match="time, a place and a person"):
        do.promise_answer(**touch(cast), kind="appointment", **later)
    with pytest.raises(Refused, match="senior colleague"):
        do.promise_answer(**touch(cast), kind="senior", **{**later, "owner": cast.receptionist})
    with pytest.raises(Refused, match="senior colleague, or make"):
        do.promise_answer(**touch(cast), kind="", **later)
    with pytest.raises(Refused, match="how it was answered"):
        do.answer_at_once(**touch(cast), answer="appointment")
    logged = do.answer_at_once(**touch(cast))
    with pytest.raises(Refused, match="No appointment was made"):
        correct_interaction(logged, by=cast.receptionist, reason="错了", answer="appointment")
    make_promise(
        logged, by=cast.receptionist, text="查清后回电", **later
    )  # what was answered may have a promise beside it
    with pytest.raises(Refused, match="No appointment was made"):
        correct_interaction(logged, by=cast.receptionist, reason="错了", answer="appointment")
    make_promise(logged, by=cast.receptionist, text="", kind="senior", **later)
    correct_interaction(logged, by=cast.receptionist, reason="错了", answer="appointment")
    logged.refresh_from_db()
    with pytest.raises(Refused, match="senior colleague, or make"):
        make_promise(logged, by=cast.receptionist, text="", **later)
    answer = Caller(cast.receptionist).post(
        f"/interactions/{logged.pk}/promises", {"due_at": later["due_at"].isoformat()}
    )
    assert answer.status_code == 409


@pytest.mark.requirement("R-011")
def test_by_the_api_an_appointment_has_its_promise_at_once(cast):
    caller = Caller(cast.receptionist)
    body = {
        "project_id": cast.sunshine.pk,
        "unit_id": cast.unit.pk,
        "channel": "phone",
        "text": "要求减免",
        "answer": "appointment",
    }
    assert caller.post("/interactions", body).status_code == 422
    promise = {"due_at": "2199-01-01T10:00:00+08:00", "kind": "appointment", "owner_id": cast.steward.pk, "venue": ""}
    assert caller.post("/interactions", {**body, "promise": promise}).status_code == 409
    assert not Interaction.objects.exists()
    assert caller.post("/interactions", {**body, "promise": {**promise, "venue": "客户家中"}}).status_code == 201
    assert Promise.objects.get().venue == "客户家中"


@pytest.mark.requirement("R-012")
def test_the_share_of_each_answer_is_reported_by_post_and_opens_its_rows(cast, client_of):
    staff = cast.receptionist.staff
    duties = {"communication_duty": "x", "feedback_duty": "x", "complaint_duty": "x"}
    staff.post = Post.objects.create(name="前台接待", department=staff.department, role=staff.roles.get(), **duties)
    staff.save()
    for answer, number in (("explained", 3), ("within_authority", 1)):
        for _ in range(number):
            do.answer_at_once(**touch(cast), answer=answer)
    do.answer_at_once(**touch(cast, by=cast.steward))
    boss = client_of(cast.manager)
    lines = boss.get(reverse("reports:answer-show")).context["lines"]
    desk, others = lines
    assert "前台接待" in str(desk.label)
    assert [(cell.number, str(cell.percent)) for cell in desk.cells] == [
        (3, "75.0"),
        (1, "25.0"),
        (0, "0.0"),
        (0, "0.0"),
    ]
    assert (others.total, others.cells[0].number) == (1, 1)
    for line in lines:
        for cell in line.cells:
            assert len(boss.get(cell.url).context["page"].rows) == cell.number


@pytest.mark.requirement("R-217")
def test_a_bill_doubted_in_a_touch_is_an_event_too_and_the_promise_is_the_task(cast, desk):
    bill = ServiceCategory.objects.get(code="service-fees-bill")
    do.answer_at_once(**touch(cast), category=bill)
    later = {"due_at": timezone.now() + timedelta(hours=2), "kind": "senior", "owner": cast.supervisor}
    do.promise_answer(**touch(cast), category=bill, **later)
    events = EventSubject.objects.of(cast.zhou).filter(event__verb="relationship.bill_queried").order_by("pk")
    assert [row.event.details["explainer"] for row in events] == [str(cast.receptionist), str(cast.supervisor)]
    assert Notification.objects.filter(event__verb="relationship.bill_queried", user=cast.supervisor).exists()
    answer = desk.post(CREATE, sent(cast, action="answer", text="问一下", category=bill.pk))
    assert answer.status_code == 302, answer.context["form"].errors
    assert events.all().count() == 3
    do.answer_at_once(**touch(cast), category=ServiceCategory.objects.get(code="service-fees-pay"))
    assert events.all().count() == 3


@pytest.mark.requirement("R-217")
def test_a_bill_query_is_a_task_with_a_clock_until_it_is_explained(cast, register):
    request = request_in("in_progress", cast, register, kind="enquiry", category="service-fees-bill")
    other = register(kind="enquiry", category="service-fees-pay")
    clock = request.clocks.get(metric="resolution")
    assert clock.due_at > clock.started_at
    bills = find_work_list("bills")
    assert request in bills.of(cast.supervisor)
    assert other not in bills.of(cast.supervisor)
    do.join_request(request, **touch(cast))
    assert EventSubject.objects.of(request).filter(event__verb="relationship.bill_queried").count() == 2
    do.answer_request(request, by=cast.supervisor, text="已逐项解释")
    do.report_result(request, by=cast.supervisor, channel="phone", words="已逐项解释")
    assert request not in bills.of(cast.supervisor)
    assert request.clocks.get(metric="resolution").met_at is not None


def test_every_answer_has_a_column_or_is_none():
    from gongying.reports.answers import SHOWN

    assert set(SHOWN) == set(AnswerKind) - {AnswerKind.NONE}
