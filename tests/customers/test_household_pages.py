from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from gongying.customers.completeness import Gap, known
from gongying.customers.household_files import read_household
from gongying.customers.models import (
    BalanceSnapshot,
    ContactPoint,
    ContactPreference,
    HeadcountRecord,
    Occupancy,
    Party,
    PartyRole,
    Vehicle,
)
from gongying.customers.operations import give_consent, register_vehicle, set_attribute
from gongying.estates.models import Unit
from gongying.events.models import Event
from tests.conftest import make_owner
from tests.customers.people import JUNE, MAY, make_flat, make_person


def url(name, thing=None):
    return reverse(f"customers:{name}", args=[thing.pk] if thing else [])


@pytest.fixture
def desk(cast, client_of):
    return client_of(cast.receptionist)


@pytest.fixture
def household(cast):
    return Occupancy.objects.get(unit=cast.unit)


def page(client, name, thing=None, **data):
    return client.get(url(name, thing), data).content.decode()


@pytest.mark.requirement("R-016", "E-045", "R-048")
def test_the_head_says_where_who_and_what_is_owed(cast, desk):
    place = {"project": cast.sunshine, "building": cast.unit.building, "entrance": cast.unit.entrance}
    for item, months, amount in (("物业费", 3, "171.84"), ("车位费", 1, "0.00")):
        BalanceSnapshot.objects.create(
            unit=cast.unit, item=item, months=months, amount=Decimal(amount), as_of="2026-11-20", **place
        )
    text = page(desk, "household-show", cast.unit)

    for words in ("阳光小区 2-1-301", "95.46 m²", "自住", "王管家", "周先生", "138****1234"):
        assert words in text
    assert "欠费 3 个月 ¥171.84（截至 11-20）" in text
    assert "缺： 年龄段, 同意" in text
    assert "13800001234" not in text


@pytest.mark.requirement("R-048")
def test_the_page_and_the_list_agree_on_what_a_file_lacks(cast):
    """The page answers from what it reads anyway, the list by conditions over all units."""
    units = [cast.unit, cast.west_unit, make_flat(cast)]

    def lacks():
        told = {unit: read_household(unit, cast.steward).gaps for unit in units}
        for unit, gaps in told.items():
            assert gaps == [gap for gap in Gap if not Unit.objects.filter(known(gap), pk=unit.pk).exists()]
        return told

    assert lacks()[cast.unit] == [Gap.AGE, Gap.CONSENT]
    assert Gap.OWNER in lacks()[units[2]]
    give_consent(cast.zhou, purpose="profile", by=cast.steward, text_version="1", channel="paper")
    set_attribute(cast.zhou, kind="age_band", value="60+", source="走访", by=cast.steward)
    assert lacks()[cast.unit] == []
    ContactPoint.objects.filter(party=cast.zhou).update(is_dialable=False)
    Unit.objects.filter(pk=cast.unit.pk).update(gross_area_m2=None)
    cast.unit.refresh_from_db()
    assert lacks()[cast.unit] == [Gap.PHONE, Gap.AREA]


def test_care_is_shown_by_consent_and_to_those_who_need_it(cast, client_of):
    give_consent(cast.zhou, purpose="care", by=cast.steward, text_version="1", channel="paper")
    set_attribute(cast.zhou, kind="care", value="独居老人", source="走访", by=cast.steward)

    assert "独居老人" in page(client_of(cast.steward), "household-show", cast.unit)
    assert "独居老人" not in page(client_of(cast.receptionist), "household-show", cast.unit)


@pytest.mark.parametrize("people", [1, 3])
def test_a_household_costs_the_same_queries_however_many_live_there(
    cast, desk, people, django_assert_num_queries, household
):
    for number in range(people):
        person = make_person(cast, f"家人{number}", role="family", phones=(f"1390000000{number}",), occupancy=household)
        register_vehicle(person, plate=f"京A1234{number}", project=cast.sunshine, unit=cast.unit, by=cast.receptionist)
    desk.get(url("household-show", cast.unit))
    with django_assert_num_queries(QUERIES["household"]):
        text = desk.get(url("household-show", cast.unit)).content.decode()
    assert f"家人{people - 1}" in text


@pytest.mark.parametrize("units", [1, 3])
@pytest.mark.parametrize("name", ["unit-index", "party-index"])
def test_a_list_costs_the_same_queries_however_long(cast, desk, name, units, django_assert_num_queries):
    for number in range(units):
        make_owner(make_flat(cast, f"40{number}"), f"业主{number}", f"+861390000000{number}")
    desk.get(url(name))
    with django_assert_num_queries(QUERIES[name]):
        text = desk.get(url(name)).content.decode()
    assert f"业主{units - 1}" in text


# Session, user, and the page's own; of a household only what hangs on it.
QUERIES = {"household": 8, "unit-index": 9, "party-index": 5}


class TestList:
    def shown(self, client, **filters):
        return [row.unit.code for row in client.get(url("unit-index"), filters).context["rows"]]

    def test_it_holds_my_territory_in_the_order_of_the_doors(self, cast, client_of):
        make_flat(cast, "1001")
        assert self.shown(client_of(cast.steward)) == ["2-1-301", "2-1-1001"]
        assert self.shown(client_of(cast.west_steward)) == ["3-1-101"]

    def test_filters(self, cast, desk):
        make_flat(cast, "302", gross_area_m2=None, area_source="")
        owed = {"project": cast.sunshine, "item": "物业费", "months": 1, "amount": 5, "as_of": MAY}
        BalanceSnapshot.objects.create(unit=cast.west_unit, building=cast.west_unit.building, **owed)

        assert self.shown(desk, kind="vacant") == ["2-1-302"]
        assert self.shown(desk, kind="owner_occupied") == ["2-1-301", "3-1-101"]
        assert self.shown(desk, owed="1") == ["3-1-101"]
        assert self.shown(desk, q="２-1") == ["2-1-301", "2-1-302"]
        assert self.shown(desk, building=str(cast.west_unit.building_id)) == ["3-1-101"]
        assert self.shown(desk, project="<script>") == []

    @pytest.mark.requirement("R-048")
    def test_households_whose_file_lacks_something(self, cast, desk):
        bare = make_flat(cast, "302")
        make_owner(bare, "无名氏")
        give_consent(cast.zhou, purpose="profile", by=cast.receptionist, text_version="1", channel="paper")
        set_attribute(cast.zhou, kind="age_band", value="30-40", source="本人", by=cast.receptionist)

        assert self.shown(desk, gap="phone") == ["2-1-302"]
        assert self.shown(desk, gap="age") == ["2-1-302", "3-1-101"]
        assert self.shown(desk, gap="consent") == ["2-1-302", "3-1-101"]


class TestMoves:
    @pytest.mark.requirement("R-031")
    def test_the_next_household_moves_in_by_one_form(self, cast, desk, household):
        answer = desk.post(
            url("move-create", cast.unit),
            {
                "leaving": household.pk,
                "on": "2026-06-16",
                "kind": "leased",
                "party_kind": "person",
                "name": "陈先生",
                "phones": "13600000001，13600000002",
                "members": "陈太太 妻子 13600000003\n陈小妹",
            },
        )

        assert answer.headers["Location"] == url("household-show", cast.unit)
        spells = [(spell.head.name, spell.starts_on) for spell in Occupancy.objects.current().filter(unit=cast.unit)]
        assert spells == [("陈先生", JUNE)]
        members = PartyRole.objects.filter(occupancy__head__name="陈先生").order_by("pk")
        assert [(role.party.name, role.role) for role in members] == [
            ("陈先生", "tenant"),
            ("陈太太", "family"),
            ("陈小妹", "family"),
        ]
        assert Party.objects.get(name="陈先生").contact_points.count() == 2

    def test_what_is_wrong_is_named(self, cast, desk, household):
        before = Party.objects.count()
        answer = desk.post(
            url("move-create", cast.unit),
            {"on": "2026-02-30", "kind": "?", "name": "", "phones": "abc"},
        )

        assert answer.status_code == 422
        assert set(answer.context["form"].errors) >= {"on", "kind", "name", "phones"}
        assert Party.objects.count() == before

    @pytest.mark.requirement("R-034")
    def test_a_company_moves_into_an_office_with_its_lease(self, cast, client_of):
        desk, address = client_of(cast.outsider), url("move-create", cast.park_unit)
        lease = {"on": "2026-06-16", "kind": "leased", "party_kind": "company", "name": "演示科技", "heads": "120"}
        wrong = desk.post(address, {**lease, "leased_area_m2": "95,46", "lease_until": "2026-06-15"})
        assert set(wrong.context["form"].errors) == {"leased_area_m2", "lease_until"}

        desk.post(address, {**lease, "leased_area_m2": "480.50", "lease_until": "2029-06-15"})

        tenant = Occupancy.objects.get(head__name="演示科技")
        assert (tenant.leased_area_m2, tenant.starts_on, tenant.ends_on) == (Decimal("480.50"), JUNE, date(2029, 6, 16))
        assert HeadcountRecord.objects.get(party=tenant.head).heads == 120
        assert list(desk.get(address).context["form"].fields["leaving"].queryset) == [tenant]

    def test_an_owner_of_a_home_is_not_asked_for_a_lease(self, cast, desk, household):
        flat = make_flat(cast)
        assert not {"heads", "leased_area_m2"} & set(desk.get(url("move-create", flat)).context["form"].fields)
        make_owner(flat, "赵女士")
        spell = Occupancy.objects.get(unit=flat)
        owner = {"on": "2026-06-16", "kind": "owner_occupied", "same_as": spell.head_id, "party_kind": "person"}

        desk.post(url("move-create", flat), {**owner, "leaving": spell.pk, "lease_until": "2029-06-15"})

        assert Occupancy.objects.current().get(unit=flat).ends_on is None

    @pytest.mark.parametrize("line", ["陈" * 101, f"陈太太({'妻' * 31})"])
    def test_a_further_person_who_cannot_be_kept_is_named(self, cast, desk, household, line):
        answer = desk.post(
            url("move-create", cast.unit),
            {
                "leaving": household.pk,
                "on": "2026-06-16",
                "kind": "leased",
                "party_kind": "person",
                "name": "陈先生",
                "members": line,
            },
        )

        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {"members"}
        assert not Party.objects.filter(name="陈先生").exists()

    def test_a_refused_move_leaves_no_file_behind(self, cast, desk):
        answer = desk.post(
            url("move-create", cast.unit),
            {"leaving": "", "on": "2026-06-16", "kind": "leased", "party_kind": "person", "name": "陈先生"},
        )

        assert answer.status_code == 409
        assert "请先办理迁出" in answer.content.decode()
        assert not Party.objects.filter(name="陈先生").exists()

    def test_who_is_on_file_is_taken_from_the_file(self, cast, desk, household):
        data = {
            "leaving": household.pk,
            "on": "2026-06-16",
            "kind": "leased",
            "party_kind": "person",
            "same_as": cast.wang.pk,
        }
        desk.post(url("move-create", cast.unit), data)

        assert Occupancy.objects.current().get(unit=cast.unit).head == cast.wang

    def test_the_move_out_asks_about_the_balance(self, cast, desk, household):
        owed = {"project": cast.sunshine, "item": "物业费", "months": 1, "amount": 5, "as_of": MAY}
        BalanceSnapshot.objects.create(unit=cast.unit, building=cast.unit.building, **owed)

        assert desk.post(url("occupancy-end", household), {"on": "2026-06-16"}).status_code == 409
        done = desk.post(url("occupancy-end", household), {"on": "2026-06-16", "balance_decision": "业主承担"})
        assert done.status_code == 302
        assert not Occupancy.objects.current().filter(unit=cast.unit).exists()

    def test_a_sale_names_the_new_owners(self, cast, desk):
        data = {"on": "2026-06-16", "name_1": "甲", "share_1": "0.5", "name_2": "乙", "share_2": "0.4"}
        wrong = desk.post(url("ownership-transfer", cast.unit), data)
        right = desk.post(url("ownership-transfer", cast.unit), {**data, "share_2": "0.5"})

        assert (wrong.status_code, right.status_code) == (422, 302)
        assert wrong.context["form"].errors.keys() == {"share_1"}
        owners = PartyRole.objects.owners().current().filter(unit=cast.unit).order_by("pk")
        assert [role.party.name for role in owners] == ["甲", "乙"]

    def test_a_member_joins(self, cast, desk, household):
        data = {"name": "周太太", "role": "family", "relation": "妻子", "since": "2026-06-16"}
        desk.post(url("member-create", household), data)

        assert household.members.get(relation="妻子").party.name == "周太太"


class TestWho:
    def test_another_territory_is_not_there(self, cast, client_of):
        for name in ("household-show", "move-create", "vehicle-create", "ownership-transfer"):
            assert client_of(cast.west_steward).get(url(name, cast.unit)).status_code == 404

    def test_roles_that_may_not(self, cast, client_of, household):
        assert client_of(cast.worker).get(url("household-show", cast.unit)).status_code == 403
        assert client_of(cast.quality).post(url("move-create", cast.unit)).status_code == 403
        assert client_of(cast.worker).get(url("unit-index")).status_code == 403


def test_who_is_called_for_what_is_chosen_on_one_page(cast, desk, household):
    point = cast.zhou.contact_points.get()
    desk.post(url("contact-choose", household), {"dunning": point.pk, "repair": ""})
    assert [row.purpose for row in ContactPreference.objects.filter(occupancy=household)] == ["dunning"]

    desk.post(url("contact-choose", household), {"dunning": ""})
    assert not ContactPreference.objects.exists()
    stranger = cast.wang.contact_points.get()
    assert desk.post(url("contact-choose", household), {"dunning": stranger.pk}).status_code == 422


class TestVehicles:
    def test_a_vehicle_is_registered_changed_and_signed_off(self, cast, desk):
        data = {"plate": "京a·12345", "party": cast.zhou.pk, "since": "2026-05-01"}
        assert desk.post(url("vehicle-create", cast.unit), data).status_code == 302
        car = Vehicle.objects.get(plate="京A12345")

        assert desk.post(url("vehicle-edit", car), {"description": "白色", "version": 1}).status_code == 302
        assert desk.post(url("vehicle-edit", car), {"description": "黑色", "version": 1}).status_code == 409
        assert desk.post(url("vehicle-end", car), {"on": "2026-06-16"}).status_code == 302
        car.refresh_from_db()
        assert (car.description, car.ends_on) == ("白色", JUNE)

    def test_what_is_no_plate_is_named(self, cast, desk):
        answer = desk.post(
            url("vehicle-create", cast.unit), {"plate": "??", "party": cast.zhou.pk, "since": "2026-05-01"}
        )
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"plate"})

    @pytest.mark.requirement("E-039")
    def test_the_number_goes_to_the_dialler_and_never_into_the_page(self, cast, desk):
        car = register_vehicle(cast.zhou, plate="京A12345", project=cast.sunshine, unit=cast.unit, by=cast.receptionist)
        assert "13800001234" not in page(desk, "vehicle-index", q="2345")
        answer = desk.post(url("vehicle-call", car))

        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "tel:+8613800001234")
        assert answer.content == b""
        assert Event.objects.filter(verb="vehicle.move_asked", actor=cast.receptionist).count() == 1


@pytest.mark.parametrize(("person", "offered"), [("supervisor", True), ("administrator", False)])
def test_a_customer_s_page_offers_only_what_its_reader_may_do(cast, client_of, person, offered):
    role = cast.zhou.roles.get(role="owner")
    client = client_of(getattr(cast, person))
    page = client.get(reverse("customers:party-show", args=[cast.zhou.pk])).content.decode()

    for address in (
        reverse("customers:headcount-create", args=[cast.zhou.pk]),
        reverse("customers:role-end", args=[role.pk]),
    ):
        assert (address in page) == offered
        assert client.get(address).status_code == (200 if offered else 403)
