"""Where a quick entry was opened: the household, the person who speaks, or only a project."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.inputs import id_in
from gongying.common.statements import Statement
from gongying.customers.models import Party, PartyRole
from gongying.estates.asked import unit_or_404
from gongying.estates.models import Project, Unit
from gongying.interactions.models import Interaction

ROLES_IN_UNIT: Statement[PartyRole] = Statement(
    lambda on, unit: (
        PartyRole.objects.on(on).filter(unit=unit, party__merged_into=None).select_related("party").order_by("pk")
    ),
    on=date,
    unit=int,
)


@dataclass(frozen=True)
class Speaker:
    """Somebody of the household, as a chip."""

    party: Party
    role: str


@dataclass(frozen=True)
class EntryPlace:
    user: User
    project: Project
    unit: Unit | None = None
    party: Party | None = None

    @property
    def speakers(self) -> list[Speaker]:
        """Who may be speaking: those of the unit today, owners first; each person once."""
        if self.unit is None:
            return [Speaker(self.party, "")] if self.party else []
        found: dict[int, Speaker] = {}
        for role in ROLES_IN_UNIT.rows(on=timezone.localdate(), unit=self.unit.pk):
            found.setdefault(role.party_id, Speaker(role.party, role.get_role_display()))
        if self.party is not None:
            found.setdefault(self.party.pk, Speaker(self.party, ""))
        return list(found.values())

    @property
    def projects(self) -> list[Project]:
        return list(Project.objects.visible_to(self.user))


def find_place(data: Mapping[str, Any], user: User) -> EntryPlace:
    """Read `unit`, `party` and `project` of an address or a form. What the user may not see is not found (404)."""
    unit_id, party_id, project_id = (_id(data.get(name)) for name in ("unit", "party", "project"))
    unit = unit_or_404(user, unit_id) if unit_id else None
    party = get_object_or_404(Party.objects.visible_to(user), pk=party_id) if party_id else None
    if unit is None and party is not None and project_id is None:
        unit = _home_of(party, user)
    projects = Project.objects.visible_to(user)
    if unit is not None:
        project = unit.project
    elif project_id is not None:
        project = get_object_or_404(projects, pk=project_id)
    else:
        first = projects.order_by("code").first()
        if first is None:
            raise Http404
        project = first
    return EntryPlace(user, project, unit, party)


def place_of_touch(touch: Interaction, user: User) -> EntryPlace:
    """Where somebody said it, and who."""
    party = touch.party if touch.party and Party.objects.visible_to(user).filter(pk=touch.party.pk).exists() else None
    return EntryPlace(user, touch.project, touch.unit, party)


def _home_of(party: Party, user: User) -> Unit | None:
    """The unit of somebody who has only one here."""
    units = list(
        Unit.objects.visible_to(user)
        .filter(pk__in=PartyRole.objects.current().filter(party=party).values("unit"))
        .select_related("project")[:2]
    )
    return units[0] if len(units) == 1 else None


def _id(value: Any) -> int | None:
    text = str(value or "")
    if not text:
        return None
    number = id_in(text)
    if number is None:
        raise Http404
    return number
