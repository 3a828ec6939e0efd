"""Rules are never changed: a further version holds from its moment on, for what begins then."""

from datetime import datetime
from typing import TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused, Stale
from gongying.servicedesk.models.policies import InVersions

Version = TypeVar("Version", bound=InVersions)
FASTER = {
    f"{name}_version_unique": gettext_lazy("Somebody else has just written another version. Look at it first.")
    for name in ("service_time_policy", "escalation_ladder", "category_rules")
}


def write_version(row: Version, *, valid_from: datetime | None, by: User, seen: int | None) -> Version:
    """The next version of its scope."""
    rows = type(row).objects.of_scope(row.scope)
    # One writes at a time; a scope that has none yet is held by its unique constraint.
    rows.order_by("version").select_for_update(of=("self",), no_key=True).first()
    last: Version | None = rows.first()
    if seen is not None and last is not None and last.version != seen:
        raise Stale(current={"id": last.pk, "version": last.version})
    now = timezone.now()
    row.valid_from = valid_from or now
    if row.valid_from < now:
        raise Refused(_("What was promised before stays: begin now or later."))
    if last is not None and row.valid_from < last.valid_from:
        begins = timezone.localtime(last.valid_from).strftime("%Y-%m-%d %H:%M")
        raise Refused(
            _("Version %(n)d begins at %(moment)s: begin then or later.") % {"n": last.version, "moment": begins}
        )
    if row.is_given_up and (last is None or last.is_given_up):
        raise Refused(_("This is ended already."))
    row.version = last.version + 1 if last else 1
    row.created_by, row.created_at = by, now
    with refusing(FASTER):
        row.save()
    return row
