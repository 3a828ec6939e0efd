from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.estates.models import Building, Entrance, Project, TerritoryScope, Unit
from gongying.estates.operations import add_scope, end_scope, move_scope
from gongying.estates.repartition import preview_move
from gongying.estates.stewards import stewards_of
from gongying.events.models import EventSubject
from gongying.organization.models import StaffMember, Territory, TerritoryAssignment
from gongying.organization.operations import (
    assign_staff,
    change_territory,
    create_territory,
    delete_territory,
    end_assignment,
    leave_company,
)
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import register_request
from tests.race import in_the_middle

TODAY = timezone.localdate()
MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())


def territory(name):
    return Territory.objects.get(name=name)


def fresh(user):
    return User.objects.get(pk=user.pk)


def sees(user, thing):
    return type(thing).objects.visible_to(fresh(user)).filter(pk=thing.pk).exists()


def scope_in(name, building):
    return TerritoryScope.objects.get(territory__name=name, building=building)


def open_request(cast, unit):
    category = ServiceCategory.objects.filter(children=None).first()
    return register_request(
        kind="repair", category=category, text="漏水", unit=unit, channel="phone", by=cast.receptionist
    )


def test_open_work_is_a_link_only_for_who_may_open_it(cast, client_of):
    request = open_request(cast, cast.unit)
    page, link = (
        reverse("territories:territory-show", args=[territory("东区").pk]),
        reverse("servicedesk:request-show", args=[request.pk]),
    )
    assert link in client_of(cast.manager).get(page).content.decode()
    seen = client_of(cast.administrator).get(page).content.decode()
    assert request.number in seen
    assert link not in seen


@pytest.mark.requirement("R-023")
def test_a_territory_with_open_work_cannot_be_deleted(cast):
    north = create_territory(name="北区", by=cast.administrator)
    building = Building.objects.create(project=cast.sunshine, number="4")
    unit = Unit.objects.create(project=cast.sunshine, building=building, unit_no="101", code="4-101")
    scope = add_scope(north, project=cast.sunshine, building=building, by=cast.administrator)
    open_request(cast, unit)

    with pytest.raises(Refused, match="1"):
        delete_territory(north, by=cast.administrator)

    move_scope(scope, to=territory("东区"), on=TODAY, by=cast.administrator)
    delete_territory(north, by=cast.administrator)
    assert not Territory.objects.filter(name="北区").exists()


def test_territories_that_are_used_stay(cast):
    with pytest.raises(Refused):
        delete_territory(territory("西区"), by=cast.administrator)
    inner = create_territory(name="西区甲", parent=territory("西区"), by=cast.administrator)
    with pytest.raises(Refused):
        delete_territory(territory("西区"), by=cast.administrator)
    with pytest.raises(Refused):
        change_territory(territory("西区"), name="西区", parent=inner, by=cast.administrator)

    change_territory(inner, name="东区乙", parent=territory("东区"), by=cast.administrator)
    assert inner.name == "西区甲"
    assert territory("东区乙").parent == territory("东区")


def test_two_who_move_one_territory_into_the_other_make_no_circle(cast):
    read_before = territory("西区")
    change_territory(territory("西区"), name="西区", parent=territory("东区"), by=cast.administrator)

    with pytest.raises(Refused, match="part of itself"):
        change_territory(territory("东区"), name="东区", parent=read_before, by=cast.administrator)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_one_territory_into_the_other_at_once_one_is_refused(cast):
    east, west = territory("东区"), territory("西区")

    outcome = in_the_middle(
        lambda: change_territory(east, name="东区", parent=west, by=cast.administrator),
        lambda: change_territory(west, name="西区", parent=east, by=cast.manager),
    )

    assert isinstance(outcome, Refused)
    assert (territory("东区").parent, territory("西区").parent) == (west, None)


@pytest.mark.requirement("R-024")
def test_a_worker_sees_the_territory_he_was_put_into_and_no_other(cast):
    staff = cast.second_worker.staff
    staff.territory_assignments.all().delete()
    assert not sees(cast.second_worker, cast.unit)

    assignment = assign_staff(
        territory("东区"), staff=staff, rights=["take_orders", "view_files"], by=cast.administrator
    )

    assert sees(cast.second_worker, cast.unit)
    assert not sees(cast.second_worker, cast.west_unit)
    with pytest.raises(Refused):
        assign_staff(territory("东区"), staff=staff, rights=["view_files"], by=cast.administrator)

    end_assignment(assignment, on=MONDAY, by=cast.administrator)
    assert sees(cast.second_worker, cast.unit)
    assert not staff.territory_assignments.filter(during__contains=MONDAY).exists()
    with pytest.raises(Refused):
        end_assignment(assignment, on=MONDAY, by=cast.administrator)


def test_without_the_right_to_see_files_he_sees_nothing(cast):
    staff = cast.second_worker.staff
    staff.territory_assignments.all().delete()
    assign_staff(territory("东区"), staff=staff, rights=["take_orders"], by=cast.administrator)

    assert not sees(cast.second_worker, cast.unit)


@pytest.mark.requirement("R-025")
def test_a_building_moves_to_another_territory_next_monday(cast, monkeypatch):
    building = cast.unit.building
    scope = scope_in("东区", building)
    service_request = open_request(cast, cast.unit)
    west = territory("西区")

    preview = preview_move(scope, to=west, on=MONDAY)
    assert [(work.number, work.newest) for work in preview.open_work] == [(1, [service_request])]
    assert {str(staff) for staff in preview.losing} == {"王管家", "老张"}
    assert {str(staff) for staff in preview.gaining} == {"陈管家"}
    assert not preview.nobody_follows

    move_scope(scope, to=west, on=MONDAY, by=cast.administrator)

    assert sees(cast.steward, cast.unit)
    assert not sees(cast.west_steward, cast.unit)
    assert [str(s) for s in stewards_of(cast.unit.place)] == ["王管家"]
    assert [str(s) for s in stewards_of(cast.unit.place, on=MONDAY)] == ["陈管家"]
    assert [str(s) for s in stewards_of(cast.unit.place, on=MONDAY - timedelta(days=1))] == ["王管家"]
    event = EventSubject.objects.of(territory("东区")).latest("pk").event
    assert (event.verb, event.details["origin"], event.details["target"]) == ("territory.repartitioned", "东区", "西区")

    monkeypatch.setattr(timezone, "localdate", lambda *_args: MONDAY)
    assert not sees(cast.steward, cast.unit)
    assert sees(cast.west_steward, cast.unit)
    assert TerritoryScope.objects.filter(territory__name="东区", building=building, during__contains=TODAY).exists()


def test_moves_that_cannot_be(cast):
    scope = scope_in("东区", cast.unit.building)
    east, west = territory("东区"), territory("西区")
    with pytest.raises(Refused):  # to where it is
        move_scope(scope, to=east, on=MONDAY, by=cast.administrator)
    with pytest.raises(Refused):  # in the past
        move_scope(scope, to=west, on=TODAY - timedelta(days=1), by=cast.administrator)
    move_scope(scope, to=west, on=MONDAY, by=cast.administrator)
    with pytest.raises(Refused):  # it has moved already
        move_scope(scope, to=west, on=MONDAY + timedelta(days=1), by=cast.administrator)

    assert TerritoryScope.objects.filter(building=cast.unit.building).count() == 2


def test_a_scope_is_a_place_of_its_project_and_stands_once(cast):
    east = territory("东区")
    other = Building.objects.get(project=cast.park)
    with pytest.raises(Refused):
        add_scope(east, project=cast.sunshine, building=other, by=cast.administrator)
    with pytest.raises(Refused):
        add_scope(
            east,
            project=cast.sunshine,
            building=cast.unit.building,
            entrance=Entrance.objects.get(building=other),
            by=cast.administrator,
        )
    with pytest.raises(Refused):
        add_scope(east, project=cast.sunshine, building=cast.unit.building, by=cast.administrator)
    entrance = add_scope(
        territory("西区"),
        project=cast.sunshine,
        building=cast.unit.building,
        entrance=cast.unit.entrance,
        by=cast.administrator,
    )

    assert [str(s) for s in stewards_of(cast.unit.place)] == ["陈管家", "王管家"]
    with pytest.raises(IntegrityError), transaction.atomic():
        TerritoryScope.objects.create(
            territory=entrance.territory,
            project=cast.sunshine,
            building=cast.unit.building,
            entrance=cast.unit.entrance,
            during=(MONDAY, None),
        )


def test_an_ended_scope_covers_its_place_up_to_the_day_before(cast):
    scope = scope_in("东区", cast.unit.building)

    end_scope(scope, on=MONDAY, by=cast.administrator)

    assert [str(s) for s in stewards_of(cast.unit.place, on=MONDAY - timedelta(days=1))] == ["王管家"]
    assert stewards_of(cast.unit.place, on=MONDAY) == []
    with pytest.raises(Refused):
        end_scope(scope, on=MONDAY, by=cast.administrator)


def test_a_whole_project_belongs_to_a_territory(cast):
    retail = Project.objects.create(code="YS", name="商铺", kind="retail")
    add_scope(territory("东区"), project=retail, by=cast.administrator)

    assert [str(s) for s in stewards_of(retail.place)] == ["王管家"]


def test_who_has_left_serves_nothing_that_she_is_given_by_who_read_her_before(cast):
    read_before = StaffMember.objects.get(pk=cast.worker.staff.pk)
    leave_company(cast.worker.staff, on=TODAY, by=cast.administrator)

    with pytest.raises(Refused, match="will have left"):
        assign_staff(territory("西区"), staff=read_before, rights=["view_files"], by=cast.administrator)


def test_what_a_colleague_has_deleted_meanwhile_is_refused_in_words(cast):
    north = create_territory(name="北区", by=cast.administrator)
    scope = add_scope(north, project=cast.park, by=cast.administrator)
    serving = assign_staff(north, staff=cast.worker.staff, rights=["view_files"], by=cast.administrator)
    end_scope(TerritoryScope.objects.get(pk=scope.pk), on=TODAY, by=cast.administrator)
    end_assignment(TerritoryAssignment.objects.get(pk=serving.pk), on=TODAY, by=cast.administrator)
    delete_territory(territory("北区"), by=cast.administrator)

    by = {"by": cast.manager}
    for again in (
        lambda: end_scope(scope, on=TODAY, **by),
        lambda: move_scope(scope, to=territory("东区"), on=TODAY, **by),
        lambda: end_assignment(serving, on=TODAY, **by),
        lambda: delete_territory(north, **by),
        lambda: change_territory(north, name="北", parent=None, **by),
        lambda: add_scope(north, project=cast.park, **by),
    ):
        with pytest.raises(Refused, match="deleted"):
            again()
