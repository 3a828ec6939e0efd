"""What a project tells its owners of a month: the figures beside those of the month before, what it was about, what was improved."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet

from gongying.common.inputs import check_year
from gongying.estates.models import Project
from gongying.improvements.models import ImprovementItem
from gongying.reports.breakdown import DIMENSIONS, table_of
from gongying.servicedesk.enums import CauseCode
from gongying.servicedesk.models import QualitySample
from gongying.servicedesk.models.request_sets import ServiceRequestQuerySet

MOST_SUBJECTS = 10


@dataclass(frozen=True)
class Month:
    """A calendar month."""

    first: date

    @classmethod
    def read(cls, text: str) -> "Month | None":
        """From `2026-11`; None where it is no month that anybody reports of."""
        try:
            first = date.fromisoformat(f"{text}-01")
            check_year(first)
        except (ValueError, ValidationError):
            return None
        return cls(first)

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.replace(day=1))

    @property
    def last(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def before(self) -> "Month":
        return Month.of(self.first - timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True)
class Compared:
    """A figure of the month and of the one before; for a plain number the label says what is counted."""

    label: Any
    now: Any
    before: Any


@dataclass(frozen=True)
class MonthlyReport:
    figures: list[Compared]
    subjects: list[Compared]
    causes: list[Compared]
    improvements: list[ImprovementItem]
    samples: dict[str, int]


def report_of(
    month: ServiceRequestQuerySet,
    before: ServiceRequestQuerySet,
    *,
    improvements: QuerySet[ImprovementItem],
    samples: QuerySet[QualitySample],
) -> MonthlyReport:
    """`month` and `before` are the requests entered in each; `improvements` those opened or finished in the month."""
    lines, total = table_of(month, DIMENSIONS["category"])
    earlier_lines, earlier = table_of(before, DIMENSIONS["category"])
    numbers = {line.key: line.figures[0].counted for line in earlier_lines}
    return MonthlyReport(
        figures=[
            Compared(one.measure.label, one, other) for one, other in zip(total.figures, earlier.figures, strict=True)
        ],
        subjects=[
            Compared(line.label, line.figures[0].counted, numbers.get(line.key, 0)) for line in lines[:MOST_SUBJECTS]
        ],
        causes=_causes(month, before),
        improvements=list(improvements.select_related("owner").order_by("state", "due_on", "pk")),
        samples=samples.aggregate(
            drawn=Count("pk"),
            inspected=Count("pk", filter=Q(inspected_at__isnull=False)),
            passed=Count("pk", filter=Q(passed=True)),
        ),
    )


def _causes(month: ServiceRequestQuerySet, before: ServiceRequestQuerySet) -> list[Compared]:
    """Why there were complaints, as far as their root cause is known."""

    def numbers(rows: ServiceRequestQuerySet) -> dict[str, int]:
        known = rows.order_by().filter(kind="complaint").exclude(complaint__cause_code="")
        return dict(known.values_list("complaint__cause_code").annotate(number=Count("pk")))

    now, then = numbers(month), numbers(before)
    found = [Compared(label, now.get(code, 0), then.get(code, 0)) for code, label in CauseCode.choices]
    return sorted((each for each in found if each.now or each.before), key=lambda each: -each.now)


def improvements_of(
    items: QuerySet[ImprovementItem], month: Month, project: Project | None
) -> QuerySet[ImprovementItem]:
    inside = {"gte": month.first, "lte": month.last}
    opened = Q(**{f"opened_at__date__{name}": day for name, day in inside.items()})
    finished = Q(**{f"finished_at__date__{name}": day for name, day in inside.items()})
    rows = items.filter(opened | finished)
    return rows.filter(project=project) if project else rows
