import pytest

from gongying.common.errors import Refused, Stale
from gongying.customers.enums import ContactPurpose, RoleKind
from gongying.customers.models import ContactPoint, ContactPreference, Occupancy
from gongying.customers.models.contacts import contact_for
from gongying.customers.operations import (
    Member,
    add_contact_point,
    add_member,
    change_contact_point,
    choose_contact,
    clear_choice,
    dial,
    remove_contact_point,
    reveal_identity,
    reveal_phone,
)
from gongying.customers.operations.contacts import dial_household
from gongying.events.models import Event
from tests.customers.people import JUNE, make_person, verbs_of


@pytest.fixture
def household(cast):
    return Occupancy.objects.get(unit=cast.unit)


@pytest.fixture
def point(cast):
    return cast.zhou.contact_points.get()


def test_a_number_is_kept_in_one_form_and_once(cast):
    added = add_contact_point(cast.zhou, by=cast.receptionist, value="+86 139-0000-0000", label="儿子")
    assert (added.value, added.is_dialable, added.label) == ("+8613900000000", True, "儿子")

    with pytest.raises(Refused, match="already"):
        add_contact_point(cast.zhou, by=cast.receptionist, value="13900000000")


@pytest.mark.parametrize("value", ["", "12", "abc", "<script>", "9" * 41])
def test_what_is_no_number_is_refused(cast, value):
    with pytest.raises(Refused):
        add_contact_point(cast.zhou, by=cast.receptionist, value=value)


def test_a_masked_number_is_kept_but_not_dialled(cast):
    masked = add_contact_point(cast.zhou, by=cast.receptionist, value="139****0000")

    assert masked.is_dialable is False
    with pytest.raises(Refused, match="incomplete"):
        dial(masked, by=cast.receptionist)


def test_another_kind_is_kept_as_written(cast):
    assert add_contact_point(cast.zhou, by=cast.receptionist, kind="wechat", value=" zhou_88 ").value == "zhou_88"
    with pytest.raises(Refused, match="empty"):
        add_contact_point(cast.zhou, by=cast.receptionist, kind="wechat", value=" ")


def test_a_changed_number_is_not_verified_any_more(cast, point):
    point.verified_at = "2026-01-01T00:00Z"
    point.save()
    changed = change_contact_point(point, by=cast.receptionist, value="13900000000", seen=1)

    assert (changed.value, changed.verified_at, changed.version) == ("+8613900000000", None, 2)
    with pytest.raises(Stale):
        change_contact_point(point, by=cast.supervisor, value="13900000001", seen=1)


@pytest.mark.requirement("R-047")
def test_a_household_names_who_is_called_for_what(cast, household, point):
    wife = make_person(cast, "周太太", phones=("13800000002",))
    add_member(household, member=Member(wife, RoleKind.FAMILY, "妻子"), since=JUNE, by=cast.receptionist)
    choose_contact(
        household, purpose=ContactPurpose.DUNNING, contact_point=wife.contact_points.get(), by=cast.receptionist
    )

    assert contact_for(household, ContactPurpose.DUNNING).party == wife
    assert contact_for(household, ContactPurpose.REPAIR) == point
    assert dial_household(household, by=cast.receptionist, purpose=ContactPurpose.DUNNING) == "tel:+8613800000002"

    clear_choice(household, purpose=ContactPurpose.DUNNING, by=cast.receptionist)
    clear_choice(household, purpose=ContactPurpose.DUNNING, by=cast.receptionist)
    assert contact_for(household, ContactPurpose.DUNNING) == point
    assert verbs_of(household) == ["household.contact_chosen", "household.contact_cleared"]


def test_a_choice_can_be_changed(cast, household, point):
    other = add_contact_point(cast.zhou, by=cast.receptionist, value="13900000000")
    for chosen in (point, other):
        choose_contact(household, purpose="repair", contact_point=chosen, by=cast.receptionist)

    assert ContactPreference.objects.get().contact_point == other


def test_strangers_and_unknown_purposes_are_refused(cast, household, point):
    with pytest.raises(Refused, match="does not belong"):
        choose_contact(household, purpose="repair", contact_point=cast.wang.contact_points.get(), by=cast.receptionist)
    with pytest.raises(Refused, match="not known"):
        choose_contact(household, purpose="gossip", contact_point=point, by=cast.receptionist)


def test_a_removed_number_takes_its_choices_along(cast, household, point):
    choose_contact(household, purpose="repair", contact_point=point, by=cast.receptionist)
    remove_contact_point(point, by=cast.receptionist)

    assert not ContactPoint.objects.filter(party=cast.zhou).exists()
    assert contact_for(household, "repair") is None
    with pytest.raises(Refused, match="no number"):
        dial_household(household, by=cast.receptionist, purpose="repair")


def test_looking_and_dialling_stand_on_both_timelines(cast, point):
    assert reveal_phone(point, by=cast.receptionist, unit=cast.unit) == "+8613800001234"
    assert dial(point, by=cast.receptionist, unit=cast.unit) == "tel:+8613800001234"

    assert verbs_of(cast.zhou) == verbs_of(cast.unit) == ["customer.phone_revealed", "customer.dialled"]
    assert "1380000" not in str(list(Event.objects.values_list("details", flat=True)))


def test_an_identity_number_needs_a_reason(cast):
    cast.zhou.id_number = "330102199001011234"
    cast.zhou.save()
    with pytest.raises(Refused, match="why"):
        reveal_identity(cast.zhou, by=cast.manager, reason=" ")
    assert verbs_of(cast.zhou) == []

    assert reveal_identity(cast.zhou, by=cast.manager, reason="核对产权") == "330102199001011234"
    assert Event.objects.get().details == {"reason": "核对产权"}
    with pytest.raises(Refused, match="No identity number"):
        reveal_identity(cast.wang, by=cast.manager, reason="核对产权")
