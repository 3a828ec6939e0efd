import pytest
from django.db import connection

from gongying.common.errors import Refused
from gongying.events.models import EventSubject
from gongying.servicedesk.machines import COMPLAINT, REQUEST
from gongying.servicedesk.models import ServiceClock, ServiceRequest
from gongying.workbench.volume import LONG_HISTORY, Volume, make_volume, shortest_way


def test_ways_are_read_from_the_machines() -> None:
    assert shortest_way(REQUEST, "closed") == [
        "registered",
        "accepted",
        "in_progress",
        "resolved",
        "reported",
        "closed",
    ]
    assert shortest_way(COMPLAINT, "withdrawn") == ["received", "withdrawn"]


@pytest.mark.django_db(transaction=True)
def test_small_volume_is_whole_and_guards_stand_again() -> None:
    make_volume(Volume(requests=400, households=60, events=4000), say=lambda _words: None)
    assert ServiceRequest.objects.count() == 400
    assert ServiceRequest.objects.filter(text__contains="电梯").count() == 40
    assert EventSubject.objects.filter(kind="customer", object_id=1).count() >= LONG_HISTORY
    promised = ServiceClock.objects.filter(metric="resolution")
    assert promised.count() == 380  # to praise nothing is promised but an answer
    assert not promised.filter(service_request__kind="praise").exists()
    overdue = ServiceRequest.objects.overdue().count()
    assert 0 < overdue <= ServiceRequest.objects.open().count()
    assert ServiceClock.objects.running().filter(service_request__state="closed").count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)
    with pytest.raises(Refused):
        make_volume(Volume(requests=1, households=1, events=1), say=lambda _words: None)
