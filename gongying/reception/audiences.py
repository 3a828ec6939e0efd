"""Where the phrases are that fit who stands at the counter, and why."""

from django.urls import reverse

from gongying.checklists.enums import Situation
from gongying.customers.audiences import hints_query
from gongying.reception.models import ReceptionTicket

SITUATIONS = {"complaint": Situation.COMPLAINT}


def hints_url(ticket: ReceptionTicket) -> str:
    situation = SITUATIONS.get(ticket.purpose.key, Situation.COUNTER)
    return f"{reverse('checklists:hint-index')}?{hints_query(situation, unit=ticket.unit, party=ticket.party)}"
