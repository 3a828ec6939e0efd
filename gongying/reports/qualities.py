"""How fast, simple, reliable and valuable customers find the service of each project: the mean of their marks (R-214)."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

from django.db.models import Avg, Count, Exists, OuterRef, Q

from gongying.reports.breakdown import DIMENSIONS, rows_of_line
from gongying.servicedesk.enums import Quality
from gongying.servicedesk.models import FollowUp
from gongying.servicedesk.models.evidence import BEST_SCORE
from gongying.servicedesk.models.request_sets import ServiceRequestQuerySet

RADIUS = 60  # of the best mark, in the units of the drawing
MARKED = Q(*((f"{quality}__isnull", False) for quality in Quality.values), _connector=Q.OR)


@dataclass(frozen=True)
class Axis:
    """One quality: the mean of its marks (None: nobody was asked), and from how many answers."""

    quality: Quality
    mean: float | None
    answers: int


@dataclass(frozen=True)
class Radar:
    key: int
    project: str
    requests: int
    axes: list[Axis]

    @property
    def corners(self) -> str:
        """The shape of the means, for an SVG polygon: the first axis points up, the others follow clockwise."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self._points())

    def _points(self) -> Iterator[tuple[float, float]]:
        for position, axis in enumerate(self.axes):
            length = RADIUS * (axis.mean or 0) / BEST_SCORE
            angle = 2 * pi * position / len(self.axes)
            yield length * sin(angle), -length * cos(angle)


def radars_of(requests: ServiceRequestQuerySet) -> list[Radar]:
    """One for each project where anybody was asked, the one with the most answers first."""
    figures: dict[str, Avg | Count] = {f"{quality}_mean": Avg(quality) for quality in Quality.values}
    figures |= {f"{quality}_answers": Count(quality) for quality in Quality.values}
    marked = FollowUp.objects.order_by().filter(MARKED, service_request__in=requests.order_by())
    groups: Any = marked.values("service_request__project").annotate(
        number=Count("service_request", distinct=True), **figures
    )
    names = DIMENSIONS["project"].names([group["service_request__project"] for group in groups])
    found = [
        Radar(
            group["service_request__project"],
            names[group["service_request__project"]],
            group["number"],
            [Axis(quality, group[f"{quality}_mean"], group[f"{quality}_answers"]) for quality in Quality],
        )
        for group in groups
    ]
    return sorted(found, key=lambda radar: (-radar.requests, radar.project))


def marked_of(requests: ServiceRequestQuerySet, key: str) -> ServiceRequestQuerySet:
    """The requests that one shape is made of."""
    marked = Exists(FollowUp.objects.filter(MARKED, service_request=OuterRef("pk")))
    return rows_of_line(requests, DIMENSIONS["project"], key).filter(marked)
