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
    RAIL = auto()  # left on a desk; the first four also below on a phone. Entries `under` another share its place
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
    under: str = ""  # the entry whose place on the rail it shares
    covers: tuple[str, ...] = ()  # how the addresses of other pages begin that belong to it: "vehicles"

    @cached_property
    def url(self) -> str:
        return reverse(self.url_name)

    @property
    def namespace(self) -> str:
        return self.url_name.partition(":")[0]

    def opens(self, path: str) -> bool:
        """The page itself, or deeper."""
        return path == self.url or (self.url != "/" and path.startswith(self.url))

    def is_for(self, user: "AnyUser") -> bool:
        # Entries are made while the apps still load; permissions need the loaded ones.
        from gongying.common.permissions import may

        return not self.permissions or any(may(user, permission) for permission in self.permissions)


@dataclass(frozen=True)
class Group:
    """One place on the rail: what belongs to one kind of work, as far as this person may open it."""

    entries: list[Entry]

    @property
    def head(self) -> Entry:
        """Stands for the group; who may not open the entry that the others are under sees the first of those."""
        return self.entries[0]


def first_part(path: str) -> str:
    """Of an address: "settings" of "/settings/firms/"."""
    return path.split("/")[1]


_entries: dict[tuple[Menu, str], Entry] = {}


def register(entry: Entry) -> None:
    _entries[entry.menu, entry.url_name] = entry


def entries() -> list[Entry]:
    return list(_entries.values())


def entries_for(user: "AnyUser", menu: Menu) -> list[Entry]:
    """What this person may open; kept per edition of the set-up."""
    from gongying.common.editions import kept  # its table needs the loaded apps

    return kept(("menu", menu, user.pk), lambda: _entries_for(user, menu))


def groups_for(user: "AnyUser") -> list[Group]:
    """The rail of this person."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries_for(user, Menu.RAIL):
        groups.setdefault(entry.under or entry.url_name, []).append(entry)
    return [Group(entries) for entries in groups.values()]


def _entries_for(user: "AnyUser", menu: Menu) -> list[Entry]:
    chosen = [entry for entry in entries() if entry.menu == menu and entry.is_for(user)]
    return sorted(chosen, key=lambda entry: entry.order)
