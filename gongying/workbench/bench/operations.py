"""What is measured, with its goal: the figures of design.md."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from gongying.accounts.models import ApiToken, User, digest_of
from gongying.organization.models import Department, Role, StaffMember
from gongying.servicedesk.enums import Tick
from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.workbench.bench.crew import Crew, crew_of_today, jobs_given, jobs_on_site
from gongying.workbench.bench.measure import Bench, Caller, Line, Question
from gongying.workbench.bench.planned import Team
from gongying.workbench.volume import Volume

API = "/api/v1"
Query = dict[str, Any]
REPORTED = timedelta(days=30)
# Not a page of every day: it counts thousands of rows.
REPORT_GOAL = 10
# Whose first page is another one.
AT_WORK = ("receptionist", "steward", "worker", "supervisor", "site_manager")
# Of the household with ten thousand events.
LONG_UNIT = LONG_PARTY = 1


def lines(bench: Bench, *, user: User, team: Team) -> Iterator[Line]:
    """What only reads comes first: what is written then is not measured by it."""
    crew = crew_of_today(by=user)
    yield from _pages(bench, crew, team)
    program = Caller(user, token=token_of(user))
    yield from _api_reading(program, crew)
    yield from _api_writing(program, crew, by=user, number=bench.questions)


def _pages(bench: Bench, crew: Crew, team: Team) -> Iterator[Line]:
    def page(operation: str, address: str, *, goal: float, of: User | None = None, query: Query | None = None) -> Line:
        caller = bench.page if of is None else Caller(of)
        return Line(operation, caller, goal, _getting(address, query))

    for role in AT_WORK:
        yield page(f"first page: {role}", reverse("workbench:home-show"), goal=3, of=first_of(role))
    yield page("the bell", reverse("notifications:bell-show"), goal=1, of=first_of("receptionist"))
    entry = reverse("servicedesk:entry-new")
    yield page("quick entry", entry, goal=3, of=first_of("receptionist"), query={"unit": LONG_UNIT})
    yield page("front desk", reverse("reception:desk-show"), goal=3, of=first_of("receptionist"))
    listing = reverse("servicedesk:request-index")
    yield page("list", listing, goal=2, query={"list": "all"})
    yield page("counts beside the list", reverse("servicedesk:work-lists"), goal=2)
    chosen = {"list": "all", "kind": "repair", "state": "closed", "order": "oldest"}
    yield page("filtered and sorted list", listing, goal=2, query=chosen)
    for name, word in Volume(1, 1, 1).words["needles"].items():
        yield page(f"search: {name}", listing, goal=2, query={"list": "all", "text": word})
    closed = ServiceRequest.objects.filter(state="closed", kind="repair").latest("entered_at").pk
    yield page("request page", reverse("servicedesk:request-show", args=[closed]), goal=2.5)
    yield page("related cases", reverse("servicedesk:request-related", args=[closed]), goal=2.5)
    thread = reverse("events:timeline-index", args=["servicerequest", closed])
    yield page("request thread", thread, goal=2.5, query={"order": "thread"})
    board = reverse("servicedesk:dispatch-index")
    yield page("board of 60 workers, 500 jobs", board, goal=3, query={"project": crew.project.pk})
    yield page("candidates for a job", reverse("servicedesk:dispatch-show", args=[crew.waiting.pk]), goal=3)
    yield page("a worker's jobs", reverse("servicedesk:work-order-index"), goal=3, of=crew.workers[0])
    wide = reverse("schedule:team-month-show")
    of_team = {"project": team.project.pk}
    yield page("month of 30 people, 5,000 events", wide, goal=2.5, of=team.reader, query=of_team)
    month = {"since": str(timezone.localdate() - REPORTED), "until": str(timezone.localdate())}
    yield page("report of a month", reverse("reports:figure-index"), goal=REPORT_GOAL, query=month)
    yield page("household page", reverse("customers:household-show", args=[LONG_UNIT]), goal=2)
    yield page("customer page", reverse("customers:party-show", args=[LONG_PARTY]), goal=2)
    timeline = reverse("events:timeline-index", args=["customer", LONG_PARTY])
    yield page("timeline of 10,000 events", timeline, goal=2)


def _api_reading(program: Caller, crew: Crew) -> Iterator[Line]:
    closed = ServiceRequest.objects.filter(state="closed", kind="repair").latest("entered_at").pk
    yield Line("API: list of 50", program, 2, _getting(f"{API}/requests", {"limit": 50}))
    yield Line("API: one request", program, 2.5, _getting(f"{API}/requests/{closed}"))
    candidates = f"{API}/work-orders/{crew.waiting.pk}/candidates"
    yield Line("API: candidates for a job", program, 3, _getting(candidates))


def _api_writing(program: Caller, crew: Crew, *, by: User, number: int) -> Iterator[Line]:
    given, on_site = jobs_given(crew, by=by, number=number), jobs_on_site(crew, by=by, number=number)
    worker = Caller(crew.workers[0], token=token_of(crew.workers[0]))
    taken = (f"{API}/work-orders/{job.pk}/acceptance" for job in given)
    yield Line("API: take a job", worker, 2.5, lambda: _posting(next(taken), {}), is_repeatable=False)
    done = {"ticks": Tick.values, "result": Volume(1, 1, 1).words["task"], "minutes": 30}
    finished = (f"{API}/work-orders/{job.pk}/completion" for job in on_site)
    yield Line("API: finish a job", worker, 2.5, lambda: _posting(next(finished), done), is_repeatable=False)
    example = ServiceRequest.objects.filter(kind="repair", state="closed").latest("pk")
    touch = {"text": example.text, "channel": "phone", "unit_id": example.unit_id, "party_id": example.party_id}
    # With all hooks: touch, number, routing, stage, clocks, events, push, idempotency.
    leak = ServiceCategory.objects.get(code="home-plumbing-leak")
    matter = {"kind": "repair", "category_id": leak.pk, **touch}
    yield Line("register a request", program, 2.5, lambda: _posting(f"{API}/requests", matter))
    # Words, circumstances derived, the journal, push, idempotency.
    said = {"project_id": example.project_id, "answer": "explained", **touch}
    yield Line("log an interaction", program, 2.5, lambda: _posting(f"{API}/interactions", said))


def _getting(address: str, query: Query | None = None) -> Callable[[], Question]:
    question = Question(f"{address}?{urlencode(query)}" if query else address)
    return lambda: question


def _posting(address: str, body: dict[str, Any]) -> Question:
    return Question(address, json.dumps(body).encode())


def bench_user() -> User:
    """A customer-relations manager: she sees every project, so that no territory makes the work smaller."""
    user = User.objects.create(username="bench", name="bench")
    staff = StaffMember.objects.create(user=user, department=Department.objects.earliest("pk"))
    staff.roles.set([Role.objects.get(key="customer_relations_manager")])
    return user


def first_of(role: str) -> User:
    """One of the first project."""
    return User.objects.filter(username__regex=f"^v0001-{role}[0-9]$").earliest("pk")


def token_of(user: User) -> str:
    secret = ApiToken.new_secret()
    expires_at = timezone.now() + timedelta(days=1)
    ApiToken.objects.create(user=user, name="bench", digest=digest_of(secret), scopes=["write"], expires_at=expires_at)
    return secret
