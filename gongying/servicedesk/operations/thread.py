"""What people say about a request without moving it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.interactions.enums import AnswerKind
from gongying.interactions.models import Interaction
from gongying.interactions.operations import log_interaction, mark_repeat
from gongying.servicedesk.enums import NoteAudience
from gongying.servicedesk.models import RequestNote, ServiceRequest
from gongying.servicedesk.operations.stages import lock_request, save_changes, tell


@transaction.atomic
def note_request(
    service_request: ServiceRequest, *, by: User, text: str, audience: str = NoteAudience.COLLEAGUES
) -> RequestNote:
    service_request = lock_request(service_request)
    if not text.strip():
        raise Refused(_("There is nothing to send."))
    if audience not in NoteAudience.values:
        raise Refused(_("Choose whom the words are for."))
    now = timezone.now()
    note: RequestNote = RequestNote.objects.create(
        service_request=service_request, audience=audience, text=text.strip(), by=by, at=now
    )
    save_changes(service_request, touched_at=now)
    told = _concerned(service_request) if audience == NoteAudience.COLLEAGUES else ()
    tell("request.noted", service_request, by=by, at=now, told=told, audience=audience, text=text.strip()[:2000])
    return note


@transaction.atomic
def chase_request(service_request: ServiceRequest, *, by: User, channel: str, text: str = "") -> Interaction:
    """The customer asks how far it is: a touch, a repeat of the first one, told to owner and doers."""
    service_request = lock_request(service_request)
    if not service_request.is_open:
        raise Refused(_("This matter is finished."))
    interaction = log_interaction(
        by=by,
        project=service_request.project,
        unit=service_request.unit,
        party=service_request.party,
        channel=channel,
        topic=_("Asked how far it is"),
        text=text.strip() or _("Asked how far %(number)s is") % {"number": service_request},
        answer=AnswerKind.EXPLAINED,
        person_name=service_request.caller_name,
        person_phone=service_request.caller_phone,
    )
    if service_request.interaction is not None:
        mark_repeat(interaction, of=service_request.interaction, by=by)
    now = timezone.now()
    save_changes(service_request, touched_at=now)
    jobs = tuple(service_request.work_orders.unfinished())
    told = _concerned(service_request)
    tell("request.chased", service_request, by=by, at=now, also=jobs, told=told, text=text.strip()[:200])
    return interaction


def _concerned(service_request: ServiceRequest) -> list[User | None]:
    """Who answers for it, and who is at work on it."""
    jobs = service_request.work_orders.unfinished().select_related("doer")
    return [service_request.owner, *(job.doer for job in jobs)]
