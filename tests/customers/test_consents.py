import pytest

from gongying.common.errors import Refused
from gongying.customers.models import Consent, ProfileAttribute
from gongying.customers.operations import give_consent, remove_attribute, set_attribute, withdraw_consent
from gongying.events.models import Event
from tests.customers.people import verbs_of


def agree(cast, purpose="profile", **more):
    return give_consent(
        cast.zhou, purpose=purpose, by=cast.receptionist, text_version="2026-1", channel="paper", **more
    )


def note(cast, kind="occupation", value="教师"):
    return set_attribute(cast.zhou, kind=kind, value=value, source="本人告知", by=cast.receptionist)


@pytest.mark.requirement("R-050")
def test_a_fact_needs_consent_and_a_source(cast):
    with pytest.raises(Refused, match="has not agreed"):
        note(cast)
    agree(cast)
    with pytest.raises(Refused, match="where it comes from"):
        set_attribute(cast.zhou, kind="occupation", value="教师", source=" ", by=cast.receptionist)

    for kind in ("age_band", "personality", "occupation", "education"):
        note(cast, kind)
    assert ProfileAttribute.objects.filter(party=cast.zhou, source="本人告知", consent__isnull=False).count() == 4
    assert "教师" not in str(list(Event.objects.values_list("details", flat=True)))


def test_care_rests_on_its_own_consent(cast):
    agree(cast)
    with pytest.raises(Refused, match="has not agreed"):
        note(cast, "care", "独居老人")
    agree(cast, "care")

    assert note(cast, "care", "独居老人").consent.purpose == "care"


def test_a_fact_is_replaced_and_removed(cast):
    agree(cast)
    note(cast)
    attribute = note(cast, value="医生")
    assert [row.value for row in cast.zhou.profile.all()] == ["医生"]

    remove_attribute(attribute, by=cast.receptionist)
    assert cast.zhou.profile.count() == 0


def test_a_withdrawn_consent_takes_what_rested_on_it(cast):
    consent, care = agree(cast), agree(cast, "care")
    note(cast)
    note(cast, "care", "独居老人")
    withdraw_consent(consent, by=cast.receptionist)

    assert [row.kind for row in cast.zhou.profile.all()] == ["care"]
    assert list(Consent.objects.in_force()) == [care]
    assert Event.objects.get(verb="consent.withdrawn").details == {"purpose": "profile", "removed": ["occupation"]}
    with pytest.raises(Refused, match="withdrawn already"):
        withdraw_consent(consent, by=cast.receptionist)
    agree(cast)


def test_a_consent_is_in_force_once(cast):
    agree(cast)
    with pytest.raises(Refused, match="in force already"):
        agree(cast)
    assert verbs_of(cast.zhou) == ["consent.given"]


def test_a_child_needs_another_person_as_guardian(cast):
    with pytest.raises(Refused, match="guardian"):
        agree(cast, is_for_child=True)
    with pytest.raises(Refused, match="own guardian"):
        agree(cast, is_for_child=True, guardian=cast.zhou)

    assert agree(cast, is_for_child=True, guardian=cast.wang).guardian == cast.wang
