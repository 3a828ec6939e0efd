"""Bring a case into any state by the operations that people use."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from gongying.servicedesk import operations as do
from gongying.servicedesk.enums import Tick
from gongying.servicedesk.models import ServiceRequest, WorkOrder
from tests.conftest import Cast


def url(name, *args):
    return reverse(f"servicedesk:{name}", args=args)


def step(request, key):
    return url("request-step", request.pk, key)


TICKS = dict.fromkeys(Tick.values, True)
ITEM = {"title": "培训"}


def request_in(state: str, cast: Cast, register: Callable[..., ServiceRequest], **given: Any) -> ServiceRequest:
    """A request for which no work is ordered (an enquiry with follow-up), in `state`."""
    request = register(**{"kind": "help", "category": "service-attitude-desk", **given})
    by = cast.supervisor
    if state == "cancelled":
        do.cancel_request(request, by=by, asked_by="周先生", reason="已自行解决")
    elif state == "rejected":
        do.reject_request(request, by=by, explanation="不属于物业服务范围，已说明")
    elif state == "merged":
        do.merge_requests(request, into=register(kind="help", category="service-attitude-desk"), by=by)
    else:
        _walk_on(request, state, by=by)
    request.refresh_from_db()
    assert request.state == state
    return request


def _walk_on(request: ServiceRequest, state: str, *, by: Any) -> None:
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("registered", lambda: None),
        ("accepted", lambda: do.accept_request(request, by=by)),
        ("in_progress", lambda: do.start_answering(request, by=by)),
        ("resolved", lambda: do.answer_request(request, by=by, text="已处理")),
        ("reported", lambda: do.report_result(request, by=by, channel="phone", words="已处理完毕")),
        ("closed", lambda: do.record_follow_up(request, by=by, reached=True, solved=True, score=5)),
    ]
    for name, step in steps:
        step()
        if name == state:
            return


def complaint_in(state: str, cast: Cast, register: Callable[..., ServiceRequest], **given: Any) -> ServiceRequest:
    request = register(**{"kind": "complaint", "category": "service-attitude-guard", "text": "保安态度恶劣", **given})
    by = cast.supervisor
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("received", lambda: None),
        ("accepted", lambda: do.acknowledge_complaint(request, by=by)),
        ("verifying", lambda: do.verify_complaint(request, by=by)),
        (
            "handling",
            lambda: do.establish_facts(request, by=by, facts="属实", severity="ordinary", is_attributable=True),
        ),
        ("feedback_given", lambda: do.give_feedback(request, by=by, channel="phone", words="已批评教育")),
        ("following_up", lambda: do.record_follow_up(request, by=by, reached=False)),
        ("improving", lambda: do.record_follow_up(request, by=by, reached=True, solved=True, score=5)),
        ("closed", lambda: improve(request, by=by)),
    ]
    if state == "withdrawn":
        do.withdraw_complaint(request, by=by, confirmed_with="周先生", reason="误会")
    else:
        for name, step in steps:
            step()
            if name == state:
                break
    request.refresh_from_db()
    assert request.state == state
    return request


def improve(request: ServiceRequest, *, by: Any) -> None:
    do.improve_complaint(
        request, by=by, cause_code="attitude", root_cause="培训不足", no_improvement_reason="个别现象，已教育"
    )


def work_in(state: str, cast: Cast, register: Callable[..., ServiceRequest], **given: Any) -> WorkOrder:
    """The first work order of an accepted repair, in `state`."""
    request = do.accept_request(register(**given), by=cast.receptionist)
    work = request.work_orders.get()
    boss, worker = cast.supervisor, cast.worker
    if state == "cancelled":
        do.cancel_work(work, by=boss, reason="客户自行修好")
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("open", lambda: None),
        ("assigned", lambda: do.assign_work(work, by=boss, doer=worker)),
        ("accepted", lambda: do.accept_work(work, by=worker)),
        ("en_route", lambda: do.set_out(work, by=worker)),
        ("on_site", lambda: do.arrive(work, by=worker)),
        ("paused", lambda: do.pause_work(work, by=worker, reason="parts")),
    ]
    if state in ("done", "checked"):
        steps.pop()
        steps.append(("done", lambda: do.complete_work(work, by=worker, ticks=TICKS)))
        steps.append(("checked", lambda: do.check_work(work, by=boss, method="customer_signed")))
    for name, step in steps if state != "cancelled" else []:
        step()
        if name == state:
            break
    work.refresh_from_db()
    assert work.state == state
    return work


def ask(request, cast, **answers):
    follow_up = do.record_follow_up(request, by=cast.receptionist, **answers)
    request.refresh_from_db()
    return follow_up
