"""Two people at the same moment, on real connections."""

import pytest

from gongying.common.errors import Refused
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import Closure, ServiceRequest, WorkOrder
from tests.race import race
from tests.servicedesk.walks import request_in, work_in

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes(results):
    return sorted("refused" if isinstance(result, Refused) else type(result).__name__ for result in results)


def test_of_two_who_claim_a_job_one_gets_it(cast, register):
    work = work_in("open", cast, register)
    results = race(
        lambda: do.claim_work(WorkOrder.objects.get(pk=work.pk), by=cast.worker),
        lambda: do.claim_work(WorkOrder.objects.get(pk=work.pk), by=cast.second_worker),
    )
    assert outcomes(results) == ["WorkOrder", "refused"]
    work.refresh_from_db()
    assert work.state == "accepted"
    assert work.assignments.count() == 1


def test_of_two_who_close_one_is_refused(cast, register):
    request = request_in("reported", cast, register)
    results = race(
        *[
            lambda: do.record_follow_up(
                ServiceRequest.objects.get(pk=request.pk), by=cast.receptionist, reached=True, solved=True, score=5
            )
        ]
        * 2
    )
    assert outcomes(results) == ["FollowUp", "refused"]
    assert Closure.objects.filter(service_request=request).count() == 1


def test_twenty_registrations_at_once_get_twenty_numbers(cast, register):
    results = race(*[register] * 20)
    assert outcomes(results) == ["ServiceRequest"] * 20
    numbers = sorted(ServiceRequest.objects.values_list("number", flat=True))
    assert [int(number[-6:]) for number in numbers] == list(range(1, 21))
    assert all(request.stages.get().left_at is None for request in ServiceRequest.objects.all())
