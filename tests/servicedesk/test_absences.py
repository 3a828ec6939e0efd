"""Leave, and everything that lies with the absent person handed over in one operation with one list (E-053)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.events.models import Event
from gongying.improvements.operations import open_item
from gongying.interactions.operations import log_interaction, make_promise
from gongying.notifications.models import Notification
from gongying.organization.matters import open_matters_of
from gongying.organization.operations import hand_over_matters
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ServiceRequest, Transfer
from tests.api.conftest import Caller, fields, problem
from tests.conftest import Cast
from tests.servicedesk.walks import work_in

TODAY = timezone.localdate()
Register = Callable[..., ServiceRequest]
ClientOf = Callable[[User], Client]


def promise_of(cast: Cast, owner: User):
    touch = log_interaction(
        by=cast.receptionist, channel="phone", text="问水费", project=cast.sunshine, unit=cast.unit, party=cast.zhou
    )
    return make_promise(
        touch, by=cast.receptionist, text="回电", due_at=timezone.now() + timedelta(days=1), owner=owner
    )


def item_of(cast: Cast, owner: User):
    due = TODAY + timedelta(days=7)
    return open_item(by=cast.manager, about=cast.unit, title="礼仪", root_cause="培训", owner=owner, due_on=due)


def lying_with(person: User, cast: Cast) -> dict[str, list[int]]:
    found = open_matters_of(person, seen_by=User.objects.get(pk=cast.manager.pk))
    return {matters.key: [row.pk for row in matters.rows] for matters in found}


@pytest.mark.requirement("E-053")
def test_requests_jobs_promises_and_improvements_are_handed_over_in_one_operation(
    cast: Cast, register: Register
) -> None:
    request, promise, item = register(), promise_of(cast, cast.steward), item_of(cast, cast.steward)
    assert request.owner == cast.steward
    assert lying_with(cast.steward, cast) == {
        "improvements": [item.pk],
        "promises": [promise.pk],
        "requests": [request.pk],
    }

    chosen = dict.fromkeys(("requests", "promises", "improvements"), cast.receptionist)
    handed = hand_over_matters(cast.steward.staff, to=chosen, by=cast.manager, note="年假")

    assert handed == {"improvements": 1, "promises": 1, "requests": 1}
    assert lying_with(cast.steward, cast) == {}
    for row in (request, promise, item):
        row.refresh_from_db()
        assert row.owner == cast.receptionist
    assert Transfer.objects.get(service_request=request).reason == "other"  # she is not on leave
    assert Event.objects.get(verb="staff.matters_handed_over").details["numbers"] == handed
    assert Notification.objects.filter(user=cast.receptionist, event__actor=cast.manager).count() == 3


def test_jobs_go_to_who_takes_orders_there(cast: Cast, register: Register) -> None:
    work = work_in("accepted", cast, register)
    assert lying_with(cast.worker, cast) == {"jobs": [work.pk]}

    hand_over_matters(cast.worker.staff, to={"jobs": cast.second_worker}, by=cast.manager)

    work.refresh_from_db()
    assert (work.doer, work.state) == (cast.second_worker, "assigned")
    # Who stands in was settled with the leave; that he has another trade is kept, not asked again.
    assert work.assignments.latest("pk").trade_reason


def test_where_one_cannot_be_handed_over_none_is_and_the_sentence_names_it(cast: Cast, register: Register) -> None:
    request, promise = register(), promise_of(cast, cast.steward)

    with pytest.raises(Refused, match="Nothing was handed over"):
        hand_over_matters(
            cast.steward.staff, to={"promises": cast.receptionist, "requests": cast.west_steward}, by=cast.manager
        )

    request.refresh_from_db()
    promise.refresh_from_db()
    assert (request.owner, promise.owner) == (cast.steward, cast.steward)
    with pytest.raises(Refused):
        hand_over_matters(cast.steward.staff, to={}, by=cast.manager)


def test_what_is_finished_or_kept_stays(cast: Cast, register: Register) -> None:
    request = register()
    do.cancel_request(request, by=cast.supervisor, reason="重复", asked_by="周先生")

    assert lying_with(cast.steward, cast) == {}


@pytest.mark.requirement("E-053")
def test_entering_a_leave_leads_to_the_list_and_nothing_is_left(
    cast: Cast, register: Register, client_of: ClientOf
) -> None:
    register()
    promise_of(cast, cast.steward)
    browser = client_of(cast.supervisor)
    staff = cast.steward.staff
    leave = {"first": TODAY, "last": TODAY, "deputy": cast.receptionist.staff.pk}

    entered = browser.post(reverse("organization:leave-create", args=[staff.pk]), leave)
    assert entered.url == reverse("organization:matters-show", args=[staff.pk])
    page = browser.get(entered.url)
    assert "厨房水管漏水" in page.content.decode()
    assert page.context["form"]["to_requests"].initial == cast.receptionist.staff.pk
    detail = reverse("organization:staff-show", args=[staff.pk])
    assert browser.get(detail).context["left_lying"] == 2

    colleague = cast.receptionist.staff.pk
    handed = browser.post(entered.url, {"to_requests": colleague, "to_promises": colleague})
    assert handed.url == detail
    assert browser.get(detail).context["left_lying"] == 0
    assert Transfer.objects.get().reason == "leave"
    assert browser.post(entered.url, {"to_requests": 0}).status_code in (409, 422)
    assert client_of(cast.receptionist).get(entered.url).status_code == 403


def test_the_same_by_the_api(cast: Cast, register: Register) -> None:
    request = register()
    caller, path = Caller(cast.supervisor), f"/staff/{cast.steward.staff.pk}"

    (matters,) = caller.get(f"{path}/matters").json()
    assert (matters["kind"], matters["ids"]) == ("requests", [request.pk])
    receiver = cast.receptionist.staff.pk
    assert fields(caller.post(f"{path}/hand-over", {"to": {"dreams": receiver}})) == ["to"]
    assert fields(caller.post(f"{path}/hand-over", {"to": {"requests": cast.steward.staff.pk}})) == ["to"]
    assert caller.post(f"{path}/hand-over", {"to": {"requests": receiver}}).json() == {"requests": 1}
    problem(caller.post(f"{path}/hand-over", {"to": {"requests": receiver}}), 409)
    problem(Caller(cast.receptionist).get(f"{path}/matters"), 403)
