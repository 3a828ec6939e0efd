"""A crew as large as the goal names it: sixty workers of one project with five hundred jobs today."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from gongying.accounts.models import User
from gongying.estates.models import Project, TerritoryScope, Unit
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import Department, Role, StaffMember, TerritoryAssignment
from gongying.servicedesk.models import ServiceCategory, WorkOrder
from gongying.servicedesk.operations import accept_work, arrive, dispatch_work, register_request

WORKERS, JOBS, WAITING = 60, 500, 30
FIRST_HOUR = 8
TRADE = "plumbing"
# The company pays: nobody has to agree to a price at the door.
CATEGORY = "common-water-pipe"
HIRED_BEFORE = timedelta(days=30)

JOBS_OF_TODAY = """
    WITH chosen AS (
        SELECT id, row_number() OVER (ORDER BY id DESC) - 1 AS n FROM servicedesk_servicerequest
        WHERE project_id = %(project)s ORDER BY id DESC LIMIT %(jobs)s + %(waiting)s
    ), made AS (
        INSERT INTO servicedesk_workorder (version, service_request_id, position, trade, task, is_joint, state, outside_firm,
            doer_id, planned_from, planned_to, cancel_reason, created_by_id, created_at)
        SELECT 1, id, 99, %(trade)s, '', true, CASE WHEN is_given THEN 'accepted' ELSE 'open' END, '',
            CASE WHEN is_given THEN (%(workers)s::bigint[])[mod(n, %(number)s) + 1] END,
            CASE WHEN is_given THEN start END, CASE WHEN is_given THEN start + interval '45 minutes' END, '', %(by)s, now()
        FROM chosen CROSS JOIN LATERAL (
            SELECT n < %(jobs)s AS is_given, %(morning)s::timestamptz + n / %(number)s * interval '1 hour' AS start
        ) AS plan
        RETURNING id, state
    )
    INSERT INTO servicedesk_workstage (work_order_id, stage, entered_at, entered_by_id, evidence)
    SELECT id, state, now(), %(by)s, '{}' FROM made
"""


@dataclass(frozen=True)
class Crew:
    project: Project
    workers: list[User]
    waiting: WorkOrder


@transaction.atomic
def crew_of_today(by: User) -> Crew:
    """Their jobs are planned for today, so they are made in the copy that is measured; `by` ordered them."""
    project = Project.objects.earliest("pk")
    workers = _hire(project)
    morning = timezone.localtime().replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL session_replication_role = replica"
        )  # made up in the middle of their way, as the volume is
        cursor.execute(
            JOBS_OF_TODAY,
            {
                "by": by.pk,
                "project": project.pk,
                "jobs": JOBS,
                "waiting": WAITING,
                "trade": TRADE,
                "workers": [worker.pk for worker in workers],
                "number": len(workers),
                "morning": morning,
            },
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return Crew(project, workers, WorkOrder.objects.without_doer().filter(created_by=by).latest("pk"))


def jobs_given(crew: Crew, *, by: User, number: int) -> list[WorkOrder]:
    """New repairs, accepted and given to the first worker: the product's own steps made them."""
    worker, category = crew.workers[0], ServiceCategory.objects.get(code=CATEGORY)
    unit = Unit.objects.filter(project=crew.project).latest("pk")
    jobs = []
    for _job in range(number):
        matter = register_request(by=by, kind="repair", category=category, text=TRADE, channel="phone", unit=unit)
        jobs.append(dispatch_work(matter, by=by, doer=worker, trade_reason=TRADE))
    return jobs


def jobs_on_site(crew: Crew, *, by: User, number: int) -> list[WorkOrder]:
    worker = crew.workers[0]
    jobs = jobs_given(crew, by=by, number=number)
    for job in jobs:
        accept_work(job, by=worker)
        arrive(job, by=worker)
    return jobs


def _hire(project: Project) -> list[User]:
    names = [f"bench-worker-{n}" for n in range(WORKERS)]
    workers = User.objects.bulk_create(User(username=name, name=name, password="!") for name in names)  # noqa: S106 no log-in
    department = Department.objects.filter(kind="engineering").earliest("pk")
    hired_on = timezone.localdate() - HIRED_BEFORE
    staff = StaffMember.objects.bulk_create(
        StaffMember(user=worker, department=department, skills=[TRADE], hired_on=hired_on) for worker in workers
    )
    role = Role.objects.get(key="worker")
    StaffMember.roles.through.objects.bulk_create(
        StaffMember.roles.through(staffmember=member, role=role) for member in staff
    )
    territory = TerritoryScope.objects.filter(project=project, building=None).earliest("pk").territory
    TerritoryAssignment.objects.bulk_create(
        TerritoryAssignment(
            staff=member,
            territory=territory,
            during=(hired_on, None),
            rights=[TerritoryRight.VIEW_FILES, TerritoryRight.TAKE_ORDERS],
        )
        for member in staff
    )
    return workers
