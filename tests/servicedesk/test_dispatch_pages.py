"""The dispatch board and the panel of a job (ux.md 2.5)."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.notifications.models import Notification
from gongying.organization.models import Leave, TerritoryAssignment
from gongying.schedule.models import DutyPost, staff_on_duty
from gongying.schedule.operations import put_on_duty
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import OutsideFirm
from tests.servicedesk.walks import url, work_in

pytestmark = pytest.mark.django_db
DAY = timezone.localdate() + timedelta(days=1)


def at(clock):
    return f"{DAY.isoformat()}T{clock}"


@pytest.fixture
def job(cast, register):
    return lambda **given: work_in("open", cast, register, **given)


@pytest.fixture
def desk(cast, client_of):
    return client_of(cast.supervisor)


def place(desk, work, who, start="14:00", end="15:00", **given):
    row = f"staff-{who.staff.pk}" if hasattr(who, "staff") else f"firm-{who.pk}"
    sent = {"to": row, "planned_from": at(start), "planned_to": at(end), **given}
    return desk.post(url("dispatch-show", work.pk), sent)


def slots_of(answer):
    return json.loads(re.search(r'<script id="board-slots"[^>]*>(.*?)</script>', answer.content.decode(), re.DOTALL)[1])


def board(desk, **query):
    return desk.get(url("dispatch-index"), {"day": DAY.isoformat(), **query})


@pytest.mark.requirement("R-186")
def test_a_job_is_put_onto_a_row_and_a_time(cast, job, desk):
    work = job()
    assert str(work.pk) in re.findall(r'data-job="(\d+)"', board(desk).content.decode())
    answer = place(desk, work, cast.worker)
    assert answer.status_code == 302
    assert answer["Location"] == f"{url('dispatch-index')}?project={cast.sunshine.pk}&day={DAY.isoformat()}"
    work.refresh_from_db()
    assert (work.state, work.doer) == ("assigned", cast.worker)
    (slot,) = slots_of(board(desk))
    assert (slot["row"], slot["job"], slot["from"], slot["to"]) == (
        f"staff-{cast.worker.staff.pk}",
        work.pk,
        14 * 60,
        15 * 60,
    )
    assert f'data-job="{work.pk}"' not in board(desk).content.decode()


def test_an_overlap_shows_both_jobs_and_the_ways_out(cast, job, desk):
    first, second = job(), job()
    place(desk, first, cast.worker)
    answer = place(desk, second, cast.worker, "14:30", "15:30")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert str(first) in page
    assert str(second) in page
    assert at("15:00") in page  # another time: when the first one is over
    assert place(desk, second, cast.worker, "14:30", "15:30", overlap_reason="同楼顺路").status_code == 302
    second.refresh_from_db()
    assert second.overlap_allowed_by == cast.supervisor
    assert {"overlaps" in slot for slot in slots_of(board(desk))} == {False, True}


@pytest.mark.requirement("R-187")
def test_another_worker_asks_one_reason_and_both_are_told(cast, job, desk):
    work = job()
    place(desk, work, cast.worker)
    asked = place(desk, work, cast.second_worker)
    assert asked.status_code == 422
    assert 'name="reason" value="leave"' in asked.content.decode()
    assert place(desk, work, cast.second_worker, reason="other").status_code == 422
    other = place(desk, work, cast.second_worker, reason="overload")
    assert other.status_code == 409
    assert 'name="trade_reason"' in other.content.decode()
    assert place(desk, work, cast.second_worker, reason="overload", trade_reason="会修水管").status_code == 302
    work.refresh_from_db()
    assert (work.doer, work.assignments.latest("pk").reason) == (cast.second_worker, "overload")
    told = Notification.objects.filter(event__verb="work.reassigned").values_list("user", flat=True)
    assert set(told) == {cast.worker.pk, cast.second_worker.pk}


def test_the_same_worker_at_another_time_needs_no_reason(cast, job, desk):
    work = job()
    place(desk, work, cast.worker)
    assert place(desk, work, cast.worker, "16:00", "17:30").status_code == 302
    work.refresh_from_db()
    assert timezone.localtime(work.planned_from).strftime("%H:%M") == "16:00"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"to": ""}, 422),
        ({"to": "staff-999999"}, 422),
        ({"to": "staff-1 OR 1"}, 422),
        ({"planned_to": at("13:00")}, 422),
        ({"planned_from": "0001-01-01T00:00"}, 422),
        ({"planned_from": "gestern"}, 422),
        ({"version": "1.5"}, 422),
        ({"version": "2147483647"}, 409),
    ],
)
def test_what_cannot_be_right_is_refused(cast, job, desk, sent, status):
    work = job()
    assert place(desk, work, cast.worker, **sent).status_code == status
    work.refresh_from_db()
    assert work.state == "open"


def test_a_worker_of_another_territory_is_refused(cast, job, desk):
    assert place(desk, job(unit=cast.west_unit), cast.worker).status_code == 409


@pytest.mark.requirement("E-046")
def test_an_outside_firm_is_a_row(cast, job, desk):
    firm = OutsideFirm.objects.create(name="宏达电梯", trades=["lift"])
    work = job()
    assert place(desk, work, firm).status_code == 302
    (slot,) = slots_of(board(desk))
    assert slot["row"] == f"firm-{firm.pk}"


def test_the_panel_offers_candidates_by_digits(cast, job, desk):
    page = desk.get(url("dispatch-show", job().pk)).content.decode()
    assert 'data-key="1"' in page
    assert "老张" in page
    assert "老刘" not in page  # no plumber


def test_jobs_of_places_one_does_not_see_are_only_busy(cast, job, client_of):
    """老刘 works in 西区, too; a steward of 东区 who may dispatch sees nothing of it but the time."""
    work = job(unit=cast.west_unit, text="西区的事")
    do.assign_work(work, by=cast.supervisor, doer=cast.second_worker, plan=_plan(9, 10), trade_reason="会修水管")
    cast.steward.staff.roles.set(cast.supervisor.staff.roles.all())
    page = board(client_of(cast.steward), row=f"staff-{cast.second_worker.staff.pk}")
    (slot,) = slots_of(page)
    assert "job" not in slot
    assert "西区的事" not in page.content.decode()
    assert str(work) not in page.content.decode()


def test_jobs_that_wait_at_places_one_does_not_see_are_not_listed(cast, job, client_of):
    here, there = job(), job(unit=cast.west_unit, text="西区的事")
    cast.steward.staff.roles.set(cast.supervisor.staff.roles.all())
    waiting = {
        user: {card["pk"] for card in board(client_of(user)).context["board"].waiting}
        for user in (cast.supervisor, cast.steward)
    }
    assert waiting == {cast.supervisor: {here.pk, there.pk}, cast.steward: {here.pk}}
    # What was put together for her before is put together anew when her places change.
    TerritoryAssignment.objects.filter(staff=cast.west_steward.staff).update(staff=cast.steward.staff)
    assert {card["pk"] for card in board(client_of(cast.steward)).context["board"].waiting} == {here.pk, there.pk}


def test_who_is_on_duty_is_marked_at_once(cast, desk):
    """What the board keeps in memory is asked for anew after every change of the roster, and of who is away."""
    mark = "ti-shield-check good"
    assert mark not in board(desk).content.decode()
    post = DutyPost.objects.create(project=cast.sunshine, name="急修班")
    start, end = _plan(0, 12)
    shift = put_on_duty(post, staff=cast.worker.staff, starts_at=start, ends_at=end, by=cast.administrator)
    assert board(desk).content.decode().count(mark) == 1
    shift.staff = cast.second_worker.staff
    shift.save()
    assert staff_on_duty(cast.sunshine.pk, start) == {cast.second_worker.staff.pk}
    assert staff_on_duty(cast.sunshine.pk, end) == set()
    Leave.objects.create(staff=cast.second_worker.staff, during=(DAY, DAY + timedelta(days=1)))
    assert staff_on_duty(cast.sunshine.pk, start) == set()


def test_jobs_without_a_time_are_counted(cast, job, desk):
    do.assign_work(job(), by=cast.supervisor, doer=cast.worker, plan=_plan(9, 10))
    do.assign_work(job(), by=cast.supervisor, doer=cast.worker)
    page = board(desk)
    assert len(slots_of(page)) == 1
    assert re.search(r"老张</b>.*?· 2</small>", page.content.decode(), re.DOTALL)


def _plan(start, end):
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight + timedelta(hours=start), midnight + timedelta(hours=end)


def test_a_row_opens_as_a_list(cast, job, desk):
    work = job()
    place(desk, work, cast.worker)
    page = board(desk, row=f"staff-{cast.worker.staff.pk}").content.decode()
    assert url("dispatch-show", work.pk) in page[page.index('id="row"') :]


def test_an_assignment_is_undone_from_its_message(cast, job, desk):
    work = job()
    place(desk, work, cast.worker)
    answer = desk.post(f"{url('work-order-step', work.pk, 'unassign')}?from=board", {})
    assert answer["Location"].startswith(url("dispatch-index"))
    work.refresh_from_db()
    assert work.state == "open"


@pytest.mark.parametrize("number", [1, 3])
def test_the_board_takes_the_same_statements_for_any_number(cast, job, desk, django_assert_max_num_queries, number):
    for n in range(number):
        do.assign_work(job(), by=cast.supervisor, doer=cast.worker, plan=_plan(9 + n, 10 + n))
        job()
    board(desk)
    with django_assert_max_num_queries(6) as seen:
        assert len(slots_of(board(desk))) == number
    assert len(seen) <= 6


def test_a_drop_into_the_past_is_named_and_the_job_stays(cast, job, desk):
    work = job()
    yesterday = (DAY - timedelta(days=2)).isoformat()
    sent = {
        "to": f"staff-{cast.worker.staff.pk}",
        "planned_from": f"{yesterday}T14:00",
        "planned_to": f"{yesterday}T15:00",
    }
    answer = desk.post(url("dispatch-show", work.pk), sent)
    assert (answer.status_code, "已经过去" in answer.text) == (409, True)
    work.refresh_from_db()
    assert (work.state, work.doer, work.planned_from) == ("open", None, None)
