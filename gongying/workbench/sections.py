"""What the first page is made of."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise as LazyText

from gongying.common.paging import Count
from gongying.servicedesk.first_steps import Step
from gongying.servicedesk.models import ServiceRequest

ROWS = 8


@dataclass(frozen=True)
class Button:
    """What is done with one click, without a form."""

    label: str | LazyText
    url: str


@dataclass(frozen=True)
class Row:
    title: str
    url: str
    subtitle: str = ""
    tag: str | LazyText = ""
    waiting_since: datetime | None = None
    due_at: datetime | None = None
    at: datetime | None = None  # of today: when it begins
    is_late: bool = False
    case: ServiceRequest | None = None
    step: Step | None = None
    button: Button | None = None


@dataclass(frozen=True)
class Section:
    name: str
    title: str
    empty: str
    rows: list[Row] = field(default_factory=list)
    count: Count | None = None
    url: str = ""


@dataclass(frozen=True)
class Figure:
    """A number that opens exactly the rows it counts."""

    label: str | LazyText
    count: Count
    url: str
    is_late: bool = False
    before: Count | None = None  # the same of yesterday
