"""To whom one speaks at the counter, as far as the files say it: the fitting phrases are shown beside the visit."""

from urllib.parse import urlencode

from django.urls import reverse

from gongying.checklists.enums import Audience, Situation
from gongying.customers.enums import PartyKind, RoleKind, WarningKind
from gongying.customers.models import HouseholdWarning, PartyRole
from gongying.reception.models import ReceptionTicket

OFFICIALS = (RoleKind.GOVERNMENT, RoleKind.RESIDENTS_COMMITTEE)
SITUATIONS = {"complaint": Situation.COMPLAINT}


def hints_url(ticket: ReceptionTicket) -> str:
    """Where the phrases for this visit are."""
    situation = SITUATIONS.get(ticket.purpose.key, Situation.COUNTER)
    asked = [("situation", str(situation)), *(("audience", str(one)) for one in audiences_of(ticket))]
    return f"{reverse('checklists:hint-index')}?{urlencode(asked)}"


def audiences_of(ticket: ReceptionTicket) -> list[Audience]:
    """An elder only where the household has agreed to care (`HouseholdWarning`); an official by kind or role."""
    found = []
    if HouseholdWarning.objects.of(ticket.unit).in_force().filter(kind=WarningKind.FRAIL).exists():
        found.append(Audience.ELDER)
    if ticket.party is not None and _is_official(ticket):
        found.append(Audience.OFFICIAL)
    return found


def _is_official(ticket: ReceptionTicket) -> bool:
    if ticket.party is not None and ticket.party.kind == PartyKind.AGENCY:
        return True
    return PartyRole.objects.current().filter(party=ticket.party_id, role__in=OFFICIALS).exists()
