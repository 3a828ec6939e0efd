"""Of whose changes somebody's open page may hear (`config/push.py` asks). A subject that is no kind of thing is a stream: its app
registers who may hear it in `AppConfig.ready()`.

A page that listens to more learns nothing more: ids are not secret, but when something happened to a colleague's flat is.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from gongying.accounts.models import User
from gongying.common.permissions import may
from gongying.events.subjects import find_kind

Hearable = Callable[[User, Collection[int]], Iterable[int]]

# Longer than any id: a number that the database cannot hold is nobody's.
LONGEST_ID = 18

_streams: dict[str, Hearable] = {}


def register_stream(name: str, hearable: Hearable) -> None:
    """Of subjects called `name-12`: `hearable(user, ids)` gives those of the ids of which the user may hear."""
    _streams[name] = hearable


def ones_own(user: User, ids: Collection[int]) -> Iterable[int]:
    return {user.pk}.intersection(ids)


def may_hear(user: User, subjects: Iterable[str]) -> frozenset[str]:
    """Those of the subjects of which the user may hear: one statement for each kind."""
    asked: dict[str, set[int]] = defaultdict(set)
    for subject in subjects:
        name, _dash, number = subject.rpartition("-")
        if number.isascii() and number.isdigit() and len(number) <= LONGEST_ID:
            asked[name].add(int(number))
    return frozenset(f"{name}-{pk}" for name, ids in asked.items() for pk in _hearable(user, name, ids))


def _hearable(user: User, name: str, ids: Collection[int]) -> Iterable[int]:
    if name in _streams:
        return _streams[name](user, ids)
    kind = find_kind(name)
    if kind is None or (kind.permission and not may(user, kind.permission)):
        return ()
    seen: Iterable[int] = kind.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)
    return seen
