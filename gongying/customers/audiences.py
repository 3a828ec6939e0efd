"""To whom one speaks, as far as the files say it: the phrases that fit are shown beside what one writes."""

from typing import Final
from urllib.parse import urlencode

from gongying.customers.enums import PartyKind, RoleKind, WarningKind
from gongying.customers.models import HouseholdWarning, Party, PartyRole
from gongying.estates.models import Unit

# As the bank of phrases calls them (`checklists.enums.Audience`), which stands beside this app.
ELDER: Final = "elder"
OFFICIAL: Final = "official"
OFFICIALS = (RoleKind.GOVERNMENT, RoleKind.RESIDENTS_COMMITTEE)


def hints_query(situation: str, *, unit: Unit | None, party: Party | None) -> str:
    """For the address of the phrases: `situation=call&audience=elder`."""
    audiences = audiences_of(unit, party)
    return urlencode([("situation", situation), *(("audience", one) for one in audiences)])


def audiences_of(unit: Unit | None, party: Party | None) -> list[str]:
    """An elder only where the household has agreed to care (`HouseholdWarning`); an official by kind or role."""
    found = []
    if unit is not None and HouseholdWarning.objects.of(unit).in_force().filter(kind=WarningKind.FRAIL).exists():
        found.append(ELDER)
    if party is not None and _is_official(party):
        found.append(OFFICIAL)
    return found


def _is_official(party: Party) -> bool:
    if party.kind == PartyKind.AGENCY:
        return True
    return PartyRole.objects.current().filter(party=party, role__in=OFFICIALS).exists()
