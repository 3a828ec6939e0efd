"""Many questions in one statement: what it answers, and that its text outlives a moment but no change of the set-up."""

from datetime import timedelta

import pytest
from django.db.models import Count
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.clock import clock_at
from gongying.common.questions import PRESENT, HowMany, answers_to
from gongying.estates.models import Building, Project
from gongying.organization.models import Role

pytestmark = pytest.mark.django_db


def test_each_kind_of_question_has_its_kind_of_answer(cast, django_assert_num_queries):
    people = User.objects.order_by("-pk")
    per_project = Building.objects.order_by("project").values_list("project").annotate(n=Count("pk"))

    def questions():
        return {
            "keys": people.values_list("pk")[:2],
            "columns": people.values_list("pk", "username")[:2],
            "groups": per_project,
            "number": HowMany(people),
            "bounded": HowMany(people[:2]),
            "none": people.none(),
            "no columns": people.filter(pk__in=[]).values_list("pk", "username"),
            "none of them": HowMany(people.none()),
            "a percent sign": people.filter(name__contains="100%").values_list("pk"),
        }

    answers_to("kinds", questions)
    with django_assert_num_queries(2):  # the edition, and all of them
        found = answers_to("kinds", questions)

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
    assert answers_to("nothing", dict) == {}


def test_the_present_is_that_of_each_asking(cast):
    noon = timezone.now()
    User.objects.filter(pk=cast.receptionist.pk).update(last_login=noon)

    def known_by_then(moment):
        with clock_at(moment):
            earlier = User.objects.filter(last_login__lt=PRESENT)
            return answers_to("earlier", lambda: {"found": earlier.values_list("pk")})["found"]

    assert known_by_then(noon - timedelta(seconds=1)) == []
    assert known_by_then(noon + timedelta(seconds=1)) == [cast.receptionist.pk]
    assert known_by_then(noon) == []


def test_the_text_is_made_anew_when_the_set_up_changes(cast):
    made = []

    def questions():
        made.append(Project.objects.count())
        return {"projects": HowMany(Project.objects.filter(pk__gt=0))}

    answers_to("made", questions)
    answers_to("made", questions)
    assert len(made) == 1
    Role.objects.filter(key="receptionist").update(label="前台主管")
    answers_to("made", questions)
    assert len(made) == 2
