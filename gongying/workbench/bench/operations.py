"""What is measured, with its goal: the figures of design.md."""

import csv
import io
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongying.accounts.models import ApiToken, User, digest_of
from gongying.customers.importers.households import UnitImporter
from gongying.estates.models import Project
from gongying.imports.destinations import Destination
from gongying.imports.operations import import_at_once
from gongying.organization.models import Department, Role, StaffMember
from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.workbench.bench.crew import crew_of_today
from gongying.workbench.bench.measure import Bench, Figure
from gongying.workbench.bench.planned import team_of_the_month
from gongying.workbench.volume import Volume

IMPORT_HOUSEHOLDS = 100_000
IMPORT_GOAL_SECONDS = 60.0
REPORTED = timedelta(days=30)
# Not a page of every day: it counts thousands of rows.
REPORT_GOAL = 10
# Of the household with ten thousand events.
LONG_UNIT = LONG_PARTY = 1


def figures(bench: Bench, *, user: User) -> Iterator[Figure]:
    listing = reverse("servicedesk:request-index")
    yield bench.measure("list", bench.get(listing, list="all"), goal=2)
    yield bench.measure("counts beside the list", bench.get(reverse("servicedesk:work-lists")), goal=2)
    chosen = {"list": "all", "kind": "repair", "state": "closed", "order": "oldest"}
    yield bench.measure("filtered and sorted list", bench.get(listing, **chosen), goal=2)
    for name, word in Volume(1, 1, 1).words["needles"].items():
        yield bench.measure(f"search: {name}", bench.get(listing, list="all", text=word), goal=2)
    closed = ServiceRequest.objects.filter(state="closed", kind="repair").latest("entered_at")
    yield bench.measure("request page", bench.get(reverse("servicedesk:request-show", args=[closed.pk])), goal=2.5)
    related = reverse("servicedesk:request-related", args=[closed.pk])
    yield bench.measure("related cases", bench.get(related), goal=2.5)
    thread = reverse("events:timeline-index", args=["servicerequest", closed.pk])
    yield bench.measure("request thread", bench.get(thread, order="thread"), goal=2.5)
    crew = crew_of_today(by=user)
    board = reverse("servicedesk:dispatch-index")
    yield bench.measure("board of 60 workers, 500 jobs", bench.get(board, project=crew.project.pk), goal=3)
    panel = reverse("servicedesk:dispatch-show", args=[crew.waiting.pk])
    yield bench.measure("candidates for a job", bench.get(panel), goal=3)
    jobs = reverse("servicedesk:work-order-index")
    yield bench.measure("a worker's jobs", bench.of(crew.worker).get(jobs), goal=3)
    team = team_of_the_month(by=user)
    wide = reverse("schedule:team-month-show")
    yield bench.measure(
        "month of 30 people, 5,000 events", bench.of(team.reader).get(wide, project=team.project.pk), goal=2.5
    )
    month = {"since": str(timezone.localdate() - REPORTED), "until": str(timezone.localdate())}
    yield bench.measure("report of a month", bench.get(reverse("reports:figure-index"), **month), goal=REPORT_GOAL)
    yield bench.measure("register a request", _registering(user), goal=2.5)
    yield bench.measure("log an interaction", _logging(user), goal=2.5)
    household = reverse("customers:household-show", args=[LONG_UNIT])
    yield bench.measure("household page", bench.get(household), goal=2)
    customer = reverse("customers:party-show", args=[LONG_PARTY])
    yield bench.measure("customer page", bench.get(customer), goal=2)
    timeline = reverse("events:timeline-index", args=["customer", LONG_PARTY])
    yield bench.measure("timeline of 10,000 events", bench.get(timeline), goal=2)


def bench_user() -> User:
    """A customer-relations manager: she sees every project, so that no territory makes the work smaller."""
    user, created = User.objects.get_or_create(username="bench", defaults={"name": "bench"})
    if created:
        department = Department.objects.earliest("pk")
        staff = StaffMember.objects.create(user=user, department=department)
        staff.roles.set([Role.objects.get(key="customer_relations_manager")])
    return user


def _registering(user: User) -> Any:
    """Through the API, with all hooks: touch, number, routing, stage, events, push, idempotency."""
    category = ServiceCategory.objects.get(code="home-plumbing-leak")
    example = ServiceRequest.objects.filter(kind="repair").latest("pk")
    matter = {"kind": "repair", "category_id": category.pk, "text": example.text, "channel": "phone"}
    return _sending("/api/v1/requests", {**matter, "unit_id": example.unit_id, "party_id": example.party_id}, user)


def _logging(user: User) -> Any:
    """A touch as it is said: words, circumstances derived, the journal, push, idempotency."""
    example = ServiceRequest.objects.filter(kind="repair").latest("pk")
    touch = {"project_id": example.project_id, "text": example.text, "channel": "phone", "answer": "explained"}
    return _sending("/api/v1/interactions", {**touch, "unit_id": example.unit_id, "party_id": example.party_id}, user)


def _sending(address: str, body: dict[str, Any], user: User) -> Any:
    """As a program sends it: with a token, without a session."""
    secret = ApiToken.new_secret()
    expires_at = timezone.now() + timedelta(days=1)
    ApiToken.objects.create(user=user, name="bench", digest=digest_of(secret), scopes=["write"], expires_at=expires_at)
    caller = Client(SERVER_NAME="localhost")

    def send() -> Any:
        answer = caller.post(
            address,
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": f"bench-{time.perf_counter_ns()}"},
        )
        if answer.status_code != 201:  # noqa: PLR2004
            raise AssertionError(answer.content)
        return answer

    return send


def import_figure(user: User, *, households: int = IMPORT_HOUSEHOLDS) -> dict[str, Any]:
    """An owner list of that many households, with duplicate check, into a project of its own: from the file to the register."""
    project = Project.objects.create(code="BENCH", name="bench", kind="residential")
    file = SimpleUploadedFile("owners.csv", _owner_list(households), content_type="text/csv")
    start = time.perf_counter()
    import_at_once(UnitImporter(), Destination(project.pk, project.name), by=user, file=file)
    seconds = time.perf_counter() - start
    return {
        "operation": "import of households",
        "rows": households,
        "seconds": round(seconds, 1),
        "goal_seconds": IMPORT_GOAL_SECONDS,
    }


def _owner_list(households: int) -> bytes:
    words = Volume(1, 1, 1).words
    names = [surname + given for surname in words["surnames"] for given in words["given"]]
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(words["owner_list_header"])
    for number in range(households):
        building, rest = divmod(number, 120)
        entrance, rest = divmod(rest, 60)
        floor, door = divmod(rest, 3)
        code = f"{building + 1}-{entrance + 1}-{floor + 1}{door + 1:02d}"
        phone = f"139{number:08d}"
        writer.writerow([code, f"{70 + number % 60}.5", names[number % len(names)], phone])
    return file.getvalue().encode("utf-8-sig")
