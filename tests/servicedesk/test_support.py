"""R-218: several departments at the same time, each with its own task, in the one thread of the request."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused, Stale
from gongying.events.models import Event, EventSubject
from gongying.notifications.models import Notification
from gongying.organization.models import Department
from gongying.servicedesk import operations as do
from gongying.servicedesk.case_page import possible_steps, primary_step, what_is_missing
from gongying.servicedesk.models import ServiceRequest, SupportStep, SupportTask
from gongying.servicedesk.operations import climbing
from gongying.servicedesk.operations.sweep import sweep
from gongying.servicedesk.worklists import find_work_list
from tests.race import race
from tests.servicedesk.moments import shanghai
from tests.servicedesk.walks import TICKS, complaint_in, request_in, work_in

START = shanghai("2026-11-09 08:00")


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


DAY = timedelta(hours=10)


@pytest.fixture
def asked(cast, register, departments):
    """The guards are to help within ten hours a job that the worker does: steps at 5, 8, 10, 15 and 20 hours."""
    with clock_at(START):
        request = register(urgency="normal")
        do.accept_request(request, by=cast.receptionist)
        do.dispatch_work(request, by=cast.receptionist, doer=cast.worker)
        request.clocks.update(next_step_at=None)
        [task] = ask(request, departments, "order", by=cast.steward, due_at=START + DAY)
    Notification.objects.all().delete()
    return task


def swept_after(percent):
    with clock_at(START + DAY * percent / 100 + timedelta(seconds=1)):
        return sweep()


@pytest.mark.requirement("R-218", "R-188")
def test_a_support_task_that_runs_late_climbs_the_ladder(cast, asked):
    told = {}
    for percent in (49, 50, 80, 100, 150, 200):
        swept_after(percent)
        rows = Notification.objects.filter(event__verb__startswith="support.").select_related("user")
        told[percent] = {row.user for row in rows}
        rows.delete()
    waiting = {asked.service_request.owner, cast.worker}
    assert told[49] == set()
    assert told[50] == {cast.guard}
    assert cast.guard in told[80] & told[100] & told[150] & told[200]
    assert all(waiting <= told[percent] for percent in (80, 100, 150, 200))
    assert (cast.supervisor in told[100], cast.manager in told[150], cast.quality in told[200]) == (True, True, True)
    asked.refresh_from_db()
    assert (asked.level, asked.breached_at, asked.next_step_at) == (200, START + DAY, None)
    thread = EventSubject.objects.of(asked.service_request).filter(event__verb__startswith="support.").order_by("at")
    assert [(row.event.verb, row.event.details.get("percent"), row.event.at) for row in thread[1:]] == [
        ("support.warned", 50, START + DAY / 2),
        ("support.warned", 80, START + DAY * 8 / 10),
        ("support.breached", 100, START + DAY),
        ("support.escalated", 150, START + DAY * 3 / 2),
        ("support.escalated", 200, START + DAY * 2),
    ]


def test_each_step_of_a_support_task_is_taken_once(asked):
    assert [swept_after(100) for _each in range(3)] == [3, 0, 0]
    row = SupportStep.objects.first()
    row.pk, row._state.adding = None, True
    with pytest.raises(IntegrityError, match="support_step_once"), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError, match="evidence is kept"), transaction.atomic():
        SupportStep.objects.update(told=[])


@pytest.mark.parametrize("end", ["done", "withdrawn"])
def test_a_task_that_has_ended_is_not_escalated(cast, asked, end):
    with clock_at(START + DAY / 4):
        if end == "done":
            do.finish_support(asked, by=cast.guard, result="已清出")
        else:
            do.withdraw_support(asked, by=cast.steward, reason="不用了")
    assert swept_after(200) == 0
    asked.refresh_from_db()
    assert not asked.is_late


def test_a_task_done_late_stays_late_even_if_nobody_swept(cast, asked):
    with clock_at(START + DAY * 2):
        do.finish_support(asked, by=cast.guard, result="已清出")
    asked.refresh_from_db()
    assert (asked.is_late, asked.breached_at) == (True, START + DAY)


def test_a_task_without_a_due_time_is_on_no_ladder(cast, register, departments):
    request = request_in("in_progress", cast, register)
    [task] = ask(request, departments, "order", by=cast.steward)
    assert (task.ladder, task.next_step_at) == (None, None)
    with pytest.raises(IntegrityError, match="support_task_steps_only_while_open"), transaction.atomic():
        SupportTask.objects.update(next_step_at=timezone.now())


def test_a_sweep_killed_among_support_tasks_leaves_whole_sets(cast, asked, departments, monkeypatch):
    with clock_at(START):
        for _each in range(3):
            ask(asked.service_request, departments, "order", by=cast.steward, due_at=START + DAY)
    monkeypatch.setattr(climbing, "SET", 2)
    notify, calls = climbing.notify_selected, []

    def dies(*news):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        notify(*news)

    monkeypatch.setattr(climbing, "notify_selected", dies)
    with pytest.raises(KeyboardInterrupt):
        swept_after(50)
    assert SupportStep.objects.count() == 2
    monkeypatch.setattr(climbing, "notify_selected", notify)
    assert swept_after(50) == 2
    assert SupportStep.objects.count() == 4
    assert Event.objects.filter(verb="support.warned").count() == 4
    assert Notification.objects.filter(event__verb="support.warned", user=cast.guard).count() == 4


@pytest.mark.django_db(transaction=True)
def test_workers_that_sweep_at_once_take_each_support_step_once(cast, register, departments, monkeypatch):
    past = timezone.now() - timedelta(days=30)
    with clock_at(past):
        request = request_in("in_progress", cast, register)
        request.clocks.update(next_step_at=None)
        for _each in range(6):
            ask(request, departments, "order", by=cast.steward, due_at=past + DAY)
    monkeypatch.setattr(climbing, "SET", 2)
    numbers = race(*[sweep] * 4)
    assert all(isinstance(number, int) for number in numbers), numbers
    assert sweep() == 0
    assert sum(numbers) == SupportStep.objects.count() == 6 * 5
    assert Event.objects.filter(verb__in=["support.warned", "support.breached", "support.escalated"]).count() == 30
    assert not SupportTask.objects.filter(next_step_at__isnull=False).exists()
