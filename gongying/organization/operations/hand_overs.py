from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.events.operations import record_event
from gongying.organization.matters import open_matters_of
from gongying.organization.models import StaffMember
from gongying.organization.operations.staff import hold_staff


@transaction.atomic
def hand_over_matters(
    staff: StaffMember, *, to: Mapping[str, User], by: User, note: str = "", unit_id: int | None = None
) -> dict[str, int]:
    """Give everything that lies with `staff` to colleagues, one for each kind of matter: all of it or nothing (E-053).

    With `unit_id` only what is about that household. Each is passed on as if it were the only one, with its event and
    its notice. A kind that `to` does not name stays.
    """
    hold_staff(staff)
    handed = {}
    for matters in open_matters_of(staff.user, seen_by=by, unit_id=unit_id):
        receiver = to.get(matters.key)
        if receiver is None:
            continue
        for row in matters.rows:
            try:
                matters.kind.pass_on(row, to=receiver, by=by, note=note)
            except Refused as refusal:
                sentence = _("%(matter)s: %(sentence)s Nothing was handed over.")
                raise Refused(sentence % {"matter": row, "sentence": refusal}) from refusal
        handed[matters.key] = len(matters.rows)
    if not handed:
        raise Refused(_("Nothing is left to hand over."))
    receivers = {key: str(to[key]) for key in handed}
    record_event("staff.matters_handed_over", by=by, subjects=[staff], numbers=handed, to=receivers, note=note.strip())
    return handed
