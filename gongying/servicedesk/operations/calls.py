from contextlib import suppress

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.phones import UnreadablePhone, normalise_phone
from gongying.customers.models import ContactPoint
from gongying.events.operations import record_event
from gongying.servicedesk.models import ServiceRequest


@transaction.atomic
def dial_customer(service_request: ServiceRequest, *, by: User) -> str:
    """What the dialler needs (`tel:…`); the page never holds the number. The call is on the timelines (ux.md 1.8)."""
    number = number_of(service_request)
    if not number:
        raise Refused(_("No number is known that can be dialled."))
    about = [service_request, service_request.unit, service_request.party]
    record_event("customer.dialled", by=by, subjects=about)
    return f"tel:{number}"


def number_of(service_request: ServiceRequest) -> str:
    """The caller's own number, else the first of the customer's that can be dialled; empty where there is none."""
    with suppress(UnreadablePhone):
        phone = normalise_phone(service_request.caller_phone)
        if phone.is_dialable:
            return phone.value
    point = ContactPoint.objects.dialable().filter(party=service_request.party_id or 0).first()
    return point.value if point else ""
