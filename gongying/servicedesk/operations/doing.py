"""At the customer's door: setting out, arriving, pausing, finishing, checking."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.planned import short_row
from gongying.files.operations import File, attach, attach_also, attach_stamped
from gongying.servicedesk.completion_demands import Given, Reasons, missing_from
from gongying.servicedesk.enums import UNFINISHED_IN_SQL, CheckMethod, PauseReason, Tick, WorkState
from gongying.servicedesk.models import ServiceRequest, WorkCheck, WorkCompletion, WorkOrder, WorkPause
from gongying.servicedesk.operations.closing import close_if_settled
from gongying.servicedesk.operations.costs import keep_cost, priced_materials
from gongying.servicedesk.operations.late_word import moment_of
from gongying.servicedesk.operations.rework import send_back
from gongying.servicedesk.operations.safety import check_released
from gongying.servicedesk.operations.slots import lost_its_slot
from gongying.servicedesk.operations.stages import lock_work, open_stage, step, tell, tell_work
from gongying.servicedesk.routing import supervisor_for

# Silence after the result was told counts as consent (5.3).
OBJECTION_TIME = timedelta(hours=48)
ALL_IS_DONE = f"""
    SELECT NOT EXISTS (
        SELECT FROM servicedesk_workorder WHERE service_request_id = $1 AND state IN ({UNFINISHED_IN_SQL})
    ) AND NOT EXISTS (
        SELECT FROM servicedesk_supporttask WHERE service_request_id = $1 AND done_at IS NULL AND withdrawn_at IS NULL
    ) AND EXISTS (
        SELECT FROM servicedesk_workorder work JOIN servicedesk_workstage stage ON stage.work_order_id = work.id
        WHERE work.service_request_id = $1 AND stage.stage = '{WorkState.DONE}' AND stage.entered_at >= $2
    )
"""  # noqa: S608 words of ours
STILL_MISSING = gettext_lazy("Still missing: %(things)s. Add each, or say of each why it is missing.")


@transaction.atomic
def set_out(work_order: WorkOrder, *, by: User, at: datetime | None = None, seen: int | None = None) -> WorkOrder:
    work_order = lock_work(work_order, seen=seen)
    work_order.machine.check("set_out", work_order.state, label=work_order.state_label)
    return _advance(work_order, "set_out", "work.set_out", by=by, at=at)


@transaction.atomic
def arrive(work_order: WorkOrder, *, by: User, at: datetime | None = None, seen: int | None = None) -> WorkOrder:
    """On site, where the work starts: what the owner pays only when the price is agreed to, or with a reason (E-047)."""
    work_order = lock_work(work_order, seen=seen)
    work_order.machine.check("arrive", work_order.state, label=work_order.state_label)
    if work_order.waits_for_price:
        raise Refused(
            _("The owner pays: first tick that she agreed to the price, or give a reason."),
            current=work_order.present_state(),
        )
    return _advance(work_order, "arrive", "work.arrived", by=by, at=at)


@transaction.atomic
def pause_work(
    work_order: WorkOrder,
    *,
    by: User,
    reason: str,
    until: datetime | None = None,
    note: str = "",
    photos: Sequence[File] = (),
    at: datetime | None = None,
    seen: int | None = None,
) -> WorkOrder:
    """Nobody at home, parts missing, a third party, or stopped for safety; `until` is when it goes on.

    `photos`: of the closed door, of the danger.
    """
    work_order = lock_work(work_order, seen=seen)
    work_order.machine.check("pause", work_order.state, label=work_order.state_label)
    if reason not in PauseReason.values:
        raise Refused(_("A reason is needed."))
    at = moment_of(work_order, at)
    now = at or timezone.now()
    if until is not None and until <= now:
        raise Refused(_("The new time lies in the past."))
    WorkPause.objects.create(
        work_order=work_order,
        stage=open_stage(work_order),
        by=by,
        at=now,
        reason=reason,
        until=until,
        note=note.strip(),
    )
    _keep_photos(work_order, by=by, at=now, pause=photos)
    step(work_order, "pause", by=by, at=at)
    service_request = work_order.service_request
    lead = supervisor_for(service_request.place, department=service_request.department)
    told = (service_request.owner, lead if reason == PauseReason.SAFETY else None)
    tell_work("work.paused", work_order, by=by, at=now, told=told, reason=reason, until=until, note=note.strip())
    return work_order


@transaction.atomic
def resume_work(
    work_order: WorkOrder, *, by: User, on_site: bool = False, at: datetime | None = None, seen: int | None = None
) -> WorkOrder:
    """Go on; `on_site` if the worker never left the place."""
    work_order = lock_work(work_order, seen=seen)
    verb = "resume_on_site" if on_site else "resume"
    work_order.machine.check(verb, work_order.state, label=work_order.state_label)
    check_released(work_order)
    if on_site and work_order.paused_in != WorkState.ON_SITE:
        raise Refused(_("He was not on site before the pause: let him arrive first."))
    now = step(work_order, verb, by=by, at=moment_of(work_order, at))
    tell_work("work.resumed", work_order, by=by, at=now)
    return work_order


@transaction.atomic
def complete_work(
    work_order: WorkOrder,
    *,
    by: User,
    ticks: Mapping[str, bool],
    missing_reason: str = "",
    result: str = "",
    minutes: int | None = None,
    materials: Sequence[Mapping[str, Any]] = (),
    advice: str = "",
    photos_before: Sequence[File] = (),
    photos_after: Sequence[File] = (),
    signature: "File | None" = None,
    check_list: Collection[str] = (),
    meter_reading: str = "",
    evidence_reasons: Mapping[str, str] = MappingProxyType({}),
    check_list_reasons: Mapping[str, str] = MappingProxyType({}),
    at: datetime | None = None,
    seen: int | None = None,
) -> WorkOrder:
    """The job is done: seven ticks or one reason (R-210), what its category asks or a reason for each thing (R-197).

    `evidence_reasons` by the kind of evidence, `check_list_reasons` by the item. Minutes default to those on site.
    Photos belong to the job, as what they show, and to its request. With the customer's signature the work is checked.
    When it was the last unfinished job of a request, the request is resolved.
    """
    work_order = lock_work(work_order, seen=seen)
    work_order.machine.check("complete", work_order.state, label=work_order.state_label)
    made = {tick: bool(ticks.get(tick)) for tick in Tick.values}
    if not all(made.values()) and not missing_reason.strip():
        missing = ", ".join(str(Tick(tick).label) for tick, is_made in made.items() if not is_made)
        raise Refused(_("Not ticked: %(ticks)s. Tick them or give a reason.") % {"ticks": missing})
    shown: dict[str, Any] = {"photos_before": photos_before, "photos_after": photos_after, "signature": signature}
    shown["meter_reading"] = meter_reading.strip()
    rules = work_order.service_request.rules
    given = Given(check_list, {name for name, value in shown.items() if value})
    reasons = Reasons(evidence_reasons, check_list_reasons)
    if missing_things := [str(label) for _name, label in missing_from(rules, given, reasons)]:
        raise Refused(STILL_MISSING % {"things": ", ".join(missing_things)})
    excused = given.excused_by(rules, reasons)
    stage = open_stage(work_order)
    at = moment_of(work_order, at)
    now = at or timezone.now()
    completion = WorkCompletion.objects.create(
        work_order=work_order,
        stage=stage,
        by=by,
        at=now,
        ticks=made,
        check_list={item: item in check_list for item in rules.check_list} if rules else {},
        meter_reading=meter_reading.strip(),
        missing_reason=missing_reason.strip(),
        evidence_reasons=excused.evidence,
        check_list_reasons=excused.check_list,
        result=result.strip(),
        minutes=work_order.stages.minutes_on_site(until=now) if minutes is None else minutes,
        materials=priced_materials(materials, project_id=work_order.service_request.project_id),
        advice=advice.strip(),
    )
    cost = keep_cost(completion, service_request=work_order.service_request, trade=work_order.trade)
    _keep_photos(work_order, by=by, at=now, before=photos_before, after=photos_after)
    step(work_order, "complete", by=by, at=at, stage=stage)
    words = {"result": result.strip()[:200], "advice": advice.strip()[:200], "cost": str(cost.total or "")}
    tell_work("work.completed", work_order, by=by, at=now, told=(work_order.service_request.owner,), **words)
    resolve_when_all_is_done(work_order.service_request, by=by)
    if signature is not None:
        customer = work_order.service_request.caller_name or str(work_order.service_request.party or _("Customer"))
        attach(signature, to=work_order, by=by, label="signature", signed_by=customer)
        work_order = check_work(work_order, by=by, method=CheckMethod.CUSTOMER_SIGNED)
    return work_order


@transaction.atomic
def check_work(
    work_order: WorkOrder, *, by: User | None, method: str, note: str = "", seen: int | None = None
) -> WorkOrder:
    """Finished work is found good: signed by the customer, or looked at by somebody other than the doer."""
    work_order = lock_work(work_order, seen=seen)
    work_order.machine.check("check", work_order.state, label=work_order.state_label)
    if method == CheckMethod.STAFF and work_order.doer_id is not None and by == work_order.doer:
        raise Refused(_("Nobody checks his own work."))
    now = _keep_check(work_order, by=by, passed=True, method=method, note=note)
    step(work_order, "check", by=by)
    tell_work("work.checked", work_order, by=by, at=now, method=method, note=note.strip())
    if work_order.service_request.state == "reported":
        close_if_settled(work_order.service_request, by=by)
    return work_order


@transaction.atomic
def fail_check(work_order: WorkOrder, *, by: User, reason: str, seen: int | None = None) -> WorkOrder:
    """Finished work is not good: the same doer goes again, and the request is back in progress."""
    work_order = lock_work(work_order, seen=seen)
    work_order.machine.check("fail_check", work_order.state, label=work_order.state_label)
    if not reason.strip():
        raise Refused(_("A reason is needed."))
    service_request = work_order.service_request
    if service_request.is_complaint and service_request.state != "handling":
        raise Refused(_("The complaint must be back in handling first."))
    return_work(work_order, by=by, reason=reason, method=CheckMethod.STAFF)
    if service_request.state in ("resolved", "reported"):
        send_back(service_request, by=by, reason=reason)
    return work_order


def return_work(work_order: WorkOrder, *, by: User, reason: str, method: str) -> None:
    now = _keep_check(work_order, by=by, passed=False, method=method, note=reason)
    later = {"planned_from": None, "planned_to": None} if lost_its_slot(work_order) else {}
    step(work_order, "fail_check", by=by, **later)
    tell_work("work.check_failed", work_order, by=by, at=now, told=(work_order.doer,), reason=reason.strip())


def _keep_check(work_order: WorkOrder, *, by: User | None, passed: bool, method: str, note: str) -> datetime:
    """The check as a row of the stage that it ends; returns when it was made."""
    now = timezone.now()
    WorkCheck.objects.create(
        work_order=work_order,
        stage=open_stage(work_order),
        by=by,
        at=now,
        passed=passed,
        method=method,
        note=note.strip(),
    )
    return now


@app.periodic(cron="*/20 * * * *")
@app.task(queueing_lock="check_unchallenged_work")
def check_unchallenged_work_later(timestamp: int) -> None:
    """48 hours after the customer was told the result, work that nobody objected to counts as checked."""
    del timestamp
    told_before = timezone.now() - OBJECTION_TIME
    rows = WorkOrder.objects.waiting_for_check().filter(
        service_request__state="reported",
        service_request__stages__stage="reported",
        service_request__stages__left_at=None,
        service_request__stages__entered_at__lte=told_before,
    )
    for work_order in rows:
        # Somebody may have checked or failed it since the list was read.
        with suppress(Refused):
            check_work(work_order, by=None, method=CheckMethod.TIME_ELAPSED)


def _advance(work_order: WorkOrder, verb: str, event: str, *, by: User, at: datetime | None) -> WorkOrder:
    now = step(work_order, verb, by=by, at=moment_of(work_order, at))
    tell_work(event, work_order, by=by, at=now, doer=work_order.doer_name)
    return work_order


def resolve_when_all_is_done(service_request: ServiceRequest, *, by: User) -> None:
    """After the last job, or the last task of a supporting department: nothing is left to do."""
    # A violation does not end with the work that it made, but by what became of it (E-025).
    if service_request.state != "in_progress" or service_request.is_violation:
        return
    stage = open_stage(service_request)
    if _is_all_done(service_request, since=stage.entered_at):
        now = step(service_request, "resolve", by=by, stage=stage)
        tell("request.resolved", service_request, by=by, at=now)


def _is_all_done(service_request: ServiceRequest, *, since: datetime) -> bool:
    """Worked on since it is in progress this time (what only needs an answer waits for one), and nothing left to do."""
    (is_done,) = short_row("all_is_done", ALL_IS_DONE, ["bigint", "timestamptz"], [service_request.pk, since])
    return bool(is_done)


def _keep_photos(work_order: WorkOrder, *, by: User, at: datetime, **by_label: Sequence[File]) -> None:
    """Of the job, as what they show, and of its request; time, place, number and name are burnt in (E-051)."""
    service_request = work_order.service_request

    def lines(taken_at: datetime | None) -> list[str]:
        clock = timezone.localtime(taken_at or at).strftime("%Y-%m-%d %H:%M")
        return [f"{clock}  {by}", f"{service_request.project} {service_request.where}  {work_order}"]

    for label, photos in by_label.items():
        for photo in photos:
            attach_also(attach_stamped(photo, to=service_request, by=by, lines=lines), to=work_order, label=label)
