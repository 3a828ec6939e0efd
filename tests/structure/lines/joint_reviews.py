from datetime import timedelta
from typing import Any

from django.utils import timezone

from gongying.joint_reviews.models import JointReview, ReviewDecision
from gongying.joint_reviews.operations import close_review, decide, plan_review
from tests.structure.url_matrix import Sample, api, page

VIEW = "joint_reviews.view_reviews"
HOLD = "joint_reviews.hold_reviews"
# Those who serve the whole project, and whoever leads one.
OF_THE_PROJECT = {"reason": "who serves some buildings does not see what the whole project looks at"}
REVIEW = {"review_id": "joint_review", **OF_THE_PROJECT}
MAYBE = {"allowed": (200, 201, 404, 409, 422)}
DECISION = {"finding": "无人回信", "title": "清箱", "staff_id": 1, "due_on": "2039-12-31"}


def a_review(sample: Sample) -> JointReview:
    """With an earlier one that has decided something."""
    before = _plan(sample, since=29, until=10)
    facts = {"finding": "无人回信", "title": "清箱", "owner": sample.user, "due_on": timezone.localdate()}
    decide(before, by=sample.user, **facts)
    close_review(before, summary="见决议", by=sample.user)
    return _plan(sample, since=9, until=0)


def an_earlier_decision(sample: Sample) -> ReviewDecision:
    return ReviewDecision.objects.get(review__project=sample.get("joint_review").project)


def _plan(sample: Sample, *, since: int, until: int) -> JointReview:
    today = timezone.localdate()
    days = {"first_day": today - timedelta(days=since), "last_day": today - timedelta(days=until), "due_on": today}
    facts = {"project": sample.unit.project, "leader": sample.user, "every_months": 0}
    return plan_review(JointReview(**facts, **days), by=sample.user)


def a_new_review(sample: Sample) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    days = {"first_day": today, "last_day": today, "due_on": today}
    return {
        "project_id": sample.unit.project_id,
        "leader_staff_id": sample.user.staff.pk,
        "counterpart": "owner",
        **days,
    }


OBJECTS = {"joint_review": a_review, "earlier_decision": an_earlier_decision}

LINES = [
    page("joint_reviews:improvement-review", item_id="item", needs="improvements.view_items"),
    page("joint_reviews:review-index", reason="everybody sees those she sits in"),
    page("joint_reviews:review-new", needs=HOLD, **OF_THE_PROJECT, allowed=(200, 404)),
    page("joint_reviews:review-show", seen_with=VIEW, **MAYBE, **REVIEW),
    page("joint_reviews:review-paper", seen_with=VIEW, **MAYBE, **REVIEW),
    page("joint_reviews:review-edit", seen_with=VIEW, needs=HOLD, **MAYBE, **REVIEW),
    page("joint_reviews:review-close", seen_with=VIEW, needs=HOLD, **MAYBE, **REVIEW),
    page("joint_reviews:decision-new", seen_with=VIEW, needs=HOLD, **MAYBE, **REVIEW),
    page("joint_reviews:effect-new", decision_id="earlier_decision", seen_with=VIEW, needs=HOLD, **MAYBE, **REVIEW),
    api("GET /joint-reviews", reason="everybody sees those she sits in"),
    api("POST /joint-reviews", needs=HOLD, data=a_new_review, allowed=(201, 422), **OF_THE_PROJECT),
    api("GET /joint-reviews/{review_id}", seen_with=VIEW, **MAYBE, **REVIEW),
    api("GET /joint-reviews/{review_id}/decisions", seen_with=VIEW, **MAYBE, **REVIEW),
    api(
        "POST /joint-reviews/{review_id}/decisions",
        seen_with=VIEW,
        needs=HOLD,
        data=DECISION,
        **MAYBE,
        **REVIEW,
    ),
    api(
        "POST /joint-reviews/{review_id}/decisions/{decision_id}/effect",
        decision_id="earlier_decision",
        seen_with=VIEW,
        needs=HOLD,
        data={"has_helped": True},
        **MAYBE,
        **REVIEW,
    ),
    api(
        "POST /joint-reviews/{review_id}/minutes",
        seen_with=VIEW,
        needs=HOLD,
        data={"version": 1, "summary": "好"},
        **MAYBE,
        **REVIEW,
    ),
]
