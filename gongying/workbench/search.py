"""Asks every provider and puts the groups in the order in which people want to open them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from gongying.common.search import Hit, Query, providers

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    AnyUser = AbstractBaseUser | AnonymousUser

ROWS_PER_GROUP = 8


@dataclass(frozen=True)
class Group:
    name: str
    label: str | Promise
    icon: str
    hits: list[Hit]

    @property
    def best(self) -> int:
        return self.hits[0].score


def find(user: "AnyUser", query: Query, *, limit: int = ROWS_PER_GROUP) -> list[Group]:
    """Groups with hits, the one with the best hit first; the same score keeps the order of registration."""
    if not query:
        return []
    groups = []
    for provider in providers():
        hits = sorted(provider.search(user, query, limit), key=lambda hit: -hit.score)[:limit]
        if hits:
            groups.append(Group(provider.name, provider.label, provider.icon, hits))
    return sorted(groups, key=lambda group: -group.best)
