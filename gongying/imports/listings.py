"""Which lists can be exported. An app that shows a list registers it here at start-up; its page shows the export button.

    register_listing(Listing(
        key="requests", label=_("Requests"), permission="servicedesk.view_requests",
        rows=lambda user, filters: list_requests(user, filters),
        columns=[ListingColumn(_("Number"), "number"), ListingColumn(_("Owner"), lambda row: str(row.owner or ""))],
    ))

`rows` gets the user and the filters of the page's address and must start from `visible_to(user)`: a large export runs later, in
the worker, with what the user may see then.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise

from gongying.accounts.models import User

# `get_state_display`, perhaps behind a path: the path, and the field.
CHOICE = re.compile(r"(?:(.+)\.)?get_(\w+)_display")


@dataclass(frozen=True)
class ListingColumn:
    """A column: its heading, and a path (`unit.code`, `get_state_display`) or a function that gives the value of a row."""

    label: str | Promise
    value: str | Callable[[Any], Any]

    def reader(self) -> Callable[[Any], Any]:
        """`of` for many rows: the word for a choice is looked up once for each choice, not for each row."""
        path = CHOICE.fullmatch(self.value) if isinstance(self.value, str) else None
        if path is None:
            return self.of
        owner = ListingColumn(self.label, path[1]) if path[1] else None
        words: dict[Any, Any] = {}

        def read(row: Any) -> Any:
            chosen = getattr(owner.of(row) if owner else row, path[2], None)
            if chosen not in words:
                words[chosen] = self.of(row)
            return words[chosen]

        return read

    def of(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        found = row
        for name in self.value.split("."):
            try:
                found = getattr(found, name, None)
            except ObjectDoesNotExist:
                return None
            found = found() if callable(found) else found
        return found


@dataclass(frozen=True)
class Listing:
    key: str
    label: str | Promise
    permission: str
    rows: Callable[[User, QueryDict], QuerySet[Any]]
    columns: Sequence[ListingColumn]


_listings: dict[str, Listing] = {}


def register_listing(listing: Listing) -> None:
    if _listings.setdefault(listing.key, listing) is not listing:
        raise ValueError(f"two listings are called {listing.key!r}")


def find_listing(key: str) -> Listing | None:
    return _listings.get(key)


def all_listings() -> tuple[Listing, ...]:
    return tuple(_listings.values())
