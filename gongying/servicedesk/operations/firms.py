from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.estates.models import Project
from gongying.events.operations import record_event
from gongying.servicedesk.models import OutsideFirm


@transaction.atomic
def save_firm(firm: OutsideFirm, *, projects: Iterable[Project], by: User, seen: int | None = None) -> OutsideFirm:
    """What is known of an outside firm; jobs keep the name that they were given to."""
    is_new = firm.pk is None
    if not is_new:
        firm.advance_version(seen=seen)
    with refusing({"servicedesk_outsidefirm_name_key": _("There is a firm of this name already.")}):
        firm.save()
    firm.projects.set(projects)
    record_event("firm.added" if is_new else "firm.changed", by=by, subjects=[firm], name=firm.name)
    return firm
