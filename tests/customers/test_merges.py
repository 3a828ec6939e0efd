from decimal import Decimal

import pytest

from gongying.common.errors import Refused
from gongying.customers.enums import RoleKind
from gongying.customers.models import ContactPoint, Party, PartyMerge, PartyRole
from gongying.customers.operations import (
    add_contact_point,
    add_role,
    change_headcount,
    end_role,
    give_consent,
    merge_parties,
    register_vehicle,
    remove_contact_point,
    undo_merge,
)
from gongying.interactions.models import Interaction
from gongying.interactions.operations import log_interaction
from tests.customers.people import JULY, JUNE, MAY, make_flat, make_person, verbs_of


def touch(cast, party, unit):
    return log_interaction(
        by=cast.receptionist, project=cast.sunshine, unit=unit, party=party, channel="phone", text="问停水"
    )


@pytest.fixture
def flat(cast):
    return make_flat(cast)


@pytest.fixture
def double(cast, flat):
    """周先生 once more, by the name he gave at the counter, with a number that is known and one that is new."""
    double = make_person(cast, "周建华", flat, role=RoleKind.USER, phones=("13800001234", "13600000000"))
    give_consent(double, purpose="marketing", by=cast.receptionist, text_version="1", channel="phone")
    touch(cast, double, flat)
    return double


def state_of(party):
    """All that is said of a customer, as comparable values."""
    return {
        "roles": sorted(PartyRole.objects.filter(party=party).values_list("pk", flat=True)),
        "numbers": sorted(ContactPoint.objects.filter(party=party).values_list("value", flat=True)),
        "consents": sorted(party.consents.values_list("purpose", flat=True)),
        "touches": sorted(Interaction.objects.filter(party=party).values_list("pk", flat=True)),
        "merged_into": Party.objects.get(pk=party.pk).merged_into_id,
    }


def test_everything_of_the_other_file_comes_over(cast, double):
    roles = state_of(cast.zhou)["roles"] + state_of(double)["roles"]
    merge_parties(cast.zhou, merged=double, by=cast.supervisor)

    after = state_of(cast.zhou)
    assert after["roles"] == sorted(roles)
    assert after["numbers"] == ["+8613600000000", "+8613800001234"]
    assert (after["consents"], len(after["touches"])) == (["marketing"], 1)
    assert state_of(double)["merged_into"] == cast.zhou.pk
    assert list(Party.objects.live().filter(pk=double.pk)) == []
    assert verbs_of(cast.zhou)[-1] == verbs_of(double)[-1] == "customer.merged"
    # Its past stays readable to those who see the file that was kept, and to nobody else.
    assert Party.objects.visible_to(cast.steward).filter(pk=double.pk).exists()
    assert not Party.objects.visible_to(cast.outsider).filter(pk=double.pk).exists()


def test_undoing_gives_back_exactly_what_was(cast, double):
    before = state_of(cast.zhou), state_of(double)
    merge = merge_parties(cast.zhou, merged=double, by=cast.supervisor)
    touch(cast, cast.zhou, cast.unit)  # his own unit: nothing of this stands on the merge
    undo_merge(merge, by=cast.supervisor)

    mine, theirs = state_of(cast.zhou), state_of(double)
    assert theirs == before[1]
    assert {**mine, "touches": []} == before[0]
    assert len(mine["touches"]) == 1
    assert verbs_of(double)[-1] == "customer.merge_undone"


def test_a_merge_is_undone_once(cast, double):
    merge = merge_parties(cast.zhou, merged=double, by=cast.supervisor)
    undo_merge(merge, by=cast.supervisor)
    with pytest.raises(Refused, match="undone already"):
        undo_merge(merge, by=cast.supervisor)


class TestLaterWork:
    @pytest.fixture
    def merge(self, cast, double):
        return merge_parties(cast.zhou, merged=double, by=cast.supervisor)

    def refuses(self, cast, merge):
        with pytest.raises(Refused, match=r"Later work|merged again"):
            undo_merge(merge, by=cast.supervisor)
        assert PartyMerge.objects.get(pk=merge.pk).undone_at is None
        assert Party.objects.get(name="周建华").merged_into_id is not None
        return True

    def test_a_new_touch_in_a_unit_that_came_with_the_merge(self, cast, merge, flat):
        touch(cast, cast.zhou, flat)
        assert self.refuses(cast, merge)

    def test_a_new_vehicle_there(self, cast, merge, flat):
        register_vehicle(cast.zhou, plate="京A12345", project=cast.sunshine, unit=flat, by=cast.receptionist)
        assert self.refuses(cast, merge)

    def test_a_number_that_was_removed_since(self, cast, merge):
        remove_contact_point(ContactPoint.objects.get(value="+8613600000000"), by=cast.receptionist)
        assert self.refuses(cast, merge)

    def test_another_merge_on_top(self, cast, merge):
        merge_parties(make_person(cast, "周先生"), merged=cast.zhou, by=cast.supervisor)
        assert self.refuses(cast, merge)


def test_files_that_cannot_be_one(cast, double):
    company = make_person(cast, "演示科技", kind="company")
    held = make_person(cast, "丙")
    Party.objects.filter(pk=held.pk).update(legal_hold="诉讼中")

    for merged, words in ((cast.zhou, "with itself"), (company, "never the same"), (held, "诉讼中")):
        with pytest.raises(Refused, match=words):
            merge_parties(cast.zhou, merged=merged, by=cast.supervisor)
    merge_parties(cast.zhou, merged=double, by=cast.supervisor)
    with pytest.raises(Refused, match="merged already"):
        merge_parties(cast.wang, merged=double, by=cast.supervisor)


def test_two_shares_of_one_flat_are_settled_first(cast, flat):
    halves = [make_person(cast, name, flat, role=RoleKind.OWNER, share=Decimal("0.5")) for name in ("甲", "甲先生")]
    with pytest.raises(Refused, match="2-1-302"):
        merge_parties(halves[0], merged=halves[1], by=cast.supervisor)
    end_role(halves[1].roles.get(), by=cast.supervisor, on=JUNE)
    with pytest.raises(Refused, match="2-1-302"):  # they overlapped until June
        merge_parties(halves[0], merged=halves[1], by=cast.supervisor)


def test_two_headcounts_are_settled_first(cast):
    companies = [make_person(cast, name, kind="company") for name in ("演示科技", "演示科技公司")]
    for company in companies:
        change_headcount(company, project=cast.sunshine, heads=5, on=MAY, by=cast.receptionist)
    with pytest.raises(Refused, match="headcount"):
        merge_parties(companies[0], merged=companies[1], by=cast.supervisor)


def test_the_same_role_twice_stays_behind_and_is_not_shown(cast):
    twice = [make_person(cast, name, role=RoleKind.FAMILY) for name in ("周太太", "周夫人")]
    merge = merge_parties(twice[0], merged=twice[1], by=cast.supervisor)

    shown = PartyRole.objects.living().filter(unit=cast.unit, role=RoleKind.FAMILY)
    assert [role.party for role in shown] == [twice[0]]
    undo_merge(merge, by=cast.supervisor)
    assert shown.all().count() == 2


def test_a_number_added_to_both_is_kept_once(cast, double):
    add_contact_point(cast.zhou, by=cast.receptionist, value="13600000000")
    merge_parties(cast.zhou, merged=double, by=cast.supervisor)

    assert state_of(cast.zhou)["numbers"] == ["+8613600000000", "+8613800001234"]
    add_role(cast.zhou, by=cast.supervisor, role=RoleKind.CONTACT, project=cast.sunshine, unit=cast.unit, since=JULY)
