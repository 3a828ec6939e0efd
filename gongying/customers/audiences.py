"""To whom one speaks, as far as the files say it: the phrases that fit are shown beside what one writes."""

from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.utils import timezone

from gongying.common.statements import Statement
from gongying.customers.enums import PartyKind, RoleKind, WarningKind
from gongying.customers.models import HouseholdWarning, Party, PartyRole
from gongying.estates.models import Unit

# As the bank of phrases calls them (`checklists.enums.Audience`), which stands beside this app.
ELDER: Final = "elder"
OFFICIAL: Final = "official"
OFFICIALS = (RoleKind.GOVERNMENT, RoleKind.RESIDENTS_COMMITTEE)


FRAIL: Statement[HouseholdWarning] = Statement(
    lambda unit, on: HouseholdWarning.objects.in_force(on=on).filter(unit=unit, kind=WarningKind.FRAIL)[:1],
    unit=int,
    on=date,
)
OFFICIAL_ROLE: Statement[PartyRole] = Statement(
    lambda party, on: PartyRole.objects.on(on).filter(party=party, role__in=OFFICIALS)[:1], party=int, on=date
)


def hints_query(situation: str, *, unit: Unit | None, party: Party | None) -> str:
    """For the address of the phrases: `situation=call&audience=elder`."""
    audiences = audiences_of(unit, party)
    return urlencode([("situation", situation), *(("audience", one) for one in audiences)])


def audiences_of(unit: Unit | None, party: Party | None) -> list[str]:
    """An elder only where the household has agreed to care (`HouseholdWarning`); an official by kind or role."""
    found = []
    if unit is not None and FRAIL.first(unit=unit.pk, on=timezone.localdate()) is not None:
        found.append(ELDER)
    if party is not None and _is_official(party):
        found.append(OFFICIAL)
    return found


def _is_official(party: Party) -> bool:
    if party.kind == PartyKind.AGENCY:
        return True
    return OFFICIAL_ROLE.first(party=party.pk, on=timezone.localdate()) is not None
