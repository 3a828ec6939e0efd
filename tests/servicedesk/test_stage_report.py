"""The stage report: how far, how long still, how earlier services were found (R-193); and the papers by the API."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.servicedesk.models import ServiceClock, ServiceRequest
from gongying.servicedesk.stage_report import past_services, time_left
from tests.reports.matters import do, finish


@pytest.mark.requirement("R-193")
def test_a_running_service_says_its_stage_its_time_and_the_last_five_ratings(cast, client_of, register):
    scores = [1, 2, 3, 4, 5, 5]
    for days, score in enumerate(scores):
        with clock_at(timezone.now() - timedelta(days=20 - days)):
            finish(cast, register(), score=score)
    running = register()

    assert [past.score for past in past_services(running, cast.manager)] == [5, 5, 4, 3, 2]
    assert past_services(running, cast.outsider) == []
    due = ServiceClock.objects.get(service_request=running, metric="resolution").due_at
    left = time_left(running)
    assert left.due_at == due
    assert "left; due" in left.words
    page = client_of(cast.steward).get(reverse("servicedesk:request-stages", args=[running.pk])).content.decode()
    assert page.count("◐") == 1
    assert page.count("/5</td>") == 5


@pytest.mark.requirement("R-193")
def test_where_no_clock_runs_the_median_of_similar_ones_is_said(cast, register):
    for hours in (2, 4, 9):
        start = timezone.now() - timedelta(days=3)
        with clock_at(start):
            request = register()
        with clock_at(start + timedelta(hours=hours)):
            do(cast, request)
    with clock_at(timezone.now() - timedelta(hours=1)):
        running = register()
    with connection.cursor() as cursor:  # as a request that is older than the clocks
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM servicedesk_serviceclock WHERE service_request_id = %s", [running.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")

    left = time_left(running)

    assert (left.similar, left.usual, left.due_at) == (3, timedelta(hours=4), None)
    assert "median of 3 like it is 4 h" in left.words
    assert time_left(ServiceRequest.objects.exclude(pk=running.pk).filter(state="reported")[0]).words != left.words


def test_the_papers_by_the_api(cast, client_of, register):
    done, complaint = finish(cast, register()), register(kind="complaint", text="保安态度差")
    client = client_of(cast.manager)

    report = client.get(f"/api/v1/requests/{done.pk}/incident-report").json()
    assert (report["number"], report["result"], report["told"]) == (done.number, "换了阀芯", "修好了")
    assert report["follow_up"] == "5"
    assert report["entries"][0]["by"] == str(cast.receptionist)
    assert not [fact for fact in report["facts"] if "<" in fact["value"]], "what a page marks up is said in words"
    form = client.get(f"/api/v1/requests/{complaint.pk}/complaint-form").json()
    assert (form["number"], form["phone"][3:7]) == (complaint.number, "****")
    assert form["lines"][0]["text"] == "保安态度差"
    assert len(form["lines"]) == 7
    assert client.get(f"/api/v1/requests/{done.pk}/complaint-form").status_code == 404
    stages = client.get(f"/api/v1/requests/{complaint.pk}/stage-report").json()
    assert [past["score"] for past in stages["past_services"]] == [5]
    assert [stage["status"] for stage in stages["stages"]].count("here") == 1
