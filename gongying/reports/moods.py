"""How the mood of the staff goes, week by week: projects, or the departments of one (R-156)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gongying.accounts.models import User
from gongying.common.permissions import may
from gongying.estates.models import Project
from gongying.moods.models import MoodTally, week_of
from gongying.organization.models import Department
from gongying.organization.rules import SEE_ALL_PROJECTS
from gongying.reports.spark import spark_of

WORST, BEST = 1, 5


@dataclass(frozen=True)
class MoodCell:
    week: date
    answers: int
    points: int

    @property
    def mean(self) -> float:
        return self.points / self.answers


@dataclass(frozen=True)
class MoodLine:
    """`subject`: a project, a department, or None: those who serve several projects."""

    subject: Any
    cells: Sequence[MoodCell | None]

    @property
    def spark(self) -> list[tuple[str, str]]:
        return spark_of([cell.mean if cell else None for cell in self.cells], lowest=WORST, highest=BEST)


def weeks_of(since: date, until: date) -> list[date]:
    """Those that are over."""
    first, last = week_of(since), min(week_of(until), week_of() - timedelta(days=7))
    return [first + timedelta(days=7 * place) for place in range((last - first).days // 7 + 1)]


def mood_of_projects(user: User, weeks: Sequence[date]) -> list[MoodLine]:
    rows = MoodTally.objects.visible_to(user).filter(week__in=weeks).of_projects()
    subjects: list[Any] = list(Project.objects.visible_to(user).order_by("code"))
    if may(user, SEE_ALL_PROJECTS):
        subjects.append(None)
    return _lines(subjects, rows.values_list("project", "week", "answers", "points"), weeks)


def mood_of_departments(project: Project | None, user: User, weeks: Sequence[date]) -> list[MoodLine]:
    rows = MoodTally.objects.visible_to(user).filter(week__in=weeks).of_departments(project)
    subjects = Department.objects.order_by("name", "pk")
    return _lines(subjects, rows.values_list("department", "week", "answers", "points"), weeks)


def _lines(subjects: Iterable[Any], rows: Iterable[tuple[Any, ...]], weeks: Sequence[date]) -> list[MoodLine]:
    cells = {(key, week): MoodCell(week, answers, points) for key, week, answers, points in rows}
    lines = [MoodLine(one, [cells.get((one.pk if one else None, week)) for week in weeks]) for one in subjects]
    return [line for line in lines if any(line.cells)]
