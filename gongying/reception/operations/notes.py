from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused, Stale
from gongying.reception.models import LONGEST_NOTES, ReceptionTicket, VisitNote
from gongying.reception.operations.desk import lock_ticket


@transaction.atomic
def write_notes(ticket: ReceptionTicket, *, by: User, text: str, seen: int | None = None) -> VisitNote:
    """Keep what `by` noted so far. Raises `Stale` where she wrote in another window since `seen` (0: nothing yet).

    Saved while one types: no entry in the journal, the versions are one by themselves.
    """
    ticket = lock_ticket(ticket, by=by)
    before = VisitNote.objects.present_of(ticket, by)
    version = before.version if before else 0
    if before is not None and before.text == text:
        return before  # sent once more, because the answer did not come through
    if not ticket.is_open:
        raise Refused(_("This visit is over."), current=ticket.present_state())
    if seen is not None and seen != version:
        raise Stale(current={"version": version, "text": before.text if before else ""})
    return VisitNote.objects.create(ticket=ticket, by=by, version=version + 1, text=text[:LONGEST_NOTES])
