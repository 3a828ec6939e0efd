"""What belongs together is linked; two matters in one request become two requests. Both can be undone."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.events.operations import share_past
from gongying.files.models import Attachment
from gongying.files.operations import attach_also
from gongying.servicedesk.enums import LinkKind
from gongying.servicedesk.models import RequestLink, ServiceCategory, ServiceRequest
from gongying.servicedesk.operations.endings import cancel_request, withdraw_complaint
from gongying.servicedesk.operations.registration import register_request
from gongying.servicedesk.operations.stages import lock_request, save_changes, tell
from gongying.servicedesk.operations.work import cancel_waiting_work

LINKED_ALREADY = {"request_link_once_at_a_time": gettext_lazy("The two requests are linked already.")}


@transaction.atomic
def link_requests(
    service_request: ServiceRequest, *, to: ServiceRequest, by: User, reason: str = "", seen: int | None = None
) -> RequestLink:
    """Say that both are of one matter; each goes its own way."""
    if to.pk == service_request.pk:
        raise Refused(_("A request cannot be linked to itself."))
    first, second = _lock_pair(service_request, to)
    (first if first.pk == service_request.pk else second).check_version(seen=seen)
    if first.project_id != second.project_id:
        raise Refused(_("The two requests are of different projects."))
    if RequestLink.objects.standing().filter(first=first, second=second).exists():
        raise Refused(_("The two requests are linked already."))
    return _link(first, second, LinkKind.SAME, by=by, reason=reason)


@transaction.atomic
def unlink_requests(link: RequestLink, *, by: User, reason: str) -> RequestLink:
    """They have nothing to do with each other after all. What was split is undone by `undo_split`."""
    link = _lock_link(link)
    if link.kind == LinkKind.SPLIT:
        raise Refused(_("The one was split from the other: undo the split instead."))
    return _undo(link, by=by, reason=reason, event="request.unlinked")


@transaction.atomic
def split_request(
    service_request: ServiceRequest,
    *,
    by: User,
    text: str,
    category: ServiceCategory,
    kind: str,
    seen: int | None = None,
) -> ServiceRequest:
    """The customer spoke of two matters: the second gets a number, an owner and clocks of its own.

    Both keep the history: what happened so far and the files so far stand on both. The customer has waited since she
    spoke, and so have the clocks of the new one.
    """
    service_request = lock_request(service_request, seen=seen)
    if not service_request.is_open:
        raise Refused(_("This matter is finished."), current=service_request.present_state())
    late_reason = service_request.late_reason or _("Split from %(number)s") % {"number": service_request}
    new = register_request(
        by=by,
        kind=kind,
        category=category,
        text=text,
        channel=service_request.channel,
        project=service_request.project,
        building=service_request.building,
        entrance=service_request.entrance,
        unit=service_request.unit,
        facility=service_request.facility,
        party=service_request.party,
        caller_name=service_request.caller_name,
        caller_phone=service_request.caller_phone,
        caller_address=service_request.caller_address,
        is_anonymous=service_request.is_anonymous,
        occurred_at=min(service_request.occurred_at, timezone.now()),
        late_reason=late_reason,
        interaction=service_request.interaction,
    )
    share_past(service_request, to=new)
    for attachment in Attachment.objects.of(service_request):
        attach_also(attachment, to=new)
    _link(service_request, new, LinkKind.SPLIT, by=by, reason=text.strip()[:200])
    return new


@transaction.atomic
def undo_split(service_request: ServiceRequest, *, by: User, reason: str, seen: int | None = None) -> ServiceRequest:
    """It was one matter after all: the new request ends, what was done in it stands on the first one, too."""
    link = RequestLink.objects.standing().filter(second=service_request, kind=LinkKind.SPLIT).first()
    if link is None:
        raise Refused(_("It was not split from another request, or this was undone already."))
    link = _lock_link(link)
    first, new = link.first, link.second
    new.check_version(seen=seen)
    if not new.is_open or not first.is_open:
        raise Refused(_("One of the two is finished: link them instead."), current=new.present_state())
    cancel_waiting_work(new, by=by, reason=_("The split from %(number)s was undone") % {"number": first})
    if new.work_orders.exclude(state="cancelled").exists() or new.support_tasks.open().exists():
        raise Refused(_("Somebody is working on it: finish or cancel that work first."))
    _undo(link, by=by, reason=reason, event="request.split_undone")
    words = _("Goes on in %(number)s: %(reason)s") % {"number": first, "reason": reason.strip()}
    if new.is_complaint:
        withdraw_complaint(new, by=by, confirmed_with=str(by), reason=words)
    else:
        new.machine.check("cancel", new.state, label=new.state_label)
        cancel_request(new, by=by, asked_by=str(by), reason=words)
    share_past(new, to=first)
    new.refresh_from_db()
    return new


def _link(first: ServiceRequest, second: ServiceRequest, kind: str, *, by: User, reason: str) -> RequestLink:
    now = timezone.now()
    with refusing(LINKED_ALREADY):
        link: RequestLink = RequestLink.objects.create(
            first=first, second=second, kind=kind, reason=reason.strip(), by=by, at=now
        )
    event = "request.split" if kind == LinkKind.SPLIT else "request.linked"
    for row in (first, second):
        save_changes(row, touched_at=now)
    told = {first.owner, second.owner} - {by}
    numbers: dict[str, Any] = {"first": first.number, "second": second.number}
    tell(event, first, by=by, at=now, also=(second,), told=told, reason=link.reason[:200], **numbers)
    return link


def _undo(link: RequestLink, *, by: User, reason: str, event: str) -> RequestLink:
    if not reason.strip():
        raise Refused(_("A reason is needed."))
    now = timezone.now()
    link.undone_by, link.undone_at, link.undone_reason = by, now, reason.strip()
    link.save(update_fields=["undone_by", "undone_at", "undone_reason"])
    numbers: dict[str, Any] = {"first": link.first.number, "second": link.second.number}
    tell(event, link.first, by=by, at=now, also=(link.second,), reason=reason.strip()[:200], **numbers)
    return link


def _lock_link(link: RequestLink) -> RequestLink:
    first, second = _lock_pair(link.first, link.second)
    link = RequestLink.objects.select_for_update(of=("self",), no_key=True).get(pk=link.pk)
    if link.undone_at is not None:
        raise Refused(_("This was undone already."))
    link.first, link.second = first, second
    return link


def _lock_pair(one: ServiceRequest, other: ServiceRequest) -> tuple[ServiceRequest, ServiceRequest]:
    """The older one first: two people linking crosswise cannot deadlock."""
    first, second = sorted((one, other), key=lambda row: row.pk)
    return lock_request(first), lock_request(second)
