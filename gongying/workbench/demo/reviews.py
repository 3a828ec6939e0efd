"""Contacts looked at together, month by month: what was decided, and what came of it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.clock import clock_at
from gongying.estates.models import Project
from gongying.improvements.models import ImprovementItem
from gongying.improvements.operations import finish_item
from gongying.joint_reviews.models import JointReview
from gongying.joint_reviews.operations import close_review, decide, judge_effect, plan_review
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read

MEETS_AFTER = timedelta(days=3)
TERM = timedelta(days=14)
AFTERNOON = time(15, 0)


def look_back_together(cast: Cast, *, now: datetime) -> None:
    """The month before last and, as soon as its meeting day is past, last month; the one after it waits."""
    told = read("reviews")["reviews"]
    project, today = cast.projects[told["project"]], timezone.localdate(now)
    first_day = today.replace(day=1) - relativedelta(months=2)
    review = _plan(told, cast, project, first_day)
    _hold(review, told["first"], cast, told["leader"])
    following = JointReview.objects.open().get(project=project, counterpart="")
    if _met_at(following) < now:
        _hold(following, told["second"], cast, told["leader"])
    extra = told["extra"]
    _plan(extra, cast, project, today.replace(day=1) - relativedelta(months=1), counterpart=extra["counterpart"])


def _plan(told: Mapping[str, Any], cast: Cast, project: Project, first_day: date, **more: Any) -> JointReview:
    last_day = first_day + relativedelta(months=1) - timedelta(days=1)
    review = JointReview(
        project=project,
        first_day=first_day,
        last_day=last_day,
        due_on=last_day + MEETS_AFTER,
        leader=cast[told["leader"]],
        **more,
    )
    with clock_at(_at(last_day)):
        return plan_review(review, by=review.leader, colleagues=[cast[login] for login in told["colleagues"]])


def _hold(review: JointReview, said: Mapping[str, Any], cast: Cast, leader: str) -> None:
    by = cast[leader]
    with clock_at(_met_at(review)):
        if "helped" in said and review.previous is not None:
            finished = review.previous.decisions.exclude(item__effect="").earliest("pk")
            judge_effect(finished, review=review, has_helped=True, by=by, word=said["helped"])
        decided = [_decide(review, entry, cast, by=by) for entry in said["decisions"]]
        close_review(review, summary=said["summary"], others=said.get("others", ""), by=by)
    with clock_at(_met_at(review) + TERM):
        for item, effect in decided:
            if effect:
                finish_item(item, by=item.owner, effect=effect)


def _decide(review: JointReview, entry: Mapping[str, Any], cast: Cast, *, by: User) -> tuple[ImprovementItem, str]:
    facts = {name: entry[name] for name in ("finding", "title", "figure")}
    due_on = timezone.localdate() + TERM
    decision = decide(review, by=by, owner=cast[entry["owner"]], due_on=due_on, **facts)
    return decision.item, entry.get("effect", "")


def _met_at(review: JointReview) -> datetime:
    return _at(review.due_on)


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, AFTERNOON))
