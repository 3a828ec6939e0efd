"""Matters on their way, for reports to count."""

from gongying.servicedesk.enums import Tick
from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import (
    accept_work,
    arrive,
    complete_work,
    dispatch_work,
    record_follow_up,
    register_request,
    report_result,
)
from tests.prices import AGREED


def register(cast, **more):
    return register_request(
        by=cast.receptionist,
        **{
            "kind": "repair",
            "text": "厨房水龙头漏水",
            "channel": "phone",
            "unit": cast.unit,
            "party": cast.zhou,
            "category": ServiceCategory.objects.get(code="home-plumbing-tap"),
            **AGREED,
            **more,
        },
    )


def do(cast, request, *, doer=None):
    doer = doer or cast.worker
    job = request.work_orders.unfinished().first()  # of what was sent back he has one already
    if job is None:
        dispatched = dispatch_work(request, by=cast.supervisor, doer=doer, trade_reason="水工都请假")
        job = accept_work(dispatched, by=doer)
    arrive(job, by=doer)
    complete_work(job, by=doer, ticks=dict.fromkeys(Tick.values, True), result="换了阀芯")
    request.refresh_from_db()
    return report_result(request, by=cast.receptionist, channel="phone", words="修好了")


def finish(cast, request, *, score=5, doer=None, qualities=None):
    request = do(cast, request, doer=doer)
    answers = {"solved": score >= 3, "score": score, "qualities": qualities}
    record_follow_up(request, by=cast.receptionist, reached=True, **answers)
    return ServiceRequest.objects.get(pk=request.pk)
