"""Whose household a name in a chat belongs to: by the room in it, by the customer's WeChat name, by the customer's name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gongying.accounts.models import User
from gongying.common.text import normalise
from gongying.customers.enums import ContactKind
from gongying.customers.models import ContactPoint, Party, PartyRole
from gongying.estates.models import Project, Unit
from gongying.interactions.chats import WORDS, ChatLine
from gongying.interactions.models import Interaction
from gongying.organization.models import StaffMember

SIGNS: Final = "|".join(map(re.escape, WORDS["room_signs"]))
ROOM: Final = re.compile(rf"\d{{1,4}}(?:(?:{SIGNS}|[-#_ ])+\d{{1,4}}){{1,3}}(?:{SIGNS})*|\d{{4,8}}")
NO_NAME: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Speaker:
    """Who a name is, as far as it can be told: a colleague, or somebody of a household."""

    name: str
    colleague: User | None = None
    unit: Unit | None = None
    party: Party | None = None


@dataclass
class Register:
    """What is known of the names of one paste, read at once."""

    by_digits: dict[str, list[Unit]] = field(default_factory=dict)
    colleagues: dict[str, User] = field(default_factory=dict)
    roles: dict[str, list[PartyRole]] = field(default_factory=dict)

    def speaker(self, name: str) -> Speaker:
        bare = _bare(name)
        if colleague := self.colleagues.get(bare):
            return Speaker(name, colleague=colleague)
        units = self.by_digits.get(_digits(name), [])
        roles = [*self.roles.get(normalise(name), []), *self.roles.get(bare, [])]
        if len(units) == 1:
            here = [role for role in roles if role.unit_id == units[0].pk]
            return Speaker(name, unit=units[0], party=here[0].party if here else None)
        homes = {role.unit_id: role for role in roles if role.unit_id}
        people = {role.party_id for role in roles}
        if len(people) != 1:
            return Speaker(name)
        only = next(iter(homes.values())) if len(homes) == 1 else None
        return Speaker(name, unit=only.unit if only else None, party=roles[0].party)


def recognise(lines: Sequence[ChatLine], project: Project, *, user: User) -> dict[str, Speaker]:
    """Each name of the paste once. Only what the user may see is recognised."""
    names = sorted({line.name for line in lines if line.name})
    register = Register()
    digits = {_digits(name) for name in names} - {""}
    for unit in Unit.objects.visible_to(user).filter(project=project, digits__in=digits).select_related("project"):
        register.by_digits.setdefault(unit.digits, []).append(unit)
    for member in StaffMember.objects.employed().select_related("user"):
        register.colleagues[normalise(str(member))] = member.user
    keys = {normalise(name) for name in names} | {_bare(name) for name in names}
    seen = PartyRole.objects.visible_to(user).current().living().filter(project=project)
    for role in seen.filter(party__name_key__in=keys - {""}).select_related("party", "unit__project"):
        register.roles.setdefault(role.party.name_key, []).append(role)
    _add_chat_names(register, names, seen)
    return {name: register.speaker(name) for name in names}


def _add_chat_names(register: Register, names: Sequence[str], seen: Any) -> None:
    points = ContactPoint.objects.filter(kind=ContactKind.WECHAT, value__in=names, party__in=seen.values("party"))
    parties = {point.party_id: normalise(point.value) for point in points}
    for role in seen.filter(party__in=parties).select_related("party", "unit__project"):
        register.roles.setdefault(parties[role.party_id], []).append(role)


def known_messages(lines: Sequence[ChatLine], project: Project, *, channel: str, group: str) -> set[tuple[Any, ...]]:
    """What of it was pasted before: the same words of the same person at the same time."""
    if not lines:
        return set()
    moments = {line.said_at for line in lines}
    rows = Interaction.objects.filter(project=project, channel=channel, venue=group, occurred_at__in=moments)
    return set(rows.values_list("occurred_at", "person_name", "text"))


def _bare(name: str) -> str:
    """The name without the room in it."""
    return normalise(NO_NAME.sub("", ROOM.sub("", name)))


def _digits(name: str) -> str:
    found = ROOM.search(normalise(name))
    return "".join(character for character in found[0] if character.isdigit()) if found else ""
