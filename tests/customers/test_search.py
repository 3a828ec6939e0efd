import pytest

from gongying.common.search import Query
from gongying.customers.operations import end_role, register_vehicle
from gongying.customers.search import PeopleSearch, UnitSearch, VehicleSearch
from tests.customers.people import JUNE, make_flat, make_person


def titles(provider, user, typed, limit=8):
    return [hit.title for hit in provider.search(user, Query(typed), limit)]


@pytest.mark.parametrize(
    "typed", ["2-1-301", "2栋1单元301", "21301", "２－１－３０１", "2#1-301", " 2 1 301 ", "2-1-30", "2-1"]
)
def test_a_unit_is_found_as_people_write_it(cast, typed):
    assert titles(UnitSearch(), cast.receptionist, typed)[:1] == ["2-1-301"]


def test_the_exact_unit_stands_before_those_that_begin_like_it(cast):
    for number in ("3010", "3011"):
        make_flat(cast, number)
    assert titles(UnitSearch(), cast.receptionist, "2-1-301") == ["2-1-301", "2-1-3010", "2-1-3011"]


def test_a_hit_says_whose_household_it_is(cast):
    (hit,) = UnitSearch().search(cast.receptionist, Query("2-1-301"), 8)
    assert (hit.subtitle, hit.url) == ("阳光小区 · 周先生", f"/households/{cast.unit.pk}/")
    (hidden,) = UnitSearch().search(cast.worker, Query("2-1-301"), 8)
    assert hidden.subtitle == "阳光小区"


@pytest.mark.parametrize(
    "typed", ["周建", "周建华", "zhoujianhua", "zjh", "13600001234", "+86 136-0000-1234", "1234", "建华"]
)
def test_a_person_is_found_by_name_pinyin_initials_and_number(cast, typed):
    make_person(cast, "周建华", phones=("13600001234",))
    assert "周建华" in titles(PeopleSearch(), cast.receptionist, typed)


def test_owners_come_first_and_one_person_once_per_unit(cast):
    contact = make_person(cast, "周一")
    owner = make_person(cast, "周二", make_flat(cast), role="owner")
    make_person(cast, "周三", role="user")
    end_role(make_person(cast, "周四").roles.get(), by=cast.supervisor, on=JUNE)

    assert titles(PeopleSearch(), cast.receptionist, "周") == [cast.zhou.name, owner.name, "周三", contact.name]


def test_the_number_in_a_hit_is_masked(cast):
    (hit,) = PeopleSearch().search(cast.receptionist, Query("13800001234"), 8)
    assert hit.subtitle == "2-1-301 · 138****1234"
    assert hit.url == f"/households/{cast.unit.pk}/?party={cast.zhou.pk}"


@pytest.mark.requirement("E-039")
@pytest.mark.parametrize("typed", ["京A12345", "京a 12345", "A12345", "2345", "京Ａ１２３４５"])
def test_a_plate_leads_to_its_household(cast, typed):
    register_vehicle(cast.zhou, plate="京A12345", project=cast.sunshine, unit=cast.unit, by=cast.receptionist)
    (hit,) = VehicleSearch().search(cast.receptionist, Query(typed), 8)
    assert (hit.title, hit.url) == ("京A12345", f"/households/{cast.unit.pk}/?party={cast.zhou.pk}")


@pytest.mark.parametrize(
    ("provider", "typed"),
    [(UnitSearch, "2-1-301"), (PeopleSearch, "周先生"), (PeopleSearch, "1234"), (VehicleSearch, "京A12345")],
)
def test_nothing_of_another_territory_is_found(cast, provider, typed):
    register_vehicle(cast.zhou, plate="京A12345", project=cast.sunshine, unit=cast.unit, by=cast.receptionist)

    assert len(titles(provider(), cast.receptionist, typed)) == 1
    assert titles(provider(), cast.outsider, typed) == []
    assert titles(provider(), cast.west_steward, typed) == []


def test_without_the_right_to_files_there_are_no_people(cast):
    assert titles(PeopleSearch(), cast.worker, "周先生") == []
    assert titles(VehicleSearch(), cast.guard, "京A12345") == []


@pytest.mark.parametrize("provider", [UnitSearch, PeopleSearch, VehicleSearch])
def test_each_provider_asks_once(cast, provider, django_assert_max_num_queries):
    UnitSearch().search(cast.receptionist, Query("2-1-301"), 8)  # reads who she is, once
    for typed in ("2-1-301", "周先生", "1234", "zxs", "京A12345", "%_\\", "😀"):
        with django_assert_max_num_queries(1):
            provider().search(cast.receptionist, Query(typed), 8)
