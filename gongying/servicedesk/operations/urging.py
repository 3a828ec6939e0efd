"""A steward or supervisor would like it sooner (ux.md T8, T10)."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.templatetags.formats import spoken
from gongying.organization.access import staff_of
from gongying.servicedesk.models import ServiceRequest, Urging
from gongying.servicedesk.operations.stages import lock_request, save_changes, tell
from gongying.servicedesk.routing import supervisor_for

# Whoever is urged must have the time to do something about it.
NOT_AGAIN_WITHIN: Final = timedelta(minutes=10)
LONGEST_WHOM: Final = 200


@transaction.atomic
def urge_request(service_request: ServiceRequest, *, by: User) -> Urging:
    """Tell who has it, and his supervisor, that it is waited for."""
    service_request = lock_request(service_request)
    if not service_request.is_open:
        raise Refused(_("This matter is finished."))
    urged = service_request.waits_for
    if urged == [by]:
        raise Refused(_("It is you whom this matter waits for."))
    now = timezone.now()
    last = service_request.urgings.filter(by=by, at__gt=now - NOT_AGAIN_WITHIN).last()
    if last is not None:
        again = spoken(timezone.localtime(last.at + NOT_AGAIN_WITHIN))
        raise Refused(_("You have urged this matter just now: again from %(at)s on.") % {"at": again})
    whom = ", ".join(str(user) for user in urged)[:LONGEST_WHOM]
    urging: Urging = Urging.objects.create(service_request=service_request, whom=whom, by=by, at=now)
    save_changes(service_request, touched_at=now)
    jobs = tuple(service_request.work_orders.unfinished())
    told = (*urged, *(_supervisor_of(user, service_request) for user in urged))
    tell("request.urged", service_request, by=by, at=now, also=jobs, told=told, whom=whom)
    return urging


def _supervisor_of(user: User, service_request: ServiceRequest) -> User | None:
    staff = staff_of(user)
    return supervisor_for(service_request.place, department=staff.department if staff else service_request.department)
