from decimal import Decimal

import pytest

from gongying.common.errors import Refused, Stale
from gongying.customers.enums import RoleKind
from gongying.customers.models import BalanceSnapshot, Party, PartyRole
from gongying.customers.operations import (
    add_role,
    change_party,
    create_party,
    delete_party,
    end_role,
    register_internal_customer,
    transfer_ownership,
)
from gongying.events.models import Event
from gongying.interactions.operations import log_interaction
from tests.customers.people import JULY, JUNE, MAY, make_flat, make_person, verbs_of


@pytest.mark.requirement("R-045")
def test_a_new_owner_has_name_phone_identity_unit_and_role(cast):
    flat = make_flat(cast)
    party = create_party(
        by=cast.receptionist,
        name=" 赵女士 ",
        project=cast.sunshine,
        unit=flat,
        role=RoleKind.OWNER,
        phones=("１３８ ０００１ ２２３３",),
        since=JUNE,
        id_kind="身份证",
        id_number="330102199001011234",
    )

    assert (party.name, party.initials) == ("赵女士", "zns")
    assert [point.value for point in party.contact_points.all()] == ["+8613800012233"]
    role = party.roles.get()
    assert (role.role, role.share, role.unit, role.starts_on) == (RoleKind.OWNER, 1, flat, JUNE)
    assert verbs_of(party) == ["customer.created", "customer.contact_added", "customer.role_added"]
    assert verbs_of(flat) == ["customer.created", "customer.role_added"]
    assert "330102" not in str(list(Event.objects.values_list("details", flat=True)))


@pytest.mark.parametrize(
    "wrong", [{"name": "  "}, {"phones": ("abc",)}, {"role": RoleKind.OWNER, "unit": None}, {"share": Decimal("0.5")}]
)
def test_a_wrong_file_is_refused_whole(cast, wrong):
    before = Party.objects.count()
    with pytest.raises(Refused):
        create_party(**{"by": cast.receptionist, "name": "赵女士", "project": cast.sunshine, "unit": cast.unit} | wrong)
    assert Party.objects.count() == before


def test_a_unit_of_another_project_is_refused(cast):
    with pytest.raises(Refused, match="not in that project"):
        add_role(cast.zhou, by=cast.supervisor, role=RoleKind.USER, project=cast.park, unit=cast.unit)


def test_a_change_names_its_fields_and_a_stale_one_is_refused(cast):
    changed = change_party(cast.zhou, by=cast.receptionist, seen=1, name="周建华", id_number="330102199001011234")

    assert (changed.name, changed.pinyin, changed.version) == ("周建华", "zhoujianhua", 2)
    assert Event.objects.get(verb="customer.changed").details == {"fields": ["id_number", "name"]}
    with pytest.raises(Stale):
        change_party(cast.zhou, by=cast.supervisor, seen=1, name="周先生")
    assert Party.objects.get(pk=cast.zhou.pk).name == "周建华"


def test_changing_nothing_writes_nothing(cast):
    change_party(cast.zhou, by=cast.receptionist, seen=1, name="周先生")

    assert Party.objects.get(pk=cast.zhou.pk).version == 1
    assert verbs_of(cast.zhou) == []


def test_a_customer_keeps_a_name(cast):
    with pytest.raises(Refused, match="needs a name"):
        change_party(cast.zhou, by=cast.receptionist, name=" ")


def test_the_same_role_twice_is_refused(cast):
    make_person(cast, "张三", role=RoleKind.USER)
    party = Party.objects.get(name="张三")
    with pytest.raises(Refused, match="already"):
        add_role(party, by=cast.supervisor, role=RoleKind.USER, project=cast.sunshine, unit=cast.unit, since=JUNE)


def test_shares_over_the_whole_are_refused_in_words(cast):
    other = make_person(cast, "张三")
    with pytest.raises(Refused, match=r"0\.000000 is free"):
        add_role(
            other,
            by=cast.supervisor,
            role=RoleKind.OWNER,
            project=cast.sunshine,
            unit=cast.unit,
            share=Decimal("0.000001"),
        )


def test_a_role_ends_once_and_not_before_it_began(cast):
    role = make_person(cast, "张三", since=MAY).roles.get()
    with pytest.raises(Refused, match="before it has begun"):
        end_role(role, by=cast.supervisor, on=MAY)

    end_role(role, by=cast.supervisor, on=JUNE)

    assert PartyRole.objects.get(pk=role.pk).ends_on == JUNE
    with pytest.raises(Refused, match="ended already"):
        end_role(role, by=cast.supervisor, on=JULY)


def test_title_transfer_ends_all_shares_and_begins_the_new_ones(cast):
    buyers = [make_person(cast, name) for name in ("甲", "乙")]
    transfer_ownership(
        cast.unit, to=[(buyers[0], Decimal("0.5")), (buyers[1], Decimal("0.5"))], on=JUNE, by=cast.supervisor
    )

    owners = PartyRole.objects.owners().filter(unit=cast.unit).order_by("pk")
    assert [(role.party.name, role.ends_on, role.share) for role in owners] == [
        ("周先生", JUNE, 1),
        ("甲", None, Decimal("0.5")),
        ("乙", None, Decimal("0.5")),
    ]
    assert Event.objects.get(verb="unit.owner_changed").details["former"] == [cast.zhou.pk]


@pytest.mark.parametrize("shares", [[], ["0.5"], ["0.6", "0.6"]])
def test_title_transfer_gives_exactly_the_whole(cast, shares):
    buyers = [(make_person(cast, str(number)), Decimal(share)) for number, share in enumerate(shares)]
    with pytest.raises(Refused, match="add up to the whole"):
        transfer_ownership(cast.unit, to=buyers, on=JUNE, by=cast.supervisor)


class TestDeletion:
    """Invariant 50."""

    def test_a_file_opened_by_mistake_goes(self, cast):
        party = make_person(cast, "误建")
        delete_party(party, by=cast.supervisor, reason="误建")

        assert not Party.objects.filter(name="误建").exists()
        assert Event.objects.get(verb="customer.deleted").details == {"reason": "误建"}

    def test_a_reason_is_needed(self, cast):
        with pytest.raises(Refused, match="why"):
            delete_party(make_person(cast, "误建"), by=cast.supervisor, reason=" ")

    def test_a_file_on_legal_hold_stays(self, cast):
        party = make_person(cast, "误建")
        Party.objects.filter(pk=party.pk).update(legal_hold="诉讼中")
        with pytest.raises(Refused, match="诉讼中"):
            delete_party(party, by=cast.supervisor, reason="误建")

    def test_a_file_with_an_unsettled_balance_stays(self, cast):
        party = make_person(cast, "误建")
        BalanceSnapshot.objects.create(
            unit=cast.unit,
            project=cast.sunshine,
            building=cast.unit.building,
            item="物业费",
            months=1,
            amount=1,
            as_of=JUNE,
        )
        with pytest.raises(Refused, match="not settled"):
            delete_party(party, by=cast.supervisor, reason="误建")

    def test_a_file_with_touches_stays(self, cast):
        party = make_person(cast, "误建")
        log_interaction(
            by=cast.receptionist, project=cast.sunshine, unit=cast.unit, party=party, channel="phone", text="问停水"
        )
        with pytest.raises(Refused, match="used by"):
            delete_party(party, by=cast.supervisor, reason="误建")
        assert party.roles.count() == 1


@pytest.mark.requirement("R-074")
def test_a_colleague_becomes_an_internal_customer_once(cast):
    first = register_internal_customer(cast.guard, project=cast.sunshine, by=cast.supervisor)
    second = register_internal_customer(cast.guard, project=cast.sunshine, by=cast.supervisor)

    assert first == second
    assert [(role.role, role.project) for role in first.roles.all()] == [(RoleKind.INTERNAL, cast.sunshine)]
    assert Party.objects.visible_to(cast.receptionist).filter(pk=first.pk).exists()
    assert not Party.objects.visible_to(cast.outsider).filter(pk=first.pk).exists()
