"""Contacts of a period looked at together, what is decided, and whether it helped."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.events.operations import record_event
from gongying.improvements.operations import open_item
from gongying.joint_reviews.enums import Figure
from gongying.joint_reviews.figures import count, judged
from gongying.joint_reviews.models import DecisionEffect, JointReview, ReviewDecision
from gongying.notifications.operations import notify


@transaction.atomic
def plan_review(review: JointReview, *, by: User, colleagues: Iterable[User] = ()) -> JointReview:
    """A new one: of whom, of which days, when one meets, who leads. Who is to come is told."""
    with refusing({"joint_review_one_open": _("There is an open review of these contacts already.")}):
        review.save()
    review.colleagues.set(user for user in colleagues if user.pk != review.leader_id)
    _tell("planned", review, by=by)
    return review


@transaction.atomic
def change_review(
    review: JointReview, *, by: User, colleagues: Iterable[User] = (), seen: int | None = None
) -> JointReview:
    _lock(review)
    review.advance_version(seen=seen)
    with refusing({"joint_review_one_open": _("There is an open review of these contacts already.")}):
        review.save()
    review.colleagues.set(user for user in colleagues if user.pk != review.leader_id)
    _tell("changed", review, by=by)
    return review


@transaction.atomic
def decide(
    review: JointReview, *, by: User, finding: str, title: str, owner: User, due_on: date, figure: str = ""
) -> ReviewDecision:
    """What was found, and what is changed because of it: an improvement item with somebody in charge and a day (R-141)."""
    review = _lock(review)
    if figure and figure not in Figure.values:
        raise Refused(_("This figure is not counted."))
    item = open_item(by=by, about=review, title=title, root_cause=finding, owner=owner, due_on=due_on)
    decision = ReviewDecision.objects.create(review=review, item=item, figure=figure)
    record_event("review.decided", by=by, subjects=[review, item], title=item.title, owner=str(owner), due_on=due_on)
    return decision


@transaction.atomic
def judge_effect(
    decision: ReviewDecision, *, review: JointReview, has_helped: bool, by: User, word: str = ""
) -> DecisionEffect:
    """Whether an earlier decision has helped, seen from a later review; the figure then and now is kept with it."""
    review = _lock(review)
    decision = ReviewDecision.objects.select_related("review", "item").get(pk=decision.pk)
    if not JointReview.objects.before(review).filter(pk=decision.review_id).exists():
        raise Refused(_("This was not decided in a review before this one."))
    seen = judged(decision, count(review))
    with refusing({"joint_reviews_decisioneffect_decision_id_key": _("Its effect is judged already.")}):
        effect = DecisionEffect.objects.create(
            decision=decision,
            review=review,
            has_helped=has_helped,
            before=seen.before,
            after=seen.after,
            word=word.strip(),
            by=by,
        )
    record_event(
        "review.judged",
        by=by,
        subjects=[review, decision.item],
        title=decision.item.title,
        has_helped=has_helped,
        before=seen.before,
        after=seen.after,
    )
    return effect


@transaction.atomic
def close_review(
    review: JointReview, *, summary: str, by: User, others: str = "", seen: int | None = None
) -> JointReview:
    """The minutes and the figures stay as they are now. A regular review opens the next one."""
    review = _lock(review)
    review.check_version(seen=seen)
    if not summary.strip():
        raise Refused(_("The minutes are missing."))
    if review.last_day > timezone.localdate():
        raise Refused(_("Its days are not over yet: it can be closed from %(day)s on.") % {"day": review.last_day})
    review.figures = count(review)
    review.summary, review.others = summary.strip(), others.strip()
    review.closed_by, review.closed_at = by, timezone.now()
    review.version += 1
    review.save()
    _tell("closed", review, by=by, decisions=review.decisions.count())
    if review.every_months:
        _open_next(review, by=by)
    return review


@transaction.atomic
def pass_on_review(review: JointReview, *, to: User, by: User, note: str = "") -> JointReview:
    """Somebody else leads it."""
    review = _lock(review)
    if review.leader == to:
        raise Refused(_("%(name)s is in charge already.") % {"name": to})
    before, review.leader = str(review.leader), to
    review.version += 1
    review.save(update_fields=["leader", "version"])
    review.colleagues.remove(to)
    _tell("passed_on", review, by=by, before=before, to=str(to), note=note.strip())
    return review


def _open_next(review: JointReview, *, by: User) -> JointReview:
    first, last, due_on = review.next_period()
    following = JointReview(
        project_id=review.project_id,
        counterpart=review.counterpart,
        first_day=first,
        last_day=last,
        due_on=due_on,
        every_months=review.every_months,
        leader=review.leader,
    )
    return plan_review(following, by=by, colleagues=review.colleagues.all())


def _lock(review: JointReview) -> JointReview:
    locked: JointReview = (
        JointReview.objects.select_for_update(of=("self",), no_key=True).select_related("leader").get(pk=review.pk)
    )
    if locked.is_closed:
        raise Refused(_("This review is closed: its minutes stay."), current=locked.present_state())
    return locked


def _tell(verb: str, review: JointReview, *, by: User, **details: Any) -> None:
    """Whoever leads it or is to come hears of it."""
    event = record_event(f"review.{verb}", by=by, subjects=[review], name=str(review), due_on=review.due_on, **details)
    notify(event, to=[review.leader, *review.colleagues.all()], about=review)
