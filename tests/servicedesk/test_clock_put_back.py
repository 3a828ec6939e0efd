"""The clock of the machine was ahead and is put right: what was begun in the false time goes on at once."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from gongying.common.clock import clock_at, now_not_before
from gongying.interactions.models import Interaction
from gongying.servicedesk import operations as do
from gongying.servicedesk.enums import PauseReason
from tests.servicedesk.walks import TICKS, complaint_in, request_in, work_in

AHEAD = timedelta(hours=5)


@pytest.fixture
def ahead():
    """`with ahead():` is the false time."""
    return lambda: clock_at(timezone.now() + AHEAD)


def test_what_follows_never_comes_before():
    later = timezone.now() + AHEAD
    assert now_not_before(None, later) == later
    assert now_not_before(later - 2 * AHEAD) < later


@pytest.mark.parametrize(("walk", "last"), [(request_in, "closed"), (complaint_in, "closed")])
def test_a_case_registered_in_the_false_time_is_brought_to_its_end(cast, register, settle, ahead, walk, last):
    with ahead():
        case = register(kind="help" if walk is request_in else "complaint", category="service-attitude-guard")
    walk(last, cast, lambda **_given: case)
    settle()
    assert [(stage.left_at or stage.entered_at) >= stage.entered_at for stage in case.stages.all()]


@pytest.mark.parametrize("begun", ["open", "assigned", "accepted", "en_route", "on_site", "paused"])
def test_a_job_begun_in_the_false_time_is_done_at_once(cast, register, settle, ahead, begun):
    boss, worker = cast.supervisor, cast.worker
    steps = {
        "open": partial(do.assign_work, by=boss, doer=worker),
        "assigned": partial(do.accept_work, by=worker),
        "accepted": partial(do.set_out, by=worker),
        "en_route": partial(do.arrive, by=worker),
        "on_site": partial(do.pause_work, by=worker, reason=PauseReason.PARTS),
        "paused": partial(do.resume_work, by=worker, on_site=True),
    }
    with ahead():
        work = work_in(begun, cast, register)
    for step in list(steps.values())[list(steps).index(begun) :]:
        # As a phone tells it that had no network and a clock that was right all the time.
        step(work) if step.func in (do.assign_work, do.pause_work) else step(work, at=timezone.now())
        work.refresh_from_db()
    do.complete_work(work, by=worker, ticks=TICKS)
    do.check_work(work, by=boss, method="customer_signed")
    settle()
    work.service_request.refresh_from_db()
    assert work.service_request.state == "resolved"

    do.report_result(work.service_request, by=boss, channel="phone", words="已修好")
    settle()


def test_a_call_about_a_matter_of_the_false_time_joins_it(cast, register, ahead):
    with ahead():
        known = register()
    caller = {"unit": cast.unit, "project": cast.sunshine, "channel": "phone", "text": "又漏"}
    again = do.join_request(known, by=cast.receptionist, **caller)
    assert Interaction.objects.filter(repeat_of=known.interaction).get() == again


def test_the_watch_trusts_the_earlier_of_two_clocks(cast, register, settle, ahead):
    """Programs ahead of the database: nothing is taken for late that is not, for it would be so for good."""
    clock = register().clocks.first()
    with clock_at(clock.due_at + AHEAD):
        do.sweep_clocks_later.func(timestamp=0)
    clock.refresh_from_db()
    assert (clock.level, clock.breached_at) == (0, None)
