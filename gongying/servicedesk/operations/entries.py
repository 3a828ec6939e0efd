"""What one quick entry at the desk becomes: an answered touch, a promise, a request, or one more voice for a known matter."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.files.operations import File, attach
from gongying.interactions.enums import AnswerKind, PromiseKind
from gongying.interactions.models import Interaction
from gongying.interactions.operations import log_interaction, make_promise, mark_repeat
from gongying.servicedesk.models import FaultCall, PublicFault, ServiceCategory, ServiceRequest
from gongying.servicedesk.operations.complaint_patterns import mark_bill_query, mark_bill_touch
from gongying.servicedesk.operations.stages import tell

ANSWERS_AT_ONCE = (AnswerKind.EXPLAINED, AnswerKind.WITHIN_AUTHORITY)


@transaction.atomic
def answer_at_once(
    *,
    by: User,
    answer: str = AnswerKind.EXPLAINED,
    category: ServiceCategory | None = None,
    photos: Sequence[File] = (),
    **touch: Any,
) -> Interaction:
    """Somebody asked, and was told, or had it settled within one's authority: nothing remains to be done (R-012)."""
    if answer not in ANSWERS_AT_ONCE:
        raise Refused(_("Say how it was answered."))
    interaction = log_touch(photos, by=by, answer=answer, **touch)
    mark_bill_touch(interaction, category, by=by, explainer=by)
    return interaction


@transaction.atomic
def promise_answer(
    *,
    by: User,
    due_at: datetime,
    kind: str,
    owner: User,
    venue: str = "",
    category: ServiceCategory | None = None,
    photos: Sequence[File] = (),
    **touch: Any,
) -> Interaction:
    """It cannot be answered now: a senior colleague answers, or there is an appointment with time, place and person (R-011)."""
    if kind not in PromiseKind.values:
        raise Refused(_("Choose a senior colleague, or make an appointment."))
    interaction = log_touch(photos, by=by, answer=AnswerKind.APPOINTMENT, **touch)
    make_promise(interaction, by=by, text=interaction.text, due_at=due_at, owner=owner, kind=kind, venue=venue)
    mark_bill_touch(interaction, category, by=by, explainer=owner)
    return interaction


@transaction.atomic
def join_request(
    service_request: ServiceRequest, *, by: User, photos: Sequence[File] = (), **touch: Any
) -> Interaction:
    """One more who reports a known matter: the touch is logged and counted, no further request is opened."""
    service_request = ServiceRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=service_request.pk)
    if not service_request.is_open:
        raise Refused(_("That request is closed already. Register a new one."))
    touch["topic"] = touch.get("topic") or service_request.category.name
    result = _("Joined to %(number)s") % {"number": service_request.number}
    interaction = log_touch(photos, by=by, answer=AnswerKind.REQUEST, **{**touch, "result": result})
    # The fault is locked before the touches, in the order of `join_fault`: two callers must not wait for each other.
    _count_for_fault(service_request, interaction)
    if service_request.interaction is not None:
        mark_repeat(interaction, of=service_request.interaction, by=by)
    tell(
        "request.joined",
        service_request,
        by=by,
        at=interaction.occurred_at,
        also=(interaction,),
        text=interaction.text[:200],
        caller=interaction.person_name,
    )
    mark_bill_query(service_request, by=by, touch=interaction)
    return interaction


def _count_for_fault(service_request: ServiceRequest, interaction: Interaction) -> None:
    """Whoever joins a request that is announced as a public fault is told of its end, too (E-044)."""
    fault = (
        PublicFault.objects.open()
        .filter(service_request=service_request)
        .select_for_update(of=("self",), no_key=True)
        .first()
    )
    if fault is not None:
        FaultCall.objects.create(fault=fault, interaction=interaction)


def log_touch(photos: Sequence[File], *, by: User, **touch: Any) -> Interaction:
    interaction = log_interaction(by=by, **touch)
    for photo in photos:
        attach(photo, to=interaction, by=by)
    return interaction
