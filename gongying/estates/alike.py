"""People of one kind: who may the same and serve as many places is asked the same, up to the keys of themselves and their places.

A stand-in has marks instead of these keys, and nothing else is known of her. What is worked out for her without asking the
database (`told_nothing`) holds for all of her kind, each with her own keys.
"""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import chain, count, islice
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.common.questions import Inquiry, NotWhole, Questions, inquiry
from gongying.estates.scopes import Scope, around, scope_of
from gongying.organization.access import permission_codes, staff_of
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import StaffMember

# No row has such a key.
FIRST_MARK = 2_000_000_000


class Personal(Exception):  # noqa: N818 nothing went wrong
    """What is worked out depends on more of somebody than her kind."""


class Kind(NamedTuple):
    codes: frozenset[str]
    is_superuser: bool
    works_here: bool
    everywhere: bool
    # Of projects, buildings and entrances that she serves, of projects and buildings in which these lie.
    numbers: tuple[int, ...]


def alike(user: User) -> tuple[Kind, dict[int, int]]:
    """Her kind, and her own key for each of its marks."""
    scope, staff = scope_of(user), staff_of(user)
    outside = around(scope)
    places = [
        _filled(ids)
        for ids in (
            scope.projects,
            scope.buildings,
            scope.entrances,
            outside.projects - scope.projects,
            outside.buildings - scope.buildings,
        )
    ]
    numbers = tuple(len(ids) for ids in places)
    kind = Kind(permission_codes(user), user.is_superuser, staff is not None, scope.everywhere, numbers)
    keys = [user.pk, *((staff.pk, staff.department_id) if staff else (0, 0)), *chain(*places)]
    return kind, dict(enumerate(keys, start=FIRST_MARK))


def inquiry_of(
    user: User, word: str, lists: Hashable, questions: Callable[[User], Questions]
) -> tuple[Inquiry, Mapping[int, int]]:
    """The text of `questions(user)`, which depend on the user, the day and watched tables alone, and her own keys in it.

    Whose kind was asked for these lists before has even the first time only her own keys to give.
    """
    what = word, lists, timezone.localdate()

    def make() -> tuple[Inquiry, Mapping[int, int]]:
        kind, keys = alike(user)

        def of_kind() -> Inquiry:
            with told_nothing():
                return inquiry(word, questions(stand_in(kind)), marks=keys.keys())

        with suppress(Personal, NotWhole):
            return kept(("inquiry of kind", kind, *what), of_kind), keys
        return inquiry(word, questions(user)), {}

    return kept(("inquiry", user.pk, scope_of(user), permission_codes(user), *what), make)


def _filled(ids: Collection[int]) -> list[int]:
    """Up to a power of two, by naming one again: who serves six buildings is of one kind with who serves eight."""
    named = sorted(ids)
    wanted = 1 << (len(named) - 1).bit_length() if named else 0
    return named + named[-1:] * (wanted - len(named))


def stand_in(kind: Kind) -> User:
    marks = count(FIRST_MARK)
    user = User.from_db(connection.alias, ["id", "is_superuser", "is_active"], [next(marks), kind.is_superuser, True])
    columns = ["id", "department_id", "left_on"]
    staff = StaffMember.from_db(connection.alias, columns, [next(marks), next(marks), None])
    User._meta.get_field("staff").set_cached_value(user, staff if kind.works_here else None)
    user._permission_codes = kind.codes  # type: ignore[attr-defined]
    projects, buildings, entrances, *outside = (frozenset(islice(marks, number)) for number in kind.numbers)
    lies_in = Scope(projects=outside[0], buildings=outside[1])
    scope = Scope(kind.everywhere, projects, buildings, entrances, lies_in=lies_in)
    user._scopes = {TerritoryRight.VIEW_FILES: scope}  # type: ignore[attr-defined]
    return user


@contextmanager
def told_nothing() -> Iterator[None]:
    """Inside, who asks the database is not answered."""

    def refuse(*_statement: Any) -> Any:
        raise Personal

    with connection.execute_wrapper(refuse):
        yield
