"""What is kept of the set-up is never older than the set-up."""

import re

import pytest
from django.db import connection, transaction
from django.urls import reverse

from gongying.accounts.models import User
from gongying.common import editions
from gongying.common.editions import fill_all_from_memory, kept, one_request, present_edition, read_edition
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


def test_what_is_made_of_older_things_is_not_kept_under_the_new_edition(role):
    def label():
        return kept("label", lambda: Role.objects.get(pk=role.pk).label)

    def sentence():
        return kept("sentence", lambda: f"This is {label()}.")

    with one_request():
        label()
        Role.objects.filter(pk=role.pk).update(label="新名")  # by somebody else, meanwhile
        sentence()
    assert sentence() == "This is 新名."


def test_one_person_never_gets_the_record_of_another_to_change(cast):
    one, other = fresh(cast.receptionist), fresh(cast.receptionist)
    permission_codes(one), permission_codes(other)
    one.staff.employee_no = "9999"
    assert other.staff.employee_no != "9999"
    assert isinstance(one.staff, StaffMember)
    assert one.staff.department == Department.objects.get(pk=other.staff.department_id)


def test_what_is_kept_rests_on_watched_tables_only(cast, client_of, monkeypatch):
    """`read_edition` is the last thing before something is made to be kept, `_keep` the first thing after it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'new_edition'")
        watched = {table for (table,) in cursor.fetchall()}
    read_edition, keep, depth, read = editions.read_edition, editions._keep, [0], set()

    def begin():
        edition = read_edition()
        depth[0] += 1
        return edition

    def end(*arguments):
        depth[0] -= 1
        keep(*arguments)

    def note(execute, sql, *rest):
        if depth[0]:
            read.update(re.findall(r'(?:FROM|JOIN) "(\w+)"', sql))
        return execute(sql, *rest)

    monkeypatch.setattr(editions, "read_edition", begin)
    monkeypatch.setattr(editions, "_keep", end)
    monkeypatch.setattr(editions, "present_edition", lambda: None)  # nothing is known: everything is made anew
    addresses = [
        reverse("workbench:home-show"),
        reverse("servicedesk:request-index"),
        reverse("customers:household-show", args=[cast.unit.pk]),
        reverse("customers:party-show", args=[cast.zhou.pk]),
        reverse("servicedesk:entry-new") + f"?unit={cast.unit.pk}",
    ]
    with connection.execute_wrapper(note):
        for person in (cast.receptionist, cast.steward, cast.quality, cast.worker):
            for address in addresses:
                client_of(person).get(address)

    assert depth == [0]
    assert len(read) > len(addresses)
    assert read - watched - {"common_edition"} == set()


def test_what_many_rows_point_to_is_read_together_and_then_remembered(cast, django_assert_num_queries):
    staff = list(StaffMember.objects.order_by("pk")[:5])
    with one_request():
        present_edition()
        with django_assert_num_queries(4):  # people and their one department, each with the edition they are of
            fill_all_from_memory(staff, "user", "department")
        again = list(StaffMember.objects.order_by("pk")[:5])
        with django_assert_num_queries(0):
            fill_all_from_memory(again, "user", "department")
        assert [each.user.pk for each in again] == [each.user_id for each in again]


def test_nobody_points_to_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        fill_all_from_memory([], "user")
