"""When the people of a territory change, their open requests are shown and handed over together (R-025)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.editions import renew_edition
from gongying.common.errors import Refused
from gongying.estates.models import TerritoryScope
from gongying.estates.operations import move_scope
from gongying.events.models import Event
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import StaffMember, Territory, TerritoryAssignment
from gongying.organization.operations import assign_staff, end_assignment
from gongying.servicedesk import operations as do
from gongying.servicedesk.left_behind import left_behind
from gongying.servicedesk.models import ServiceRequest, Transfer
from gongying.servicedesk.operations import hand_overs
from gongying.servicedesk.operations.bulk import change_all
from tests.conftest import Cast
from tests.race import hold, in_the_middle

TODAY = timezone.localdate()
Register = Callable[..., ServiceRequest]
ClientOf = Callable[[User], Client]


def east() -> Territory:
    return Territory.objects.get(name="东区")


def person(user: User) -> User:
    """As the next request meets her: scopes are read once per request."""
    return User.objects.get(pk=user.pk)


def replace_steward(cast: Cast) -> None:
    """陈管家 follows 王管家 in 东区."""
    assignment = TerritoryAssignment.objects.get(staff__user=cast.steward, territory=east())
    end_assignment(assignment, on=TODAY, by=cast.administrator)
    follower = StaffMember.objects.get(user=cast.west_steward)
    assign_staff(east(), staff=follower, rights=TerritoryRight.all(), starts_on=TODAY, by=cast.administrator)
    renew_edition()


def behind(cast: Cast) -> set[ServiceRequest]:
    return set(left_behind(east(), user=person(cast.supervisor)))


def hand_over(cast: Cast, **given: object) -> int:
    chosen: dict[str, object] = {"to": cast.west_steward, "reason": "territory", **given}
    return do.hand_over_requests(east(), of=cast.steward, by=person(cast.supervisor), **chosen)  # type: ignore[arg-type]


def test_nothing_is_left_behind_while_the_steward_serves(cast: Cast, register: Register) -> None:
    assert register().owner == cast.steward

    assert behind(cast) == set()
    with pytest.raises(Refused):
        hand_over(cast)


@pytest.mark.requirement("R-025")
def test_open_requests_of_the_former_steward_are_handed_over_together(cast: Cast, register: Register) -> None:
    first, second, finished = register(), register(text="卧室漏水"), register(text="问一下")
    do.cancel_request(finished, by=cast.supervisor, reason="重复", asked_by="周先生")
    elsewhere = register(unit=cast.west_unit, party=cast.wang)
    replace_steward(cast)
    assert behind(cast) == {first, second}

    assert hand_over(cast, note="王管家调岗") == 2

    for row in (first, second):
        row.refresh_from_db()
        assert (row.owner, row.transfer_count) == (cast.west_steward, 1)
    finished.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (finished.owner, elsewhere.transfer_count) == (cast.steward, 0)
    transfers = set(Transfer.objects.values_list("from_owner", "to_owner", "reason", "note"))
    assert transfers == {(cast.steward.pk, cast.west_steward.pk, "territory", "王管家调岗")}
    event = Event.objects.get(verb="territory.work_handed_over")
    assert (event.details["number"], event.details["reason"]) == (2, "territory")
    assert behind(cast) == set()


@pytest.mark.requirement("R-025")
def test_work_follows_a_building_that_moved_to_another_territory(cast: Cast, register: Register) -> None:
    moved = register()
    scope = TerritoryScope.objects.get(territory=east(), building=cast.unit.building)
    west = Territory.objects.get(name="西区")
    move_scope(scope, to=west, on=TODAY, by=cast.administrator)
    renew_edition()

    assert list(left_behind(west, user=person(cast.supervisor))) == [moved]
    assert behind(cast) == set()


@pytest.mark.requirement("R-005", "R-025")
def test_a_hand_over_counts_as_a_transfer_and_the_third_calls_the_supervisor(cast: Cast, register: Register) -> None:
    passed_on, quiet = register(), register(text="卧室漏水")
    for to in (cast.receptionist, cast.steward):
        do.transfer_request(passed_on, by=cast.supervisor, to=to, reason="overload")
    replace_steward(cast)

    hand_over(cast)

    passed_on.refresh_from_db()
    assert passed_on.transfer_count == 3
    assert [row.ground for row in passed_on.escalations.all()] == ["transfers"]
    assert not quiet.escalations.exists()


def test_one_refusal_leaves_everything_as_it_was(cast: Cast, register: Register) -> None:
    row = register()
    replace_steward(cast)
    for refused in ({"to": cast.outsider}, {"reason": ""}, {"reason": "other"}):
        with pytest.raises(Refused):
            hand_over(cast, **refused)

    row.refresh_from_db()
    assert (row.owner, Transfer.objects.count()) == (cast.steward, 0)
    assert not Event.objects.filter(verb="territory.work_handed_over").exists()


def test_what_a_colleague_passed_on_meanwhile_is_not_taken_away(
    cast: Cast, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = register()
    replace_steward(cast)

    def interrupted(rows: list[ServiceRequest], *given: Any, **more: Any) -> None:
        do.transfer_request(row, by=cast.supervisor, to=cast.receptionist, reason="overload")
        change_all(rows, *given, **more)

    monkeypatch.setattr(hand_overs, "change_all", interrupted)
    with pytest.raises(Refused, match="Nothing was changed"), transaction.atomic():
        hand_over(cast)

    row.refresh_from_db()
    assert row.owner != cast.west_steward


def test_somebody_on_leave_keeps_her_requests(cast: Cast, register: Register) -> None:
    register()
    cast.steward.staff.leaves.create(during=(TODAY, TODAY + timedelta(days=3)), deputy=cast.west_steward.staff)
    renew_edition()

    assert behind(cast) == set()


@pytest.mark.requirement("R-025")
def test_the_page_of_the_territory_offers_the_hand_over(cast: Cast, register: Register, client_of: ClientOf) -> None:
    row = register()
    replace_steward(cast)
    client = client_of(cast.supervisor)
    page = reverse("territories:territory-show", args=[east().pk])
    panel = reverse("servicedesk:territory-panel", args=[east().pk])
    form = reverse("servicedesk:hand-over", args=[east().pk, cast.steward.pk])
    assert panel in client.get(page).text
    assert form in client.get(panel).text

    shown = client.get(form)
    assert row.number_tail in shown.text
    assert shown.context["form"].fields["to"].initial == cast.west_steward.staff
    bad = client.post(form, {"to": cast.west_steward.staff.pk, "reason": "other"})
    assert bad.status_code == 422
    done = client.post(form, {"to": cast.west_steward.staff.pk, "reason": "territory"})

    assert done.status_code == 302
    row.refresh_from_db()
    assert row.owner == cast.west_steward
    assert client.get(panel).text.strip() == ""
    assert client.get(form).status_code == 409


def test_who_may_not_change_many_requests_is_not_offered_it(
    cast: Cast, register: Register, client_of: ClientOf
) -> None:
    register()
    replace_steward(cast)
    form = reverse("servicedesk:hand-over", args=[east().pk, cast.steward.pk])
    panel = reverse("servicedesk:territory-panel", args=[east().pk])

    assert client_of(cast.receptionist).get(form).status_code == 403
    assert client_of(cast.administrator).get(panel).status_code == 403
    assert panel not in client_of(cast.administrator).get(reverse("territories:territory-show", args=[east().pk])).text


@pytest.mark.django_db(transaction=True)
def test_two_who_change_the_same_requests_in_another_order_do_not_stand_in_each_others_way(cast, register):
    first, second = register(), register(unit=cast.west_unit, party=cast.wang)
    given = {"by": cast.supervisor, "asked_by": "业主", "reason": "不用了"}

    outcome = in_the_middle(
        lambda: hold(first), lambda: change_all([second, first], do.cancel_request, **given), lambda: hold(second)
    )

    assert outcome is None
    assert set(ServiceRequest.objects.values_list("state", flat=True)) == {"cancelled"}
