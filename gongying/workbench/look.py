"""What one first page asks of all its lists, in one statement; read further is only what there is something of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.editions import fill_all_from_memory, kept
from gongying.common.paging import COUNT_BOUND, Count
from gongying.common.questions import PRESENT, HowMany, Inquiry, NotWhole, Questions, inquiry
from gongying.estates.alike import Personal, alike, stand_in, told_nothing
from gongying.estates.scopes import scope_of
from gongying.organization.access import permission_codes
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
        inquiry, keys = inquiry_of(user, lists)
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
        number = found if wanted.is_number else len(found)
        return Count(min(number, COUNT_BOUND), is_exact=number <= COUNT_BOUND)

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


def inquiry_of(user: User, lists: Sequence[Asked]) -> tuple[Inquiry, Mapping[int, int]]:
    """Whose kind was seen before has even on her first page only her own keys to give."""
    what = tuple(each.name for each in lists), timezone.localdate()

    def questions(of: User) -> Questions:
        return {each.name: each.question(of) for each in lists}

    def make() -> tuple[Inquiry, Mapping[int, int]]:
        kind, keys = alike(user)

        def of_kind() -> Inquiry:
            with told_nothing():
                return inquiry(WORD, questions(stand_in(kind)), marks=keys.keys())

        with suppress(Personal, NotWhole):
            return kept(("inquiry of kind", kind, *what), of_kind), keys
        return inquiry(WORD, questions(user)), {}

    return kept(("inquiry", user.pk, scope_of(user), permission_codes(user), *what), make)


def in_order(rows: QuerySet[Any], pks: list[Any]) -> list[Any]:
    found = {row.pk: row for row in rows.order_by().filter(pk__in=pks)}
    return [found[pk] for pk in pks if pk in found]
