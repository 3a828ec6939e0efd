"""What is kept of the set-up is never older than the set-up."""

import pytest
from django.db import transaction

from gongying.accounts.models import User
from gongying.common.editions import kept, one_request, present_edition, read_edition
from gongying.organization.access import permission_codes
from gongying.organization.models import Department, Role, StaffMember

pytestmark = pytest.mark.django_db


@pytest.fixture
def role(cast):
    return Role.objects.get(key="receptionist")


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_a_change_of_a_watched_table_makes_a_new_edition(role):
    before = read_edition()
    role.label = "前台主管"
    role.save()
    assert read_edition() != before


def test_a_log_in_makes_none(cast):
    before = read_edition()
    User.objects.filter(pk=cast.receptionist.pk).update(last_login="2026-09-01T08:00+08:00")
    assert read_edition() == before


def test_it_is_asked_for_once_and_then_remembered(cast, django_assert_num_queries):
    kept("colours", lambda: ["red"])
    with django_assert_num_queries(1), one_request():
        assert [kept("colours", list), kept("colours", list)] == [["red"], ["red"]]


def test_a_right_that_is_taken_away_is_gone_at_the_next_request(cast, role):
    assert "servicedesk.register_request" in permission_codes(fresh(cast.receptionist))
    Role.objects.filter(staff__user=cast.receptionist).update(permissions=[])
    Role.objects.filter(posts__staff__user=cast.receptionist).update(permissions=[])
    assert permission_codes(fresh(cast.receptionist)) == frozenset()


def test_what_is_rolled_back_leaves_nothing_behind(role):
    def label():
        return kept("label", lambda: Role.objects.get(pk=role.pk).label)

    before = label()
    with transaction.atomic():
        Role.objects.filter(pk=role.pk).update(label="改了又撤")
        assert label() == "改了又撤"
        transaction.set_rollback(True)
    assert label() == before


def test_a_change_within_a_request_does_not_enter_the_edition_it_began_with(role):
    with one_request():
        began_with = present_edition()
        with transaction.atomic():
            Role.objects.filter(pk=role.pk).update(label="改了又撤")
            kept("label of the request", lambda: Role.objects.get(pk=role.pk).label)
            transaction.set_rollback(True)
    assert present_edition() == began_with
    assert kept("label of the request", lambda: Role.objects.get(pk=role.pk).label) == role.label


def test_one_person_never_gets_the_record_of_another_to_change(cast):
    one, other = fresh(cast.receptionist), fresh(cast.receptionist)
    permission_codes(one), permission_codes(other)
    one.staff.employee_no = "9999"
    assert other.staff.employee_no != "9999"
    assert isinstance(one.staff, StaffMember)
    assert one.staff.department == Department.objects.get(pk=other.staff.department_id)
