"""What a timeline may be about. Higher apps register their kinds in `AppConfig.ready()`; this app knows no business."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q
from django.urls import NoReverseMatch
from django.utils.functional import Promise

from gongying.common.addresses import address_of
from gongying.common.statements import statement_of
from gongying.events.models import kind_of

AnyUser = AbstractBaseUser | AnonymousUser


def only_its_own(thing: Any) -> Sequence[int]:
    return (thing.pk,)


@dataclass(frozen=True)
class Kind:
    """A kind of thing with a timeline: who may see it, where its page is, how it is called."""

    model: type[Model]
    url_name: str = ""
    permission: str = ""  # may read its whole timeline
    # All its events happen where it stands, so that seeing it is enough. A customer may live in several territories.
    stays_in_place: bool = False
    is_short: bool = False  # a handful of entries: nothing to filter
    is_linked: bool = True  # named beside the entries of other timelines
    takes_plans: bool = False  # tasks and events of the calendar may be about it
    label: str | Promise = ""  # what a link to it says; without one its name
    related: tuple[str, ...] = ()  # what `str(thing)` reads from other rows
    # The ids whose timelines make up this one's, its own first: a customer's file holds the past of those merged into it.
    pasts: Callable[[Any], Sequence[int]] = only_its_own

    @property
    def key(self) -> str:
        return kind_of(self.model)

    def visible_to(self, user: AnyUser) -> Any:
        rows: Any = self.model._default_manager
        return rows.visible_to(user)

    def seen(self, user: Any, pk: int) -> Any:
        """The one with this id, if she sees it."""
        return statement_of(user, f"{self.key} by id", lambda pk: self.visible_to(user).filter(pk=pk), pk=int).first(
            pk=pk
        )

    def url_of(self, pk: int) -> str:
        try:
            return address_of(self.url_name, pk) if self.url_name else ""
        except NoReverseMatch:
            return ""


_kinds: dict[str, Kind] = {}
_place_rules: list[Callable[[AnyUser, str], Q]] = []
_undone_rules: list[Callable[[str], Q]] = []


def register_kind(kind: Kind) -> None:
    _kinds[kind.key] = kind


def find_kind(key: str) -> Kind | None:
    return _kinds.get(key)


def all_kinds() -> list[Kind]:
    return list(_kinds.values())


def limit_places(rule: Callable[[AnyUser, str], Q]) -> None:
    """Let `rule(user, prefix)` say at which places a user sees what happened (estates knows territories)."""
    _place_rules[:] = [rule]


def places_of(user: AnyUser, prefix: str) -> Q:
    """Events at the user's places, and those that happened nowhere in particular."""
    condition = Q(**{f"{prefix}project_id": None})
    for rule in _place_rules:
        seen = rule(user, prefix)
        if not seen:  # no condition: everything; joined by "or" it would count as nothing
            return seen
        condition |= seen
    return condition


def leave_out_undone(rule: Callable[[str], Q]) -> None:
    """Let `rule(prefix)` say which events were undone: the journal keeps them, timelines leave them out."""
    _undone_rules[:] = [rule]


def not_undone(prefix: str) -> Q:
    condition = Q()
    for rule in _undone_rules:
        condition &= ~rule(prefix)
    return condition
