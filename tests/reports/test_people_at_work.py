"""How scores spread between workers, what marks they get, and whether enough of them are there."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from gongying.organization.models import StaffMember
from gongying.reports.demand import demand_of
from gongying.reports.qualities import marked_of, radars_of
from gongying.reports.spread import scored_of, spreads_by_category, spreads_of
from gongying.schedule.models import DutyPost, DutyShift
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.operations import (
    rate_work,
)
from tests.reports.matters import finish, register


@pytest.mark.requirement("R-222")
def test_the_spread_between_workers_is_that_of_their_scores(cast):
    for score in (5, 5, 4, 5, 1):
        finish(cast, register(cast), score=score)
    finish(cast, register(cast), doer=cast.second_worker)

    first, second = spreads_of(ServiceRequest.objects.all())

    assert (first.number, first.low, first.high, first.median) == (5, 1, 5, 5)
    assert first.mean == pytest.approx(4.0)
    assert first.deviation == pytest.approx(1.549, abs=0.001)
    assert first.is_telling
    assert not second.is_telling


@pytest.mark.requirement("R-222")
def test_a_box_opens_the_requests_whose_scores_it_is_made_of(story, cast, client):
    rate_work(story["unreached"].work_orders.get(), score=3)
    requests = ServiceRequest.objects.all()

    for sort, spreads in (("worker", spreads_of(requests)), ("category", spreads_by_category(requests))):
        assert spreads
        for spread in spreads:
            assert scored_of(requests, sort, str(spread.key)).count() == spread.requests
    worker = next(spread for spread in spreads_of(requests) if spread.key == cast.worker.pk)
    assert (worker.number, worker.requests, worker.low, worker.high) == (2, 2, 3, 5)
    client.force_login(cast.manager)
    page = client.get("/reports/spread/rows/", {"sort": "worker", "line": cast.worker.pk}).content.decode()
    assert story["content"].number in page
    assert story["unreached"].number in page
    assert story["sent_back"].number not in page
    assert client.get("/reports/spread/rows/", {"sort": "colour"}).status_code == 404


@pytest.mark.requirement("R-214")
def test_the_shape_of_a_project_is_the_mean_of_the_marks(cast, client):
    asked = [
        finish(cast, register(cast), score=5, qualities=marks) for marks in ({"fast": 5, "simple": 4}, {"fast": 2})
    ]
    other = finish(cast, register(cast), score=5)

    (radar,) = radars_of(ServiceRequest.objects.all())

    assert (radar.key, radar.requests) == (cast.unit.project_id, 2)
    assert [(axis.mean, axis.answers) for axis in radar.axes] == [(3.5, 2), (4, 1), (None, 0), (None, 0)]
    assert radar.corners == "0.0,-42.0 48.0,-0.0 0.0,0.0 -0.0,0.0"
    assert set(marked_of(ServiceRequest.objects.all(), str(radar.key))) == set(asked)
    client.force_login(cast.manager)
    rows = client.get("/reports/qualities/rows/", {"line": radar.key}).content.decode()
    assert asked[0].number in rows
    assert other.number not in rows
    assert "<b>3.50</b>" in client.get("/reports/qualities/").content.decode()


@pytest.mark.requirement("R-223")
def test_hours_with_too_few_on_duty_are_short(cast):
    now = timezone.localtime().replace(minute=5, second=0, microsecond=0)
    for _ in range(3):
        register(cast, occurred_at=now - timedelta(days=7), late_reason="手机没电")
    post = DutyPost.objects.create(project=cast.sunshine, name="前台")
    staff = StaffMember.objects.get(user=cast.receptionist)
    hour = now.replace(minute=0) - timedelta(days=7)
    DutyShift.objects.create(post=post, staff=staff, during=(hour, hour + timedelta(hours=1)))
    requests = ServiceRequest.objects.filter(Q(occurred_at__lt=now - timedelta(days=6)))

    day = hour.date()
    week = demand_of(requests, shifts=DutyShift.objects.all(), since=day, until=day)
    cell = week[hour.weekday()][hour.hour]

    assert (cell.requests, cell.people, cell.is_short) == (3.0, 1.0, True)
    assert sum(cell.requests for cells in week for cell in cells) == 3
