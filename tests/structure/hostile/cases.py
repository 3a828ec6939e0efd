"""The steps of a case: each is tried at a case in a state in which it can be taken."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone

from gongying.servicedesk import operations as do
from gongying.servicedesk.clock_steps import CLOCK_STEPS
from gongying.servicedesk.matter_steps import MATTER_STEPS
from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import register_request
from gongying.servicedesk.request_steps import COMPLAINT_STEPS, FURTHER_STEPS, REQUEST_STEPS
from gongying.servicedesk.steps import Case, Step, is_possible
from gongying.servicedesk.violation_steps import VIOLATION_STEPS
from gongying.servicedesk.work_steps import WORK_STEPS
from tests.prices import AGREED
from tests.servicedesk.walks import complaint_in, request_in, work_in
from tests.structure.hostile.world import World

REQUEST_STATES = ("registered", "accepted", "in_progress", "resolved", "reported", "lukewarm", "closed")
COMPLAINT_STATES = (
    "received",
    "accepted",
    "verifying",
    "handling",
    "feedback_given",
    "following_up",
    "improving",
    "closed",
)
WORK_STATES = ("open", "assigned", "accepted", "on_site", "done")


def addresses_of_steps() -> Iterator[tuple[str, Callable[[World], str]]]:
    """Of every step with a form: its kind and name, and where it is taken."""
    kinds = {
        "request": REQUEST_STEPS,
        "complaint": COMPLAINT_STEPS,
        "case": FURTHER_STEPS,
        "matter": MATTER_STEPS,
        "violation": VIOLATION_STEPS,
        "clock": CLOCK_STEPS,
        "work": WORK_STEPS,
    }
    for kind, steps in kinds.items():
        for step in steps:
            if step.form is not None:
                yield f"{kind} {step.key}", partial(_step_address, kind, step)


def _step_address(kind: str, step: Step, world: World) -> str:
    """The address of the step for a case in the first state in which it can be taken."""
    for case in _cases(world, kind):
        if is_possible(step, case):
            is_request = isinstance(case, ServiceRequest)
            name = "servicedesk:request-step" if is_request else "servicedesk:work-order-step"
            return reverse(name, args=[case.pk, step.key])
    raise LookupError(f"{kind} {step.key} can be taken in no state")


def _cases(world: World, kind: str) -> Iterator[Case]:
    register = registering(world)
    if kind in ("request", "case"):
        yield from (_request(state, world.cast, register) for state in REQUEST_STATES)
    if kind == "case":
        yield register(payer="owner", price_agreed=False)  # there is a price to agree to
    if kind in ("complaint", "case"):
        yield from (complaint_in(state, world.cast, register) for state in COMPLAINT_STATES)
    if kind == "matter":
        request = _request("accepted", world.cast, register)
        yield request
        category = ServiceCategory.objects.get(code="service-attitude-worker")
        yield do.split_request(request, by=world.actor, text="态度差", kind="complaint", category=category)
    if kind == "violation":
        yield from _violations(register, world)
    if kind == "clock":
        yield from (_request(state, world.cast, register) for state in REQUEST_STATES)
        request = register()
        due = timezone.now() + timedelta(days=9)
        do.ask_adjustment(request, metric="resolution", new_due=due, reason="等配件", by=world.cast.receptionist)
        yield request
    if kind == "work":
        yield from (work_in(state, world.cast, register) for state in WORK_STATES)
        yield work_in("en_route", world.cast, register, price_agreed=False)  # there is a price to agree to
        yield do.pause_work(work_in("on_site", world.cast, register), by=world.cast.worker, reason="safety")


def _violations(register: Callable[..., ServiceRequest], world: World) -> Iterator[ServiceRequest]:
    """Just found; and reported to the authority, which has not answered yet."""
    facts = {"kind": "violation", "category": "common-works-illegal"}
    yield register(**facts)
    reported = register(**facts)
    do.dissuade(reported, by=world.cast.steward, way="spoken", words="请拆除", heeded=False)
    do.report_to_authority(reported, by=world.cast.steward, authority="城管", words="劝阻无效")
    reported.refresh_from_db()
    yield reported


def registering(world: World) -> Callable[..., ServiceRequest]:
    def register(**given: Any) -> ServiceRequest:
        code = given.pop("category", "home-plumbing-leak")
        facts = {"by": world.cast.receptionist, "kind": "repair", "text": "厨房水管漏水", "channel": "phone"}
        # Work that the owner pays does not start without.
        facts |= AGREED
        place = {"unit": world.cast.unit, "party": world.cast.zhou}
        return register_request(**{**facts, **place, "category": ServiceCategory.objects.get(code=code), **given})

    return register


def _request(state: str, cast: Any, register: Callable[..., ServiceRequest]) -> ServiceRequest:
    if state != "lukewarm":
        return request_in(state, cast, register)
    request = request_in("reported", cast, register)
    do.record_follow_up(request, by=cast.supervisor, reached=True, solved=True, score=3)
    return request
