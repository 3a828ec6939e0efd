from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.authority.enums import Subject
from gongying.authority.models import ApprovalRequest, AuthorityUse
from gongying.authority.operations import use_authority
from gongying.common.errors import Refused
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
    if not service_request.is_open:
        raise Refused(_("This matter is finished."), current=service_request.present_state())
    if subject not in CONCESSIONS:
        raise Refused(_("This is nothing that a customer is given."))
    return use_authority(service_request, subject=subject, amount=amount, reason=reason, by=by)
