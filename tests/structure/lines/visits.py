from datetime import timedelta
from typing import Any

from django.utils import timezone

from gongying.visits.models import HomeVisit, VisitNeed
from gongying.visits.operations import log_visit, meet_household, miss_household, plan_visit
from tests.structure.url_matrix import Sample, action, api, page

MAKE, VIEW = "visits.make_visits", "visits.view_visits"


def a_visit(sample: Sample) -> HomeVisit:
    """Of somebody who serves the place: the people of the matrix look at it."""
    tomorrow = timezone.now() + timedelta(days=1)
    return plan_visit(sample.unit, by=sample.user, planned_for=tomorrow)


def a_missed_visit(sample: Sample) -> HomeVisit:
    return miss_household(a_visit(sample), by=sample.user)


def a_met_visit(sample: Sample) -> HomeVisit:
    return meet_household(a_visit(sample), by=sample.user)


def a_need(sample: Sample) -> VisitNeed:
    """Heard, but not dispatched."""
    visit = log_visit(sample.unit, by=sample.user, matter="走访", result="满意", persons="本人")
    return VisitNeed.objects.create(visit=visit, text="厨房水管漏水")


def a_plan(sample: Sample) -> dict[str, Any]:
    return {"unit_id": sample.unit.pk, "planned_for": "2029-06-04T15:00:00+08:00"}


def a_log(sample: Sample) -> dict[str, Any]:
    return {"unit_id": sample.unit.pk, "matter": "走访", "result": "满意", "persons": "本人"}


OBJECTS = {
    "home_visit": a_visit,
    "missed_visit": a_missed_visit,
    "met_visit": a_met_visit,
    "visit_need": a_need,
}
VISIT, MISSED, MEETING = {"visit_id": "home_visit"}, {"visit_id": "missed_visit"}, {"visit_id": "met_visit"}
NEED, UNIT = {"need_id": "visit_need"}, {"unit_id": "unit"}
LATER = {"planned_for": "2029-06-05T15:00:00+08:00"}
RECORD = {"matter": "走访", "result": "满意", "persons": "本人"}
ELSEWHERE = {"reason": "of a unit that one sees", "allowed": (200, 201, 409, 422)}
REQUEST = "servicedesk.register_request"

LINES = [
    page("visits:visit-index", needs=VIEW),
    page("visits:route-show", needs=VIEW),
    page("visits:route-paper", needs=VIEW),
    page("visits:coverage-show", needs=VIEW),
    page("visits:household-index", needs=VIEW),
    page("visits:proposal-index", needs=MAKE),
    action("visits:proposal-index", needs=MAKE),
    page("visits:visit-create", needs=MAKE, **UNIT),
    action("visits:visit-create", needs=MAKE, **UNIT),
    page("visits:visit-log", needs=MAKE, **UNIT),
    action("visits:visit-log", needs=MAKE, **UNIT),
    page("visits:unit-panel", needs=VIEW, **UNIT),
    page("visits:visit-show", needs=VIEW, **VISIT),
    action("visits:visit-step", needs=MAKE, verb="=confirm", **VISIT),
    page("visits:visit-ask", needs=MAKE, verb="=move", **VISIT),
    page("visits:visit-ask", needs=MAKE, verb="=cancel", **VISIT),
    action("visits:visit-ask", needs=MAKE, verb="=cancel", **VISIT),
    action("visits:record-create", needs=MAKE, **MEETING),
    action("visits:need-dispatch", needs=MAKE, allowed=(302, 403, 409), **NEED),
    page("visits:need-decline", needs=MAKE, **NEED),
    action("visits:need-decline", needs=MAKE, **NEED),
    api("GET /home-visits", needs=VIEW),
    api("POST /home-visits", needs=MAKE, data=a_plan, **ELSEWHERE),
    api("POST /home-visits/log", needs=MAKE, data=a_log, **ELSEWHERE),
    api("GET /home-visits/{visit_id}", needs=VIEW, **VISIT),
    api("POST /home-visits/{visit_id}/confirmation", needs=MAKE, allowed=(200, 409), **VISIT),
    api("POST /home-visits/{visit_id}/meeting", needs=MAKE, allowed=(200, 409), **VISIT),
    api("POST /home-visits/{visit_id}/absence", needs=MAKE, allowed=(200, 409), **VISIT),
    api("POST /home-visits/{visit_id}/absence-undo", needs=MAKE, allowed=(200, 409), **MISSED),
    api("POST /home-visits/{visit_id}/replanning", needs=MAKE, data=LATER, allowed=(200, 409), **MISSED),
    api("POST /home-visits/{visit_id}/move", needs=MAKE, data=LATER, allowed=(200, 409), **VISIT),
    api("POST /home-visits/{visit_id}/cancellation", needs=MAKE, data={"reason": "搬走"}, allowed=(200, 409), **VISIT),
    api("POST /home-visits/{visit_id}/record", needs=MAKE, data=RECORD, allowed=(200, 409), **MEETING),
    api("POST /home-visits/{visit_id}/closing", needs=MAKE, allowed=(200, 409), **VISIT),
    api("GET /home-visits/{visit_id}/needs", needs=VIEW, **VISIT),
    api("POST /visit-needs/{need_id}/request", needs=MAKE, allowed=(200, 403, 409), **NEED),
    api("POST /visit-needs/{need_id}/refusal", needs=MAKE, data={"words": "不需要"}, allowed=(200, 409), **NEED),
    api("GET /visit-coverage", needs=VIEW),
    api("GET /visit-proposals", needs=MAKE),
]
