"""The figures of a service centre (standards 2.2), each as two conditions on requests: what is counted, out of what.

A number and the rows behind it come from the same conditions, so that they cannot disagree. All figures speak of the requests
that were *entered* in the period (of what came in, how much was …) or, for what was promised, of those that fell *due* in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial, reduce
from operator import and_
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.servicedesk.enums import ComplaintState, Metric, RequestKind
from gongying.servicedesk.models import (
    ComplaintDetails,
    FollowUp,
    Reopening,
    ServiceClock,
    ServiceRequest,
    StageEntry,
    WorkOrder,
    WorkStage,
)
from gongying.servicedesk.models.evidence import CONTENT_SCORE

# The same trouble at the same unit within so many days counts as not repaired.
REPEAT_WITHIN = timedelta(days=30)
# A complaining customer is won back within so many days, or not (standards 2.2).
RECOVERED_WITHIN = timedelta(days=90)
# Entered twice, or not to be done: no second failure of the first.
NO_MATTER_OF_ITS_OWN = ("merged", "cancelled", "rejected", "withdrawn")
DONE = ("resolved", "feedback_given")
TOLD = ("reported", "feedback_given")


@dataclass(frozen=True)
class Stretch:
    """Between which keys the requests in question lie.

    What hangs on them (clocks, stages, answers) is then read once, side by side. Without it the database looks it up request by
    request, or reads all that there ever was.
    """

    first: int
    last: int
    since: datetime  # when the first and the last of them were entered
    until: datetime
    number: int

    @classmethod
    def of(cls, requests: QuerySet[ServiceRequest]) -> "Stretch | None":
        # Asked for the outermost keys alone, the database looks for them along all keys there are. Counting too, it does not.
        keys, times = (Min("pk"), Max("pk")), (Min("entered_at"), Max("entered_at"))
        found: list[Any] = list(requests.order_by().aggregate(*keys, *times, Count("pk")).values())
        return cls(*found) if found[-1] else None


Condition = Callable[[Stretch | None], Q]


@dataclass(frozen=True)
class Measure:
    """`counted` out of `base`: of a request all conditions of `base` hold, and of those counted all of `counted` too."""

    key: str
    label: str | Promise
    formula: str | Promise
    counted: tuple[Condition, ...] = ()
    base: tuple[Condition, ...] = ()
    is_share: bool = True

    def conditions(self, part: str) -> tuple[Condition, ...]:
        """Of `counted` (always within the base) or of `base`."""
        return self.base if part == "base" else self.base + self.counted

    def condition(self, part: str) -> Q:
        return reduce(and_, (condition(None) for condition in self.conditions(part)), Q())


def _hanging(
    model: type[Model], stretch: Stretch | None, request: str = "service_request", *, of: str = "pk"
) -> QuerySet[Any]:
    """The rows of `model` that hang on a request, by the foreign keys `request`; which one, the row outside says by `of`."""
    rows = model._default_manager.filter(**{request: OuterRef(of)})
    return rows.filter(**{f"{request}__gte": stretch.first, f"{request}__lte": stretch.last}) if stretch else rows


def _entered_stage(stretch: Stretch | None, *stages: str) -> Q:
    return Q(Exists(_hanging(StageEntry, stretch).filter(stage__in=stages)))


def _clocks(metric: str, stretch: Stretch | None) -> QuerySet[ServiceClock]:
    """Promises that were kept or should have been by now; what nobody waits for any more is not among them."""
    owed = Q(met_at__isnull=False) | Q(due_at__lte=timezone.now())
    return _hanging(ServiceClock, stretch).filter(owed, metric=metric, ended_at=None)


def was_due(metric: str, stretch: Stretch | None) -> Q:
    return Q(Exists(_clocks(metric, stretch)))


def was_in_time(metric: str, stretch: Stretch | None) -> Q:
    """Every time it was promised; what is overdue and still open is late (standards 2.2)."""
    return ~Q(Exists(_clocks(metric, stretch).filter(Q(met_at=None) | Q(met_at__gt=F("due_at")))))


def is_closed(_stretch: Stretch | None) -> Q:
    return Q(state="closed")


def is_done(stretch: Stretch | None) -> Q:
    return _entered_stage(stretch, *DONE)


def came_back(stretch: Stretch | None) -> Q:
    """Sent back, opened again, or reported once more for the same unit, kind and category within 30 days."""
    again = ServiceRequest.objects.filter(
        unit=OuterRef("unit"),
        category=OuterRef("category"),
        kind=OuterRef("kind"),
        entered_at__gt=OuterRef("entered_at"),
        entered_at__lte=OuterRef("entered_at") + REPEAT_WITHIN,
    ).exclude(state__in=NO_MATTER_OF_ITS_OWN)
    was_again = Exists(again)
    if stretch:
        # Few units call twice: only for their requests a later one is looked for.
        entered = ServiceRequest.objects.filter(entered_at__range=(stretch.since, stretch.until + REPEAT_WITHIN))
        calls = entered.values("unit").annotate(number=Count("*"))
        twice = entered.filter(unit__in=calls.filter(number__gt=1).values("unit"))
        was_again = Exists(twice.filter(Exists(again), pk=OuterRef("pk")))
    return Q(rework_count__gt=0) | Q(was_again) | Q(Exists(_hanging(Reopening, stretch)))


def was_to_be_followed_up(stretch: Stretch | None) -> Q:
    """It needs a follow-up, and its reporter was told the result."""
    return Q(needs_follow_up=True) & _entered_stage(stretch, *TOLD)


def _follow_up(stretch: Stretch | None, **conditions: object) -> Q:
    return Q(Exists(_hanging(FollowUp, stretch).filter(**conditions)))


def was_followed_up(stretch: Stretch | None) -> Q:
    return _follow_up(stretch)


def was_reached(stretch: Stretch | None) -> Q:
    return _follow_up(stretch, reached=True)


def is_content(stretch: Stretch | None) -> Q:
    """The last answer counts: solved, and four or five points."""
    later = _hanging(FollowUp, stretch, of="service_request").filter(reached=True, pk__gt=OuterRef("pk"))
    last = _hanging(FollowUp, stretch).filter(~Exists(later), reached=True)
    return Q(Exists(last.filter(solved=True, score__gte=CONTENT_SCORE)))


def was_unhappy(stretch: Stretch | None) -> Q:
    """Complained and did not withdraw it, or said in a follow-up: not solved, or fewer than four points."""
    complained = Q(kind=RequestKind.COMPLAINT) & ~Q(state=ComplaintState.WITHDRAWN)
    said_so = Q(solved=False) | Q(score__lt=CONTENT_SCORE)
    return complained | Q(Exists(_hanging(FollowUp, stretch).filter(said_so, reached=True)))


def was_asked_in_time(stretch: Stretch | None) -> Q:
    """With `is_content`: content when asked the next time, within 90 days of the entry (standards 2.2, R-067).

    Recovery rate = unhappy customers who are content at the last ÷ unhappy customers. Whoever was unhappy and is content
    at the last was asked once more since; who was not asked again, or not reached, counts as not won back.
    """
    late = _hanging(FollowUp, stretch).filter(at__gt=F("service_request__entered_at") + RECOVERED_WITHIN)
    if stretch:
        # Said twice: so that for nearly none of them its request is looked up.
        late = late.filter(at__gt=stretch.since + RECOVERED_WITHIN)
    return ~Q(Exists(late.filter(reached=True)))


def _arrivals(stretch: Stretch | None) -> QuerySet[WorkStage]:
    return _hanging(WorkStage, stretch, "work_order__service_request").filter(stage="on_site")


def was_visited_with_a_wish(stretch: Stretch | None) -> Q:
    """A time was wished, and somebody arrived."""
    return Q(window_from__isnull=False) & Q(Exists(_arrivals(stretch)))


def kept_appointment(stretch: Stretch | None) -> Q:
    """The first arrival lies in the wished window."""
    since, until = F("work_order__service_request__window_from"), F("work_order__service_request__window_to")
    within = _arrivals(stretch).filter(entered_at__gte=since, entered_at__lte=until)
    before = _arrivals(stretch).filter(entered_at__lt=since)
    return Q(window_from__isnull=False) & Q(Exists(within)) & ~Q(Exists(before))


def is_repair(_stretch: Stretch | None) -> Q:
    return Q(kind=RequestKind.REPAIR)


def repair_brought_a_complaint(stretch: Stretch | None) -> Q:
    """A complaint names one of its jobs (R-212)."""
    return Q(kind=RequestKind.REPAIR) & Q(Exists(_hanging(WorkOrder, stretch).filter(complaints__isnull=False)))


def _complaint(stretch: Stretch | None, **conditions: object) -> Q:
    return Q(kind=RequestKind.COMPLAINT) & Q(Exists(_hanging(ComplaintDetails, stretch).filter(**conditions)))


def was_established(stretch: Stretch | None) -> Q:
    return _complaint(stretch, is_attributable__isnull=False)


def is_attributable(stretch: Stretch | None) -> Q:
    return _complaint(stretch, is_attributable=True)


response_was_due = partial(was_due, Metric.FIRST_RESPONSE)
response_was_in_time = partial(was_in_time, Metric.FIRST_RESPONSE)
resolution_was_due = partial(was_due, Metric.RESOLUTION)
resolution_was_in_time = partial(was_in_time, Metric.RESOLUTION)

MEASURES = (
    Measure("received", _("received"), _("requests entered in the period"), is_share=False),
    Measure("closed", _("closed in the loop"), _("closed ÷ received"), (is_closed,)),
    Measure(
        "responded",
        _("first response in time"),
        _("first response by the time promised ÷ first responses due"),
        (response_was_in_time,),
        (response_was_due,),
    ),
    Measure(
        "resolved",
        _("resolved in time"),
        _("resolved by the time promised ÷ resolutions due; what is overdue and open counts as late"),
        (resolution_was_in_time,),
        (resolution_was_due,),
    ),
    Measure(
        "rework",
        _("came back"),
        _("sent back, reopened or reported again for the same unit and category within 30 days ÷ done"),
        (came_back,),
        (is_done,),
    ),
    Measure(
        "follow_up",
        _("followed up"),
        _("follow-ups made ÷ follow-ups required"),
        (was_followed_up,),
        (was_to_be_followed_up,),
    ),
    Measure(
        "reached",
        _("followed up and reached"),
        _("reached ÷ follow-ups required"),
        (was_reached,),
        (was_to_be_followed_up,),
    ),
    Measure("content", _("content"), _("solved and 4 or 5 points ÷ reached"), (is_content,), (was_reached,)),
    Measure(
        "recovered",
        _("won back"),
        _(
            "content when asked again within 90 days ÷ complaints not withdrawn and follow-ups with “not solved” or"
            " fewer than 4 points; the last answer counts, who was not reached again was not won back"
        ),
        (is_content, was_asked_in_time),
        (was_unhappy,),
    ),
    Measure(
        "appointment",
        _("kept appointments"),
        _("arrived within the wished window ÷ arrived where a window was wished"),
        (kept_appointment,),
        (was_visited_with_a_wish,),
    ),
    Measure(
        "complained",
        _("repaired, and yet a complaint"),
        _("repairs that a complaint names ÷ repairs done"),
        (repair_brought_a_complaint,),
        (is_repair, is_done),
    ),
    Measure(
        "attributable",
        _("attributable complaints"),
        _("complaints found attributable ÷ complaints established"),
        (is_attributable,),
        (was_established,),
    ),
)


def find_measure(key: str) -> Measure | None:
    return next((measure for measure in MEASURES if measure.key == key), None)


def rows_of(requests: QuerySet[ServiceRequest], measure: Measure, part: str) -> QuerySet[ServiceRequest]:
    return requests.filter(measure.condition(part))
