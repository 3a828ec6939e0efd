"""The work list: what it shows, its filters, and several requests at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.clock import clock_at
from gongying.common.paging import bounded_count
from gongying.organization.models import StaffMember, TerritoryAssignment
from gongying.servicedesk.models import ServiceRequest, WorkOrder
from gongying.servicedesk.worklists import COUNTED_LISTS, counts_of
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


def counted_for(person):
    """As another request of hers reads it: key and number of each list."""
    numbers = counts_of(User.objects.get(pk=person.pk))
    return {item.key: str(number) for item, number in zip(COUNTED_LISTS, numbers, strict=True)}


def long_of(person):
    """The same, list by list."""
    user = User.objects.get(pk=person.pk)
    return {item.key: str(bounded_count(item.of(user))) for item in COUNTED_LISTS}


EVERYBODY = ("receptionist", "steward", "west_steward", "supervisor", "manager", "worker", "guard", "outsider")


def test_beside_the_list_stands_how_long_each_is(cast, register):
    register(urgency="urgent")
    request_in("in_progress", cast, register)
    request_in("reported", cast, register)
    register(unit=cast.west_unit, party=cast.wang, by=cast.west_steward)
    found = {}
    for hours in (0, 3, 30, 300):
        with clock_at(timezone.now() + timedelta(hours=hours)):
            found[hours] = {who: counted_for(getattr(cast, who)) for who in EVERYBODY}
            assert found[hours] == {who: long_of(getattr(cast, who)) for who in EVERYBODY}
    late = {hours: (people["steward"]["overdue"], people["steward"]["unanswered"]) for hours, people in found.items()}
    assert late[0] == ("0", "0")
    assert late[300] == ("3", "1")


def test_what_she_may_no_longer_see_is_counted_no_longer(cast, register):
    register()
    assert counted_for(cast.steward)["open"] == "1"
    TerritoryAssignment.objects.filter(staff__user=cast.steward).delete()
    assert counted_for(cast.steward)["open"] == "0"


def test_what_is_asked_of_her_department_follows_her_into_another(cast, register):
    request = register()
    assert counted_for(cast.steward)["department"] == "0"
    staff = StaffMember.objects.get(user=cast.steward)
    staff.department = request.department
    staff.save()
    assert counted_for(cast.steward)["department"] == "1"


def test_the_counts_take_few_statements(cast, register, client_of, django_assert_num_queries):
    client = client_of(cast.steward)
    register()
    client.get(url("work-lists"))
    with django_assert_num_queries(4):  # session, person, counts, saved views
        client.get(url("work-lists"))


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
