"""A twentieth of the finished orders is looked at by somebody else."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.notifications.models import Notification
from gongying.servicedesk.models import QualitySample, SampleDraw
from gongying.servicedesk.operations import (
    accept_work,
    arrive,
    complete_work,
    dispatch_work,
    draw_samples,
    inspect_sample,
)
from gongying.servicedesk.operations.samples import monday_of
from tests.race import race
from tests.servicedesk.walks import TICKS

pytestmark = pytest.mark.requirement("R-228")
WEEK = date(2026, 11, 9)


@pytest.fixture
def finished(cast, register):
    """`finished(3)`: so many repairs that 老张 finished in that week."""

    def finished(number):
        made = []
        with clock_at(timezone.make_aware(datetime(2026, 11, 11, 10))):  # noqa: DTZ001
            for _ in range(number):
                request = register()
                job = dispatch_work(request, by=cast.supervisor, doer=cast.worker)
                accept_work(job, by=cast.worker)
                arrive(job, by=cast.worker)
                complete_work(job, by=cast.worker, ticks=TICKS)
                made.append(request)
        return made

    return finished


@pytest.fixture
def sample(finished):
    finished(1)
    draw_samples(week=WEEK)
    return QualitySample.objects.get()


def test_five_of_a_hundred_are_drawn_and_at_least_one_of_a_few(cast, finished):
    finished(21)

    assert draw_samples(week=WEEK) == 2
    assert draw_samples(week=WEEK) == 0
    assert SampleDraw.objects.get(project=cast.sunshine).finished == 21
    assert draw_samples(week=WEEK + timedelta(days=7)) == 0


def test_only_that_week_s_orders_are_drawn(finished):
    finished(1)

    assert draw_samples(week=WEEK - timedelta(days=7)) == 0
    assert monday_of(date(2026, 11, 15)) == WEEK


@pytest.mark.django_db(transaction=True)
def test_two_workers_draw_once(finished):
    finished(2)

    assert sorted(race(lambda: draw_samples(week=WEEK), lambda: draw_samples(week=WEEK))) == [0, 1]


def test_who_did_the_work_does_not_inspect_it(sample, cast):
    with pytest.raises(Refused, match="own work"):
        inspect_sample(sample, by=cast.worker, passed=True)
    with pytest.raises(DatabaseError, match="own work"), transaction.atomic():
        QualitySample.objects.update(inspector=cast.worker, passed=True, inspected_at=timezone.now())


def test_what_is_not_good_reaches_who_answers_for_it_and_stays_as_written(sample, cast):
    with pytest.raises(Refused, match="not good"):
        inspect_sample(sample, by=cast.quality, passed=False)
    inspect_sample(sample, by=cast.quality, passed=False, note="阀芯仍滴水")

    told = Notification.objects.filter(user=sample.service_request.owner, event__verb="request.inspected")
    assert told.count() == 1
    with pytest.raises(Refused, match="already"):
        inspect_sample(sample, by=cast.quality, passed=True)
    with pytest.raises(DatabaseError, match="kept as written"), transaction.atomic():
        QualitySample.objects.update(passed=True)


def test_quality_finds_it_in_the_list_and_writes_the_finding(sample, cast, client):
    client.force_login(cast.quality)
    address = f"/quality-samples/{sample.pk}/"

    assert sample.service_request.number in client.get("/quality-samples/").content.decode()
    assert "老张" in client.get(address).content.decode()
    assert client.post(address, {"passed": "0"}).status_code == 422
    assert client.post(address, {"passed": "1", "note": "现场整洁"}).status_code == 302
    assert "现场整洁" in client.get("/quality-samples/?inspected=1").content.decode()


def test_the_same_by_the_api(sample, cast, client):
    client.force_login(cast.quality)
    (row,) = client.get("/api/v1/quality-samples").json()["items"]
    path = f"/api/v1/quality-samples/{row['id']}/inspection"

    assert client.post(path, {"passed": False}, content_type="application/json").status_code == 409
    assert (
        client.post(path, {"passed": True}, content_type="application/json").json()["inspector_id"] == cast.quality.pk
    )
