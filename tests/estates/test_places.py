import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongying.common.errors import Refused
from gongying.common.search import Query
from gongying.estates.models import Building, CommonFacility, Entrance, Floor, ParkingSpace, Project, Unit
from gongying.estates.operations import change_place, delete_place, register_place
from gongying.estates.search import FacilitySearch
from gongying.events.models import Event
from tests.conftest import make_unit


def url(name, *args):
    return reverse(f"estates:{name}", args=args)


@pytest.fixture
def manager(cast, client_of):
    return client_of(cast.manager)


def test_what_lies_elsewhere_cannot_be_inside(cast):
    entrance = cast.west_unit.entrance
    wrong = Unit(
        project=cast.sunshine, building=cast.unit.building, entrance=entrance, unit_no="1", code="x", state="sold"
    )
    with pytest.raises(Refused, match="another building"):
        register_place(wrong, by=cast.manager)
    with pytest.raises(Refused, match="another project"):
        register_place(
            ParkingSpace(project=cast.park, building=cast.unit.building, code="1", ownership_kind="owned"),
            by=cast.manager,
        )
    floor = Floor.objects.create(building=cast.west_unit.building, level=1)
    cast.unit.floor = floor
    with pytest.raises(Refused, match="floor is in another"):
        change_place(cast.unit, by=cast.manager, fields=["floor"])


def test_what_is_in_use_stays(cast):
    for thing, used_by in ((cast.sunshine, "building"), (cast.unit.building, "entrance"), (cast.unit, "occupancy")):
        with pytest.raises(Refused, match="used by") as refused:
            delete_place(thing, by=cast.manager)
        assert used_by in str(refused.value)
    assert not Event.objects.filter(verb="place.deleted").exists()


def test_what_nobody_uses_goes(cast):
    empty = make_unit(cast.unit.entrance, "999")
    delete_place(empty, by=cast.manager)

    assert not Unit.objects.filter(unit_no="999").exists()
    assert Event.objects.get(verb="place.deleted").details == {"kind": "unit", "name": "2-1-999"}


@pytest.mark.requirement("R-030")
def test_the_tree_shows_project_building_entrance_and_units(cast, manager):
    make_unit(cast.unit.entrance, "1001")
    project = manager.get(url("project-show", cast.sunshine.pk)).content.decode()
    building = manager.get(url("building-show", cast.unit.building_id))

    assert url("building-show", cast.unit.building_id) in project
    (part,) = building.context["entrances"]
    assert [(storey, [unit.unit_no for unit in units]) for storey, units in part["storeys"]] == [
        ("10", ["1001"]),
        ("3", ["301"]),
    ]


@pytest.mark.requirement("R-032")
@pytest.mark.parametrize("kind", ["residential", "office", "industrial", "retail"])
def test_a_project_has_one_of_four_kinds(cast, client_of, kind):
    data = {"code": "XM", "name": "新项目", "kind": kind}
    assert client_of(cast.administrator).post(url("project-create"), data).status_code == 302
    assert Project.objects.get(code="XM").kind == kind


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"kind": "castle"}, "kind"), ({"code": "yg 1"}, "code"), ({"code": "YG"}, "code"), ({"name": ""}, "name")],
)
def test_a_wrong_project_is_refused_by_field(cast, client_of, wrong, field):
    data = {"code": "XM", "name": "新项目", "kind": "office"} | wrong
    answer = client_of(cast.administrator).post(url("project-create"), data)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})


def test_a_project_keeps_its_code(cast, manager):
    data = {"code": "ZZ", "name": "阳光小区", "kind": "residential", "version": 1}
    answer = manager.post(url("project-edit", cast.sunshine.pk), data)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"code"})


def test_building_entrance_floor_and_unit_are_added(cast, manager):
    manager.post(url("building-create", cast.sunshine.pk), {"number": "4"})
    building = Building.objects.get(number="4")
    manager.post(url("entrance-create", building.pk), {"number": "2"})
    manager.post(url("floor-create", building.pk), {"level": "3", "label": "3A"})
    entrance, floor = Entrance.objects.get(building=building), Floor.objects.get(building=building)
    answer = manager.post(
        url("unit-create", building.pk),
        {
            "entrance": entrance.pk,
            "floor": floor.pk,
            "unit_no": "301",
            "use": "residence",
            "state": "handed_over",
            "gross_area_m2": "95.46",
            "area_source": "register",
        },
    )

    unit = Unit.objects.get(building=building)
    assert answer.headers["Location"] == url("building-show", building.pk)
    assert (unit.code, unit.digits, unit.project, unit.floor) == ("4-2-301", "42301", cast.sunshine, floor)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"unit_no": "301"}, "unit_no"),
        ({"gross_area_m2": "0"}, "gross_area_m2"),
        ({"gross_area_m2": "-1"}, "gross_area_m2"),
        ({"gross_area_m2": "1e9"}, "gross_area_m2"),
        ({"gross_area_m2": "95,46"}, "gross_area_m2"),
        ({"gross_area_m2": "95.46", "area_source": ""}, "area_source"),
        ({"chargeable_area_m2": "-0.01"}, "chargeable_area_m2"),
        ({"use": "castle"}, "use"),
    ],
)
def test_a_wrong_unit_is_refused_by_field(cast, manager, wrong, field):
    data = {"entrance": cast.unit.entrance_id, "unit_no": "555", "use": "residence", "state": "sold"} | wrong
    answer = manager.post(url("unit-create", cast.unit.building_id), data)

    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    assert not Unit.objects.filter(unit_no="555").exists()


def test_a_stale_edit_is_refused(cast, manager):
    data = {"entrance": cast.unit.entrance_id, "unit_no": "301", "use": "office", "state": "sold", "version": 1}
    data |= {"gross_area_m2": "95.46", "area_source": "register"}
    first = manager.post(url("unit-edit", cast.unit.pk), data)
    second = manager.post(url("unit-edit", cast.unit.pk), data | {"use": "shop"})

    assert (first.status_code, second.status_code) == (302, 409)
    unit = Unit.objects.get(pk=cast.unit.pk)
    assert (unit.use, unit.version) == ("office", 2)


@pytest.mark.requirement("R-022")
def test_settings_are_changed_by_the_own_site_manager_only(cast, client_of, manager):
    data = {"service_phone": "0571-88881234", "meeting_form": "forum", "version": 1}

    assert client_of(cast.receptionist).post(url("settings-update", cast.sunshine.pk), data).status_code == 403
    assert manager.get(url("settings-update", cast.park.pk)).status_code == 404
    assert manager.post(url("settings-update", cast.sunshine.pk), {**data, "meeting_form": "?"}).status_code == 422
    assert manager.post(url("settings-update", cast.sunshine.pk), data).status_code == 302
    assert Project.objects.get(pk=cast.sunshine.pk).settings["meeting_form"] == "forum"
    assert manager.post(url("settings-update", cast.sunshine.pk), {**data, "service_phone": "1"}).status_code == 409


def test_property_is_changed_only_where_one_serves_the_whole_of_it(cast, client_of):
    role = cast.steward.staff.roles.get()
    role.permissions = [*role.permissions, "estates.manage_property"]
    role.save()
    steward = client_of(cast.steward)

    assert steward.get(url("building-edit", cast.unit.building_id)).status_code == 200
    assert steward.get(url("building-create", cast.sunshine.pk)).status_code == 403
    assert steward.get(url("building-edit", cast.west_unit.building_id)).status_code == 404


@pytest.mark.requirement("R-041", "R-042")
def test_facilities_are_found_from_the_counter(cast, client_of, manager):
    manager.post(
        url("facility-create", cast.sunshine.pk),
        {
            "kind": "e_bike_charging",
            "name": "东门车棚",
            "function": "电瓶车存放及充电",
            "features": "12 个充电口",
            "requirements": "禁止飞线",
            "capacity": "60",
        },
    )
    facility = CommonFacility.objects.get()

    for typed in ("东门车棚", "充电", "飞线"):
        (hit,) = FacilitySearch().search(cast.receptionist, Query(typed), 8)
        assert hit.url == url("facility-show", facility.pk)
    assert FacilitySearch().search(cast.outsider, Query("充电"), 8) == []
    text = client_of(cast.receptionist).get(url("facility-show", facility.pk)).content.decode()
    for words in ("电瓶车存放及充电", "12 个充电口", "禁止飞线", "60"):
        assert words in text


@pytest.mark.parametrize("name", ["facility-index", "parking-space-index", "project-show"])
def test_lists_cost_the_same_queries_however_long(cast, manager, name, django_assert_num_queries):
    address = url(name, *([cast.sunshine.pk] if name == "project-show" else []))

    def add(number):
        CommonFacility.objects.create(project=cast.sunshine, kind="lift", name=f"{number}#梯")
        ParkingSpace.objects.create(project=cast.sunshine, code=f"P{number}", ownership_kind="owned", unit=cast.unit)

    add(1)
    manager.get(address)  # what is kept of the set-up is known from here on
    with CaptureQueriesContext(connection) as one:
        manager.get(address)
    add(2)
    add(3)
    with django_assert_num_queries(len(one)):
        manager.get(address)
