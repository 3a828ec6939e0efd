"""Who mediates between customers."""

from typing import Final

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.permissions import may
from gongying.mediation.machines import MEDIATE
from gongying.mediation.models import MediationCase
from gongying.servicedesk.models import ServiceRequest

VIEW: Final = "mediation.view_cases"

PERMISSIONS = {
    VIEW: _("see all mediation cases of the own territory, with what each side says"),
    MEDIATE: _("take up disputes between customers and mediate"),
}


def may_mediate(user: User, case: MediationCase) -> bool:
    """Whose case it is, and whoever may see all of the place and mediates."""
    return may(user, MEDIATE, case) and (case.mediator_id == user.pk or may(user, VIEW, case))


def may_come_from(matter: ServiceRequest) -> bool:
    """Of an open complaint a dispute is taken up, and of one complaint only one at a time."""
    return matter.is_complaint and matter.is_open and not MediationCase.objects.open().filter(request=matter).exists()


def authorize_mediating(user: User, case: MediationCase) -> None:
    """Raise `PermissionDenied` (403) unless the user may go on with this case."""
    if not may_mediate(user, case):
        raise PermissionDenied(_("Your role does not allow this."))
