"""A worker's confirmed slots do not overlap, except where a dispatcher says so and why (invariant 17)."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.events.models import Event
from gongying.organization.models import Leave
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import OutsideFirm, ServiceCategory, WorkOrder
from gongying.servicedesk.operations.doers import OtherTrade
from gongying.servicedesk.operations.slots import SlotTaken
from tests.conftest import make_staff
from tests.race import race
from tests.servicedesk.walks import TICKS, work_in

TOMORROW = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def slot(start: float, end: float) -> tuple:
    return TOMORROW + timedelta(hours=start), TOMORROW + timedelta(hours=end)


@pytest.fixture
def job(cast, register):
    """An open job, for the window that the customer wishes."""

    def job(start=None, end=None, **given):
        window = slot(start, end) if start is not None else None
        return work_in("open", cast, register, window=window, **given)

    return job


def planned(work):
    work.refresh_from_db()
    return work.planned_from, work.planned_to


@pytest.mark.django_db
@pytest.mark.requirement("R-186")
def test_a_second_job_at_the_same_time_is_refused_naming_the_first(cast, job):
    first, second = job(), job()
    do.assign_work(first, by=cast.supervisor, doer=cast.worker, plan=slot(14, 16))
    with pytest.raises(SlotTaken) as refusal:
        do.assign_work(second, by=cast.supervisor, doer=cast.worker, plan=slot(15, 16))
    assert refusal.value.taken == [first]
    assert str(first) in str(refusal.value)
    assert refusal.value.free == slot(16, 17)
    second.refresh_from_db()
    assert (second.state, second.doer) == ("open", None)


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "offered"), [((18, 20), (32, 34)), ((22, 24), (25, 27))])
def test_a_visit_by_day_is_not_offered_for_the_night(cast, job, asked, offered):
    first, night = job(), job()
    do.assign_work(first, by=cast.supervisor, doer=cast.worker, plan=slot(17, 20))
    do.assign_work(night, by=cast.supervisor, doer=cast.worker, plan=slot(21, 25))
    with pytest.raises(SlotTaken) as refusal:
        do.assign_work(job(), by=cast.supervisor, doer=cast.worker, plan=slot(*asked))
    assert refusal.value.free == slot(*offered)


@pytest.mark.django_db
@pytest.mark.requirement("R-186")
def test_an_overlap_is_allowed_with_a_reason_that_is_kept(cast, job):
    first, second = job(), job()
    do.assign_work(first, by=cast.supervisor, doer=cast.worker, plan=slot(14, 16))
    do.assign_work(second, by=cast.supervisor, doer=cast.worker, plan=slot(15, 16), overlap_reason="同一楼顺路")
    second.refresh_from_db()
    assert (second.overlap_allowed_by, second.overlap_reason) == (cast.supervisor, "同一楼顺路")
    assert Event.objects.get(verb="work.assigned", details__work=str(second)).details["overlap_reason"] == "同一楼顺路"


@pytest.mark.django_db
def test_slots_that_touch_do_not_overlap(cast, job):
    for start in (14, 15, 16):
        do.assign_work(job(), by=cast.supervisor, doer=cast.worker, plan=slot(start, start + 1))
    assert WorkOrder.objects.of_doer(cast.worker).count() == 3


@pytest.mark.django_db
def test_a_wished_window_is_narrowed_to_where_the_worker_is_free(cast, job):
    first, second, third = job(14, 16), job(14, 16), job(14, 16)
    do.assign_work(first, by=cast.supervisor, doer=cast.worker, plan=slot(14, 15))
    do.assign_work(second, by=cast.supervisor, doer=cast.worker)
    assert planned(second) == slot(15, 16)
    with pytest.raises(SlotTaken):
        do.claim_work(third, by=cast.worker)


@pytest.mark.django_db
def test_the_time_of_a_job_is_changed_without_the_due_time(cast, job):
    work = job(14, 16)
    do.assign_work(work, by=cast.supervisor, doer=cast.worker)
    do.assign_work(job(), by=cast.supervisor, doer=cast.worker, plan=slot(9, 10))
    do.plan_work(work, by=cast.supervisor, plan=slot(10, 11))
    assert planned(work) == slot(10, 11)
    assert work.service_request.window_from == slot(14, 16)[0]
    with pytest.raises(SlotTaken):
        do.plan_work(work, by=cast.supervisor, plan=slot(9.5, 11))
    with pytest.raises(Refused, match="quarter of an hour"):
        do.plan_work(work, by=cast.supervisor, plan=slot(9, 9.1))
    with pytest.raises(Refused, match="ends before"):
        do.plan_work(work, by=cast.supervisor, plan=slot(11, 10))


@pytest.mark.django_db
def test_work_that_comes_back_finds_its_old_time_given_away(cast, job):
    work = job()
    do.assign_work(work, by=cast.supervisor, doer=cast.worker, plan=slot(9, 10))
    for step in (do.accept_work, do.arrive):
        step(work, by=cast.worker)
    do.complete_work(work, by=cast.worker, ticks=TICKS)
    do.assign_work(job(), by=cast.supervisor, doer=cast.worker, plan=slot(9, 10))
    do.fail_check(work, by=cast.supervisor, reason="仍漏水")
    assert planned(work) == (None, None)
    assert work.state == "accepted"


@pytest.mark.django_db
@pytest.mark.requirement("R-187")
def test_an_assignment_is_taken_back_until_it_is_taken(cast, job):
    work = do.assign_work(job(), by=cast.supervisor, doer=cast.worker)
    do.unassign_work(work, by=cast.supervisor)
    work.refresh_from_db()
    assert (work.state, work.doer) == ("open", None)
    do.assign_work(work, by=cast.supervisor, doer=cast.worker)
    do.accept_work(work, by=cast.worker)
    with pytest.raises(Refused, match="not possible now"):
        do.unassign_work(work, by=cast.supervisor)


@pytest.mark.django_db
def test_the_database_itself_refuses_an_overlap(cast, job):
    first, second = job(), job()
    do.assign_work(first, by=cast.supervisor, doer=cast.worker, plan=slot(14, 16))
    do.assign_work(second, by=cast.supervisor, doer=cast.worker, plan=slot(16, 17))
    with (
        pytest.raises(IntegrityError, match="work_order_slots_do_not_overlap"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE servicedesk_workorder SET planned_from = %s WHERE id = %s", [slot(15, 16)[0], second.pk])
    with (
        pytest.raises(IntegrityError, match="work_order_overlap_has_reason"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE servicedesk_workorder SET overlap_allowed_by_id = %s WHERE id = %s", [cast.supervisor.pk, second.pk]
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_dispatchers_at_once_one_gets_the_slot(cast, job):
    jobs = [job(), job()]
    assign = [
        partial(
            do.assign_work, WorkOrder.objects.get(pk=work.pk), by=cast.supervisor, doer=cast.worker, plan=slot(14, 15)
        )
        for work in jobs
    ]
    assert sorted(type(result).__name__ for result in race(*assign)) == ["SlotTaken", "WorkOrder"]


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_claim_at_once_one_gets_it_and_the_others_hear_who(cast, job):
    work = job()
    east = cast.worker.staff.territory_assignments.get()
    workers = []
    for n in range(20):
        user = make_staff(f"w{n}", f"工人{n}", "worker", cast.worker.staff.department, skills=["plumbing"])
        user.staff.territory_assignments.create(territory=east.territory, during=east.during)
        workers.append(user)
    results = race(*[partial(do.claim_work, WorkOrder.objects.get(pk=work.pk), by=worker) for worker in workers])
    work.refresh_from_db()
    assert work.doer in workers
    refusals = [str(result) for result in results if isinstance(result, Refused)]
    assert len(refusals) == 19
    assert all(refusal.startswith(str(work.doer)) for refusal in refusals)
    assert work.assignments.count() == 1


@pytest.mark.django_db
@pytest.mark.requirement("R-019")
def test_nobody_claims_a_job_of_another_trade(cast, job):
    work = job()
    assert list(WorkOrder.objects.to_claim(cast.worker)) == [work]
    assert list(WorkOrder.objects.to_claim(cast.second_worker)) == []
    with pytest.raises(Refused, match="another trade"):
        do.claim_work(work, by=cast.second_worker)


@pytest.mark.django_db
def test_nobody_claims_more_than_a_day_holds(cast, job):
    cast.worker.staff.most_jobs_a_day = 1
    cast.worker.staff.save()
    do.claim_work(job(), by=cast.worker)
    with pytest.raises(Refused, match="as many jobs as a day holds: 1"):
        do.claim_work(job(), by=cast.worker)


def in_mode(mode):
    ServiceCategory.objects.filter(code="home-plumbing-leak").update(dispatch_mode=mode)


@pytest.mark.django_db
def test_what_the_dispatcher_gives_out_is_not_claimed(cast, job):
    in_mode("assign")
    work = job()
    assert list(WorkOrder.objects.to_claim(cast.worker)) == []
    with pytest.raises(Refused, match="dispatcher gives out"):
        do.claim_work(work, by=cast.worker)
    assert do.assign_work(work, by=cast.supervisor, doer=cast.worker).doer == cast.worker


@pytest.mark.django_db
def test_workers_take_turns(cast, register):
    in_mode("round_robin")
    cast.second_worker.staff.skills = ["plumbing"]
    cast.second_worker.staff.save()
    doers = []
    for _turn in range(4):
        request = do.accept_request(register(), by=cast.receptionist)
        assert request.state == "in_progress"
        doers.append(request.work_orders.get().doer)
    assert doers == [cast.worker, cast.second_worker] * 2


@pytest.mark.django_db
def test_nobody_fit_leaves_the_job_to_the_dispatcher(cast, register):
    in_mode("round_robin")
    today = timezone.localdate()
    Leave.objects.create(staff=cast.worker.staff, during=(today, today + timedelta(days=1)))
    request = do.accept_request(register(), by=cast.receptionist)
    assert (request.state, request.work_orders.get().state) == ("accepted", "open")


@pytest.mark.django_db
@pytest.mark.requirement("E-053")
def test_the_deputy_may_be_given_the_jobs_of_who_is_away(cast, job):
    outsider = cast.guard.staff
    outsider.roles.set(cast.worker.staff.roles.all())
    outsider.territory_assignments.all().delete()
    with pytest.raises(Refused, match="does not take orders in this place"):
        do.assign_work(job(), by=cast.supervisor, doer=cast.guard)
    today = timezone.localdate()
    Leave.objects.create(staff=cast.worker.staff, deputy=outsider, during=(today, today + timedelta(days=1)))
    given = do.assign_work(job(), by=cast.supervisor, doer=cast.guard, trade_reason="顶班")
    assert given.doer == cast.guard
    with pytest.raises(Refused, match="on leave today"):
        do.assign_work(job(), by=cast.supervisor, doer=cast.worker)
    # Tomorrow he is back.
    assert do.assign_work(job(), by=cast.supervisor, doer=cast.worker, plan=slot(24 + 9, 24 + 10)).doer == cast.worker


@pytest.mark.django_db
@pytest.mark.requirement("E-046")
def test_an_outside_firm_is_given_jobs_while_its_contract_lasts(cast, job):
    firm = OutsideFirm.objects.create(name="宏达电梯", trades=["lift"], contract_until=timezone.localdate())
    work = do.assign_work(job(), by=cast.supervisor, outside_firm="宏达电梯")
    assert (work.firm, work.doer_name) == (firm, "宏达电梯")
    do.accept_work(work, by=cast.supervisor)
    do.arrive(work, by=cast.supervisor)
    with pytest.raises(Refused, match="no contract on that day"):
        do.assign_work(job(), by=cast.supervisor, outside_firm="宏达电梯", plan=slot(9, 10))
    firm.projects.add(cast.park)
    with pytest.raises(Refused, match="does not work in this project"):
        do.assign_work(job(), by=cast.supervisor, outside_firm="宏达电梯")
    assert do.assign_work(job(), by=cast.supervisor, outside_firm="路边师傅").firm is None


@pytest.mark.django_db
@pytest.mark.requirement("R-186")
def test_a_worker_of_another_trade_needs_a_reason_that_is_kept(cast, job):
    work = job()
    with pytest.raises(OtherTrade, match="does not know the trade of this job: plumbing"):
        do.assign_work(work, by=cast.supervisor, doer=cast.second_worker)
    work.refresh_from_db()
    assert (work.state, work.doer) == ("open", None)
    do.assign_work(work, by=cast.supervisor, doer=cast.second_worker, trade_reason="会修水管")
    kept = work.assignments.get()
    assert (kept.to_doer, kept.trade_reason, kept.by) == (cast.second_worker, "会修水管", cast.supervisor)
    assert Event.objects.get(verb="work.assigned").details["trade_reason"] == "会修水管"

    do.reassign_work(work, by=cast.supervisor, doer=cast.worker, reason="换人", trade_reason="懂水电")
    assert work.assignments.latest("pk").trade_reason == ""  # he knows it: there is nothing to excuse
    with pytest.raises(OtherTrade):
        do.reassign_work(work, by=cast.supervisor, doer=cast.second_worker, reason="换回来")


@pytest.mark.django_db
@pytest.mark.requirement("R-186")
def test_a_job_that_was_allowed_to_overlap_still_holds_its_time(cast, job):
    first, second, third = job(), job(), job()
    do.assign_work(first, by=cast.supervisor, doer=cast.worker, plan=slot(14, 15))
    do.assign_work(second, by=cast.supervisor, doer=cast.worker, plan=slot(14, 17), overlap_reason="同一楼顺路")
    with pytest.raises(SlotTaken):
        do.assign_work(third, by=cast.supervisor, doer=cast.worker, plan=slot(16, 17))
    do.assign_work(third, by=cast.supervisor, doer=cast.worker, plan=slot(17, 18))
    start, end = slot(16, 17)
    with (
        pytest.raises(IntegrityError, match="another job holds this time"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE servicedesk_workorder SET planned_from = %s, planned_to = %s WHERE id = %s", [start, end, third.pk]
        )
    # Those that overlap go on with their steps.
    for work in (first, second):
        do.accept_work(work, by=cast.worker)


@pytest.mark.django_db
def test_a_time_that_is_over_is_not_planned_one_that_has_begun_is(cast, job):
    now = timezone.now()
    over, begun = (
        (now - timedelta(hours=3), now - timedelta(hours=2)),
        (now - timedelta(hours=1), now + timedelta(hours=1)),
    )
    work = job()
    with pytest.raises(Refused, match="is over already"):
        do.assign_work(work, by=cast.supervisor, doer=cast.worker, plan=over)
    assert planned(work) == (None, None)
    do.assign_work(work, by=cast.supervisor, doer=cast.worker, plan=begun)
    with pytest.raises(Refused, match="is over already"):
        do.plan_work(work, by=cast.supervisor, plan=over)
    assert planned(work) == begun
    with pytest.raises(Refused, match="is over already"):
        do.assign_work(job(), by=cast.supervisor, outside_firm="宏达电梯", plan=over)
