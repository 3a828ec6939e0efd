"""Clocks that stand still: the ledger, its limits, and the jobs they follow."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ClockPause, ClockStep, PauseLimit
from gongying.servicedesk.operations.sweep import sweep
from tests.servicedesk.moments import shanghai
from tests.servicedesk.walks import TICKS

RECEIVED = shanghai("2026-09-30 16:00")
THURSDAY, FRIDAY = shanghai("2026-10-08 10:00"), shanghai("2026-10-09 10:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def complaint(cast, register):
    with clock_at(RECEIVED):
        request = register(kind="complaint", category="service-attitude-guard", text="保安态度恶劣")
        do.acknowledge_complaint(request, by=cast.supervisor)
        do.verify_complaint(request, by=cast.supervisor)
    return request


@pytest.fixture
def job(cast, register):
    with clock_at(RECEIVED):
        request = register(urgency="normal")
        work = do.dispatch_work(request, by=cast.receptionist, doer=cast.worker)
        do.accept_work(work, by=cast.worker)
    return work


def resolution(request):
    return request.clocks.running().get(metric="resolution")


@pytest.mark.requirement("R-206")
def test_a_working_day_of_waiting_moves_the_due_time_by_one(cast, complaint):
    assert resolution(complaint).due_at == shanghai("2026-10-10 16:00")
    with clock_at(THURSDAY):
        do.pause_clock(complaint, by=cast.supervisor, reason="customer", note="业主出差")
    complaint.refresh_from_db()
    assert (complaint.next_due_paused, complaint.next_due_metric) == (True, "resolution")
    with clock_at(FRIDAY):
        do.resume_clock(complaint, by=cast.supervisor)
    assert resolution(complaint).due_at == shanghai("2026-10-12 16:00")
    pause = ClockPause.objects.get()
    assert (pause.due_before, pause.due_after) == (shanghai("2026-10-10 16:00"), shanghai("2026-10-12 16:00"))
    complaint.refresh_from_db()
    assert (complaint.next_due_at, complaint.next_due_paused) == (shanghai("2026-10-12 16:00"), False)


def test_response_never_pauses(cast, register, complaint):
    with clock_at(RECEIVED):
        request = register(kind="complaint", category="service-attitude-guard", text="保安态度恶劣")
        with pytest.raises(Refused, match="only while"):
            do.pause_clock(request, by=cast.supervisor, reason="customer")
    clock = request.clocks.get(metric="first_response")
    with pytest.raises(IntegrityError), transaction.atomic():
        type(clock).objects.filter(pk=clock.pk).update(paused_at=RECEIVED, next_step_at=None)


@pytest.mark.parametrize("reason", ["", "lunch"])
def test_a_pause_needs_one_of_the_four_reasons(cast, complaint, reason):
    with clock_at(THURSDAY), pytest.raises(Refused, match="reason"):
        do.pause_clock(complaint, by=cast.supervisor, reason=reason)
    assert not ClockPause.objects.exists()


def test_a_pause_takes_time_and_pauses_lie_apart(cast, complaint):
    with clock_at(THURSDAY):
        pause = do.pause_clock(complaint, by=cast.supervisor, reason="parts")
        with pytest.raises(Refused, match="takes time"):
            do.resume_clock(complaint, by=cast.supervisor)
        with pytest.raises(Refused, match="already"):
            do.pause_clock(complaint, by=cast.supervisor, reason="parts")
    with clock_at(FRIDAY):
        do.resume_clock(complaint, by=cast.supervisor)
    pause.refresh_from_db()
    pause.pk, pause._state.adding = None, True
    with pytest.raises(IntegrityError, match="clock_pauses_apart"), transaction.atomic():
        pause.save()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE servicedesk_clockpause SET ended_at = ended_at + interval '1 hour'",
        "UPDATE servicedesk_clockpause SET reason = 'safety'",
        "UPDATE servicedesk_clockpause SET due_after = due_after + interval '1 day'",
        "DELETE FROM servicedesk_clockpause",
    ],
)
def test_what_the_ledger_says_stays(cast, complaint, sql):
    with clock_at(THURSDAY):
        do.pause_clock(complaint, by=cast.supervisor, reason="customer")
    with clock_at(FRIDAY):
        do.resume_clock(complaint, by=cast.supervisor)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_danger_to_life_waits_for_nobody(cast, register):
    with clock_at(THURSDAY):
        request = register(kind="complaint", category="service-attitude-guard", urgency="critical")
        do.acknowledge_complaint(request, by=cast.supervisor)
        with pytest.raises(Refused, match="may not wait"):
            do.pause_clock(request, by=cast.supervisor, reason="parts")


def test_the_clock_waits_with_its_job(cast, job):
    request = job.service_request
    assert resolution(request).due_at == shanghai("2026-10-09 16:00")
    with clock_at(THURSDAY):
        do.pause_work(job, by=cast.worker, reason="parts", note="缺阀芯")
    pause = ClockPause.objects.get()
    assert (pause.reason, pause.started_at, pause.by, pause.note) == ("parts", THURSDAY, cast.worker, "缺阀芯")
    with clock_at(THURSDAY + 3 * HOUR):
        do.resume_work(job, by=cast.worker)
    assert resolution(request).due_at == shanghai("2026-10-09 19:00")


@pytest.mark.parametrize("ending", ["reassign", "cancel", "second job", "resume on site"])
def test_whatever_takes_a_job_up_again_lets_the_clock_run(cast, job, ending):
    request = job.service_request
    with clock_at(THURSDAY):
        do.arrive(job, by=cast.worker)
        do.pause_work(job, by=cast.worker, reason="customer")
    assert resolution(request).is_paused
    with clock_at(THURSDAY + HOUR):
        if ending == "reassign":
            do.reassign_work(
                job, by=cast.receptionist, doer=cast.second_worker, reason="会修的人换班", trade_reason="会修水管"
            )
        elif ending == "cancel":
            do.cancel_work(job, by=cast.receptionist, reason="客户改约")
        elif ending == "second job":
            do.open_work(request, by=cast.receptionist, trade="electrical")
        else:
            do.resume_work(job, by=cast.worker, on_site=True)
    clock = resolution(request)
    assert (clock.is_paused, clock.due_at) == (False, shanghai("2026-10-09 17:00"))


def test_as_long_as_somebody_works_the_clock_runs(cast, job):
    request = job.service_request
    with clock_at(THURSDAY):
        other = do.open_work(request, by=cast.receptionist, trade="electrical")
        do.pause_work(job, by=cast.worker, reason="parts")
        assert not resolution(request).is_paused
    with clock_at(THURSDAY + HOUR):
        do.cancel_work(other, by=cast.receptionist, reason="不需要")
        assert resolution(request).is_paused


def test_work_done_meets_the_clock_after_its_pauses(cast, job):
    request = job.service_request
    with clock_at(THURSDAY):
        do.arrive(job, by=cast.worker)
        do.pause_work(job, by=cast.worker, reason="parts")
    with clock_at(THURSDAY + 2 * HOUR):
        do.resume_work(job, by=cast.worker, on_site=True)
    with clock_at(shanghai("2026-10-09 17:30")):
        do.complete_work(job, by=cast.worker, ticks=TICKS)
    clock = request.clocks.get(metric="resolution")
    assert (clock.due_at, clock.breached_at) == (shanghai("2026-10-09 18:00"), None)


def test_the_longest_pause_lets_the_clock_run_again_and_tells(cast, complaint):
    PauseLimit.objects.filter(reason="customer").update(working_days=1)
    with clock_at(THURSDAY):
        pause = do.pause_clock(complaint, by=cast.supervisor, reason="customer")
    assert pause.longest_until == FRIDAY
    with clock_at(FRIDAY + 2 * HOUR):
        sweep()
        sweep()
    pause.refresh_from_db()
    assert (pause.is_expired, pause.ended_at) == (True, FRIDAY)
    assert resolution(complaint).due_at == shanghai("2026-10-12 16:00")
    told = complaint.owner.notifications.filter(event__verb="clock.pause_expired")
    assert told.count() == 1
    with clock_at(FRIDAY + 3 * HOUR), pytest.raises(Refused, match="may not wait"):
        do.pause_clock(complaint, by=cast.supervisor, reason="customer")
    with clock_at(FRIDAY + 3 * HOUR):
        do.pause_clock(complaint, by=cast.supervisor, reason="third_party")


def test_an_expired_pause_of_a_job_does_not_begin_again_by_itself(cast, job):
    PauseLimit.objects.filter(reason="parts").update(working_days=1)
    with clock_at(THURSDAY):
        do.pause_work(job, by=cast.worker, reason="parts")
    with clock_at(FRIDAY + HOUR):
        sweep()
        other = do.open_work(job.service_request, by=cast.receptionist, trade="electrical")
        do.cancel_work(other, by=cast.receptionist, reason="不需要")
    assert not resolution(job.service_request).is_paused


def test_no_step_is_taken_while_a_clock_stands_still(cast, complaint):
    with clock_at(THURSDAY):
        do.pause_clock(complaint, by=cast.supervisor, reason="third_party")
    with clock_at(shanghai("2026-10-13 10:00")):
        sweep()
    assert not ClockStep.objects.filter(clock__metric="resolution").exists()
