"""Calling the customer from a request or a job: recorded, and the number is never in the page (ux.md 1.8, R-079)."""

import pytest
from django.urls import reverse

from gongying.customers.models import ContactPoint
from gongying.events.models import Event, EventSubject
from gongying.servicedesk.models import ServiceRequest
from tests.servicedesk.walks import work_in

BUTTON = reverse("servicedesk:call-create", args=[1]).replace("1/calls/", "{}/calls/")


def call(client, request):
    return client.post(BUTTON.format(request.pk))


def dialled():
    return Event.objects.filter(verb="customer.dialled")


def test_the_number_goes_to_the_dialler_and_the_call_is_on_the_timelines(cast, register, client_of):
    request = register()

    answer = call(client_of(cast.receptionist), request)

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "tel:+8613800001234")
    event = dialled().get()
    assert event.actor == cast.receptionist
    subjects = EventSubject.objects.filter(event=event).values_list("kind", "object_id")
    assert set(subjects) == {
        ("servicerequest", request.pk),
        ("unit", cast.unit.pk),
        ("customer", cast.zhou.pk),
    }


def test_an_unknown_caller_is_called_by_the_number_he_left(cast, register, client_of):
    request = register(party=None, caller_name="路人", caller_phone="13911112222")

    assert call(client_of(cast.receptionist), request).headers["HX-Redirect"] == "tel:+8613911112222"


@pytest.mark.parametrize("left", ["", "138****0000"])
def test_without_a_number_that_can_be_dialled_there_is_no_button_and_no_call(cast, register, client_of, left):
    request = register(party=None, caller_name="路人", caller_phone=left)
    desk = client_of(cast.receptionist)

    assert call(desk, request).status_code == 409
    assert not dialled().exists()
    assert BUTTON.format(request.pk) not in desk.get(request_page(request)).content.decode()


@pytest.mark.parametrize(
    ("state", "allowed"), [("assigned", False), ("accepted", True), ("on_site", True), ("paused", True), ("done", True)]
)
def test_a_worker_calls_from_taking_the_job_until_it_is_done(cast, register, client_of, state, allowed):
    work = work_in(state, cast, register)
    worker = client_of(cast.worker)

    page = worker.get(reverse("servicedesk:work-order-show", args=[work.pk])).content.decode()
    answer = call(worker, work.service_request)

    assert (BUTTON.format(work.service_request_id) in page) is allowed
    assert "13800001234" not in page
    assert answer.status_code == (204 if allowed else 403)
    assert dialled().exists() is allowed


def test_a_worker_without_the_job_does_not_call(cast, register, client_of):
    work = work_in("accepted", cast, register)

    assert call(client_of(cast.second_worker), work.service_request).status_code in (403, 404)
    assert not dialled().exists()


def request_page(request: ServiceRequest) -> str:
    return reverse("servicedesk:request-show", args=[request.pk])


def test_points_of_the_customer_stand_in_for_a_number_that_was_not_left(cast, register, client_of):
    request = register()
    ServiceRequest.objects.filter(pk=request.pk).update(caller_phone="")
    point = ContactPoint.objects.dialable().filter(party=cast.zhou).earliest("pk")

    assert call(client_of(cast.receptionist), request).headers["HX-Redirect"] == f"tel:{point.value}"
