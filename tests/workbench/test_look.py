"""What the first page asks: in one statement, kept as text, and true at every moment and after every change."""

from datetime import timedelta

import pytest
from django.db.models import Expression
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.clock import clock_at
from gongying.common.questions import Text, text_of
from gongying.organization.models import Role, StaffMember, TerritoryAssignment
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import register_request
from gongying.workbench.figures import figures_of
from gongying.workbench.home import lists_for, look_at, sections_of

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
