"""With whom one should have spoken, what customers wrote and nobody answered, and what is looked at together."""

from django.urls import reverse
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.paging import bounded_count
from gongying.interactions.models import ContactPlan, Letter, SuggestionBox
from gongying.joint_reviews.models import JointReview
from gongying.workbench.sections import ROWS, Row, Section


def counterparts(user: User) -> Section | None:
    """With whom one should have spoken by now; nothing where nobody waits."""
    late = ContactPlan.objects.visible_to(user).overdue().filter(owner=user)
    rows = [
        Row(
            title=str(plan),
            url=reverse("interactions:plan-show", args=[plan.pk]),
            subtitle=str(plan.project),
            tag=_("due on %(day)s") % {"day": plan.due_on},
            is_late=True,
        )
        for plan in late.select_related("project", "party").order_by("due_on", "pk")[:ROWS]
    ]
    if not rows:
        return None
    url = reverse("interactions:plan-index") + "?whose=mine"
    return Section("counterparts", _("Contacts that are overdue"), "", rows, bounded_count(late), url)


def boxes(user: User) -> Section | None:
    """Suggestion boxes that she should have opened, and letters of her places that wait too long (R-111)."""
    overdue = SuggestionBox.objects.visible_to(user).overdue().filter(keeper=user)
    unanswered = Letter.objects.visible_to(user).overdue()
    url = reverse("interactions:letter-index")
    rows = [
        Row(
            title=box.name,
            url=url,
            subtitle=str(box.project),
            tag=_("due on %(day)s") % {"day": box.due_on},
            is_late=True,
        )
        for box in overdue.select_related("project").order_by("due_on", "pk")[:ROWS]
    ] + [
        Row(
            title=letter.interaction.text[:80],
            url=reverse("interactions:interaction-show", args=[letter.interaction_id]),
            subtitle=letter.number,
            tag=_("due on %(day)s") % {"day": letter.reply_due_on},
            is_late=True,
        )
        for letter in unanswered.select_related("interaction").order_by("reply_due_on", "pk")[:ROWS]
    ]
    if not rows:
        return None
    return Section("boxes", _("Letters and boxes that wait"), "", rows[:ROWS], url=url)


def reviews_due(user: User) -> Section | None:
    """Joint reviews that she leads or sits in and that are to be held by now (R-139)."""
    due = JointReview.objects.of(user).due()
    rows = [
        Row(
            title=review.counterpart_word,
            url=reverse("joint_reviews:review-show", args=[review.pk]),
            subtitle=f"{review.project} {review.first_day} \u2013 {review.last_day}",
            tag=_("due on %(day)s") % {"day": review.due_on},
            is_late=review.is_late,
        )
        for review in due.select_related("project").order_by("due_on", "pk")[:ROWS]
    ]
    if not rows:
        return None
    url = reverse("joint_reviews:review-index")
    return Section("joint-reviews", _("Joint reviews due"), "", rows, bounded_count(due), url)
