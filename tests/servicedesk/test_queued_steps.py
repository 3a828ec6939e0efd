"""The queue of a worker's phone: once, in order, with the time of the deed, and never over what others did."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.events.models import Event
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ClockPause, WorkOrder
from tests.race import let_go
from tests.servicedesk.walks import TICKS, url


@pytest.fixture
def job(register, cast):
    return do.dispatch_work(register(), by=cast.supervisor, doer=cast.worker)


def send(browser, job, step, token="first", **given):
    address = url("queued-step-create", job.pk, step)
    return browser.post(address, {"version": job.version, **given}, headers={"Idempotency-Key": token})


def test_a_step_sent_twice_is_taken_once(client_of, cast, job):
    browser = client_of(cast.worker)
    first, second = send(browser, job, "accept"), send(browser, job, "accept")
    job.refresh_from_db()

    assert first.status_code == second.status_code == 200
    assert (
        first.json()
        == second.json()
        == {"state": "accepted", "version": job.version, "said": first.json()["said"], "undo": ""}
    )
    assert Event.objects.filter(verb="work.accepted").count() == 1


def test_the_answer_names_the_version_for_the_next_step(client_of, cast, job):
    browser = client_of(cast.worker)
    version = send(browser, job, "accept").json()["version"]
    arrived = send(browser, job, "arrive", "second", version=version)
    assert (arrived.status_code, arrived.json()["state"]) == (200, "on_site")


def test_a_step_is_kept_with_when_it_was_taken_and_when_word_came(client_of, cast, job):
    do.accept_work(job, by=cast.worker)
    job.refresh_from_db()
    assert send(client_of(cast.worker), job, "arrive", age=30_000).status_code == 200
    stage = job.stages.get(left_at=None)
    assert timedelta(0) <= stage.received_at - stage.entered_at <= timedelta(seconds=31)
    # Not before the job was taken: that was a moment ago.
    assert stage.entered_at >= job.stages.get(stage="accepted").entered_at


def test_a_step_of_now_has_no_second_time(client_of, cast, job):
    send(client_of(cast.worker), job, "accept")
    assert job.stages.get(left_at=None).received_at is None


def test_a_step_before_the_job_was_given_is_refused(cast, job):
    with pytest.raises(Refused, match="not yet at"):
        do.accept_work(job, by=cast.worker, at=timezone.now() - timedelta(hours=2))
    with pytest.raises(Refused, match="future"):
        do.accept_work(job, by=cast.worker, at=timezone.now() + timedelta(hours=2))
    job.refresh_from_db()
    assert job.state == "assigned"


def test_a_step_on_what_changed_meanwhile_is_refused_with_what_is_stored(client_of, cast, job):
    """Given to a colleague and back: his phone knew nothing of it."""
    do.reassign_work(job, by=cast.supervisor, doer=cast.second_worker, reason="overload", trade_reason="会修水管")
    do.reassign_work(WorkOrder.objects.get(pk=job.pk), by=cast.supervisor, doer=cast.worker, reason="skill")
    answer = send(client_of(cast.worker), job, "accept")
    now = WorkOrder.objects.get(pk=job.pk)

    assert answer.status_code == 409
    assert answer.json()["current"] == {"version": now.version, "state": "待接单", "doer": str(cast.worker)}
    assert now.state == "assigned"
    # Refused work is not remembered: with what is stored now it may be sent again.
    assert send(client_of(cast.worker), now, "accept").status_code == 200


def test_a_job_that_went_to_a_colleague_is_not_touched(client_of, cast, job):
    do.reassign_work(job, by=cast.supervisor, doer=cast.second_worker, reason="overload", trade_reason="会修水管")
    answer = send(client_of(cast.worker), job, "accept")
    assert answer.status_code == 404
    assert WorkOrder.objects.get(pk=job.pk).state == "assigned"


def test_what_a_form_lacks_is_named(client_of, cast, job):
    do.arrive(do.accept_work(job, by=cast.worker), by=cast.worker)
    job.refresh_from_db()
    answer = send(client_of(cast.worker), job, "complete", result="换软管")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["missing_reason"]


def test_a_completion_from_the_queue_counts_minutes_to_when_it_was_done(client_of, cast, job):
    do.arrive(do.accept_work(job, by=cast.worker), by=cast.worker)
    job.refresh_from_db()
    answer = send(client_of(cast.worker), job, "complete", result="换软管", ticks=list(TICKS))
    assert answer.status_code == 200
    assert job.workcompletions.get().minutes == 0


@pytest.mark.parametrize("token", ["x" * 41, "a\tb"])
def test_a_step_with_an_absurd_token_is_not_taken(client_of, cast, job, token):
    assert send(client_of(cast.worker), job, "accept", token).status_code == 422
    assert WorkOrder.objects.get(pk=job.pk).state == "assigned"


@pytest.mark.parametrize("age", ["-5", "abc", "99999999999999999999", "１２x"])
def test_an_absurd_age_is_named(client_of, cast, job, age):
    assert send(client_of(cast.worker), job, "accept", age=age).status_code == 422


def test_a_pause_on_site_is_taken_back_on_site(client_of, cast, job):
    do.arrive(do.accept_work(job, by=cast.worker), by=cast.worker)
    job.refresh_from_db()
    answer = send(client_of(cast.worker), job, "pause", reason="parts")
    assert answer.json()["undo"] == "resume_on_site"


def test_help_is_asked_for_from_the_job(client_of, cast, job):
    do.accept_work(job, by=cast.worker)
    assert send(client_of(cast.worker), job, "help", note="需要人手").status_code == 200
    assert job.service_request.escalations.get().ground == "asked"


def test_the_page_holds_every_bar_and_sheet_for_the_time_without_network(client_of, cast, job):
    page = client_of(cast.worker).get(url("work-order-show", job.pk)).content.decode()
    shown = [bar.split('"')[0] for bar in page.split('data-when="')[1:] if " hidden" not in bar.split(">")[0]]
    assert shown == ["assigned"]
    for sheet in ("complete", "pause", "help", "decline"):
        assert f'id="sheet-{sheet}"' in page
    other = client_of(cast.supervisor).get(url("work-order-show", job.pk)).content.decode()
    assert "data-when" not in other


def test_the_button_at_the_thumb_is_the_price_until_there_is_one(client_of, cast, register):
    """The refusal at the door would be the first word of it otherwise (E-047)."""

    def thumb(job):
        page = client_of(cast.worker).get(url("work-order-show", job.pk)).content.decode()
        shown = [bar for bar in page.split('data-when="')[1:] if " hidden" not in bar.split(">")[0]]
        return [bar.split('"')[0] for bar in shown], page

    unpriced = do.dispatch_work(register(price_agreed=False, agreed_amount=None), by=cast.supervisor, doer=cast.worker)
    unpriced = do.accept_work(unpriced, by=cast.worker)
    bars, page = thumb(unpriced)
    assert bars == ["unpriced"]
    assert 'id="sheet-price"' in page
    answer = send(client_of(cast.worker), unpriced, "price", agreed="on", agreed_amount="80")
    assert answer.json()["state"] == "accepted"
    assert thumb(unpriced)[0] == ["accepted"]


def test_a_pause_told_later_is_in_the_ledger_from_when_it_began(client_of, cast, job):
    """The resolution clock waits from the pause, not from when the phone had a network again."""
    do.accept_work(job, by=cast.worker)
    job.refresh_from_db()
    paused_at = timezone.now()
    do.pause_work(job, by=cast.worker, reason="parts", at=paused_at)
    job.refresh_from_db()
    assert send(client_of(cast.worker), job, "resume", age=1).json()["state"] == "accepted"
    pause = ClockPause.objects.get(clock__service_request=job.service_request)
    assert pause.started_at == paused_at
    assert pause.ended_at == job.stages.get(left_at=None).entered_at


def test_a_step_of_before_the_clock_waited_is_taken_when_it_comes(cast, job, register):
    """Two jobs wait, so the clock waits with them from the second pause on. That the first went on earlier comes late."""
    other = do.open_work(job.service_request, by=cast.supervisor, is_joint=True)
    other = do.assign_work(other, by=cast.supervisor, doer=cast.worker, overlap_reason="两人同去")
    start = timezone.now()
    with clock_at(start + timedelta(minutes=1)):
        do.accept_work(job, by=cast.worker)
        do.accept_work(other, by=cast.worker)
    with clock_at(start + timedelta(minutes=30)):
        do.pause_work(job, by=cast.worker, reason="parts")
    with clock_at(start + timedelta(minutes=60)):
        do.pause_work(other, by=cast.worker, reason="parts")
    with clock_at(start + timedelta(minutes=90)):
        do.resume_work(job, by=cast.worker, at=start + timedelta(minutes=50))

    job.refresh_from_db()
    (pause,) = ClockPause.objects.filter(clock__service_request=job.service_request)
    assert job.state == "accepted"
    assert pause.ended_at - pause.started_at < timedelta(seconds=1)
    assert pause.due_after - pause.due_before < timedelta(seconds=1)


@pytest.mark.django_db(transaction=True)
def test_a_step_that_collided_with_somebody_elses_is_for_later(client_of, cast, job):
    take = partial(send, client_of(cast.worker), job, "accept")

    answer = let_go(take, first=job, then=job.service_request)

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:gongying:problem:try-again")
    assert take().status_code == 200
