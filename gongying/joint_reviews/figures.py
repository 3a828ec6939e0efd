"""What is counted of the period of a review, and what in it waits or went wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Model, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.interactions.enums import AnswerKind, Direction
from gongying.interactions.models import ContactPlan, Interaction, Promise
from gongying.joint_reviews.enums import Figure
from gongying.joint_reviews.models import JointReview, ReviewDecision
from gongying.servicedesk.enums import OPEN_STATES
from gongying.servicedesk.models import ServiceRequest

MOST = 20
NOT_CLOSED = Q(state__in=OPEN_STATES)
NOT_ANSWERED = Q(direction=Direction.INBOUND, answer=AnswerKind.NONE)


def figures_of(review: JointReview) -> dict[str, int]:
    """As they stand now, or as they stood when the review was closed."""
    return review.figures if review.figures is not None else count(review)


def count(review: JointReview) -> dict[str, int]:
    contacts, promises, complaints, plans = _contacts(review), _promises(review), _complaints(review), _plans(review)
    now = timezone.now()
    late = Q(keeping__at__gt=F("due_at")) | Q(keeping=None, due_at__lt=now)
    of_contacts = contacts.aggregate(
        **{Figure.CONTACTS: Count("pk"), Figure.UNANSWERED: Count("pk", filter=NOT_ANSWERED),
           Figure.REPEATS: Count("pk", filter=Q(repeat_of__isnull=False))}
    )  # fmt: skip
    of_promises = promises.aggregate(
        **{Figure.PROMISES_KEPT: Count("pk", filter=Q(keeping__at__lte=F("due_at"))),
           Figure.PROMISES_BROKEN: Count("pk", filter=late)}
    )  # fmt: skip
    of_complaints = complaints.aggregate(
        **{Figure.COMPLAINTS: Count("pk"), Figure.COMPLAINTS_OPEN: Count("pk", filter=NOT_CLOSED)}
    )
    counted = {
        **of_contacts,
        Figure.SETTLED: contacts.resolved_at_first_contact().count(),
        **of_promises,
        Figure.PLANS_KEPT: plans.filter(last_at__gte=_start(review)).count(),
        Figure.PLANS_OVERDUE: plans.filter(due_on__lt=_as_of(review)).count(),
        **of_complaints,
    }
    return {figure.value: counted[figure] for figure in Figure}


@dataclass(frozen=True)
class Group:
    """Rows of one kind that wait or went wrong, each with where it is seen."""

    label: str | LazyText
    rows: list[tuple[str, str, str]]  # what, where it is seen, when


def waiting_in(review: JointReview, *, user: User) -> list[Group]:
    """What nobody has answered, what was promised and not kept, whom nobody spoke with: as far as `user` sees it (R-139)."""
    late = _promises(review).visible_to(user).overdue()
    groups = [
        (_("Contacts not answered"), _contacts(review).visible_to(user).filter(NOT_ANSWERED), "occurred_at",
         "interactions:interaction-show"),
        (_("Promises not kept"), late, "due_at", "interactions:promise-show"),
        (_("Contact plans overdue"), _plans(review).visible_to(user).filter(due_on__lt=_as_of(review)), "due_on",
         "interactions:plan-show"),
        (_("Complaints not closed"), _complaints(review).visible_to(user).open(), "entered_at",
         "servicedesk:request-show"),
    ]  # fmt: skip
    made = [
        Group(label, list(_lines(rows.order_by(when, "pk")[:MOST], when, url))) for label, rows, when, url in groups
    ]
    return [group for group in made if group.rows]


@dataclass(frozen=True)
class Judged:
    """An earlier decision beside its figure, then and now."""

    decision: ReviewDecision
    before: int | None
    after: int | None

    @property
    def seems_to_help(self) -> bool | None:
        return self.decision.moved(self.before, self.after)


def earlier_decisions(review: JointReview) -> list[Judged]:
    """Those of the review before it, and of earlier ones whose effect was open when it began."""
    previous = review.previous
    if previous is None:
        return []
    rows = ReviewDecision.objects.filter(review__in=JointReview.objects.before(review).order_by().values("pk"))
    rows = rows.select_related("item__owner", "review", "effect__by")
    rows = rows.filter(Q(effect=None) | Q(effect__review=review) | Q(review=previous))
    now = figures_of(review)
    return [judged(decision, now) for decision in rows.order_by("-review__last_day", "id")[:MOST]]


def judged(decision: ReviewDecision, now: dict[str, int]) -> Judged:
    effect = getattr(decision, "effect", None)
    if effect is not None:
        return Judged(decision, effect.before, effect.after)
    return Judged(decision, (decision.review.figures or {}).get(decision.figure), now.get(decision.figure))


def _contacts(review: JointReview) -> Any:
    return _of_kind(Interaction.objects.filter(**_during(review, "occurred_at")), review, "counterpart")


def _promises(review: JointReview) -> Any:
    return _of_kind(Promise.objects.filter(**_during(review, "due_at")), review, "interaction__counterpart")


def _complaints(review: JointReview) -> Any:
    rows = ServiceRequest.objects.complaints().filter(**_during(review, "entered_at"))
    return _of_kind(rows, review, "interaction__counterpart")


def _plans(review: JointReview) -> Any:
    return _of_kind(ContactPlan.objects.in_force().with_due().filter(project=review.project_id), review, "kind")


def _of_kind(rows: Any, review: JointReview, field: str) -> Any:
    return rows.filter(**{field: review.counterpart}) if review.counterpart else rows


def _during(review: JointReview, field: str) -> dict[str, Any]:
    end = _at(review.last_day + timedelta(days=1))
    return {"project": review.project_id, f"{field}__gte": _start(review), f"{field}__lt": end}


def _start(review: JointReview) -> datetime:
    return _at(review.first_day)


def _as_of(review: JointReview) -> Any:
    return min(review.last_day, timezone.localdate())


def _at(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _lines(rows: Any, when: str, url_name: str) -> Iterator[tuple[str, str, str]]:
    for row in rows:
        moment = getattr(row, when)
        day = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
        yield _words(row), reverse(url_name, args=[row.pk]), f"{day:%Y-%m-%d}"


def _words(row: Model) -> str:
    return f"{row.number} {row.text[:80]}" if isinstance(row, ServiceRequest) else str(row)
