"""A team as large as the goal names it: thirty people of a project of their own with five thousand events this month."""

import time
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from gongying.accounts.models import User
from gongying.estates.models import Project
from gongying.estates.operations.territories import add_scope
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import Department, Role, StaffMember, TerritoryAssignment
from gongying.organization.operations.territories import create_territory
from gongying.schedule.operations import times_free

CODE = "PLANS"
PEOPLE, EVENTS = 30, 5_000
HIRED_BEFORE = timedelta(days=60)
ASKED, SEARCHES = 8, 15
# Longer than anybody's working day: the search goes through all four weeks, as it does where nobody has time.
NEVER_FREE = timedelta(hours=23)
FREE_GOAL_MILLISECONDS = 50.0

EVENTS_OF_THE_MONTH = """
    WITH made AS (
        INSERT INTO schedule_calendarevent (version, uid, sequence, kind, title, location, note, during, zone, is_private,
            state, organizer_id, about_kind)
        SELECT 1, 'bench-' || n, 0, 'appointment', 'bench ' || n, '', '',
            tstzrange(start, start + interval '45 minutes'), 'Asia/Shanghai', mod(n, 9) = 0, 'planned', %(by)s, ''
        FROM generate_series(0, %(events)s - 1) n CROSS JOIN LATERAL (
            SELECT %(first)s::timestamptz + mod(n / %(number)s, 28) * interval '1 day'
                + (8 + n / %(number)s / 28 * 2) * interval '1 hour' AS start
        ) AS plan
        RETURNING id, uid
    )
    INSERT INTO schedule_attendee (event_id, staff_id, answer)
    SELECT id, (%(staff)s::bigint[])[mod(substr(uid, 7)::int, %(number)s) + 1], 'none' FROM made
"""


@dataclass(frozen=True)
class Team:
    project: Project
    people: list[StaffMember]

    @property
    def reader(self) -> User:
        """Who may see what the others have planned."""
        return self.people[0].user


def team_of_the_month(by: User) -> Team:
    """Their events are of this month, so they are made in the copy that is measured."""
    team = _plan_month(by)
    with connection.cursor() as cursor:  # as autovacuum leaves them
        cursor.execute("VACUUM ANALYZE schedule_calendarevent, schedule_attendee")
    return team


@transaction.atomic
def _plan_month(by: User) -> Team:
    project = _found(by)
    people = list(
        StaffMember.objects.filter(user__username__startswith="bench-planner-").select_related("user").order_by("pk")
    )
    people[0].roles.add(Role.objects.get(key="supervisor"))
    staff = [member.pk for member in people]
    first = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            EVENTS_OF_THE_MONTH,
            {"by": by.pk, "events": EVENTS, "staff": staff, "number": len(staff), "first": first},
        )
    return Team(project, people)


def _found(by: User) -> Project:
    project = Project.objects.create(code=CODE, name=CODE, kind="residential")
    since = timezone.localdate() - HIRED_BEFORE
    territory = create_territory(name=CODE, by=by)
    add_scope(territory, project=project, starts_on=since, by=by)
    names = [f"bench-planner-{n}" for n in range(PEOPLE)]
    users = User.objects.bulk_create(User(username=name, name=name, password="!") for name in names)  # noqa: S106 no log-in
    department = Department.objects.earliest("pk")
    staff = StaffMember.objects.bulk_create(
        StaffMember(user=user, department=department, hired_on=since) for user in users
    )
    TerritoryAssignment.objects.bulk_create(
        TerritoryAssignment(staff=member, territory=territory, during=(since, None), rights=[TerritoryRight.VIEW_FILES])
        for member in staff
    )
    return project


def free_time_figure(team: Team) -> dict[str, Any]:
    """A time at which eight of them are free together, sought through four weeks: processor time, without the database's."""
    people, now = team.people[:ASKED], timezone.now()
    times = []
    for _turn in range(SEARCHES):
        start = time.process_time()
        times_free(people, (), now, now + NEVER_FREE, number=1)
        times.append((time.process_time() - start) * 1000)
    return {
        "operation": f"free time of {ASKED} people in four weeks",
        "rows": EVENTS,
        "milliseconds": round(median(times), 1),
        "goal_milliseconds": FREE_GOAL_MILLISECONDS,
    }
