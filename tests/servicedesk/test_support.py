"""R-218: several departments at the same time, each with its own task, in the one thread of the request."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused, Stale
from gongying.events.models import EventSubject
from gongying.notifications.models import Notification
from gongying.organization.models import Department
from gongying.servicedesk import operations as do
from gongying.servicedesk.case_page import possible_steps, primary_step, what_is_missing
from gongying.servicedesk.models import ServiceRequest, SupportTask
from gongying.servicedesk.worklists import find_work_list
from tests.race import race
from tests.servicedesk.walks import TICKS, complaint_in, request_in, work_in


@pytest.fixture
def departments(cast):
    return {kind: Department.objects.get(kind=kind) for kind in ("order", "engineering", "customer_service")}


def ask(request, departments, *kinds, by, **more):
    wanted = [departments[kind] for kind in kinds]
    return do.ask_support(request, by=by, departments=wanted, task="清出消防通道，配合抢修", **more)


@pytest.mark.requirement("R-218")
def test_departments_work_at_the_same_time_on_own_tasks_in_one_thread(cast, register, departments, settle):
    work = work_in("on_site", cast, register)
    request = work.service_request
    order, desk = ask(request, departments, "order", "customer_service", by=cast.steward)
    told = set(Notification.objects.filter(event__verb="support.asked").values_list("user", flat=True))
    assert cast.guard.pk in told
    assert {task.department for task in SupportTask.objects.of_my_department(cast.guard).open()} == {order.department}
    assert request in find_work_list("support").of(cast.guard)
    assert request not in find_work_list("support").of(cast.worker)
    # The last job is done, and still the request is not: two departments are at it.
    do.complete_work(work, by=cast.worker, ticks=TICKS)
    request.refresh_from_db()
    assert request.state == "in_progress"
    do.finish_support(order, by=cast.guard, result="通道已清出")
    request.refresh_from_db()
    assert request.state == "in_progress"
    do.withdraw_support(desk, by=cast.steward, reason="已由管家通知住户")
    settle()
    request.refresh_from_db()
    assert request.state == "resolved"
    assert request.transfer_count == 0
    thread = EventSubject.objects.of(request).filter(event__verb__startswith="support.").order_by("pk")
    assert [(row.event.verb, row.event.actor) for row in thread] == [
        ("support.asked", cast.steward),
        ("support.asked", cast.steward),
        ("support.done", cast.guard),
        ("support.withdrawn", cast.steward),
    ]


@pytest.mark.requirement("R-218")
@pytest.mark.parametrize("walk", [request_in, complaint_in])
def test_the_handling_cannot_end_while_a_department_is_at_it(cast, register, departments, walk):
    request = walk("in_progress" if walk is request_in else "handling", cast, register)
    [task] = ask(request, departments, "order", by=cast.steward)
    end = {
        request_in: lambda: do.answer_request(request, by=cast.supervisor, text="已处理"),
        complaint_in: lambda: do.give_feedback(request, by=cast.supervisor, channel="phone", words="已处理"),
    }[walk]
    assert str(what_is_missing(request)) == "still missing: the support of another department"
    primary = primary_step(request, possible_steps(request, cast.supervisor))
    assert primary is None or primary.key not in ("resolve", "give_feedback")
    with pytest.raises(Refused, match="A supporting department is not done yet"):
        end()
    do.finish_support(task, by=cast.guard, result="已处理")
    request.refresh_from_db()
    assert request.state in ("in_progress", "handling")  # it still waits for its own answer
    end()


def test_the_database_itself_holds_the_request_back(cast, register, departments, settle):
    request = request_in("in_progress", cast, register)
    ask(request, departments, "order", by=cast.steward)

    @transaction.atomic
    def leave_and_resolve():
        request.answers.create(stage=request.current_stage, by=cast.steward, at=timezone.now(), text="完")
        request.stages.filter(left_at=None).update(left_at=timezone.now(), left_by=cast.steward)
        ServiceRequest.objects.filter(pk=request.pk).update(state="resolved")

    with pytest.raises(IntegrityError, match="an end of the support is missing"):
        leave_and_resolve()
    facts = {"department": departments["order"], "task": "x", "opened_by": cast.steward, "opened_at": timezone.now()}
    SupportTask.objects.create(service_request=register(), **facts)
    with pytest.raises(IntegrityError, match="only while the request is handled"):
        settle()


def test_an_ended_task_stays_as_it_is(cast, register, departments):
    request = request_in("in_progress", cast, register)
    [task] = ask(request, departments, "order", by=cast.steward)
    with pytest.raises(IntegrityError, match="nothing else of it changes"), transaction.atomic():
        SupportTask.objects.update(task="另一件事")
    do.finish_support(task, by=cast.guard, result="已处理")
    with pytest.raises(IntegrityError, match="ends once"), transaction.atomic():
        SupportTask.objects.update(result="改了")
    with pytest.raises(Refused, match="has ended already"):
        do.withdraw_support(task, by=cast.steward, reason="不用了")
    with pytest.raises(IntegrityError, match="rows are kept"), transaction.atomic():
        SupportTask.objects.all().delete()


def test_a_cancelled_request_needs_nobody_any_more(cast, register, departments, settle):
    request = request_in("in_progress", cast, register)
    [task] = ask(request, departments, "order", by=cast.steward)
    with pytest.raises(Refused, match="Somebody is working on it"):
        do.merge_requests(request, into=register(), by=cast.supervisor)
    do.cancel_request(request, by=cast.supervisor, asked_by="周先生", reason="已自行解决")
    settle()
    task.refresh_from_db()
    assert task.withdrawn_reason == "已自行解决"


def test_what_is_asked_badly_is_refused(cast, register, departments):
    with pytest.raises(Refused, match="while it is handled"):
        ask(register(), departments, "order", by=cast.steward)
    request = request_in("in_progress", cast, register)
    with pytest.raises(Refused, match="which department"):
        ask(request, departments, by=cast.steward)
    with pytest.raises(Refused, match="lies in the past"):
        ask(request, departments, "order", by=cast.steward, due_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(Refused, match="belongs to another request"):
        ask(request, departments, "order", by=cast.steward, work_order=work_in("open", cast, register))
    [task] = ask(request, departments, "order", by=cast.steward)
    with pytest.raises(Stale):
        do.finish_support(task, by=cast.guard, result="x", seen=99)


@pytest.mark.requirement("R-218")
def test_a_guard_sees_and_ends_the_task_of_his_department_and_nobody_elses(client, cast, register, departments):
    request = request_in("in_progress", cast, register)
    [task] = ask(request, departments, "order", by=cast.steward)
    finish = reverse("servicedesk:support-finish", args=[task.pk])
    page = reverse("servicedesk:request-show", args=[request.pk])
    for person, seen, may in ((cast.worker, 404, 404), (cast.steward, 200, 403), (cast.outsider, 404, 404)):
        client.force_login(person)
        assert (client.get(page).status_code, client.post(finish, {"result": "x"}).status_code) == (seen, may)
    client.force_login(cast.guard)
    assert client.get(page).status_code == 200
    assert task.task in client.get(reverse("servicedesk:support-index")).content.decode()
    assert task.task in client.get(reverse("servicedesk:support-panel", args=[request.pk])).content.decode()
    assert client.post(finish, {"result": "", "version": 1}).status_code == 422
    assert client.post(finish, {"result": "通道已清出", "version": 1}).status_code == 302
    assert task.task not in client.get(reverse("servicedesk:support-index")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_an_answer_and_a_new_task_at_the_same_moment_one_is_refused(cast, register, departments):
    request = request_in("in_progress", cast, register)
    results = race(
        lambda: do.answer_request(request, by=cast.supervisor, text="已处理"),
        lambda: ask(request, departments, "order", by=cast.steward),
    )
    assert sorted(isinstance(result, Refused) for result in results) == [False, True]
    request.refresh_from_db()
    assert (request.state == "in_progress") == SupportTask.objects.open().exists()
