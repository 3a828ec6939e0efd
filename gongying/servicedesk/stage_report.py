"""How far a running service is, how long it still takes, and how this customer found the last ones (R-193)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from django.db.models import Min, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.templatetags.formats import span
from gongying.servicedesk.clock_page import sentence_of
from gongying.servicedesk.enums import Metric
from gongying.servicedesk.models import DoorRating, FollowUp, ServiceClock, ServiceRequest, WorkCompletion
from gongying.servicedesk.policy_choice import fill_policies

MOST_RATINGS: Final = 5
# What is like it: the same kind and category in the project, settled within half a year; fewer say nothing.
LIKE_IT_WITHIN: Final = timedelta(days=180)
FEWEST_LIKE_IT: Final = 3
SETTLED_IN: Final = ("resolved", "feedback_given")


@dataclass(frozen=True)
class TimeLeft:
    """In words, and as what it is computed from: the due moment of the clock, or the median of similar ones."""

    words: str
    due_at: datetime | None = None
    usual: timedelta | None = None
    similar: int = 0


@dataclass(frozen=True)
class PastService:
    """An earlier service and its last score: of the follow-up, else at the door."""

    service_request: ServiceRequest
    score: int
    comment: str
    at: datetime


def time_left(service_request: ServiceRequest) -> TimeLeft:
    if not service_request.is_open:
        return TimeLeft(_("It is finished."))
    clock = service_request.clocks.of_metric(Metric.RESOLUTION).filter(ended_at=None, met_at=None).first()
    return _by_clock(clock, service_request) if clock else _by_similar(service_request)


def result_of(service_request: ServiceRequest) -> str:
    """What was answered, else what the last job came to."""
    answer = service_request.answers.last()
    if answer is not None:
        return answer.text
    done = WorkCompletion.objects.filter(work_order__service_request=service_request).order_by("pk").last()
    return done.result if done else ""


def past_services(service_request: ServiceRequest, user: User) -> list[PastService]:
    """The last five rated services of this customer, without one of its unit, that the reader may see; the newest first."""
    rows = ServiceRequest.objects.visible_to(user).exclude(pk=service_request.pk).order_by("-entered_at", "-pk")
    if service_request.party_id:
        rows = rows.filter(party=service_request.party_id)
    elif service_request.unit_id:
        rows = rows.filter(unit=service_request.unit_id)
    else:
        return []
    asked = FollowUp.objects.filter(service_request=OuterRef("pk"), reached=True).order_by("-pk")
    rated = DoorRating.objects.filter(work_order__service_request=OuterRef("pk")).order_by("-pk")
    rows = rows.annotate(asked=Subquery(asked.values("pk")[:1]), rated=Subquery(rated.values("pk")[:1]))
    found = list(rows.exclude(asked=None, rated=None).select_related("category")[:MOST_RATINGS])
    answers = FollowUp.objects.in_bulk([row.asked for row in found if row.asked])
    ratings = DoorRating.objects.in_bulk([row.rated for row in found if row.rated])
    return [_past(row, answers.get(row.asked), ratings.get(row.rated)) for row in found]


def _past(row: ServiceRequest, answer: FollowUp | None, rating: DoorRating | None) -> PastService:
    if answer is not None:
        return PastService(row, answer.score or 0, answer.comment, answer.at)
    assert rating is not None  # noqa: S101 the query took only rows with one of the two
    return PastService(row, rating.score, rating.words, rating.at)


def _by_clock(clock: ServiceClock, service_request: ServiceRequest) -> TimeLeft:
    fill_policies([clock])
    sentence = sentence_of(clock, service_request)
    if clock.is_paused:
        return TimeLeft(_("It stands still: %(sentence)s") % {"sentence": sentence}, clock.due_at)
    left = clock.due_at - timezone.now()
    words = _("%(time)s left; %(sentence)s") if left > timedelta() else _("%(time)s late; %(sentence)s")
    return TimeLeft(words % {"time": span(abs(left)), "sentence": sentence}, clock.due_at)


def _by_similar(service_request: ServiceRequest) -> TimeLeft:
    spans = _spans_of_similar(service_request)
    if len(spans) < FEWEST_LIKE_IT:
        return TimeLeft(_("No time was promised, and too few like it to tell."), similar=len(spans))
    usual = timedelta(seconds=median(one.total_seconds() for one in spans))
    left = service_request.entered_at + usual - timezone.now()
    facts = {"n": len(spans), "usual": span(usual), "time": span(abs(left))}
    words = (
        _("About %(time)s left: the median of %(n)s like it is %(usual)s.")
        if left > timedelta()
        else _("%(time)s longer than usual: the median of %(n)s like it is %(usual)s.")
    )
    return TimeLeft(words % facts, usual=usual, similar=len(spans))


def _spans_of_similar(service_request: ServiceRequest) -> list[timedelta]:
    """From the entry to the first time it was settled."""
    rows = ServiceRequest.objects.filter(
        project=service_request.project_id,
        category=service_request.category_id,
        kind=service_request.kind,
        entered_at__gte=timezone.now() - LIKE_IT_WITHIN,
        stages__stage__in=SETTLED_IN,
    )
    times = rows.exclude(pk=service_request.pk).order_by().values("pk", "entered_at")
    return [row["settled_at"] - row["entered_at"] for row in times.annotate(settled_at=Min("stages__entered_at"))]
