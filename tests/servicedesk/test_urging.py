"""A steward or supervisor would like it sooner: who has it is told, and the supervisor; the customer may hear of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.events.models import EventSubject
from gongying.notifications.models import Notification
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ServiceRequest, Urging
from gongying.servicedesk.spoken import said_of
from tests.servicedesk.walks import request_in, step, url, work_in


def told_of_urging(user):
    return Notification.objects.filter(user=user, event__verb="request.urged").count()


def test_doer_and_supervisor_are_told_and_the_customer_may_hear_it(cast, register, client_of):
    work = work_in("accepted", cast, register)
    request = work.service_request
    assert "urged" not in said_of(request)

    client = client_of(cast.steward)
    page = client.get(f"/requests/{request.pk}/").text
    assert f'action="{step(request, "urge")}"' in page
    answer = client.post(step(request, "urge"))

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/requests/{request.pk}/")
    assert [told_of_urging(user) for user in (cast.worker, cast.supervisor, cast.steward)] == [1, 1, 0]
    for subject in (request, work, request.unit, request.party):
        assert "request.urged" in EventSubject.objects.of(subject).values_list("event__verb", flat=True)
    assert said_of(ServiceRequest.objects.get(pk=request.pk)).endswith("; we have urged it")
    assert "老张已接单，已催办" in client.get(url("unit-panel", request.unit_id)).text
    assert f"{cast.steward} → {cast.worker}" in client.get(f"/requests/{request.pk}/").text


def test_the_drawer_of_the_list_shows_what_came_of_it(cast, register, client_of):
    request = work_in("accepted", cast, register).service_request
    client = client_of(cast.supervisor)
    preview = f"/requests/{request.pk}/preview/"
    assert f'hx-post="{step(request, "urge")}"' in client.get(preview).text
    answer = client.post(step(request, "urge"), {"from": "preview"}, headers={"HX-Request": "true"}, follow=True)
    assert answer.redirect_chain == [(preview, 302)]
    assert f"{cast.supervisor} → {cast.worker}" in answer.text


def test_the_same_person_urges_a_matter_once_in_ten_minutes(cast, register, client_of):
    request = work_in("accepted", cast, register).service_request
    with clock_at(timezone.now() - timedelta(minutes=9)):
        do.urge_request(request, by=cast.steward)
    refused = client_of(cast.steward).post(step(request, "urge"))
    assert (refused.status_code, "可再次催办" in refused.text) == (409, True)
    do.urge_request(request, by=cast.supervisor)
    with clock_at(timezone.now() + timedelta(minutes=2)):
        do.urge_request(request, by=cast.steward)
    assert [urging.by for urging in Urging.objects.all()] == [cast.steward, cast.supervisor, cast.steward]


def test_what_waits_for_oneself_or_for_nobody_is_not_urged(cast, register, client_of):
    request = request_in("accepted", cast, register)
    own = client_of(request.owner).get(f"/requests/{request.pk}/").text
    assert f'action="{step(request, "urge")}"' not in own
    with pytest.raises(Refused, match="you whom"):
        do.urge_request(request, by=request.owner)
    do.urge_request(request, by=cast.supervisor)
    assert told_of_urging(request.owner) == 1
    done = request_in("cancelled", cast, register)
    with pytest.raises(Refused, match="finished"):
        do.urge_request(done, by=cast.supervisor)
