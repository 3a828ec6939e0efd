"""One sentence per open matter that can be read out on the phone (ux.md 2.1, T6)."""

from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.common.templatetags.formats import spoken
from gongying.servicedesk.models import ServiceRequest, WorkOrder

# Full-width comma, full stop, exclamation and question mark beside the plain ones.
ENDS_OF_SENTENCES: Final = " .,!?;\u3002\uff0c\uff01\uff1f\uff1b"

ASKED_FOR: Final = ("open", "assigned", "accepted", "en_route", "paused")
NOT_ANSWERED: Final = ("registered", "received", "accepted", "verifying", "in_progress", "handling")


def sentence_of(service_request: ServiceRequest) -> str:
    """What is the matter, who has it, when he comes, in one sentence; needs the work orders prefetched."""
    matter = service_request.one_line[:30].rstrip(ENDS_OF_SENTENCES)
    return _("%(matter)s: %(progress)s") % {"matter": matter, "progress": said_of(service_request)}


def said_of(service_request: ServiceRequest) -> str:
    """How far it is, without saying again what it is about."""
    work = [item for item in service_request.work_orders.all() if item.is_unfinished]
    said = _of_work(work[-1]) if work else _of_request(service_request)
    return _("%(said)s; we have urged it") % {"said": said} if _is_urged(service_request, work) else said


def _is_urged(service_request: ServiceRequest, work: list[WorkOrder]) -> bool:
    """Once he is there, or the work is done, nobody needs to hear of it any more."""
    waits = work[-1].state in ASKED_FOR if work else service_request.state in NOT_ANSWERED
    return waits and bool(service_request.urgings.all())


def _of_work(work_order: WorkOrder) -> str:
    doer = work_order.doer_name
    planned = spoken(timezone.localtime(work_order.planned_from)) if work_order.planned_from else ""
    if work_order.state == "paused":
        pauses = list(work_order.workpauses.all())
        pause = pauses[-1] if pauses else None
        until = spoken(timezone.localtime(pause.until)) if pause and pause.until else ""
        reason = pause.get_reason_display() if pause else ""
        return (
            _("%(reason)s, goes on %(until)s") % {"reason": reason, "until": until}
            if until
            else _("paused, %(reason)s") % {"reason": reason}
        )
    words = {
        "open": _("accepted, we are finding somebody"),
        "assigned": _("given to %(doer)s") % {"doer": doer},
        "accepted": _("%(doer)s has taken it") % {"doer": doer},
        "en_route": _("%(doer)s is on the way") % {"doer": doer},
        "on_site": _("%(doer)s is on site") % {"doer": doer},
    }
    said = words[work_order.state]
    waits = work_order.state in ("assigned", "accepted") and planned
    return _("%(said)s, comes %(planned)s") % {"said": said, "planned": planned} if waits else said


def _of_request(service_request: ServiceRequest) -> str:
    owner = str(service_request.owner)
    words = {
        "registered": _("registered, %(owner)s accepts it"),
        "received": _("received, %(owner)s looks into it"),
        "accepted": _("accepted, %(owner)s deals with it"),
        "verifying": _("%(owner)s is verifying the facts"),
        "in_progress": _("%(owner)s is dealing with it"),
        "handling": _("%(owner)s is dealing with it"),
        "resolved": _("done, we are about to tell you"),
        "reported": _("done and told, a call-back is due"),
        "feedback_given": _("answered, a call-back is due"),
        "following_up": _("answered, a call-back is due"),
        "improving": _("settled, we are improving what caused it"),
    }
    return words.get(service_request.state, service_request.state_label) % {"owner": owner}
