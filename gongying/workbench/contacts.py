"""With whom one should have spoken, what customers wrote and nobody answered, and what is looked at together."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.editions import fill_all_from_memory
from gongying.interactions.models import ContactPlan, Letter, SuggestionBox
from gongying.joint_reviews.models import JointReview
from gongying.workbench.look import Look, asked
from gongying.workbench.sections import ROWS, Row, Section


@asked()
def overdue_plans(user: User) -> Any:
    return ContactPlan.objects.visible_to(user).overdue().filter(owner=user.pk).order_by("due_on", "pk").values("pk")


def counterparts(look: Look) -> Section | None:
    """With whom one should have spoken by now; nothing where nobody waits."""
    found = look.read(overdue_plans, lambda: ContactPlan.objects.with_due().select_related("party"))
    fill_all_from_memory(found, "project")
    rows = [
        Row(
            title=str(plan),
            url=reverse("interactions:plan-show", args=[plan.pk]),
            subtitle=str(plan.project),
            tag=_("due on %(day)s") % {"day": plan.due_on},
            is_late=True,
        )
        for plan in found
    ]
    if not rows:
        return None
    url = reverse("interactions:plan-index") + "?whose=mine"
    return Section("counterparts", _("Contacts that are overdue"), "", rows, look.count(overdue_plans), url)


@asked(most=ROWS)
def overdue_boxes(user: User) -> Any:
    return SuggestionBox.objects.visible_to(user).overdue().filter(keeper=user.pk).order_by("due_on", "pk").values("pk")


@asked(most=ROWS)
def overdue_letters(user: User) -> Any:
    return Letter.objects.visible_to(user).overdue().order_by("reply_due_on", "pk")


def boxes(look: Look) -> Section | None:
    """Suggestion boxes that she should have opened, and letters of her places that wait too long (R-111)."""
    overdue = look.read(overdue_boxes, SuggestionBox.objects.with_due)
    fill_all_from_memory(overdue, "project")
    url = reverse("interactions:letter-index")
    rows = [
        Row(
            title=box.name,
            url=url,
            subtitle=str(box.project),
            tag=_("due on %(day)s") % {"day": box.due_on},
            is_late=True,
        )
        for box in overdue
    ] + [
        Row(
            title=letter.interaction.text[:80],
            url=reverse("interactions:interaction-show", args=[letter.interaction_id]),
            subtitle=letter.number,
            tag=_("due on %(day)s") % {"day": letter.reply_due_on},
            is_late=True,
        )
        for letter in look.read(overdue_letters, lambda: Letter.objects.select_related("interaction"))
    ]
    if not rows:
        return None
    return Section("boxes", _("Letters and boxes that wait"), "", rows[:ROWS], url=url)


@asked()
def due_reviews(user: User) -> Any:
    return JointReview.objects.of(user).due().order_by("due_on", "pk")


def reviews_due(look: Look) -> Section | None:
    """Joint reviews that she leads or sits in and that are to be held by now (R-139)."""
    due = look.read(due_reviews, JointReview.objects.all)
    fill_all_from_memory(due, "project")
    rows = [
        Row(
            title=review.counterpart_word,
            url=reverse("joint_reviews:review-show", args=[review.pk]),
            subtitle=f"{review.project} {review.first_day} \u2013 {review.last_day}",
            tag=_("due on %(day)s") % {"day": review.due_on},
            is_late=review.is_late,
        )
        for review in due
    ]
    if not rows:
        return None
    url = reverse("joint_reviews:review-index")
    return Section("joint-reviews", _("Joint reviews due"), "", rows, look.count(due_reviews), url)
