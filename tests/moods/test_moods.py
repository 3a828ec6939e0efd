"""The mood of the week: once a person, without a name, and no figure of fewer than five (R-156)."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.events.models import Event
from gongying.moods.enums import Mood
from gongying.moods.models import MoodTally, Participation, week_of
from gongying.moods.operations import decline_mood, tell_mood
from gongying.organization.models import Department, StaffMember
from tests.race import race

HOME, TREND = reverse("workbench:home-show"), reverse("reports:mood-show")
LAST = week_of() - timedelta(days=7)


@pytest.fixture
def answered(cast):
    """So many of a department answered last week, who serve that project."""

    def answered(number, department, project=cast.sunshine, mood=Mood.LOW):
        tally = MoodTally.objects.create(week=LAST, project=project, department=department)
        for place in range(1, number + 1):
            user = User.objects.create(username=f"{department}-{project}-{place}", name="某人")
            Participation.objects.create(user=user, week=LAST)
            MoodTally.objects.filter(pk=tally.pk).update(**{mood.column: place})

    return answered


@pytest.fixture
def departments(cast):
    return [Department.objects.create(name=name, kind="customer_service") for name in ("甲部", "乙部", "丙部")]


def shown(browser, **query):
    lines = browser.get(TREND, query).context["lines"]
    cells = {str(line.subject): next(filter(None, line.cells)) for line in lines}
    return {name: (cell.answers, cell.mean) for name, cell in cells.items()}


@pytest.mark.requirement("R-156")
def test_one_tap_a_week_and_nothing_leads_back(cast, client_of):
    desk = client_of(cast.receptionist)
    assert "这周心情怎么样" in desk.get(HOME).content.decode()
    events = Event.objects.count()
    for mood in (2, 5):  # tapped twice: the first counts
        assert desk.post(reverse("moods:mood-create"), {"mood": mood}).url == HOME
    assert "这周心情怎么样" not in desk.get(HOME).content.decode()
    tally = MoodTally.objects.get()
    assert (tally.low, tally.very_good, tally.project, tally.department) == (
        1,
        0,
        cast.sunshine,
        cast.receptionist.staff.department,
    )
    with pytest.raises(Refused, match="已经问过"):
        tell_mood(Mood.GOOD, by=cast.receptionist)
    # Neither who nor when stands beside an answer, in no table.
    assert Event.objects.count() == events
    assert {field.name for field in Participation._meta.fields} == {"id", "user", "week"}
    assert not {"user", "at", "by"} & {field.name for field in MoodTally._meta.fields}
    steward = client_of(cast.steward)
    steward.post(reverse("moods:mood-decline"))
    assert "这周心情怎么样" not in steward.get(HOME).content.decode()
    assert MoodTally.objects.get().low == 1
    with clock_at(timezone.now() + timedelta(days=7)):
        tell_mood(Mood.GOOD, by=cast.steward)
    assert desk.post(reverse("moods:mood-create"), {"mood": 6}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_many_taps_at_once_one_is_counted(cast):
    answers = race(*[partial(tell_mood, Mood.GOOD, by=cast.worker)] * 6)
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", *["Refused"] * 5]
    assert (MoodTally.objects.get().good, Participation.objects.count()) == (1, 1)


@pytest.mark.requirement("R-156")
def test_four_answers_are_no_figure_and_five_are_one(cast, client_of, answered, departments):
    first, second, _third = departments
    manager = client_of(cast.manager)
    answered(4, first)
    assert shown(manager) == {}
    answered(1, second, mood=Mood.VERY_GOOD)
    assert shown(manager) == {"阳光小区": (5, pytest.approx(2.6))}
    assert shown(manager, project=cast.sunshine.pk) == {}
    # A week that still goes on would give away who came last.
    with clock_at(timezone.now() - timedelta(days=7)):
        assert shown(manager, since=str(LAST - timedelta(days=30))) == {}
    assert client_of(cast.receptionist).get(TREND).status_code == 403


@pytest.mark.requirement("R-156")
@pytest.mark.parametrize(
    ("numbers", "visible"),
    [
        ((6, 5, 0), {"甲部": 6, "乙部": 5}),
        ((6, 5, 1), {"甲部": 6}),  # 12 less 6 and 5 would be the one of the third
        ((6, 4, 1), {"甲部": 6}),  # the two hidden ones are five together
        ((9, 3, 1), {}),
        ((5, 0, 0), {"甲部": 5}),
    ],
)
def test_a_total_less_what_is_shown_is_never_a_small_department(
    cast, client_of, answered, departments, numbers, visible
):
    for department, number in zip(departments, numbers, strict=True):
        answered(number, department)
    lines = shown(client_of(cast.manager), project=cast.sunshine.pk)
    assert {name: answers for name, (answers, _mean) in lines.items()} == visible
    hidden = sum(numbers) - sum(visible.values())
    assert hidden == 0 or hidden >= 5


def test_who_sees_a_project_sees_that_one_only(cast, client_of, answered, departments):
    answered(5, departments[0], project=cast.park)
    answered(5, departments[1])
    answered(5, departments[2], project=None)
    assert set(shown(client_of(cast.manager))) == {"阳光小区"}
    assert set(shown(client_of(cast.quality))) == {"阳光小区", "演示园区", "None"}
    assert client_of(cast.manager).get(TREND, {"project": cast.park.pk}).status_code == 422


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE moods_moodtally SET good = good + 2", "one answer more"),
        ("UPDATE moods_moodtally SET low = low - 1, good = good + 2", "one answer more"),
        ("UPDATE moods_moodtally SET good = good + 1", "more answers than people"),
        ("UPDATE moods_moodtally SET week = week + 7", "one answer more"),
        ("DELETE FROM moods_moodtally", "kept"),
        ("UPDATE moods_participation SET week = week + 7", "append-only"),
        (
            "INSERT INTO moods_participation (user_id, week) SELECT user_id, week FROM moods_participation",
            "once_a_week",
        ),
        ("INSERT INTO moods_participation (user_id, week) SELECT user_id, week + 1 FROM moods_participation", "a_week"),
    ],
)
def test_the_database_holds_it_against_plain_sql(cast, statement, refusal):
    tell_mood(Mood.LOW, by=cast.worker)
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_somebody_without_work_here_is_not_asked(cast):
    StaffMember.objects.filter(user=cast.outsider).update(left_on=date(2026, 1, 2), hired_on=date(2026, 1, 1))
    with pytest.raises(Refused, match="在职"):
        tell_mood(Mood.GOOD, by=User.objects.get(pk=cast.outsider.pk))
    decline_mood(by=cast.manager)
    assert MoodTally.objects.count() == 0
