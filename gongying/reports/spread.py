"""How differently the same service is given: the scores of each worker's jobs, and of each category (R-222).

A score is what a customer said of a request in a follow-up, or at the door of the job itself.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, pstdev, quantiles
from typing import Any

from django.db.models import Q

from gongying.accounts.models import User
from gongying.common.inputs import id_in
from gongying.reports.breakdown import DIMENSIONS, rows_of_line
from gongying.servicedesk.models import DoorRating, FollowUp, WorkCompletion
from gongying.servicedesk.models.request_sets import ServiceRequestQuerySet

# Below so many scores nothing is said about a person or category.
FEWEST = 5
WIDTH = 200  # of a box plot, in its own units: 1 to 5 points
WORKER, CATEGORY = "worker", "category"
SORTS = (WORKER, CATEGORY)


@dataclass(frozen=True)
class Spread:
    """Scores from 1 to 5, and how many requests they are of."""

    key: int
    who: str
    number: int
    requests: int
    mean: float
    deviation: float
    low: int
    first: float
    median: float
    third: float
    high: int

    @property
    def is_telling(self) -> bool:
        return self.number >= FEWEST

    @property
    def box(self) -> dict[str, float]:
        """Places on the scale of the plot."""
        at = {name: (getattr(self, name) - 1) / 4 * WIDTH for name in ("low", "first", "median", "third", "high")}
        return {**at, "width": max(at["third"] - at["first"], 1)}


@dataclass(frozen=True)
class Score:
    """`doer`: whose job it was; a follow-up is about everybody who finished a job of the request."""

    request: int
    points: int
    doer: int | None = None


def spreads_of(requests: ServiceRequestQuerySet) -> list[Spread]:
    """One for each worker: what customers said of the requests on which he finished a job, and of his jobs at the door."""
    scores = _scores(requests)
    found: dict[int, list[Score]] = defaultdict(list)
    doers = _doers(requests)
    for score in scores:
        for doer in [score.doer] if score.doer else doers.get(score.request, ()):
            found[doer].append(score)
    return _sorted(found, {user.pk: str(user) for user in User.objects.filter(pk__in=found)})


def spreads_by_category(requests: ServiceRequestQuerySet) -> list[Spread]:
    dimension = DIMENSIONS[CATEGORY]
    group = dimension.group(requests)
    category = dict(requests.order_by().annotate(sort=group).values_list("pk", "sort"))
    found: dict[int, list[Score]] = defaultdict(list)
    for score in _scores(requests):
        found[category[score.request]].append(score)
    return _sorted(found, dimension.names(list(found)))


def scored_of(requests: ServiceRequestQuerySet, sort: str, key: str) -> ServiceRequestQuerySet:
    """The requests whose scores one box is made of."""
    asked = Q(pk__in=_asked(requests).values("service_request"))
    rated = Q(pk__in=_rated(requests).values("work_order__service_request"))
    if sort == CATEGORY:
        return rows_of_line(requests, DIMENSIONS[CATEGORY], key).filter(asked | rated)
    doer = id_in(key) or 0
    did = Q(pk__in=_finished(requests).filter(by=doer).values("work_order__service_request"))
    hers = Q(pk__in=_rated(requests).filter(doer=doer).values("work_order__service_request"))
    return requests.filter((asked & did) | hers)


def _asked(requests: ServiceRequestQuerySet) -> Any:
    return FollowUp.objects.order_by().filter(service_request__in=requests.order_by(), reached=True)


def _rated(requests: ServiceRequestQuerySet) -> Any:
    jobs = DoorRating.objects.order_by().filter(work_order__service_request__in=requests.order_by())
    return jobs.filter(doer__isnull=False)


def _finished(requests: ServiceRequestQuerySet) -> Any:
    done = WorkCompletion.objects.order_by().filter(work_order__service_request__in=requests.order_by())
    return done.filter(work_order__outside_firm="")


def _scores(requests: ServiceRequestQuerySet) -> list[Score]:
    asked = _asked(requests).values_list("service_request", "score")
    rated = _rated(requests).values_list("work_order__service_request", "score", "doer")
    return [Score(*row) for row in (*asked, *rated)]


def _doers(requests: ServiceRequestQuerySet) -> dict[int, set[int]]:
    found = defaultdict(set)
    for request, doer in _finished(requests).values_list("work_order__service_request", "by"):
        found[request].add(doer)
    return found


def _sorted(found: dict[int, list[Score]], names: dict[int, str]) -> list[Spread]:
    return sorted((_spread(key, names[key], found[key]) for key in found), key=lambda each: -each.number)


def _spread(key: int, who: str, scores: Iterable[Score]) -> Spread:
    scores = list(scores)
    points = sorted(score.points for score in scores)
    # Linear between neighbours, as `percentile_cont` of PostgreSQL.
    first, median, third = quantiles(points, n=4, method="inclusive") if len(points) > 1 else points * 3
    return Spread(
        key,
        who,
        number=len(points),
        requests=len({score.request for score in scores}),
        mean=fmean(points),
        deviation=pstdev(points),
        low=points[0],
        first=first,
        median=median,
        third=third,
        high=points[-1],
    )
