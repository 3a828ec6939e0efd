from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.authority.enums import Subject
from gongying.authority.models import ApprovalRequest, AuthorityUse
from gongying.authority.operations import use_authority
from gongying.common.errors import Refused
from gongying.servicedesk.enums import RequestState
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.operations.stages import lock_request

# What a customer can be given in a matter; overtime is a question between colleagues.
CONCESSIONS: Final = (Subject.GOODWILL, Subject.COMPENSATION, Subject.WAIVER, Subject.DISCOUNT)


@transaction.atomic
def concede(
    service_request: ServiceRequest, *, subject: str, amount: Decimal, reason: str, by: User
) -> AuthorityUse | ApprovalRequest:
    """Give the customer something in this matter: at once within one's authority, else it is asked for (R-008)."""
    service_request = lock_request(service_request)
    refuse_without_a_matter(service_request)
    if subject not in CONCESSIONS:
        raise Refused(_("This is nothing that a customer is given."))
    return use_authority(service_request, subject=subject, amount=amount, reason=reason, by=by)


def refuse_without_a_matter(service_request: ServiceRequest) -> None:
    """What never was done, was taken back or goes on elsewhere is no ground for money."""
    if service_request.takes_grants:
        return
    if service_request.state == RequestState.MERGED:
        into = service_request.merges.select_related("into").latest("pk").into
        sentence = _("This matter goes on as %(number)s: what the customer is given is entered there.")
        raise Refused(sentence % {"number": into.number}, current=service_request.present_state())
    sentence = _("This matter is “%(state)s”: nothing is given in it. Enter what the customer wants as a new one.")
    raise Refused(sentence % {"state": service_request.state_label}, current=service_request.present_state())
