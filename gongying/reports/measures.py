"""The figures of a service centre (standards 2.2), each as two conditions on requests: what is counted, out of what.

A number and the rows behind it come from the same conditions, so that they cannot disagree. All figures speak of the requests
that were *entered* in the period (of what came in, how much was …) or, for what was promised, of those that fell *due* in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.servicedesk.enums import ComplaintState, Metric, RequestKind
from gongying.servicedesk.models import (
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

Condition = Callable[[], Q]


@dataclass(frozen=True)
class Measure:
    """`counted` out of `base`; without a base a plain number."""

    key: str
    label: str | Promise
    formula: str | Promise
    counted: Condition
    base: Condition | None = None

    @property
    def is_share(self) -> bool:
        return self.base is not None

    def condition(self, part: str) -> Q:
        """`counted` (always within the base) or `base`."""
        base = self.base() if self.base else Q()
        return base if part == "base" else base & self.counted()


def everything() -> Q:
    return Q()


def _entered_stage(*stages: str) -> Q:
    return Q(Exists(StageEntry.objects.filter(service_request=OuterRef("pk"), stage__in=stages)))


def _clocks(metric: str) -> QuerySet[ServiceClock]:
    """Promises that were kept or should have been by now; what nobody waits for any more is not among them."""
    owed = Q(met_at__isnull=False) | Q(due_at__lte=timezone.now())
    return ServiceClock.objects.filter(owed, service_request=OuterRef("pk"), metric=metric, ended_at=None)


def was_due(metric: str) -> Q:
    return Q(Exists(_clocks(metric)))


def was_in_time(metric: str) -> Q:
    """Every time it was promised; what is overdue and still open is late (standards 2.2)."""
    return ~Q(Exists(_clocks(metric).filter(Q(met_at=None) | Q(met_at__gt=F("due_at")))))


def is_done() -> Q:
    return _entered_stage(*DONE)


def came_back() -> Q:
    """Sent back, opened again, or reported once more for the same unit, kind and category within 30 days."""
    again = ServiceRequest.objects.filter(
        unit=OuterRef("unit"),
        category=OuterRef("category"),
        kind=OuterRef("kind"),
        entered_at__gt=OuterRef("entered_at"),
        entered_at__lte=OuterRef("entered_at") + REPEAT_WITHIN,
    ).exclude(state__in=NO_MATTER_OF_ITS_OWN)
    reopened = Reopening.objects.filter(service_request=OuterRef("pk"))
    return Q(rework_count__gt=0) | Q(Exists(again)) | Q(Exists(reopened))


def needs_follow_up() -> Q:
    return Q(needs_follow_up=True) & _entered_stage(*TOLD)


def _follow_up(**conditions: object) -> Q:
    return Q(Exists(FollowUp.objects.filter(service_request=OuterRef("pk"), **conditions)))


def was_followed_up() -> Q:
    return _follow_up()


def was_reached() -> Q:
    return _follow_up(reached=True)


def is_content() -> Q:
    """The last answer counts: solved, and four or five points."""
    later = FollowUp.objects.filter(service_request=OuterRef("service_request"), reached=True, pk__gt=OuterRef("pk"))
    last = FollowUp.objects.filter(~Exists(later), service_request=OuterRef("pk"), reached=True)
    return Q(Exists(last.filter(solved=True, score__gte=CONTENT_SCORE)))


def was_unhappy() -> Q:
    """Complained and did not withdraw it, or said in a follow-up: not solved, or fewer than four points."""
    complained = is_complaint() & ~Q(state=ComplaintState.WITHDRAWN)
    return complained | _follow_up(reached=True, solved=False) | _follow_up(reached=True, score__lt=CONTENT_SCORE)


def was_recovered() -> Q:
    """Content when asked the next time, within 90 days of the entry (standards 2.2, R-067).

    Recovery rate = unhappy customers who are content at the last ÷ unhappy customers. Whoever was unhappy and is content
    at the last was asked once more since; who was not asked again, or not reached, counts as not won back.
    """
    late = FollowUp.objects.filter(service_request=OuterRef("pk"), at__gt=OuterRef("entered_at") + RECOVERED_WITHIN)
    return is_content() & ~Q(Exists(late.filter(reached=True)))


def has_appointment() -> Q:
    arrived = WorkStage.objects.filter(work_order__service_request=OuterRef("pk"), stage="on_site")
    return Q(window_from__isnull=False) & Q(Exists(arrived))


def kept_appointment() -> Q:
    """The first arrival lies in the wished window."""
    arrivals = WorkStage.objects.filter(work_order__service_request=OuterRef("pk"), stage="on_site")
    within = arrivals.filter(entered_at__gte=OuterRef("window_from"), entered_at__lte=OuterRef("window_to"))
    before = arrivals.filter(entered_at__lt=OuterRef("window_from"))
    return Q(Exists(within)) & ~Q(Exists(before))


def is_complaint() -> Q:
    return Q(kind=RequestKind.COMPLAINT)


def is_repair() -> Q:
    return Q(kind=RequestKind.REPAIR) & is_done()


def brought_a_complaint() -> Q:
    """A complaint names one of its jobs (R-212)."""
    jobs = WorkOrder.objects.filter(service_request=OuterRef("pk"), complaints__isnull=False)
    return Q(Exists(jobs))


MEASURES = (
    Measure("received", _("received"), _("requests entered in the period"), everything),
    Measure("closed", _("closed in the loop"), _("closed ÷ received"), lambda: Q(state="closed"), everything),
    Measure(
        "responded",
        _("first response in time"),
        _("first response by the time promised ÷ first responses due"),
        lambda: was_in_time(Metric.FIRST_RESPONSE),
        lambda: was_due(Metric.FIRST_RESPONSE),
    ),
    Measure(
        "resolved",
        _("resolved in time"),
        _("resolved by the time promised ÷ resolutions due; what is overdue and open counts as late"),
        lambda: was_in_time(Metric.RESOLUTION),
        lambda: was_due(Metric.RESOLUTION),
    ),
    Measure(
        "rework",
        _("came back"),
        _("sent back, reopened or reported again for the same unit and category within 30 days ÷ done"),
        came_back,
        is_done,
    ),
    Measure(
        "follow_up", _("followed up"), _("follow-ups made ÷ follow-ups required"), was_followed_up, needs_follow_up
    ),
    Measure("reached", _("followed up and reached"), _("reached ÷ follow-ups required"), was_reached, needs_follow_up),
    Measure("content", _("content"), _("solved and 4 or 5 points ÷ reached"), is_content, was_reached),
    Measure(
        "recovered",
        _("won back"),
        _(
            "content when asked again within 90 days ÷ complaints not withdrawn and follow-ups with “not solved” or"
            " fewer than 4 points; the last answer counts, who was not reached again was not won back"
        ),
        was_recovered,
        was_unhappy,
    ),
    Measure(
        "appointment",
        _("kept appointments"),
        _("arrived within the wished window ÷ arrived where a window was wished"),
        kept_appointment,
        has_appointment,
    ),
    Measure(
        "complained",
        _("repaired, and yet a complaint"),
        _("repairs that a complaint names ÷ repairs done"),
        brought_a_complaint,
        is_repair,
    ),
    Measure(
        "attributable",
        _("attributable complaints"),
        _("complaints found attributable ÷ complaints established"),
        lambda: Q(complaint__is_attributable=True),
        lambda: is_complaint() & Q(complaint__is_attributable__isnull=False),
    ),
)


def find_measure(key: str) -> Measure | None:
    return next((measure for measure in MEASURES if measure.key == key), None)


def rows_of(requests: QuerySet[ServiceRequest], measure: Measure, part: str) -> QuerySet[ServiceRequest]:
    return requests.filter(measure.condition(part))
