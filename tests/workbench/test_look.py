"""What the first page asks: in one statement, kept as text, and true at every moment and after every change."""

import re
from datetime import timedelta

import pytest
from django.db.models import Expression
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.clock import clock_at
from gongying.common.questions import Text, inquiry, text_of
from gongying.estates.scopes import Scope
from gongying.organization.access import staff_of
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import Department, Role, StaffMember, TerritoryAssignment
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import register_request
from gongying.workbench.figures import figures_of
from gongying.workbench.home import lists_for, look_at, sections_of
from gongying.workbench.look import Asked, what_to_ask

pytestmark = pytest.mark.django_db

# For whom a few things wait, with the log-in: session, person, the look, requests, jobs on them.
STATEMENTS = {"receptionist": 4, "steward": 4, "supervisor": 5, "manager": 5, "quality": 5, "worker": 4, "guard": 4}
EVERYBODY = (*STATEMENTS, "administrator", "outsider", "west_steward")


@pytest.fixture
def register(cast):
    def register(unit=cast.unit, party=cast.zhou, **given):
        category = ServiceCategory.objects.get(code="home-plumbing-leak")
        facts = {"kind": "repair", "channel": "phone", "text": "厨房水管漏水", "category": category}
        return register_request(by=cast.receptionist, unit=unit, party=party, **{**facts, **given})

    return register


def asked_of(user: User) -> Text:
    """As it would be made now, with one sign for the moment."""
    text = text_of({each.name: each.question(user) for each in lists_for(user)})
    signs = ["now" if isinstance(value, Expression) else value for value in text.parameters]
    return text._replace(parameters=signs)


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_text_holds_no_moment(cast, who):
    """Else a page would go on asking for what was late when its text was made."""
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)

    def made_at(moment):
        with clock_at(moment):
            return asked_of(User.objects.get(pk=getattr(cast, who).pk))

    assert made_at(noon) == made_at(noon + timedelta(hours=3, seconds=1))
    assert made_at(noon) != made_at(noon + timedelta(days=1))


def written(asked, keys):
    """With her own keys in it; which stand twice in a list does not matter."""
    sql = asked.sql
    for number, mark in reversed(list(enumerate(asked.marks, start=1))):
        sql = sql.replace(f"${number}", str(keys[mark]))
    return re.sub(r"IN \(([0-9, ]+)\)", lambda found: f"IN {sorted(set(found[1].split(', ')))}", sql)


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_is_asked_of_a_kind_is_what_is_asked_of_her(cast, who):
    """Else a list that knows more of a person than her kind would show one person what another may see."""
    user = User.objects.get(pk=getattr(cast, who).pk)
    lists = lists_for(user)
    own = inquiry("own", {each.name: each.question(user) for each in lists})
    assert written(*what_to_ask(user, lists)) == written(own, {})


def test_the_second_of_a_kind_finds_everything_made(cast):
    """Who serves three buildings is asked as who serves four."""

    def asked_with(buildings):
        user = User.objects.get(pk=cast.steward.pk)
        user._scopes = {TerritoryRight.VIEW_FILES: Scope(buildings=frozenset(buildings))}
        return what_to_ask(user, lists_for(user))

    (three, keys), (four, others) = asked_with([11, 12, 13]), asked_with([14, 15, 16, 17])
    assert three is four
    assert set(keys.values()) - set(others.values()) == {11, 12, 13}


def test_what_depends_on_more_than_the_kind_is_asked_of_herself(cast):
    def named(user):
        return User.objects.filter(username=user.username)

    user = User.objects.get(pk=cast.steward.pk)
    asked, keys = what_to_ask(user, [Asked(named, 5, "named")])
    assert keys == {}
    assert asked.answers()["named"] == [user.pk]


def test_people_of_one_kind_in_two_departments_are_told_of_their_own(cast):
    def colleagues(user):
        return StaffMember.objects.filter(department=staff_of(user).department_id)

    def found(person):
        user = User.objects.get(pk=person.pk)
        user._scopes = {TerritoryRight.VIEW_FILES: Scope(buildings=frozenset([11]))}
        asked, keys = what_to_ask(user, [Asked(colleagues, 50, "colleagues")])
        return asked, set(asked.answers(keys)["colleagues"])

    mover = StaffMember.objects.get(user=cast.west_steward)
    elsewhere = Department.objects.exclude(pk=mover.department_id).earliest("pk")
    StaffMember.objects.filter(pk=mover.pk).update(department=elsewhere)
    (text, hers), (same, others) = found(cast.steward), found(cast.west_steward)
    assert text is same
    assert (hers & others, mover.pk in others) == (set(), True)


def test_what_falls_due_turns_red_in_the_same_text(cast, register):
    now = timezone.now()
    urgent = register(urgency="urgent")

    def red_at(moment):
        with clock_at(moment):
            sections = sections_of(look_at(User.objects.get(pk=cast.supervisor.pk)))
            return [row.title for section in sections if section.name == "red-list" for row in section.rows]

    assert red_at(now) == []
    urgent.refresh_from_db()
    late = urgent.next_due_at + timedelta(seconds=1)
    if timezone.localdate(late) == timezone.localdate(now):
        assert red_at(urgent.next_due_at - timedelta(seconds=1)) == []
    assert red_at(late) == ["厨房水管漏水"]


@pytest.mark.parametrize("who", STATEMENTS)
def test_the_page_takes_few_statements(cast, client_of, register, django_assert_max_num_queries, who):
    register()
    client = client_of(getattr(cast, who))
    client.get("/")
    with django_assert_max_num_queries(STATEMENTS[who]):
        assert client.get("/").status_code == 200


def test_a_right_that_is_taken_away_takes_its_lists_along(cast, client_of, register):
    register()
    client = client_of(cast.receptionist)
    assert "home-mine" in client.get("/").text
    Role.objects.update(permissions=[])
    page = client.get("/").text
    assert "count-card" not in page
    assert "home-row" not in page


def test_a_territory_that_is_given_shows_its_requests_at_once(cast, register):
    def open_ones():
        figures = figures_of(look_at(User.objects.get(pk=cast.steward.pk)))
        return next(figure.count.number for figure in figures if figure.url.endswith("list=open"))

    register(unit=cast.west_unit, party=cast.wang)
    assert open_ones() == 0

    staff, of_west = StaffMember.objects.get(user=cast.steward), StaffMember.objects.get(user=cast.west_steward)
    theirs = of_west.territory_assignments.first()
    given = {"territory": theirs.territory, "during": theirs.during, "rights": theirs.rights}
    hers = TerritoryAssignment.objects.create(staff=staff, **given)
    assert open_ones() == 1
    register()
    assert open_ones() == 2

    hers.delete()
    assert open_ones() == 1


def test_somebody_without_any_right_finds_an_empty_page(db, client_of):
    nobody = User.objects.create(username="nobody", name="无名")
    look = look_at(nobody)
    assert sections_of(look) == []
    assert figures_of(look) == []
    assert client_of(nobody).get("/").status_code == 200
