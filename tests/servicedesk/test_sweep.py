"""The ladder: each step once, whoever sweeps and however often."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.events.models import Event
from gongying.notifications.models import Notification
from gongying.organization.models import Leave
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ClockStep, EscalationLadder
from gongying.servicedesk.operations import climbing
from gongying.servicedesk.operations.sweep import sweep
from tests.race import race
from tests.servicedesk.moments import shanghai

START = shanghai("2026-11-09 10:00")
WHOLE = timedelta(days=2)


@pytest.fixture
def request_(cast, register):
    """Two working days from Monday on: the steps of the resolution come at 50, 80, 100, 150 and 200 % of 48 hours."""
    with clock_at(START):
        request = register(urgency="normal")
        do.accept_request(request, by=cast.receptionist)
    return request


def swept_at(moment):
    with clock_at(moment):
        return sweep()


def steps_of(request):
    rows = ClockStep.objects.filter(clock__service_request=request, clock__metric="resolution").order_by("pk")
    return list(rows.values_list("percent", "to"))


@pytest.mark.requirement("R-188")
def test_each_step_reaches_whom_it_is_for(cast, request_):
    with clock_at(START):
        do.dispatch_work(request_, by=cast.receptionist, doer=cast.worker)
    Notification.objects.all().delete()
    told = {}
    for percent in (49, 50, 80, 100, 150, 200):
        swept_at(START + WHOLE * percent / 100 + timedelta(seconds=1))
        rows = Notification.objects.filter(event__verb__startswith="clock.").select_related("user")
        told[percent] = {row.user for row in rows}
        rows.delete()
    assert told == {
        49: set(),
        50: {cast.worker},
        80: {cast.supervisor},
        100: {cast.supervisor},
        150: {cast.manager},
        200: {cast.quality},
    }
    assert steps_of(request_) == [
        (50, "doer"),
        (80, "supervisor"),
        (100, "supervisor"),
        (150, "site_manager"),
        (200, "quality"),
    ]
    clock = request_.clocks.get(metric="resolution")
    assert (clock.level, clock.breached_at, clock.next_step_at) == (200, clock.due_at, None)


@pytest.mark.requirement("R-188")
def test_level_and_time_are_in_the_history(cast, request_):
    swept_at(START + WHOLE * 2 + timedelta(hours=1))
    events = Event.objects.filter(
        subjects__kind="servicerequest", subjects__object_id=request_.pk, verb__startswith="clock."
    )
    entries = [(event.verb, event.details["percent"], event.at) for event in events.order_by("at")]
    assert entries == [
        ("clock.warned", 50, START + WHOLE / 2),
        ("clock.warned", 80, START + WHOLE * 8 / 10),
        ("clock.breached", 100, START + WHOLE),
        ("clock.escalated", 150, START + WHOLE * 3 / 2),
        ("clock.escalated", 200, START + WHOLE * 2),
    ]


@pytest.mark.parametrize("times", [1, 3])
def test_a_sweep_more_changes_nothing(request_, times):
    moment = START + WHOLE
    assert [swept_at(moment) for _each in range(times)] == [3, 0, 0][:times]
    assert len(steps_of(request_)) == 3


def test_a_clock_that_jumps_takes_each_step_once(request_):
    """Ahead by two days, back, and there again in its own time; and back before the request was registered."""
    ahead = START + WHOLE
    days = [ahead, START, START - WHOLE, START + timedelta(hours=1), ahead, ahead + timedelta(minutes=1)]

    assert [swept_at(moment) for moment in days] == [3, 0, 0, 0, 0, 0]
    assert len(steps_of(request_)) == len(set(steps_of(request_))) == 3


def test_the_same_step_again_is_refused_by_the_database(request_):
    swept_at(START + WHOLE)
    row = ClockStep.objects.first()
    row.pk, row._state.adding = None, True
    with pytest.raises(IntegrityError, match="clock_step_once"), transaction.atomic():
        row.save()


def test_what_was_met_is_not_escalated(cast, request_):
    with clock_at(START + timedelta(hours=1)):
        do.start_answering(request_, by=cast.receptionist)
        do.answer_request(request_, by=cast.receptionist, text="已处理")
    assert swept_at(START + WHOLE * 3) == 0


def test_a_supervisor_on_leave_is_not_the_one_who_is_told(cast, request_):
    staff = cast.supervisor.staff
    Leave.objects.create(staff=staff, during=(timezone.localdate(START), None))
    swept_at(START + WHOLE)
    step = ClockStep.objects.get(percent=100)
    assert step.told == [cast.manager.pk]


def test_another_ladder_holds_for_new_requests_only(cast, register, request_):
    steps = [{"percent": 25, "to": "supervisor"}, {"percent": 100, "to": "quality"}]
    EscalationLadder.objects.create(project=cast.sunshine, steps=steps, valid_from=START + timedelta(minutes=1))
    with clock_at(START + timedelta(minutes=2)):
        new = register(urgency="normal")
        do.accept_request(new, by=cast.receptionist)
    swept_at(START + WHOLE + timedelta(minutes=3))
    assert steps_of(new) == [(25, "supervisor"), (100, "quality")]
    assert [percent for percent, _to in steps_of(request_)] == [50, 80, 100]


def test_a_sweep_that_is_killed_in_the_middle_leaves_whole_sets(cast, register, monkeypatch, request_):
    with clock_at(START):
        for _each in range(3):
            do.accept_request(register(urgency="normal"), by=cast.receptionist)
    monkeypatch.setattr(climbing, "SET", 2)
    notify, calls = climbing.notify_selected, []

    def dies(*news):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        notify(*news)

    monkeypatch.setattr(climbing, "notify_selected", dies)
    with pytest.raises(KeyboardInterrupt), clock_at(START + WHOLE / 2):
        sweep()
    assert ClockStep.objects.filter(percent=50).count() == 2
    monkeypatch.setattr(climbing, "notify_selected", notify)
    assert swept_at(START + WHOLE / 2) == 2
    assert ClockStep.objects.count() == 4
    assert Notification.objects.filter(event__verb="clock.warned").count() == 4
    assert Event.objects.filter(verb="clock.warned").count() == 4


@pytest.mark.django_db(transaction=True)
def test_workers_that_sweep_at_once_take_each_step_once(cast, register, monkeypatch):
    past = timezone.now() - timedelta(days=30)
    with clock_at(past):
        for _each in range(6):
            register(urgency="urgent")
    monkeypatch.setattr(climbing, "SET", 2)
    numbers = race(*[sweep] * 4)
    assert all(isinstance(number, int) for number in numbers), numbers
    assert sweep() == 0
    assert sum(numbers) == ClockStep.objects.count() == 6 * 3 * 5
    assert Event.objects.filter(verb__startswith="clock.").count() == 90
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM servicedesk_serviceclock WHERE next_step_at IS NOT NULL")
        assert cursor.fetchone() == (0,)
