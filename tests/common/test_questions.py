"""Many questions in one statement: what it answers, and that its text outlives the moment and its plan the transaction."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.common.planned import MOST
from gongying.common.questions import PRESENT, HowMany, NotWhole, inquiry
from gongying.estates.models import Building

pytestmark = pytest.mark.django_db


def test_each_kind_of_question_has_its_kind_of_answer(cast, django_assert_num_queries):
    people = User.objects.order_by("-pk")
    per_project = Building.objects.order_by("project").values_list("project").annotate(n=Count("pk"))

    kinds = inquiry(
        "kinds",
        {
            "keys": people.values_list("pk")[:2],
            "columns": people.values_list("pk", "username")[:2],
            "groups": per_project,
            "number": HowMany(people),
            "bounded": HowMany(people[:2]),
            "none": people.none(),
            "no columns": people.filter(pk__in=[]).values_list("pk", "username"),
            "none of them": HowMany(people.none()),
            "a percent sign": people.filter(name__contains="100%").values_list("pk"),
        },
    )

    kinds.answers()
    with django_assert_num_queries(1):
        found = kinds.answers()

    pks = list(people.values_list("pk", flat=True))
    assert found == {
        "keys": pks[:2],
        "columns": [list(row) for row in people.values_list("pk", "username")[:2]],
        "groups": [list(row) for row in per_project],
        "number": len(pks),
        "bounded": 2,
        "none": [],
        "no columns": [],
        "none of them": 0,
        "a percent sign": [],
    }


def test_nothing_asked_is_nothing_answered(cast):
    assert inquiry("nothing", {}).answers() == {}


def test_the_present_is_that_of_each_asking(cast):
    noon = timezone.now()
    User.objects.filter(pk=cast.receptionist.pk).update(last_login=noon)
    earlier = inquiry("earlier", {"found": User.objects.filter(last_login__lt=PRESENT).values_list("pk")})

    def known_by_then(moment):
        with clock_at(moment):
            return earlier.answers()["found"]

    assert known_by_then(noon - timedelta(seconds=1)) == []
    assert known_by_then(noon + timedelta(seconds=1)) == [cast.receptionist.pk]
    assert known_by_then(noon) == []


def test_a_mark_stands_for_another_key_each_time(cast):
    one, other = 2_000_000_000, 2_000_000_001
    either = User.objects.filter(pk__in=[one, other]).order_by("pk")
    asked = inquiry(
        "people", {"either": either.values_list("pk"), "one": HowMany(User.objects.filter(pk=one))}, marks=[one, other]
    )

    steward, worker = cast.steward.pk, cast.worker.pk
    assert asked.answers({one: steward, other: worker}) == {"either": sorted([steward, worker]), "one": 1}
    assert asked.answers({one: steward, other: steward}) == {"either": [steward], "one": 1}
    assert asked.answers({one: 0, other: worker}) == {"either": [worker], "one": 0}


def test_a_mark_that_became_part_of_another_value_is_refused(cast):
    mark = 2_000_000_000
    with pytest.raises(NotWhole):
        inquiry("part", {"part": User.objects.filter(username=f"u{mark}").values_list("pk")}, marks=[mark])


def test_no_asking_is_planned_anew(cast):
    people = inquiry("people", {"found": User.objects.filter(last_login__lt=PRESENT).values_list("pk")})
    for _turn in range(3):
        people.answers()
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name LIKE 'people%'")
        assert cursor.fetchall() == [(3, 0)]


def test_more_statements_than_a_connection_keeps_planned(cast):
    people = [
        inquiry("people", {"found": User.objects.filter(pk__gt=-n).values_list("pk")[:n]}) for n in range(MOST + 3)
    ]
    pks = list(User.objects.order_by("pk").values_list("pk", flat=True))
    for _turn in range(2):
        assert [len(each.answers()["found"]) for each in people] == [min(n, len(pks)) for n in range(MOST + 3)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'people%'")
        assert cursor.fetchone() == (MOST,)


def test_a_refused_step_leaves_the_plans_usable(cast):
    people = inquiry("people", {"found": HowMany(User.objects.filter(pk__gt=0))})
    with suppress(Refused), transaction.atomic():
        before = people.answers()
        raise Refused("no")
    assert people.answers() == before
