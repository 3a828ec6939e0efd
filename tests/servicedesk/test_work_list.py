"""The work list: what it shows, its filters, and several requests at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongying.servicedesk.models import ServiceRequest, WorkOrder
from tests.servicedesk.walks import request_in, url


@pytest.mark.requirement("R-192")
def test_lists_show_what_their_name_says(cast, register, client_of):
    waiting = register()
    doing = request_in("in_progress", cast, register)
    closed = request_in("closed", cast, register)
    register(unit=cast.west_unit, party=cast.wang, by=cast.west_steward)

    def shown(person, **query):
        response = client_of(person).get(url("request-index"), query)
        assert response.status_code == 200
        return {row["id"] for row in response.context["page"].rows}

    assert shown(cast.steward, list="mine") == {waiting.pk, doing.pk}
    assert shown(cast.steward, list="new") == {waiting.pk}
    assert shown(cast.steward, list="all") == {waiting.pk, doing.pk, closed.pk}
    assert shown(cast.receptionist, list="registered") == {waiting.pk, doing.pk, closed.pk}
    assert shown(cast.steward, text="水管") == {waiting.pk, doing.pk}
    assert shown(cast.steward, list="all", state="closed", kind="help") == {closed.pk}
    assert shown(cast.outsider, list="all") == set()


@pytest.mark.parametrize(
    "query", [{"state": "nonsense"}, {"order": "price"}, {"project": "0"}, {"entered_from": "2026-02-30"}]
)
def test_a_wrong_filter_is_named(cast, client_of, query):
    response = client_of(cast.steward).get(url("request-index"), query)
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == query.keys()


def test_the_list_needs_the_same_number_of_queries_for_one_and_three_rows(cast, register, client_of):
    client = client_of(cast.steward)
    register()
    client.get(url("request-index"))  # content types and settings are read once per process

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(url("request-index"))
        return len(captured)

    one = queries()
    register()
    register()
    assert queries() == one


def test_several_requests_are_changed_together_or_not_at_all(cast, register, client_of):
    first, second = register(), register()
    closed = request_in("closed", cast, register)
    client = client_of(cast.supervisor)
    given = {"to": cast.manager.staff.pk, "reason": "overload", "confirmed": "1"}
    refused = client.post(url("bulk-transfer"), {**given, "marked": [first.pk, closed.pk]})
    assert refused.status_code == 409
    assert ServiceRequest.objects.filter(owner=cast.manager).count() == 0

    client.post(url("bulk-transfer"), {**given, "marked": [first.pk, second.pk]})
    assert set(ServiceRequest.objects.filter(owner=cast.manager)) == {first, second}
    client.post(url("bulk-dispatch"), {"doer": cast.worker.staff.pk, "confirmed": "1", "marked": [first.pk, second.pk]})
    assert WorkOrder.objects.filter(doer=cast.worker, state="assigned").count() == 2


def test_seldom_filters_are_counted_behind_more_and_a_household_stays_chosen(cast, register, client_of):
    register()
    address = f"{url('request-index')}?kind=repair&entered_from=2026-01-01&unit={cast.unit.pk}"

    answer = client_of(cast.receptionist).get(address)

    assert answer.context["form"].seldom_count == 2
    assert f'name="unit" value="{cast.unit.pk}"' in answer.content.decode()
