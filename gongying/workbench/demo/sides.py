"""What such a company has beside the daily matters: violations, help between departments, orders from outside, double matters."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone

from gongying.accounts.models import User
from gongying.briefings.operations import acknowledge, answer_report, report_upwards, send_notice
from gongying.common.clock import clock_at
from gongying.customers.models import Party
from gongying.customers.operations import warn_of
from gongying.estates.models import Unit
from gongying.group_chats.models import GroupBot
from gongying.group_chats.operations import save_bot
from gongying.interactions.models import ContactPlan
from gongying.interactions.operations import plan_talk, save_plan
from gongying.organization.models import Department
from gongying.servicedesk.models import HotlineOrder, ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import (
    accept_request,
    acknowledge_complaint,
    answer_request,
    ask_support,
    conclude_violation,
    decide_objection,
    dissuade,
    finish_support,
    link_requests,
    merge_requests,
    raise_objection,
    receive_order,
    record_authority_answer,
    record_callback,
    record_contact,
    register_request,
    report_result,
    report_to_authority,
    set_labour_rate,
    split_request,
    start_answering,
)
from gongying.servicedesk.operations.work import STATES_WITH_WORK
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read

Caller = tuple[Unit, Party]
Callers = Mapping[str, Sequence[Caller]]
DESK = {"YG": "xiaozhao", "YQ": "xiaozheng"}
STEWARD = {"YG": "wangguanjia", "YQ": "fangguanjia"}
MANAGER = {"YG": "zhoujingli", "YQ": "hejingli"}


def price_the_hours(cast: Cast) -> None:
    """What an hour of work costs, so that every job of the story is reckoned."""
    for rate in read("sides")["labour_rates"]:
        project = cast.projects[rate["project"]] if "project" in rate else None
        set_labour_rate(by=cast.admin, amount=Decimal(rate["amount"]), project=project, trade=rate.get("trade", ""))


def tell_of_sides(cast: Cast, callers: Callers, *, now: datetime) -> None:
    told = read("sides")
    for entry in told["warnings"]:
        _warn(entry, cast)
    for entry in told["groups"]:
        _set_up_group(entry, cast)
    for entry in told["violations"]:
        _violate(entry, cast, callers, now)
    for entry in told["orders"]:
        _order(entry, cast, callers, now)
    for entry in told["matters"]:
        _double(entry, cast, callers, now)
    for entry in told["supports"]:
        _support(entry, cast, now)
    for entry in told["plans"]:
        _plan_contacts(entry, cast, now)
    for entry in told["briefings"]:
        _brief(entry, cast, now)


def _warn(entry: dict[str, Any], cast: Cast) -> None:
    code = entry.get("project", "YG")
    unit = Unit.objects.get(project=cast.projects[code], code=entry["unit"])
    warn_of(unit, kind=entry["kind"], by=cast[STEWARD[code]], note=entry.get("note", ""))


def _set_up_group(entry: dict[str, Any], cast: Cast) -> None:
    """Not in use: a demo tells nobody outside anything."""
    bot = GroupBot(
        project=cast.projects[entry["project"]],
        name=entry["name"],
        provider=entry["provider"],
        topics=entry["topics"],
        digest_at=time.fromisoformat(entry["digest_at"]),
        is_active=False,
    )
    save_bot(bot, by=cast.admin, address=entry["address"])


def _violate(entry: dict[str, Any], cast: Cast, callers: Callers, now: datetime) -> None:
    began = now - timedelta(hours=entry["hours"])
    with clock_at(began):
        service_request = _register(entry, cast, callers, kind="violation", violator=entry["violator"])
    steps: dict[str, Callable[..., Any]] = {
        "dissuade": dissuade,
        "report": report_to_authority,
        "answer": record_authority_answer,
        "conclude": conclude_violation,
        "told": partial(report_result, channel="phone"),
    }
    for hours, name, given in entry["steps"]:
        with clock_at(began + timedelta(hours=hours)):
            steps[name](service_request, by=service_request.owner, **given)


def _order(entry: dict[str, Any], cast: Cast, callers: Callers, now: datetime) -> None:
    received = now - timedelta(days=entry["days"])
    desk = cast[DESK[entry["project"]]]
    unit, party = callers[entry["project"]][entry["caller"]]
    with clock_at(received + timedelta(minutes=15)):
        order = receive_order(
            by=desk,
            received_at=received,
            category=_category(entry["category"]),
            project=unit.project,
            unit=unit,
            party=party,
            **{name: entry[name] for name in ("source", "external_no", "kind", "text")},
        )
    for hours, name, given in entry["steps"]:
        with clock_at(received + timedelta(hours=hours)):
            _take_order_step(order, name, given, by=desk)


def _take_order_step(order: HotlineOrder, name: str, given: Any, *, by: User) -> None:
    if name == "contact":
        record_contact(order, by=by, channel="phone", words=given)
        _take_up(order.service_request)
    elif name == "objection":
        raise_objection(order, by=by, reason=given)
    elif name == "answer":
        _answer(order.service_request, given)
    elif name == "upheld":
        decide_objection(order, by=by, outcome="upheld")
    else:
        record_callback(order, by=by, **given)


def _take_up(service_request: ServiceRequest) -> None:
    (acknowledge_complaint if service_request.is_complaint else accept_request)(
        service_request, by=service_request.owner
    )


def _answer(service_request: ServiceRequest, text: str) -> None:
    owner = service_request.owner
    start_answering(service_request, by=owner)
    answer_request(service_request, by=owner, text=text)
    report_result(service_request, by=owner, channel="phone", words=text)


def _double(entry: dict[str, Any], cast: Cast, callers: Callers, now: datetime) -> None:
    """Two matters in one call, one matter in two calls, or two that have to do with each other."""
    began, desk = now - timedelta(hours=entry["hours"]), cast[DESK[entry["project"]]]
    other = {"category": entry["other_category"], "text": entry["other_text"]}
    with clock_at(began):
        first = _register(entry, cast, callers, kind=entry["kind"])
    with clock_at(began + timedelta(minutes=40)):
        if entry["how"] == "split":
            kind, category = entry.get("other_kind", entry["kind"]), _category(other["category"])
            split_request(first, by=desk, text=other["text"], category=category, kind=kind)
            return
        second = _register({**entry, **other}, cast, callers, kind=entry["kind"])
        if entry["how"] == "link":
            link_requests(second, to=first, by=desk, reason=entry["reason"])
        else:
            merge_requests(accept_request(second, by=desk), into=first, by=cast[MANAGER[entry["project"]]])


def _support(entry: dict[str, Any], cast: Cast, now: datetime) -> None:
    """In the latest matter of the project that is being handled and has no help yet."""
    project = cast.projects[entry["project"]]
    handled = ServiceRequest.objects.filter(project=project, state__in=STATES_WITH_WORK, support_tasks=None)
    service_request = handled.latest("pk")
    departments = [Department.objects.filter(kind=kind).earliest("pk") for kind in entry["departments"]]
    with clock_at(max(service_request.touched_at, now - timedelta(minutes=50))):
        due_at = now + timedelta(hours=entry["due_hours"])
        owner = service_request.owner
        tasks = ask_support(service_request, by=owner, departments=departments, task=entry["task"], due_at=due_at)
    if "result" in entry:
        with clock_at(now - timedelta(minutes=5)):
            finish_support(tasks[0], by=next(_helpers(cast, departments[0])), result=entry["result"])


def _helpers(cast: Cast, department: Department) -> Iterator[User]:
    return (user for user in cast.staff.values() if user.staff.department_id == department.pk)


def _register(entry: dict[str, Any], cast: Cast, callers: Callers, **more: Any) -> ServiceRequest:
    unit, party = callers[entry["project"]][entry["caller"]]
    places = {"unit": {"unit": unit}, "entrance": {"entrance": unit.entrance}, "building": {"building": unit.building}}
    return register_request(
        by=cast[DESK[entry["project"]]],
        category=_category(entry["category"]),
        text=entry["text"],
        channel="phone",
        party=party,
        **places[entry.get("place", "unit")],
        **more,
    )


def _category(code: str) -> ServiceCategory:
    return ServiceCategory.objects.get(code=code)


def _plan_contacts(entry: dict[str, Any], cast: Cast, now: datetime) -> None:
    plan = ContactPlan(
        project=cast.projects[entry["project"]],
        kind=entry["kind"],
        every_months=entry["every_months"],
        starts_on=timezone.localdate(now) - timedelta(days=entry["days"]),
        owner=cast[entry["owner"]],
        contract=entry.get("contract", ""),
        no_contract_reason=entry.get("no_contract_reason", ""),
    )
    save_plan(plan, by=cast[MANAGER[entry["project"]]])
    if talk := entry.get("talk"):
        plan_talk(plan, by=plan.owner, **talk)


def _brief(entry: dict[str, Any], cast: Cast, now: datetime) -> None:
    send = send_notice if entry["direction"] == "down" else report_upwards
    sent_at = now - timedelta(hours=entry["hours"])
    with clock_at(sent_at):
        briefing = send(cast.projects[entry["project"]], title=entry["title"], text=entry["text"], by=cast[entry["by"]])
    for hours, login in enumerate(entry["read_by"], start=1):
        with clock_at(sent_at + timedelta(hours=hours)):
            acknowledge(briefing, by=cast[login])
    if entry.get("answer"):
        with clock_at(sent_at + timedelta(hours=5)):
            answer_report(briefing, text=entry["answer"], by=cast[entry["answered_by"]])
