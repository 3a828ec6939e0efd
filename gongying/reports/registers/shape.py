"""What a register is: what happened in a period, a line each in the order of time, on screen, on paper and as a file (E-048)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.imports.listings import ListingColumn

Rows = QuerySet[Any]
Words = str | Promise
MOST_LINES = 2_000
LONGEST_CELL = 160


@dataclass(frozen=True)
class Column(ListingColumn):
    """A column; `width` is a class of print.css, without one it shares what the others leave."""

    width: str = ""
    on_paper: bool = True


@dataclass(frozen=True)
class Filter:
    """What narrows a register beside period and project."""

    name: str
    label: Words
    choices: Callable[[], Sequence[tuple[Any, Any]]]
    condition: Callable[[str], Q]


@dataclass(frozen=True)
class Cell:
    column: Column
    text: str


@dataclass(frozen=True)
class Line:
    """A row as it stands on the page; `url` opens what it is about."""

    row: Any
    url: str
    cells: list[Cell]


@dataclass(frozen=True)
class Register:
    """`rows(user)` gives those she may see; `at` is the time by which one belongs to a period, `project` how it names its own."""

    key: str
    label: Words
    permission: str
    rows: Callable[[User], Rows]
    at: str
    columns: Sequence[Column]
    url: Callable[[Any], str]
    filters: Sequence[Filter] = ()
    project: str = "project"
    # A register that is written into all day begins with today, the others with the first of the month.
    is_daily: bool = False

    @property
    def paper_columns(self) -> list[Column]:
        return [column for column in self.columns if column.on_paper]

    @property
    def number_of_columns(self) -> int:
        """With the running number before them."""
        return len(self.paper_columns) + 1

    def first_day(self, today: date) -> date:
        return today if self.is_daily else today.replace(day=1)

    def line_of(self, row: Any) -> Line:
        return Line(row, self.url(row), [Cell(column, _shown(column.of(row))) for column in self.paper_columns])


def field(label: Words, value: Any, width: str = "") -> Column:
    return Column(label, value, width)


def in_file(column: Column) -> Column:
    """One for which the paper has no room."""
    return replace(column, on_paper=False)


def _shown(value: Any) -> str:
    """A value on paper: times without the year, which stands in the head; long words cut."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%m-%d %H:%M}"
    return Truncator(" ".join(str(value).split())).chars(LONGEST_CELL)
