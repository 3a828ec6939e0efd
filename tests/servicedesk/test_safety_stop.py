"""Stopped for safety: it goes on when the lead has looked, whoever writes (ux.md 2.6)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.notifications.models import Notification
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import WorkOrder
from gongying.workbench.front_line import front_line
from gongying.workbench.home import look_at
from tests.servicedesk.walks import url


@pytest.fixture
def stopped(register, cast):
    job = do.dispatch_work(register(), by=cast.supervisor, doer=cast.worker)
    job = do.arrive(do.accept_work(job, by=cast.worker), by=cast.worker)
    return do.pause_work(job, by=cast.worker, reason="safety", note="配电箱进水")


def test_the_lead_is_told_at_once(stopped, cast):
    told = Notification.objects.filter(event__verb="work.paused").values_list("user__name", flat=True)
    assert cast.supervisor.name in set(told)


@pytest.mark.parametrize("on_site", [True, False])
def test_nobody_goes_on_before_the_release(stopped, cast, on_site):
    with pytest.raises(Refused, match="lead releases"):
        do.resume_work(stopped, by=cast.worker, on_site=on_site)
    do.release_work(stopped, by=cast.supervisor, note="已断电，可以继续")
    do.resume_work(WorkOrder.objects.get(pk=stopped.pk), by=cast.worker, on_site=on_site)
    assert WorkOrder.objects.get(pk=stopped.pk).state == ("on_site" if on_site else "accepted")


def test_it_is_not_given_to_a_colleague_either(stopped, cast):
    with pytest.raises(Refused, match="lead releases"):
        do.reassign_work(stopped, by=cast.supervisor, doer=cast.second_worker, reason="overload")


def test_the_release_is_the_leads_next_step(register, stopped, cast, client_of):
    """On the first page before whoever waits longer, on the request as the button of the job."""
    with clock_at(timezone.now() - timedelta(hours=5)):
        register()
    row = front_line(look_at(cast.supervisor)).rows[0]
    assert (row.tag, row.url, row.is_late) == ("for release", f"/requests/{stopped.service_request_id}/", True)
    page = client_of(cast.supervisor).get(row.url).text
    card = page[page.index(f'id="workorder-{stopped.pk}"') :].partition("<details")[0]
    assert f"/jobs/{stopped.pk}/steps/release/" in card
    assert "for release" not in {
        str(row.tag) for row in front_line(look_at(cast.quality)).rows
    }  # looks on, and releases nothing

    do.release_work(stopped, by=cast.supervisor, note="已断电，可以继续")
    assert "for release" not in {str(row.tag) for row in front_line(look_at(cast.supervisor)).rows}
    job = do.resume_work(WorkOrder.objects.get(pk=stopped.pk), by=cast.worker, on_site=True)
    do.pause_work(job, by=cast.worker, reason="parts")
    assert "for release" not in {str(row.tag) for row in front_line(look_at(cast.supervisor)).rows}


def test_a_second_stop_needs_a_second_release(stopped, cast):
    do.release_work(stopped, by=cast.supervisor, note="已断电")
    job = do.resume_work(WorkOrder.objects.get(pk=stopped.pk), by=cast.worker, on_site=True)
    job = do.pause_work(job, by=cast.worker, reason="safety")
    with pytest.raises(Refused, match="lead releases"):
        do.resume_work(job, by=cast.worker, on_site=True)


def test_other_pauses_need_no_release(stopped, cast):
    do.release_work(stopped, by=cast.supervisor, note="已断电")
    job = do.resume_work(WorkOrder.objects.get(pk=stopped.pk), by=cast.worker, on_site=True)
    job = do.pause_work(job, by=cast.worker, reason="parts")
    with pytest.raises(Refused, match="not stopped"):
        do.release_work(job, by=cast.supervisor, note="x")
    assert do.resume_work(job, by=cast.worker, on_site=True).state == "on_site"


def test_a_release_says_what_was_looked_at(stopped, cast):
    with pytest.raises(Refused, match="looked at"):
        do.release_work(stopped, by=cast.supervisor, note=" ")


def test_the_database_does_not_let_it_go_on(stopped):
    written = (
        "UPDATE servicedesk_workstage SET left_at = clock_timestamp() WHERE work_order_id = %(job)s AND left_at IS NULL;"
        "UPDATE servicedesk_workorder SET state = 'on_site' WHERE id = %(job)s"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="release"):
            cursor.execute(written.replace("%(job)s", str(int(stopped.pk))))
        transaction.set_rollback(True)


def test_the_worker_sees_no_way_on_and_the_lead_does(client_of, cast, stopped):
    page = client_of(cast.worker).get(url("work-order-show", stopped.pk)).content.decode()
    assert 'data-state="stopped"' in page
    answer = client_of(cast.worker).post(url("work-order-step", stopped.pk, "release"), {"note": "x"})
    assert answer.status_code == 403
    answer = client_of(cast.supervisor).post(url("work-order-step", stopped.pk, "release"), {"note": "已断电"})
    assert answer.status_code == 302
    page = client_of(cast.worker).get(url("work-order-show", stopped.pk)).content.decode()
    assert 'data-state="paused_on_site"' in page
