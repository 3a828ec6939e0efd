"""How differently the same service is given: the scores of each worker's jobs (R-222)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Avg, Count, FloatField, Max, Min, QuerySet, StdDev

from gongying.accounts.models import User
from gongying.servicedesk.models import FollowUp, WorkCompletion

# Below so many scores nothing is said about a person.
FEWEST = 5
WIDTH = 200  # of a box plot, in its own units: 1 to 5 points


class Percentile(Aggregate):
    """Linear between neighbours, as `percentile_cont` of PostgreSQL."""

    template = "percentile_cont(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, expression: str, fraction: float) -> None:
        super().__init__(expression, fraction=fraction)


@dataclass(frozen=True)
class Spread:
    """Scores from 1 to 5 that customers gave for one worker's requests."""

    who: str
    number: int
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


def spreads_of(requests: QuerySet[Any]) -> list[Spread]:
    """One for each worker: the scores of the requests on which he finished a job, each score once."""
    done = WorkCompletion.objects.order_by().filter(
        work_order__service_request__in=requests, work_order__outside_firm=""
    )
    pairs = set(done.values_list("by_id", "work_order__service_request_id"))
    by_doer: dict[int, list[int]] = {}
    for doer, request in pairs:
        by_doer.setdefault(doer, []).append(request)
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=by_doer)}
    found = [_spread(names[doer], ids) for doer, ids in by_doer.items()]
    return sorted((each for each in found if each), key=lambda each: -each.number)


def _spread(who: str, request_ids: list[int]) -> Spread | None:
    scores = FollowUp.objects.order_by().filter(service_request__in=request_ids, reached=True)
    read = scores.aggregate(
        number=Count("pk"),
        mean=Avg("score"),
        deviation=StdDev("score"),
        low=Min("score"),
        first=Percentile("score", 0.25),
        median=Percentile("score", 0.5),
        third=Percentile("score", 0.75),
        high=Max("score"),
    )
    return Spread(who, **read) if read["number"] else None
