"""What one first page asks of all its lists, in one statement; read further is only what there is something of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from gongying.accounts.models import User
from gongying.common.editions import fill_all_from_memory
from gongying.common.paging import COUNT_BOUND, Count
from gongying.common.questions import PRESENT, HowMany, Inquiry, Questions
from gongying.estates.alike import inquiry_of
from gongying.servicedesk.models import ServiceRequest
from gongying.workbench.sections import ROWS

__all__ = ["COUNTED", "PRESENT", "Asked", "Look", "asked", "number_asked"]

# So many are enough to say how many there are.
COUNTED = COUNT_BOUND + 1
WORD = "first_page"


@dataclass(frozen=True)
class Asked:
    """A list of the first page: the primary keys of its first rows in order, other columns if it names some, or its number."""

    rows: Callable[[User], QuerySet[Any]]
    most: int
    name: str
    is_number: bool = False

    def question(self, user: User) -> QuerySet[Any] | HowMany:
        rows = self.rows(user)
        rows = rows if rows.query.values_select or rows.query.annotation_select else rows.values_list("pk")
        return HowMany(rows.order_by()[: self.most]) if self.is_number else rows[: self.most]


def asked(most: int = COUNTED) -> Callable[[Callable[[User], QuerySet[Any]]], Asked]:
    """Rows depend on the user, the day and watched tables alone, and on the moment only as `PRESENT` (`questions`)."""
    return lambda rows: Asked(rows, most, rows.__name__)


def number_asked(rows: Callable[[User], QuerySet[Any]]) -> Asked:
    return Asked(rows, COUNTED, rows.__name__, is_number=True)


class Look:
    """What was found for one person at one moment."""

    def __init__(self, user: User, lists: Sequence[Asked]) -> None:
        self.user = user
        inquiry, keys = what_to_ask(user, lists)
        self._found = inquiry.answers(keys)
        self._rows: dict[tuple[Asked, int], list[Any]] = {}
        self._requests: dict[int, ServiceRequest] = {}

    def found(self, wanted: Asked) -> list[Any]:
        """Primary keys, or lists of columns as JSON has them, the key first."""
        return self._found[wanted.name]  # type: ignore[no-any-return]

    def keys(self, wanted: Asked, *, first: int = ROWS) -> list[int]:
        return [row[0] if isinstance(row, list) else row for row in self.found(wanted)[:first]]

    def count(self, wanted: Asked) -> Count:
        found = self._found[wanted.name]
        return Count.up_to_bound(found if wanted.is_number else len(found))

    def read(self, wanted: Asked, rows: Callable[[], QuerySet[Any]], *, first: int = ROWS) -> list[Any]:
        """The first ones that it found, out of `rows`; where there are none these are not even made."""
        if (wanted, first) not in self._rows:
            pks = self.keys(wanted, first=first)
            self._rows[wanted, first] = in_order(rows(), pks) if pks else []
        return self._rows[wanted, first]

    def requests(self, pks: Iterable[int]) -> list[ServiceRequest]:
        """As lines show them; each is read once for the whole page."""
        pks = list(pks)
        missing = set(pks) - self._requests.keys()
        if missing:
            rows = list(
                ServiceRequest.objects.filter(pk__in=missing).select_related("unit", "facility").defer("search")
            )
            fill_all_from_memory(rows, "building", "project", "owner")
            self._requests |= {row.pk: row for row in rows}
        return [self._requests[pk] for pk in pks if pk in self._requests]


def what_to_ask(user: User, lists: Sequence[Asked]) -> tuple[Inquiry, Mapping[int, int]]:
    def questions(of: User) -> Questions:
        return {each.name: each.question(of) for each in lists}

    return inquiry_of(user, WORD, tuple(each.name for each in lists), questions)


def in_order(rows: QuerySet[Any], pks: list[Any]) -> list[Any]:
    found = {row.pk: row for row in rows.order_by().filter(pk__in=pks)}
    return [found[pk] for pk in pks if pk in found]
