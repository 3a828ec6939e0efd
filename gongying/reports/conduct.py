"""How posts do by the attitude standard, month by month: the share of what was looked at that was fine (R-164, R-168)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from gongying.checklists.enums import Verdict
from gongying.checklists.models import CheckRun, Tick
from gongying.checklists.models.runs import CheckRunQuerySet
from gongying.organization.models import Post
from gongying.reports.monthly import Month
from gongying.reports.spark import spark_of


@dataclass(frozen=True)
class Cell:
    """A month of a post; `score` in per cent, None where nobody looked or nothing applied."""

    month: Month
    checks: int = 0
    score: int | None = None


@dataclass(frozen=True)
class PostLine:
    post: Post
    cells: Sequence[Cell]
    level: str  # that the newest check reached

    @property
    def spark(self) -> list[tuple[str, str]]:
        """From the lowest ten to a hundred."""
        scores = [cell.score for cell in self.cells]
        lowest = min((score for score in scores if score is not None), default=0) // 10 * 10
        return spark_of(scores, lowest=min(lowest, 90), highest=100)


def months_of(since: date, until: date) -> list[Month]:
    found = [Month.of(since)]
    while found[-1].last < until:
        found.append(Month.of(found[-1].last + timedelta(days=1)))
    return found


def conduct_by_post(runs: CheckRunQuerySet, months: Sequence[Month], *, item: str) -> list[PostLine]:
    """A line for each post that was looked at; of one item only where it is named."""
    cells = _cells(runs, item)
    posts = Post.objects.filter(pk__in={post for post, _month in cells}).select_related("department")
    levels = _levels(runs)
    return [
        PostLine(post, [cells.get((post.pk, month.first), Cell(month)) for month in months], levels.get(post.pk, ""))
        for post in posts.order_by("department__name", "name", "pk")
    ]


def _cells(runs: CheckRunQuerySet, item: str) -> dict[tuple[int, date], Cell]:
    ticks: Any = Tick.objects.filter(run__in=runs.order_by().values("pk"))
    ticks = ticks.filter(item__text=item) if item else ticks
    groups = ticks.order_by().values("run__post", month=TruncMonth("run__day"))
    fine, judged = Q(verdict=Verdict.FINE), Q(verdict__in=[Verdict.FINE, Verdict.FAILED])
    counted = groups.annotate(
        fine=Count("pk", filter=fine), judged=Count("pk", filter=judged), checks=Count("run", distinct=True)
    )
    return {
        (row["run__post"], row["month"]): Cell(
            Month(row["month"]), row["checks"], round(100 * row["fine"] / row["judged"]) if row["judged"] else None
        )
        for row in counted
    }


def _levels(runs: CheckRunQuerySet) -> dict[int | None, str]:
    newest = runs.order_by("post_id", "-day", "-pk").distinct("post_id").values("pk")
    rows: Any = CheckRun.objects.filter(pk__in=newest).select_related("check_list").with_score()
    return {run.post_id: run.level for run in rows.prefetch_related("check_list__items")}
