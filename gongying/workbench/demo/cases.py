"""How one matter goes its way: the steps with the time between them, each an operation with its actor."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from functools import partial
from typing import Any

from django.utils import timezone

from gongying.accounts.models import User
from gongying.improvements.models import ImprovementItem
from gongying.servicedesk.enums import CheckMethod, DecisionOutcome, PauseReason, Quality, Tick
from gongying.servicedesk.models import FollowUp, ServiceRequest, WorkOrder
from gongying.servicedesk.operations import (
    accept_request,
    accept_work,
    acknowledge_complaint,
    agree_price,
    answer_request,
    arrive,
    assign_work,
    cancel_request,
    cancel_work,
    check_work,
    complete_work,
    decide_follow_up,
    decline_work,
    establish_facts,
    give_feedback,
    improve_complaint,
    merge_requests,
    pause_work,
    record_follow_up,
    record_measures,
    reject_request,
    report_result,
    resume_work,
    set_out,
    start_answering,
    verify_complaint,
    withdraw_complaint,
)
from gongying.servicedesk.operations.slots import SlotTaken
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read

FULL_WIDTH_COMMA = "\uff0c"

Step = tuple[timedelta, Callable[[], Any]]
WORKERS = {
    "plumbing": "laozhang",
    "electrical": "laozhang",
    "low_voltage": "xiaohe",
    "hvac": "xiaohe",
    "lift": "xiaohe",
}
HAND = "laoliu"
# Chances by which an ordinary matter takes a turn.
CANCELLED, REJECTED, PAUSED, DECLINED, REWORKED, LUKEWARM, UNREACHED = 0.04, 0.02, 0.08, 0.05, 0.05, 0.05, 0.08
LATE_VISITS = 0.1


class Ending(Enum):
    """Where a matter is made to stand today."""

    REGISTERED = auto()
    ACCEPTED = auto()
    ASSIGNED = auto()
    TAKEN = auto()
    EN_ROUTE = auto()
    ON_SITE = auto()
    PAUSED = auto()
    RESOLVED = auto()
    REPORTED = auto()
    REJECTED = auto()
    CANCELLED = auto()
    MERGED = auto()
    WORK_CANCELLED = auto()
    RECEIVED = auto()
    ACKNOWLEDGED = auto()
    VERIFYING = auto()
    HANDLING = auto()
    FEEDBACK_GIVEN = auto()
    FOLLOWING_UP = auto()
    IMPROVING = auto()
    WITHDRAWN = auto()

    def suits(self, matter: dict[str, Any]) -> bool:
        return bool(matter["kind"] == ("complaint" if self in OF_COMPLAINTS else "repair"))


OF_COMPLAINTS = set(list(Ending)[list(Ending).index(Ending.RECEIVED) :])


@dataclass
class Case:
    service_request: ServiceRequest
    matter: dict[str, Any]
    registered_at: datetime
    ending: Ending | None
    desk: User

    @property
    def work(self) -> WorkOrder:
        return self.service_request.work_orders.latest("pk")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def steps_of(case: Case, cast: Cast, chance: random.Random) -> Iterator[Step]:
    if case.ending is not None:
        yield from _to_ending(case, cast)
    elif case.matter["kind"] == "complaint":
        yield from _complaint(case, cast, chance)
    else:
        yield from _ordinary(case, cast, chance)


def _ordinary(case: Case, cast: Cast, chance: random.Random) -> Iterator[Step]:
    """A request that goes its usual way, with the usual mishaps."""
    words, request = read("touches"), case.service_request
    if chance.random() < REJECTED:
        yield minutes(15), partial(reject_request, request, by=cast["lizhuguan"], explanation=words["reject"])
        return
    yield minutes(chance.randint(3, 50)), partial(accept_request, request, by=case.desk)
    if chance.random() < CANCELLED:
        reason = chance.choice(words["cancel"])
        yield minutes(40), partial(cancel_request, request, by=case.desk, asked_by=_caller(request), reason=reason)
        return
    if case.matter["kind"] in ("repair", "service"):
        yield from _work(case, cast, chance)
        if not request.needs_follow_up:
            method = CheckMethod.CUSTOMER_SIGNED
            yield minutes(5), lambda: check_work(case.work, by=request.owner, method=method)
    else:
        yield minutes(chance.randint(5, 60)), partial(start_answering, request, by=request.owner)
        yield (
            minutes(chance.randint(10, 180)),
            partial(answer_request, request, by=request.owner, text=case.matter["answer"]),
        )
    yield minutes(chance.randint(10, 90)), partial(_report, case)
    yield from _follow_up(case, cast, chance)


def _until_the_visit(case: Case, chance: random.Random) -> timedelta:
    """He comes when the customer wished, one time in ten too late; without a wish as soon as he can."""
    wished, taken = case.service_request.window_from, case.work.stages.get(left_at=None).entered_at
    if wished is None:
        return minutes(chance.randint(5, 120))
    lateness = minutes(150 if chance.random() < LATE_VISITS else chance.randint(0, 80))
    return max(wished + lateness - taken, minutes(5))


def _work(case: Case, cast: Cast, chance: random.Random) -> Iterator[Step]:
    words, request = read("touches"), case.service_request
    worker = _worker(request, cast)
    yield minutes(chance.randint(5, 30)), lambda: _assign(case, worker)
    if chance.random() < DECLINED:
        yield minutes(10), lambda: decline_work(case.work, by=worker, reason=words["decline"])
        yield minutes(5), lambda: _assign(case, worker)
    yield minutes(chance.randint(3, 20)), lambda: accept_work(case.work, by=worker)
    yield _until_the_visit(case, chance), lambda: set_out(case.work, by=worker)
    yield minutes(chance.randint(5, 20)), lambda: _arrive(case, worker)
    if chance.random() < PAUSED:
        yield minutes(15), lambda: _pause(case, worker)
        yield timedelta(days=1), lambda: resume_work(case.work, by=worker, on_site=True)
    yield minutes(chance.randint(15, 90)), lambda: _complete(case, worker)


def _arrive(case: Case, worker: User) -> None:
    """What the owner pays is agreed to at the door, before anything is unscrewed."""
    work = WorkOrder.objects.get(pk=case.work.pk)  # the case's own request may be as it was at the desk
    if work.waits_for_price:
        agree_price(work, by=worker, agreed=True, agreed_amount=_price_named(work))
    arrive(work, by=worker)


def _price_named(work: WorkOrder) -> Decimal | None:
    """What the price list says; of the rest what such work usually costs."""
    if work.service_request.category.code in {entry["category"] for entry in read("services")}:
        return None
    prices = read("touches")["prices"]
    return Decimal(prices.get(work.trade, prices["other"]))


def _follow_up(case: Case, cast: Cast, chance: random.Random) -> Iterator[Step]:
    """Asked the next day; some are not at home, a few not content."""
    words, request = read("touches"), case.service_request
    if not request.needs_follow_up:
        return
    if chance.random() < UNREACHED:
        yield timedelta(hours=20), partial(record_follow_up, request, by=case.desk, reached=False)
    if chance.random() < REWORKED and case.matter["kind"] == "repair":
        comment = chance.choice(words["rework"])
        yield timedelta(hours=18), partial(_asked, case, solved=False, score=2, comment=comment)
        worker = _worker(request, cast)
        yield minutes(60), lambda: _arrive(case, worker)
        yield minutes(50), lambda: _complete(case, worker)
        yield minutes(40), partial(_report, case)
    elif chance.random() < LUKEWARM:
        yield timedelta(hours=19), partial(_asked, case, solved=True, score=3, comment=words["lukewarm"])
        yield timedelta(hours=3), partial(_decide, case, cast)
        return
    comment = chance.choice(case.matter["comments"] or [""])
    yield (
        timedelta(hours=chance.randint(14, 26)),
        partial(_asked, case, solved=True, score=chance.choice((4, 5, 5)), comment=comment),
    )


def _complaint(case: Case, cast: Cast, chance: random.Random) -> Iterator[Step]:
    request, owner = case.service_request, case.service_request.owner
    yield minutes(chance.randint(10, 60)), partial(acknowledge_complaint, request, by=owner)
    yield minutes(chance.randint(60, 240)), partial(verify_complaint, request, by=owner)
    yield timedelta(hours=chance.randint(4, 30)), partial(_establish, case)
    yield (
        timedelta(hours=chance.randint(3, 20)),
        partial(record_measures, request, by=owner, text=case.matter["measures"]),
    )
    yield timedelta(hours=chance.randint(1, 20)), partial(_feed_back, case)
    yield (
        timedelta(hours=chance.randint(20, 40)),
        partial(_asked, case, solved=True, score=chance.choice((4, 5)), comment=chance.choice(case.matter["comments"])),
    )
    yield timedelta(hours=chance.randint(4, 48)), partial(_improve, case, cast)


def _to_ending(case: Case, cast: Cast) -> Iterator[Step]:
    """A minute each, up to where the matter is made to stand."""
    one = minutes(1)
    request, end = case.service_request, case.ending
    assert end is not None  # noqa: S101 told apart by the caller
    if end in OF_COMPLAINTS:
        yield from _complaint_to_ending(case, end)
        return
    words, worker = read("touches"), _worker(request, cast)
    if end is Ending.REJECTED:
        yield one, partial(reject_request, request, by=cast["lizhuguan"], explanation=words["reject"])
    if end in (Ending.REGISTERED, Ending.REJECTED):
        return
    yield one, partial(accept_request, request, by=case.desk)
    ended_early: dict[Ending, Callable[[], Any]] = {
        Ending.CANCELLED: partial(
            cancel_request, request, by=case.desk, asked_by=_caller(request), reason=words["cancel"][0]
        ),
        Ending.MERGED: lambda: _merge(case),
        Ending.WORK_CANCELLED: lambda: cancel_work(case.work, by=request.owner, reason=words["cancel_work"]),
    }
    if end in ended_early:
        yield one, ended_early[end]
    elif end is not Ending.ACCEPTED:
        yield from _work_to_ending(case, end, worker)


def _assign(case: Case, worker: User) -> None:
    """For when the customer wishes, else as soon as the worker is free after that."""
    given: dict[str, Any] = {
        "by": case.service_request.owner,
        "doer": worker,
        "trade_reason": read("touches")["other_trade"],
    }
    try:
        assign_work(case.work, **given)
    except SlotTaken as taken:
        assign_work(case.work, **given, plan=taken.free)


def _work_to_ending(case: Case, end: Ending, worker: User) -> Iterator[Step]:
    one, at = minutes(1), list(Ending).index
    yield one, lambda: _assign(case, worker)
    onward: list[Callable[[], Any]] = [
        lambda: accept_work(case.work, by=worker),
        lambda: set_out(case.work, by=worker),
        lambda: _arrive(case, worker),
    ]
    for act in onward[: at(end) - at(Ending.ASSIGNED)]:
        yield one, act
    if end is Ending.PAUSED:
        yield one, lambda: _pause(case, worker)
    elif at(end) > at(Ending.PAUSED):
        yield one, lambda: _complete(case, worker)
        if end is Ending.REPORTED:
            yield one, partial(_report, case)


def _complaint_to_ending(case: Case, end: Ending) -> Iterator[Step]:
    request, owner, one = case.service_request, case.service_request.owner, minutes(1)
    steps: list[Callable[[], Any]] = [
        partial(acknowledge_complaint, request, by=owner),
        partial(verify_complaint, request, by=owner),
        partial(_establish, case),
        partial(_feed_back, case),
        partial(record_follow_up, request, by=owner, reached=False),
        partial(_asked, case, solved=True, score=4, comment=case.matter["comments"][0]),
    ]
    order = list(Ending)
    number = 2 if end is Ending.WITHDRAWN else order.index(end) - order.index(Ending.RECEIVED)
    for act in steps[:number]:
        yield one, act
    if end is Ending.WITHDRAWN:
        reason = read("touches")["withdraw"]
        yield one, partial(withdraw_complaint, request, by=owner, confirmed_with=_caller(request), reason=reason)


def _caller(request: ServiceRequest) -> str:
    return request.caller_name or str(request.party)


def _worker(request: ServiceRequest, cast: Cast) -> User:
    login = WORKERS.get(request.category.trade, HAND)
    # Who serves the compound only takes nothing in the park.
    if request.project.code != "YG" and login == "laozhang":
        login = HAND
    return cast[login]


def _pause(case: Case, worker: User) -> None:
    until = timezone.now() + timedelta(days=1)
    pause_work(case.work, by=worker, reason=PauseReason.PARTS, until=until, note=read("touches")["pause_note"])


def _complete(case: Case, worker: User) -> None:
    words = read("touches")
    at_home = case.service_request.unit is not None
    used = [piece.partition(" ") for piece in case.matter["materials"].split(FULL_WIDTH_COMMA) if piece]
    materials = [{"name": name, "quantity": quantity} for name, _space, quantity in used]
    complete_work(
        case.work,
        by=worker,
        ticks=dict.fromkeys(Tick.values, at_home),
        missing_reason="" if at_home else words["missing_ticks"],
        result=case.matter["answer"],
        materials=materials,
        advice=words["advice"],
    )


def _report(case: Case) -> None:
    report_result(case.service_request, by=case.service_request.owner, channel="phone", words=case.matter["told"])


def _asked(case: Case, *, solved: bool, score: int, comment: str) -> None:
    # The desk asks for marks of their own at every third call or so.
    chance = random.Random(case.service_request.number)  # noqa: S311 - a story, no secret
    marks = [max(1, min(5, score + chance.choice((-1, 0, 0, 1)))) for _quality in Quality]
    qualities = dict(zip(Quality.values, marks, strict=True)) if chance.random() < 1 / 3 else None
    answer: dict[str, Any] = {"solved": solved, "score": score, "comment": comment, "qualities": qualities}
    record_follow_up(case.service_request, by=case.desk, reached=True, **answer)


def _decide(case: Case, cast: Cast) -> None:
    asked = FollowUp.objects.filter(service_request=case.service_request).latest("pk")
    reason = read("touches")["accepted_reason"]
    decide_follow_up(asked, by=cast["lizhuguan"], outcome=DecisionOutcome.ACCEPTED, reason=reason)


def _merge(case: Case) -> None:
    request = case.service_request
    same = ServiceRequest.objects.filter(project=request.project, kind=request.kind, state="in_progress")
    merge_requests(request, into=same.latest("entered_at"), by=case.desk)


def _establish(case: Case) -> None:
    matter = case.matter
    establish_facts(
        case.service_request,
        by=case.service_request.owner,
        facts=matter["facts"],
        severity=matter["severity"],
        is_attributable=matter["attributable"],
        attribution_reason=matter["facts"],
    )


def _feed_back(case: Case) -> None:
    give_feedback(case.service_request, by=case.service_request.owner, channel="phone", words=case.matter["told"])


def _improve(case: Case, cast: Cast) -> None:
    matter = case.matter
    title, due_on = matter.get("item", ""), timezone.localdate() + timedelta(days=30)
    is_new = bool(title) and not ImprovementItem.objects.filter(title=title).exists()
    already = read("touches")["improving_already"].format(item=title)
    improve_complaint(
        case.service_request,
        by=case.service_request.owner,
        cause_code=matter["cause"],
        root_cause=matter["root"],
        item={"title": title, "owner": cast["zhoujingli"], "due_on": due_on} if is_new else None,
        no_improvement_reason="" if is_new else matter.get("none", already),
    )
