from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.events.operations import record_event
from gongying.organization.models import Territory
from gongying.servicedesk.left_behind import left_behind
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.operations.bulk import change_all
from gongying.servicedesk.operations.changes import transfer_request

MOST_HANDED_OVER = 200


@transaction.atomic
def hand_over_requests(territory: Territory, *, of: User, to: User, by: User, reason: str, note: str = "") -> int:
    """Pass on what `of`, who does not serve it any more, has left open in the territory; at most 200 at a time.

    Each is a transfer like any other: it has its reason, it is counted, and the third of a request calls for the supervisor,
    because the customer has met three people by then, whatever the cause (R-005).
    """
    rows = list(left_behind(territory, user=by).filter(owner=of).order_by("pk")[:MOST_HANDED_OVER])
    if not rows:
        raise Refused(_("Nothing is left to hand over."))
    change_all(rows, _pass_on, by=by, to=to, reason=reason, note=note)
    record_event(
        "territory.work_handed_over",
        by=by,
        subjects=[territory],
        territory=territory.name,
        number=len(rows),
        before=str(of),
        to=str(to),
        reason=reason,
        note=note.strip(),
    )
    return len(rows)


def _pass_on(row: ServiceRequest, **given: Any) -> None:
    """As it was read: what a colleague passed on meanwhile is not taken from whoever has it now."""
    transfer_request(row, seen=row.version, **given)
