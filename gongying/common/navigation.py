"""The menus of the frame. Each app registers its entries in `AppConfig.ready()`; everybody sees what her roles allow."""

from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    AnyUser = AbstractBaseUser | AnonymousUser


class Menu(StrEnum):
    RAIL = auto()  # left on a desk; the first four also below on a phone
    ENTRY = auto()  # the round button on a phone, the small one beside the search on a desk
    SETTINGS = auto()  # cards of the settings page


@dataclass(frozen=True)
class Entry:
    url_name: str
    label: str | Promise
    icon: str  # Tabler icon: "home" for ti-home
    permissions: tuple[str, ...] = ()  # any of them; none: everybody
    menu: Menu = Menu.RAIL
    order: int = 50
    help: str | Promise = ""

    @cached_property
    def url(self) -> str:
        return reverse(self.url_name)

    @property
    def namespace(self) -> str:
        return self.url_name.partition(":")[0]

    def is_for(self, user: "AnyUser") -> bool:
        # Entries are made while the apps still load; permissions need the loaded ones.
        from gongying.common.permissions import may

        return not self.permissions or any(may(user, permission) for permission in self.permissions)


_entries: dict[tuple[Menu, str], Entry] = {}


def register(entry: Entry) -> None:
    _entries[entry.menu, entry.url_name] = entry


def entries() -> list[Entry]:
    return list(_entries.values())


def entries_for(user: "AnyUser", menu: Menu) -> list[Entry]:
    """What this person may open; kept per edition of the set-up."""
    from gongying.common.editions import kept  # its table needs the loaded apps

    return kept(("menu", menu, user.pk), lambda: _entries_for(user, menu))


def _entries_for(user: "AnyUser", menu: Menu) -> list[Entry]:
    chosen = [entry for entry in entries() if entry.menu == menu and entry.is_for(user)]
    return sorted(chosen, key=lambda entry: entry.order)
